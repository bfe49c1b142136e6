//! Statements of the HTTP layer.

use crate::store::sql;

sql! {
    /// Does the store answer?
    PROBE = "select 1 as answer";
    /// A POST's Idempotency-Key is taken by the first who comes.
    INSERT_ATTEMPT = "insert into idempotent_requests (lookup, fingerprint, started_at, expires_at)
        values ($1, $2, $3, $4)
        on conflict (lookup) do update
        set fingerprint = excluded.fingerprint, started_at = excluded.started_at,
            expires_at = excluded.expires_at, answer = null
        where idempotent_requests.expires_at <= excluded.started_at";
    SELECT_ATTEMPT = "select fingerprint, answer from idempotent_requests where lookup = $1";
    UPDATE_ANSWER = "update idempotent_requests set answer = $2 where lookup = $1 and started_at = $3";
    DELETE_ATTEMPT = "delete from idempotent_requests where lookup = $1 and started_at = $2";
    /// For tests, which look at what is kept.
    SELECT_ALL_ATTEMPTS = "select lookup, fingerprint, answer from idempotent_requests";
    DELETE_EXPIRED = "delete from idempotent_requests where expires_at <= $1";
}
