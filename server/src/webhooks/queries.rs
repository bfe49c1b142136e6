//! SQL of webhooks.

use crate::store::{sql, sql_by_engine};

sql! {
    /// Of every partner; in the sandbox store there are none to join.
    SUBSCRIBERS = "select * from webhook_endpoints
        where realm = $1 and status in ('active', 'paused') order by id";

    LIVE_SUBSCRIBERS = "select endpoint.*, partner.status as partner_status, partner.tier
        from webhook_endpoints endpoint join partners partner on partner.id = endpoint.partner_id
        where endpoint.realm = 'live' and endpoint.status in ('active', 'paused') order by endpoint.id";

    FIND_ANY = "select * from webhook_endpoints where id = $1";

    FIND_OF_PARTNER = "select * from webhook_endpoints where id = $1 and realm = $2 and partner_id = $3";

    LIST_OF_PARTNER = "select * from webhook_endpoints where realm = $1 and partner_id = $2
        order by id desc limit $3";

    COUNT_OF_PARTNER = "select count(*) as total from webhook_endpoints where realm = $1 and partner_id = $2";

    INSERT_ENDPOINT = "insert into webhook_endpoints
            (id, realm, partner_id, url, description, events, status, application_id, secrets, created_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";

    /// Only as it was read: `$9` to `$14` are what `$2` to `$7` take the place of. Not by `changed_at`,
    /// for a network's clock may stand still between two changes.
    UPDATE_ENDPOINT = "update webhook_endpoints set url = $2, description = $3, events = $4, status = $5,
            disabled_reason = $6, application_id = $7, changed_at = $8
        where id = $1 and url = $9 and description = $10 and events = $11 and status = $12
            and disabled_reason is not distinct from $13 and application_id is not distinct from $14";

    FORGET_HEALTH = "update webhook_endpoints set failing_since = null, warnings = 0, breaker_failures = 0,
            breaker_until = null, breaker_wait_s = null, breaker_probing = 0
        where id = $1";

    /// `$2`: as they were read.
    SET_SECRETS = "update webhook_endpoints set secrets = $3, overlap_until = $4, changed_at = $5
        where id = $1 and secrets = $2";

    DELETE_ENDPOINT = "delete from webhook_endpoints where id = $1";

    INSERT_MESSAGE = "insert into webhook_messages (event_id, audience, realm, body, created_at)
        values ($1, $2, $3, $4, $5) on conflict (event_id, audience) do nothing";

    INSERT_DELIVERY = "insert into webhook_deliveries (id, realm, partner_id, endpoint_id, event_id, audience, kind,
            rider_id, status, test, next_attempt_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10, $10)";

    CANCEL_OF_RIDER = "update webhook_deliveries set status = 'cancelled', ended_at = $3, next_attempt_at = null
        where rider_id = $1 and audience = $2 and status = 'pending'";

    CANCEL_OF_ENDPOINT = "update webhook_deliveries set status = 'cancelled', ended_at = $2, next_attempt_at = null
        where endpoint_id = $1 and status = 'pending'";

    /// By way of the partner's endpoints, of which an index knows what waits.
    CANCEL_OF_APPLICATION = "update webhook_deliveries set status = 'cancelled', ended_at = $2, next_attempt_at = null
        where audience = $1 and status = 'pending' and endpoint_id in (
            select e.id from webhook_endpoints e join applications a on a.partner_id = e.partner_id
            where a.id = $1)";

    /// `$3` kind, `$4` status, `$5` from, `$6` to; null: any.
    DELIVERIES = "select d.id, d.endpoint_id, e.url as endpoint_url, d.kind, d.event_id, d.status, d.attempts,
            d.last_status, a.error as last_error, d.next_attempt_at, d.created_at, d.ended_at, d.test, d.replay_of
        from webhook_deliveries d
        left join webhook_endpoints e on e.id = d.endpoint_id
        left join webhook_attempts a on a.delivery_id = d.id and a.number = d.attempts
        where d.realm = $1 and d.partner_id = $2
          and (cast($3 as text) is null or d.kind = $3) and (cast($4 as text) is null or d.status = $4)
          and (cast($5 as bigint) is null or d.created_at >= $5)
          and (cast($6 as bigint) is null or d.created_at < $6)
        order by d.id desc limit $7 offset $8";

    COUNT_DELIVERIES = "select count(*) as total from webhook_deliveries d
        where d.realm = $1 and d.partner_id = $2
          and (cast($3 as text) is null or d.kind = $3) and (cast($4 as text) is null or d.status = $4)
          and (cast($5 as bigint) is null or d.created_at >= $5)
          and (cast($6 as bigint) is null or d.created_at < $6)";

    /// As [`DELIVERIES`], of the endpoint `$7`.
    DELIVERIES_OF_ENDPOINT = "select d.id, d.endpoint_id, e.url as endpoint_url, d.kind, d.event_id, d.status,
            d.attempts, d.last_status, a.error as last_error, d.next_attempt_at, d.created_at, d.ended_at, d.test,
            d.replay_of
        from webhook_deliveries d
        left join webhook_endpoints e on e.id = d.endpoint_id
        left join webhook_attempts a on a.delivery_id = d.id and a.number = d.attempts
        where d.endpoint_id = $7 and d.realm = $1 and d.partner_id = $2
          and (cast($3 as text) is null or d.kind = $3) and (cast($4 as text) is null or d.status = $4)
          and (cast($5 as bigint) is null or d.created_at >= $5)
          and (cast($6 as bigint) is null or d.created_at < $6)
        order by d.id desc limit $8 offset $9";

    COUNT_DELIVERIES_OF_ENDPOINT = "select count(*) as total from webhook_deliveries d
        where d.endpoint_id = $7 and d.realm = $1 and d.partner_id = $2
          and (cast($3 as text) is null or d.kind = $3) and (cast($4 as text) is null or d.status = $4)
          and (cast($5 as bigint) is null or d.created_at >= $5)
          and (cast($6 as bigint) is null or d.created_at < $6)";

    DELIVERY = "select d.id, d.endpoint_id, e.url as endpoint_url, d.kind, d.event_id, d.status, d.attempts,
            d.last_status, a.error as last_error, d.next_attempt_at, d.created_at, d.ended_at, d.test, d.replay_of,
            m.body
        from webhook_deliveries d
        left join webhook_endpoints e on e.id = d.endpoint_id
        left join webhook_attempts a on a.delivery_id = d.id and a.number = d.attempts
        left join webhook_messages m on m.event_id = d.event_id and m.audience = d.audience
        where d.id = $1 and d.realm = $2 and d.partner_id = $3";

    ATTEMPTS = "select * from webhook_attempts where delivery_id = $1 order by number";

    /// What waits for its next attempt is due, or was already.
    HURRY = "update webhook_deliveries set next_attempt_at = case when next_attempt_at > $2 then $2 else next_attempt_at end
        where id = $1 and status = 'pending'";

    /// An attempt is asked for, although the endpoint is being spared.
    ASK_TO_PROBE = "update webhook_endpoints set probes_asked = probes_asked + 1,
            breaker_until = case when breaker_until > $2 then $2 else breaker_until end
        where id = $1";

    /// Of the endpoint `$1` after the delivery `$2`, of kinds `$3` that ended as `$4` (each with commas
    /// around its names), made from `$5` and before `$6`. Unless `$8`, without events that have arrived
    /// at the endpoint `$7` or are on their way there. Neither tests nor what is a replay itself.
    REPLAYABLE = "select d.id from webhook_deliveries d
        where d.endpoint_id = $1 and d.id > $2 and d.test = 0 and d.replay_of is null
          and $3 like '%,' || d.kind || ',%' and $4 like '%,' || d.status || ',%'
          and d.created_at >= $5 and d.created_at < $6
          and ($8 = 1 or not exists (
              select 1 from webhook_deliveries other
              where other.event_id = d.event_id and other.endpoint_id = $7
                and other.status in ('pending', 'delivered')))
        order by d.id limit $9";

    /// Counts no further than `$2`.
    REPLAYS_WAITING = "select count(*) as total from (
            select 1 from webhook_deliveries
            where endpoint_id = $1 and status = 'pending' and replay_of is not null limit $2) as waiting";

    LAST_PUBLISHED = "select last from event_publications where id = 1";

    /// The first event of the realm `$1` with a number after `$2` and up to `$3`.
    FEED_FIRST = "select published, recorded_at from events
        where realm = $1 and published > $2 and published <= $3 order by published limit 1";

    /// As far as `$4` events of the realm `$1` reach that have a number after `$2` and up to `$3`.
    FEED_REACH = "select count(*) as events, max(published) as last from (
            select published from events where realm = $1 and published > $2 and published <= $3
            order by published limit $4) as next_ones";

    /// Events of the realm `$1` for the partner `$2` with a number after `$3` and up to `$4`, written
    /// from `$5` on, of the kinds `$6` (with commas around each). About riders: by the partner's oldest
    /// consent given before it happened that holds at `$7`.
    FEED = "select * from (
            select e.published, e.id, e.kind, e.rider_id, e.journey_sequence, e.occurred_at, e.data,
                case when e.kind in ('station.crowded', 'gate.offline') then null else (
                    select g.application_id from oauth_grants g
                    join applications a on a.id = g.application_id
                    where g.realm = e.realm and g.rider_id = e.rider_id and g.partner_id = $2
                        and g.withdrawn_at is null and g.journey_since <= e.occurred_at and g.journey_until > $7
                        and a.status = 'approved' and a.deleted_at is null
                    order by g.journey_since, g.id limit 1) end as application_id
            from events e
            where e.realm = $1 and e.published > $3 and e.published <= $4 and e.recorded_at >= $5
                and $6 like '%,' || e.kind || ',%') told
        where kind in ('station.crowded', 'gate.offline') or application_id is not null
        order by published limit $8";

    COUNT_FEED = "select count(*) as total from events e
        where e.realm = $1 and e.published > $3 and e.published <= $4 and e.recorded_at >= $5
            and $6 like '%,' || e.kind || ',%'
            and (e.kind in ('station.crowded', 'gate.offline') or exists (
                select 1 from oauth_grants g join applications a on a.id = g.application_id
                where g.realm = e.realm and g.rider_id = e.rider_id and g.partner_id = $2
                    and g.withdrawn_at is null and g.journey_since <= e.occurred_at and g.journey_until > $7
                    and a.status = 'approved' and a.deleted_at is null))";

    OLDEST_OF_REALMS = "select realm, min(created_at) as oldest from webhook_messages group by realm";

    /// As [`PURGE_DELIVERIES`], before them.
    PURGE_ATTEMPTS = "delete from webhook_attempts where delivery_id in (
            select id from webhook_deliveries where realm = $1 and created_at < $2 order by created_at, id limit $3)";

    PURGE_DELIVERIES = "delete from webhook_deliveries where id in (
            select id from webhook_deliveries where realm = $1 and created_at < $2 order by created_at, id limit $3)";

    PURGE_MESSAGES = "delete from webhook_messages where (event_id, audience) in (
            select m.event_id, m.audience from webhook_messages m
            where m.realm = $1 and m.created_at < $2 and not exists (
                select 1 from webhook_deliveries d where d.event_id = m.event_id and d.audience = m.audience)
            limit $3)";

    ERASE_ATTEMPTS = "delete from webhook_attempts where delivery_id in (
            select id from webhook_deliveries where realm = $1)";

    ERASE_DELIVERIES = "delete from webhook_deliveries where realm = $1";

    ERASE_MESSAGES = "delete from webhook_messages where realm = $1";

    BEGIN_ANEW = "update webhook_endpoints set failing_since = null, warnings = 0, breaker_failures = 0,
            breaker_until = null, breaker_wait_s = null, breaker_probing = 0, last_success_at = null,
            last_failure_at = null, created_at = case when created_at > $2 then $2 else created_at end,
            changed_at = case when changed_at > $2 then $2 else changed_at end
        where realm = $1";
}

sql_by_engine! {
    /// Holds the consents by which the deliveries `$1` (ids) were made, and the applications they were
    /// given to, as they are until the end of the transaction.
    HOLD_CONSENTS = sqlite "select 1 from webhook_deliveries where id in (select value from json_each($1)) limit 0"
        postgres "select 1 from webhook_deliveries d
            join oauth_grants g on g.application_id = d.audience and g.rider_id = d.rider_id
            join applications a on a.id = g.application_id
            where d.id in (select json_array_elements_text($1::json)) and g.withdrawn_at is null
            order by g.id for share of g, a";

    /// `$1`: pairs of a new id and that of a delivery, whose event is sent again to the endpoint `$2`,
    /// bound to the application `$3` or to none. Unless `$5`, without events that have arrived there or
    /// are on their way meanwhile. What is about a rider only by the rule that it is told by at first: the
    /// consent covers it and stands, the application is approved.
    SEND_AGAIN = sqlite "insert into webhook_deliveries (id, realm, partner_id, endpoint_id, event_id, audience,
                kind, rider_id, status, test, replay_of, next_attempt_at, created_at)
            select given.id, d.realm, d.partner_id, $2, d.event_id, d.audience, d.kind, d.rider_id, 'pending',
                d.test, d.id, $4, $4
            from (select value->>0 as id, value->>1 as again from json_each($1)) as given
            join webhook_deliveries d on d.id = given.again
            where (d.audience = '' or $3 is null or d.audience = $3)
                and ($5 = 1 or not exists (
                    select 1 from webhook_deliveries other
                    where other.event_id = d.event_id and other.endpoint_id = $2
                        and other.status in ('pending', 'delivered')))
                and (d.rider_id is null or exists (
                    select 1 from oauth_grants g
                    join applications a on a.id = g.application_id
                    join events e on e.id = d.event_id
                    where g.application_id = d.audience and g.rider_id = d.rider_id
                        and g.withdrawn_at is null and g.journey_since <= e.occurred_at and g.journey_until > $4
                        and a.status = 'approved' and a.deleted_at is null))"
        postgres "insert into webhook_deliveries (id, realm, partner_id, endpoint_id, event_id, audience,
                kind, rider_id, status, test, replay_of, next_attempt_at, created_at)
            select given.id, d.realm, d.partner_id, $2::text, d.event_id, d.audience, d.kind, d.rider_id, 'pending',
                d.test, d.id, $4::bigint, $4::bigint
            from (select value->>0 as id, value->>1 as again from json_array_elements($1::json) as value) as given
            join webhook_deliveries d on d.id = given.again
            where (d.audience = '' or $3::text is null or d.audience = $3::text)
                and ($5::bigint = 1 or not exists (
                    select 1 from webhook_deliveries other
                    where other.event_id = d.event_id and other.endpoint_id = $2::text
                        and other.status in ('pending', 'delivered')))
                and (d.rider_id is null or exists (
                    select 1 from oauth_grants g
                    join applications a on a.id = g.application_id
                    join events e on e.id = d.event_id
                    where g.application_id = d.audience and g.rider_id = d.rider_id
                        and g.withdrawn_at is null and g.journey_since <= e.occurred_at and g.journey_until > $4::bigint
                        and a.status = 'approved' and a.deleted_at is null))";
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn every_statement_prepares_on_the_engine_it_is_written_for() {
        for (db, _scratch) in crate::testing::databases().await {
            for statement in super::BY_ENGINE {
                if let Err(error) = db.prepare_of_engine(statement).await {
                    panic!("{} on {}: {error:?}", statement.sqlite.name, db.engine_name());
                }
            }
        }
    }
}
