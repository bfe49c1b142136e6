//! SQL of OAuth.

use crate::store::sql;

sql! {
    LIVE_GRANT = "select id, realm, partner_id, application_id, rider_id, scopes, created_at, changed_at, journey_since,
            withdrawn_at
        from oauth_grants where application_id = $1 and rider_id = $2 and withdrawn_at is null";

    GRANT = "select id, realm, partner_id, application_id, rider_id, scopes, created_at, changed_at, journey_since,
            withdrawn_at
        from oauth_grants where id = $1";

    /// Newest first.
    GRANTS_OF = "select id, realm, partner_id, application_id, rider_id, scopes, created_at, changed_at, journey_since,
            withdrawn_at
        from oauth_grants where realm = $1 and rider_id = $2 and withdrawn_at is null order by id desc";

    INSERT_GRANT = "insert into oauth_grants
            (id, realm, partner_id, application_id, rider_id, scopes, created_at, changed_at, journey_since)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    CHANGE_GRANT = "update oauth_grants set scopes = $2, changed_at = $3, journey_since = $4
        where id = $1 and withdrawn_at is null";

    WITHDRAW = "update oauth_grants set withdrawn_at = $4
        where id = $1 and realm = $2 and rider_id = $3 and withdrawn_at is null
        returning id, application_id, rider_id";

    WITHDRAW_ALL = "update oauth_grants set withdrawn_at = $3
        where realm = $1 and rider_id = $2 and withdrawn_at is null
        returning id, application_id, rider_id";

    /// Oldest first: who may hear of a rider's journeys.
    GRANTS_FOR_EVENT = "select partner_id, application_id, journey_since from oauth_grants
        where realm = $1 and rider_id = $2 and withdrawn_at is null and journey_since is not null
        order by journey_since, id";

    END_FAMILIES_OF_GRANT = "update oauth_families set ended = $2, ended_at = $3 where grant_id = $1 and ended is null";

    END_FAMILIES_OF_APPLICATION = "update oauth_families set ended = 'revoked', ended_at = $2
        where application_id = $1 and ended is null";

    USE_CODES_OF_APPLICATION = "update oauth_codes set used_at = $2 where application_id = $1 and used_at is null";

    /// It may have been disabled since it was looked at.
    IS_APPROVED = "select id from applications
        where id = $1 and realm = $2 and status = 'approved' and deleted_at is null";

    INSERT_CODE = "insert into oauth_codes
            (hash, grant_id, realm, application_id, rider_id, scopes, redirect_uri, challenge, dpop_jkt, issued_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    /// Only while the grant and the family stand: what is written here may be answered.
    INSERT_ACCESS = "insert into access_log
            (realm, rider_id, partner_id, application_id, grant_id, operation, scope, records, at, ip)
        select realm, rider_id, partner_id, application_id, id, $2, $3, $4, $5, $6 from oauth_grants
        where id = $1 and withdrawn_at is null";

    /// Newest first.
    ACCESS_OF = "select sequence, application_id, partner_id, operation, scope, records, at, ip from access_log
        where realm = $1 and rider_id = $2 order by sequence desc limit $3 offset $4";

    COUNT_ACCESS_OF = "select count(*) as total from access_log where realm = $1 and rider_id = $2";

    ERASE_GRANTS = "delete from oauth_grants where realm = $1";

    ERASE_CODES = "delete from oauth_codes where realm = $1";

    ERASE_ACCESS_TOKENS = "delete from oauth_access_tokens where family_id in (select id from oauth_families where realm = $1)";

    ERASE_REFRESH_TOKENS = "delete from oauth_refresh_tokens where family_id in (select id from oauth_families where realm = $1)";

    ERASE_FAMILIES = "delete from oauth_families where realm = $1";

    ERASE_PUSHED = "delete from oauth_pushed_requests where realm = $1";

    ERASE_ACCESS = "delete from access_log where realm = $1";
}
