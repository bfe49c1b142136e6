//! SQL of OAuth.

use crate::store::sql;

sql! {
    LIVE_GRANT = "select * from oauth_grants where application_id = $1 and rider_id = $2 and withdrawn_at is null";

    GRANT = "select * from oauth_grants where id = $1";

    /// Newest first.
    GRANTS_OF = "select * from oauth_grants where realm = $1 and rider_id = $2 and withdrawn_at is null
        order by id desc";

    INSERT_GRANT = "insert into oauth_grants (id, realm, partner_id, application_id, rider_id, created_at, changed_at,
            journey_since, journey_until, profile_since, profile_until, balance_since, balance_until)
        values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12)";

    CHANGE_GRANT = "update oauth_grants set changed_at = $2, journey_since = $3, journey_until = $4,
            profile_since = $5, profile_until = $6, balance_since = $7, balance_until = $8
        where id = $1 and withdrawn_at is null";

    /// Whether journeys (`$2`), profile (`$3`) and balance (`$4`) stay among what the application may see.
    NARROW_GRANTS = "update oauth_grants set
            journey_since = case when $2 = 1 then journey_since end,
            journey_until = case when $2 = 1 then journey_until end,
            profile_since = case when $3 = 1 then profile_since end,
            profile_until = case when $3 = 1 then profile_until end,
            balance_since = case when $4 = 1 then balance_since end,
            balance_until = case when $4 = 1 then balance_until end
        where application_id = $1 and withdrawn_at is null
            and (($2 = 0 and journey_until is not null) or ($3 = 0 and profile_until is not null)
                or ($4 = 0 and balance_until is not null))";

    WITHDRAW_EMPTY_OF = "update oauth_grants set withdrawn_at = $2
        where application_id = $1 and withdrawn_at is null
            and journey_until is null and profile_until is null and balance_until is null
        returning id";

    END_FAMILIES_OF_WITHDRAWN = "update oauth_families set ended = 'withdrawn', ended_at = $2
        where application_id = $1 and ended is null and grant_id in (
            select id from oauth_grants where application_id = $1 and withdrawn_at is not null)";

    REALMS_OF_GRANTS = "select distinct realm from oauth_grants where withdrawn_at is null";

    /// Something of them has run out at `$2`.
    LAPSED = "select * from oauth_grants where realm = $1 and withdrawn_at is null
            and (journey_until <= $2 or profile_until <= $2 or balance_until <= $2)
        order by id limit $3";

    CLEAR_LAPSED = "update oauth_grants set
            journey_since = case when journey_until > $2 then journey_since end,
            journey_until = case when journey_until > $2 then journey_until end,
            profile_since = case when profile_until > $2 then profile_since end,
            profile_until = case when profile_until > $2 then profile_until end,
            balance_since = case when balance_until > $2 then balance_since end,
            balance_until = case when balance_until > $2 then balance_until end
        where id = $1 and withdrawn_at is null
        returning *";

    WITHDRAW = "update oauth_grants set withdrawn_at = $4
        where id = $1 and realm = $2 and rider_id = $3 and withdrawn_at is null
        returning id, application_id, rider_id";

    WITHDRAW_ALL = "update oauth_grants set withdrawn_at = $3
        where realm = $1 and rider_id = $2 and withdrawn_at is null
        returning id, application_id, rider_id";

    /// Oldest first: who may hear of a rider's journeys.
    /// Of applications that may still act.
    GRANTS_FOR_EVENT = "select held.partner_id, held.application_id, held.journey_since
        from oauth_grants held join applications on applications.id = held.application_id
        where held.realm = $1 and held.rider_id = $2
            and held.withdrawn_at is null and held.journey_until > $3
            and applications.status = 'approved' and applications.deleted_at is null
        order by held.journey_since, held.id";

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

    CODE = "select grant_id, application_id, scopes, redirect_uri, challenge, dpop_jkt, issued_at, used_at, family_id
        from oauth_codes where hash = $1";

    /// Once, whoever else tries.
    USE_CODE = "update oauth_codes set used_at = $2, family_id = $3 where hash = $1 and used_at is null";

    FAMILY = "select id, grant_id, application_id, rider_id, scopes, expires_at, current_hash, access_used, previous_hash,
            rotated_at, ended, dpop_jkt
        from oauth_families where id = $1";

    INSERT_FAMILY = "insert into oauth_families (id, grant_id, realm, application_id, rider_id, scopes, begun_at, expires_at,
            current_hash, access_used, dpop_jkt)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)";

    /// Only as it stood when that was decided.
    ROTATE_FAMILY = "update oauth_families set current_hash = $3, access_used = $4, previous_hash = $5, rotated_at = $6
        where id = $1 and current_hash = $2 and ended is null";

    END_FAMILY = "update oauth_families set ended = $2, ended_at = $3 where id = $1 and ended is null";

    FAMILY_OF_REFRESH = "select family_id from oauth_refresh_tokens where hash = $1";

    FAMILY_OF_ACCESS = "select family_id from oauth_access_tokens where hash = $1";

    INSERT_REFRESH = "insert into oauth_refresh_tokens (hash, family_id) values ($1, $2)";

    INSERT_ACCESS_TOKEN = "insert into oauth_access_tokens (hash, family_id, refresh_hash, scopes, issued_at, expires_at, dpop_jkt)
        values ($1, $2, $3, $4, $5, $6, $7)";

    END_ACCESS = "update oauth_access_tokens set ended_at = $2 where hash = $1 and ended_at is null";

    /// Those that were given out with a refresh token.
    END_ACCESS_OF = "update oauth_access_tokens set ended_at = $3
        where family_id = $1 and refresh_hash = $2 and ended_at is null";

    /// With all that it depends on. `is_marked`: its answer is known to have arrived, or does not matter.
    ACCESS_TOKEN = "select t.scopes, t.issued_at, t.expires_at, t.dpop_jkt, t.family_id,
            cast(case when f.access_used = 1 or f.current_hash <> t.refresh_hash then 1 else 0 end as bigint) as is_marked,
            cast(case when t.ended_at is null and f.ended is null and g.withdrawn_at is null then 0 else 1 end as bigint)
                as is_over,
            f.realm, f.application_id, f.rider_id, g.id as grant_id, g.partner_id, g.journey_until, g.profile_until,
            g.balance_until
        from oauth_access_tokens as t
            join oauth_families as f on f.id = t.family_id
            join oauth_grants as g on g.id = f.grant_id
        where t.hash = $1";

    REFRESH_TOKEN = "select f.id, f.grant_id, f.application_id, f.rider_id, f.scopes, f.expires_at, f.current_hash,
            f.access_used, f.previous_hash, f.rotated_at, f.ended, f.dpop_jkt, g.withdrawn_at, g.journey_until, g.profile_until,
            g.balance_until
        from oauth_refresh_tokens as r
            join oauth_families as f on f.id = r.family_id
            join oauth_grants as g on g.id = f.grant_id
        where r.hash = $1";

    /// The access token given out with the newest refresh token is used.
    MARK_USED = "update oauth_families set access_used = 1
        where ended is null and id = (select family_id from oauth_access_tokens where hash = $1)
            and current_hash = (select refresh_hash from oauth_access_tokens where hash = $1)";

    /// Only while the grant stands and allows it: what is written here may be answered.
    INSERT_ACCESS = "insert into access_log
            (realm, rider_id, partner_id, application_id, grant_id, operation, scope, records, at, ip)
        select realm, rider_id, partner_id, application_id, id, $2, $3, $4, $5, $6 from oauth_grants
        where id = $1 and withdrawn_at is null and $5 < case cast($3 as text) when 'journey:read' then journey_until
            when 'profile:read' then profile_until when 'balance:read' then balance_until end";

    /// Only while the rider's consent holds: what is written here may be answered.
    INSERT_EVENTS_READ = "insert into access_log
            (realm, rider_id, partner_id, application_id, grant_id, operation, scope, records, at, ip)
        select realm, rider_id, partner_id, application_id, id, $3, 'journey:read', $4, $5, $6 from oauth_grants
        where application_id = $1 and rider_id = $2 and withdrawn_at is null and journey_until > $5";

    /// Newest first. `$3`: by this application; null: by any.
    ACCESS_OF = "select sequence, application_id, partner_id, operation, scope, records, at, ip from access_log
        where realm = $1 and rider_id = $2 and (cast($3 as text) is null or application_id = $3)
        order by sequence desc limit $4 offset $5";

    COUNT_ACCESS_OF = "select count(*) as total from access_log
        where realm = $1 and rider_id = $2 and (cast($3 as text) is null or application_id = $3)";

    /// Oldest first, after the one at `$3`.
    ACCESS_AFTER = "select sequence, application_id, partner_id, operation, scope, records, at, ip from access_log
        where realm = $1 and rider_id = $2 and sequence > $3 order by sequence limit $4";

    LAST_ACCESS = "select at from access_log where realm = $1 and rider_id = $2 and application_id = $3
        order by sequence desc limit 1";

    /// Nobody else ever read anything.
    EVER_ALLOWED = "select distinct application_id from oauth_grants where realm = $1 and rider_id = $2
        order by application_id";

    /// The rider's account may have been deleted since they were asked.
    IS_CLOSED_RIDER = "select id from riders where id = $1 and realm = $2 and closed_at is not null";

    ERASE_GRANTS = "delete from oauth_grants where realm = $1";

    ERASE_CODES = "delete from oauth_codes where realm = $1";

    ERASE_ACCESS_TOKENS = "delete from oauth_access_tokens where family_id in (select id from oauth_families where realm = $1)";

    ERASE_REFRESH_TOKENS = "delete from oauth_refresh_tokens where family_id in (select id from oauth_families where realm = $1)";

    ERASE_FAMILIES = "delete from oauth_families where realm = $1";

    ERASE_PUSHED = "delete from oauth_pushed_requests where realm = $1";

    ERASE_ACCESS = "delete from access_log where realm = $1";

    INSERT_PROOF = "insert into oauth_dpop_proofs (hash, expires_at) values ($1, $2) on conflict (hash) do nothing";

    INSERT_PUSHED = "insert into oauth_pushed_requests (hash, realm, application_id, pairs, pushed_at)
        values ($1, $2, $3, $4, $5)";

    TAKE_PUSHED = "update oauth_pushed_requests set taken_at = $4
        where hash = $1 and application_id = $2 and pushed_at > $3 and taken_at is null
        returning pairs";

    PURGE_CODES = "delete from oauth_codes where hash in (
            select hash from oauth_codes where issued_at < $1 order by issued_at limit $2)";

    PURGE_ACCESS_TOKENS = "delete from oauth_access_tokens where hash in (
            select hash from oauth_access_tokens where expires_at < $1 order by expires_at limit $2)";

    PURGE_REFRESH_TOKENS = "delete from oauth_refresh_tokens where hash in (
            select r.hash from oauth_refresh_tokens as r join oauth_families as f on f.id = r.family_id
            where f.expires_at < $1 limit $2)";

    PURGE_FAMILIES = "delete from oauth_families where id in (
            select f.id from oauth_families as f where f.expires_at < $1
                and not exists (select 1 from oauth_refresh_tokens as r where r.family_id = f.id) limit $2)";

    PURGE_PUSHED = "delete from oauth_pushed_requests where hash in (
            select hash from oauth_pushed_requests where pushed_at < $1 order by pushed_at limit $2)";

    PURGE_PROOFS = "delete from oauth_dpop_proofs where hash in (
            select hash from oauth_dpop_proofs where expires_at < $1 order by expires_at limit $2)";

    PURGE_ACCESS = "delete from access_log where sequence in (
            select sequence from access_log where at < $1 order by at limit $2)";
}
