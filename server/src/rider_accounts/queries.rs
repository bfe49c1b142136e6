//! SQL of riders' accounts.

use crate::store::sql;

sql! {
    INSERT_SIGN_UP = "insert into rider_sign_ups
            (rider_id, email, email_folded, name, phone, password_hash, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)";

    /// The newest of an address.
    FIND_SIGN_UP = "select rider_id, email, name, password_hash from rider_sign_ups
        where email_folded = $1 and created_at > $2 order by rider_id desc limit 1";

    TAKE_SIGN_UP = "delete from rider_sign_ups where rider_id = $1
        returning email, name, phone, password_hash";

    DELETE_OLD_SIGN_UPS = "delete from rider_sign_ups where created_at <= $1";

    DELETE_SIGN_UPS_OF = "delete from rider_sign_ups where email_folded = $1";

    /// A rider by address or number (`$2`), with their password if they have one.
    FIND_BY_LOGIN = "select riders.id, name, email, phone, password_hash
        from riders left join rider_logins on rider_logins.rider_id = riders.id
        where realm = $1 and (email = $2 or phone = $2)";

    FIND_BY_ID = "select riders.id, name, email, phone, password_hash
        from riders left join rider_logins on rider_logins.rider_id = riders.id
        where realm = $1 and riders.id = $2";

    PUT_PASSWORD = "insert into rider_logins (rider_id, password_hash, changed_at) values ($1, $2, $3)
        on conflict (rider_id) do update set password_hash = excluded.password_hash, changed_at = excluded.changed_at";

    DELETE_LOGIN = "delete from rider_logins where rider_id = $1";

    INSERT_SESSION = "insert into rider_sessions (token_hash, id, rider_id, created_at, seen_at, user_agent, ip)
        values ($1, $2, $3, $4, $4, $5, $6)";

    /// `$2` oldest beginning, `$3` oldest use that still count; `$4` the live realm.
    FIND_SESSION = "select s.id, s.rider_id, s.seen_at, r.name, r.email, r.phone
        from rider_sessions s join riders r on r.id = s.rider_id
        where s.token_hash = $1 and s.created_at > $2 and s.seen_at > $3 and r.realm = $4";

    TOUCH_SESSION = "update rider_sessions set seen_at = $2 where token_hash = $1 and seen_at < $2";

    DELETE_SESSION = "delete from rider_sessions where token_hash = $1";

    DELETE_SESSIONS_OF_RIDER = "delete from rider_sessions where rider_id = $1";

    DELETE_EXPIRED_SESSIONS = "delete from rider_sessions where created_at <= $1";

    MEDIA_OF = "select id from media where realm = $1 and rider_id = $2 order by id";

    UNLINK_MEDIA = "delete from media where realm = $1 and rider_id = $2";

    IS_ON_THE_WAY = "select count(*) as total from journeys where realm = $1 and payer = $2 and status = 'open'";

    /// Amounts and journeys stay; who it was does not.
    ANONYMISE = "update riders set name = $3, email = null, phone = null, kyc_status = 'none', closed_at = $4
        where realm = $1 and id = $2 and closed_at is null";
}
