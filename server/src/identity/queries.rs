//! SQL of identity.

use crate::store::sql;

sql! {
    INSERT_USER = "insert into users
            (id, email, email_folded, name, password_hash, partner_id, member_role, operator_role,
             totp_step_last, created_at, verified_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10)";

    FIND_USER = "select id, email, name, password_hash, partner_id, member_role, operator_role,
            totp_secret, totp_pending, totp_step_last, created_at, verified_at
        from users where id = $1 and closed_at is null";

    /// The account of an address if there is one, else the newest claim to it.
    FIND_BY_ADDRESS = "select id, email, name, password_hash, partner_id, member_role, operator_role,
            totp_secret, totp_pending, totp_step_last, created_at, verified_at
        from users where email_folded = $1 and closed_at is null
        order by case when verified_at is null then 1 else 0 end, id desc limit 1";

    NAME_OF_USER = "select name from users where id = $1";

    SET_VERIFIED = "update users set verified_at = $2 where id = $1 and verified_at is null and closed_at is null";

    SET_PASSWORD = "update users set password_hash = $2 where id = $1 and closed_at is null";

    SET_NAME = "update users set name = $2 where id = $1 and closed_at is null";

    CLOSE_USER = "update users set closed_at = $2, totp_secret = null, totp_pending = null
        where id = $1 and closed_at is null";

    LIST_OPERATORS = "select id, email, name, operator_role, totp_secret, created_at, closed_at
        from users where operator_role is not null order by email_folded, id";

    LIST_MEMBERS = "select id, email, name, member_role, totp_secret, created_at
        from users where partner_id = $1 and verified_at is not null and closed_at is null
        order by name, id";

    FIND_MEMBER = "select id, email, name, member_role, totp_secret, created_at
        from users where partner_id = $1 and id = $2 and verified_at is not null and closed_at is null";

    LIST_OWNERS = "select id, email, name from users
        where partner_id = $1 and member_role = 'owner' and verified_at is not null and closed_at is null
        order by id";

    SET_MEMBER_ROLE = "update users set member_role = $3
        where partner_id = $1 and id = $2 and verified_at is not null and closed_at is null";

    INSERT_SESSION = "insert into sessions (token_hash, id, user_id, created_at, seen_at, user_agent, ip)
        values ($1, $2, $3, $4, $4, $5, $6)";

    /// `$2` oldest beginning, `$3` oldest use that still count.
    FIND_SESSION = "select s.id, s.user_id, s.created_at, s.seen_at, u.email, u.name, u.partner_id,
            u.member_role, u.operator_role, u.totp_secret
        from sessions s join users u on u.id = s.user_id
        where s.token_hash = $1 and s.created_at > $2 and s.seen_at > $3 and u.closed_at is null";

    LIST_SESSIONS = "select id, created_at, seen_at, user_agent, ip from sessions
        where user_id = $1 and created_at > $2 and seen_at > $3 order by seen_at desc, id";

    TOUCH_SESSION = "update sessions set seen_at = $2 where token_hash = $1 and seen_at < $2";

    DELETE_SESSION = "delete from sessions where token_hash = $1";

    DELETE_SESSION_OF_USER = "delete from sessions where user_id = $1 and id = $2";

    DELETE_SESSIONS_OF_USER = "delete from sessions where user_id = $1";

    DELETE_SESSIONS_OF_PARTNER = "delete from sessions
        where user_id in (select id from users where partner_id = $1)";

    DELETE_EXPIRED_SESSIONS = "delete from sessions where created_at <= $1";

    INSERT_TOKEN = "insert into mail_tokens (token_hash, purpose, user_id, created_at, expires_at)
        values ($1, $2, $3, $4, $5)";

    FIND_TOKEN = "select user_id from mail_tokens
        where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3";

    USE_TOKEN = "update mail_tokens set used_at = $3
        where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3
        returning user_id";

    DELETE_TOKENS = "delete from mail_tokens where user_id = $1 and purpose = $2";

    DELETE_EXPIRED_TOKENS = "delete from mail_tokens where expires_at <= $1";

    SET_TOTP_PENDING = "update users set totp_pending = $2
        where id = $1 and totp_secret is null and closed_at is null";

    CONFIRM_TOTP = "update users set totp_secret = totp_pending, totp_pending = null, totp_step_last = $2
        where id = $1 and totp_pending is not null and totp_secret is null";

    /// A code of this time step or an earlier one has been used: nothing happens.
    USE_TOTP_STEP = "update users set totp_step_last = $2
        where id = $1 and totp_step_last < $2 and totp_secret is not null";

    CLEAR_TOTP = "update users set totp_secret = null, totp_pending = null where id = $1";

    INSERT_RECOVERY_CODE = "insert into recovery_codes (user_id, code_hash) values ($1, $2)";

    USE_RECOVERY_CODE = "update recovery_codes set used_at = $3
        where user_id = $1 and code_hash = $2 and used_at is null";

    DELETE_RECOVERY_CODES = "delete from recovery_codes where user_id = $1";

    INSERT_INVITATION = "insert into invitations
            (user_id, partner_id, email, email_folded, name, role, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)";

    LIST_INVITATIONS = "select user_id, partner_id, email, name, role, created_at from invitations
        where partner_id = $1 order by name, user_id";

    FIND_INVITATION = "select user_id, partner_id, email, name, role, created_at from invitations
        where user_id = $1";

    SET_INVITATION_ROLE = "update invitations set role = $3 where partner_id = $1 and user_id = $2";

    DELETE_INVITATION = "delete from invitations where partner_id = $1 and user_id = $2";
}
