//! SQL of API keys.

use crate::store::sql;

sql! {
    INSERT = "insert into api_keys (id, partner_id, name, secret_hash, prefix, last4, ip_allow, origin, read_only,
            console_user_id, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

    FIND_BY_HASH = "select id, partner_id, name, secret_hash, prefix, last4, ip_allow, origin, read_only, console_user_id,
            created_at, expires_at, revoked_at, replaced_by, overlap_until, last_used_at, last_used_ip
        from api_keys where secret_hash = $1";

    FIND = "select id, partner_id, name, secret_hash, prefix, last4, ip_allow, origin, read_only, console_user_id,
            created_at, expires_at, revoked_at, replaced_by, overlap_until, last_used_at, last_used_ip
        from api_keys where id = $1 and partner_id = $2";

    /// Newest first.
    LIST = "select id, partner_id, name, secret_hash, prefix, last4, ip_allow, origin, read_only, console_user_id,
            created_at, expires_at, revoked_at, replaced_by, overlap_until, last_used_at, last_used_ip
        from api_keys where partner_id = $1 order by id desc limit $2";

    COUNT = "select count(*) as total from api_keys where partner_id = $1";

    /// Keys that take up room: still good at `$2`, and not on their way out.
    COUNT_ACTIVE = "select count(*) as total from api_keys
        where partner_id = $1 and revoked_at is null and replaced_by is null
            and (expires_at is null or expires_at > $2) and console_user_id is null";

    UPDATE = "update api_keys set name = $2, expires_at = $3, ip_allow = $4, origin = $5, read_only = $6
        where id = $1 and revoked_at is null and replaced_by is null and (expires_at is null or expires_at > $7)";

    /// Once only: a key that was replaced or revoked meanwhile stays as it is.
    REPLACE = "update api_keys set replaced_by = $2, overlap_until = $3, revoked_at = $4
        where id = $1 and revoked_at is null and replaced_by is null and (expires_at is null or expires_at > $5)";

    REVOKE = "update api_keys set revoked_at = $2 where id = $1 and revoked_at is null";

    /// The console keys of a member that can still be used.
    LIST_CONSOLE = "select id, secret_hash from api_keys where console_user_id = $1 and revoked_at is null and expires_at > $2";

    /// Whatever order nodes report in, the newest use stays.
    SET_LAST_USED = "update api_keys set last_used_at = $2, last_used_ip = $3
        where id = $1 and (last_used_at is null or last_used_at < $2)";

    INSERT_CHANGE = "insert into credential_changes (at, partner_id, secret_hash) values ($1, $2, $3)";

    NEWEST_CHANGE = "select coalesce(max(sequence), 0) as sequence from credential_changes";

    CHANGES_AFTER = "select sequence, partner_id, secret_hash from credential_changes where sequence > $1 order by sequence";

    PRUNE_CHANGES = "delete from credential_changes where at < $1";
}
