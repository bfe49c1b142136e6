//! SQL of publishing and dispatching.

use crate::store::{sql, sql_by_engine};

sql! {
    UNPUBLISHED = "select sequence, id, realm, kind, rider_id, journey_id, journey_sequence, occurred_at, recorded_at, data
        from events where published is null order by sequence limit $1";

    LAST_PUBLISHED = "select last from event_publications where id = 1";

    SET_LAST_PUBLISHED = "update event_publications set last = $1 where id = 1";

    /// Active endpoints, and when the first of what waits at each is due. One step into an index each,
    /// however much waits.
    LOOK = "select id, realm, partner_id, changed_at, failing_since, warnings, breaker_failures, breaker_until,
            breaker_wait_s, breaker_probing, probes_asked,
            (select min(delivery.next_attempt_at) from webhook_deliveries delivery
                where delivery.endpoint_id = webhook_endpoints.id and delivery.status = 'pending') as due_at
        from webhook_endpoints where status = 'active'";

    /// Of whom nothing may be told, or not in every environment.
    PARTNERS_NOT_ACTIVE = "select id, status from partners where status <> 'active'";

    /// Of which nothing can be sent.
    CANCEL = "update webhook_deliveries set status = 'cancelled', ended_at = $2, next_attempt_at = null, lease = null,
            lease_until = null
        where id = $1 and status = 'pending'";

    /// What this node, or in a store of one process any node before it, had in hand.
    GIVE_BACK_ALL = "update webhook_deliveries set lease = null, lease_until = null
        where status = 'pending' and lease is not null and (cast($1 as text) is null or lease = $1)";

    BACKLOG = "select count(*) as deliveries from webhook_deliveries where status = 'pending'";

    KEEP_HEALTH = "update webhook_endpoints set failing_since = $2, warnings = $3, breaker_failures = $4,
            breaker_until = $5, breaker_wait_s = $6, breaker_probing = $7, last_success_at = coalesce($8, last_success_at),
            last_failure_at = coalesce($9, last_failure_at)
        where id = $1";

    DISABLE = "update webhook_endpoints set status = 'disabled', disabled_reason = $2, changed_at = $3
        where id = $1 and status <> 'disabled'";

    /// For the bench, in stores of its own.
    BENCH_ENDPOINT = "insert into webhook_endpoints (id, realm, partner_id, url, description, events, status, secrets,
            created_at, changed_at)
        values ($1, 'live', $2, $3, 'bench', $4, 'active', $5, $6, $6)";

    BENCH_RETIRE = "update webhook_endpoints set status = 'disabled' where partner_id = $1";

    /// Once for each warning, whichever node comes first.
    WARN = "update webhook_endpoints set warnings = $2 where id = $1 and warnings < $2 and status = 'active'";
}

sql_by_engine! {
    /// `$1`: pairs of an event's sequence and its number.
    NUMBER = sqlite "update events set published = given.number
            from (select value->>0 as sequence, value->>1 as number from json_each($1)) as given
            where events.sequence = given.sequence"
        postgres "update events set published = given.number
            from (select (value->>0)::bigint as sequence, (value->>1)::bigint as number
                from json_array_elements($1::json) as value) as given
            where events.sequence = given.sequence";

    /// Holds a rider's consents, and the applications they were given to, as they are until the end of
    /// the transaction.
    HOLD_GRANTS = sqlite "select 1 from oauth_grants where realm = $1 and rider_id = $2 limit 0"
        postgres "select 1 from oauth_grants g join applications a on a.id = g.application_id
            where g.realm = $1 and g.rider_id = $2 and g.withdrawn_at is null
            order by g.id for share of g, a";

    KEEP_MESSAGES = sqlite "insert into webhook_messages (event_id, audience, realm, body, created_at)
            select value->>'event', value->>'audience', value->>'realm', value->>'body', value->>'at'
            from json_each($1) where true
            on conflict (event_id, audience) do nothing"
        postgres "insert into webhook_messages (event_id, audience, realm, body, created_at)
            select event, audience, realm, body, at
            from json_to_recordset($1::json) as given (event text, audience text, realm text, body text, at bigint)
            on conflict (event_id, audience) do nothing";

    ENQUEUE = sqlite "insert into webhook_deliveries (id, realm, partner_id, endpoint_id, event_id, audience, kind,
                rider_id, status, test, next_attempt_at, created_at)
            select value->>'id', value->>'realm', value->>'partner', value->>'endpoint', value->>'event',
                value->>'audience', value->>'kind', value->>'rider', 'pending', 0, value->>'at', value->>'at'
            from json_each($1)"
        postgres "insert into webhook_deliveries (id, realm, partner_id, endpoint_id, event_id, audience, kind,
                rider_id, status, test, next_attempt_at, created_at)
            select id, realm, partner, endpoint, event, audience, kind, rider, 'pending', 0, at, at
            from json_to_recordset($1::json) as given (id text, realm text, partner text, endpoint text, event text,
                audience text, kind text, rider text, at bigint)";

    /// `$1` endpoint, `$2` the realm's time, `$3` the product's time, `$4` node, `$5` end of the lease,
    /// `$6` how many. Nothing while the endpoint is not active.
    CLAIM = sqlite "update webhook_deliveries set lease = $4, lease_until = $5
            where id in (select id from webhook_deliveries
                where endpoint_id = $1 and status = 'pending' and next_attempt_at <= $2
                    and (lease_until is null or lease_until <= $3)
                    and exists (select 1 from webhook_endpoints where id = $1 and status = 'active')
                order by next_attempt_at limit $6)
            returning id, event_id, attempts, created_at, next_attempt_at,
                (select body from webhook_messages message where message.event_id = webhook_deliveries.event_id
                    and message.audience = webhook_deliveries.audience) as body"
        postgres "with due as materialized (select id from webhook_deliveries
                where endpoint_id = $1 and status = 'pending' and next_attempt_at <= $2
                    and (lease_until is null or lease_until <= $3)
                    and exists (select 1 from webhook_endpoints where id = $1 and status = 'active')
                order by next_attempt_at limit $6 for update skip locked)
            update webhook_deliveries set lease = $4, lease_until = $5 from due
            where webhook_deliveries.id = due.id
            returning webhook_deliveries.id, event_id, attempts, created_at, next_attempt_at,
                (select body from webhook_messages message where message.event_id = webhook_deliveries.event_id
                    and message.audience = webhook_deliveries.audience) as body";

    /// `$1`: ids; only what `$2` has in hand.
    GIVE_BACK = sqlite "update webhook_deliveries set lease = null, lease_until = null
            where id in (select value from json_each($1)) and lease = $2 and status = 'pending'"
        postgres "update webhook_deliveries set lease = null, lease_until = null
            where id in (select json_array_elements_text($1::json)) and lease = $2 and status = 'pending'";

    /// An attempt counts if it is the next one: of two nodes that tried at the same time, since a lease
    /// had ended, the first. What was cancelled on the way stays so, unless it arrived.
    SETTLE = sqlite "update webhook_deliveries set attempts = given.number, last_status = given.code, lease = null,
                lease_until = null,
                ended_at = case when webhook_deliveries.status = 'cancelled' then webhook_deliveries.ended_at
                    else given.ended_at end,
                next_attempt_at = case when webhook_deliveries.status = 'cancelled' then null else given.next_at end,
                status = case when webhook_deliveries.status = 'cancelled' and given.status <> 'delivered'
                    then webhook_deliveries.status else given.status end
            from (select value->>'delivery_id' as delivery_id, value->>'number' as number, value->>'code' as code,
                value->>'status' as status, value->>'next_at' as next_at, value->>'ended_at' as ended_at
                from json_each($1)) as given
            where webhook_deliveries.id = given.delivery_id and attempts = given.number - 1
                and webhook_deliveries.status in ('pending', 'cancelled')
            returning id, cast(case when status = 'delivered' and rider_id is not null then 1 else 0 end as bigint) as is_told"
        postgres "update webhook_deliveries set attempts = given.number, last_status = given.code, lease = null,
                lease_until = null,
                ended_at = case when webhook_deliveries.status = 'cancelled' then webhook_deliveries.ended_at
                    else given.ended_at end,
                next_attempt_at = case when webhook_deliveries.status = 'cancelled' then null else given.next_at end,
                status = case when webhook_deliveries.status = 'cancelled' and given.status <> 'delivered'
                    then webhook_deliveries.status else given.status end
            from json_to_recordset($1::json) as given (delivery_id text, number bigint, code bigint, status text,
                next_at bigint, ended_at bigint)
            where webhook_deliveries.id = given.delivery_id and attempts = given.number - 1
                and webhook_deliveries.status in ('pending', 'cancelled')
            returning webhook_deliveries.id, cast(case when webhook_deliveries.status = 'delivered'
                and webhook_deliveries.rider_id is not null then 1 else 0 end as bigint) as is_told";

    /// In the rider's access log: the deliveries `$1` (ids), which have just arrived.
    LOG_TOLD = sqlite "insert into access_log (realm, rider_id, partner_id, application_id, grant_id, operation, scope,
                records, at, ip)
            select d.realm, d.rider_id, d.partner_id, d.audience, coalesce((
                    select g.id from oauth_grants g
                    where g.realm = d.realm and g.rider_id = d.rider_id and g.application_id = d.audience
                    order by g.id desc limit 1), ''),
                'webhook', 'journey:read', 1, a.at, coalesce(a.address, '')
            from json_each($1) as given join webhook_deliveries d on d.id = given.value
            join webhook_attempts a on a.delivery_id = d.id and a.number = d.attempts"
        postgres "insert into access_log (realm, rider_id, partner_id, application_id, grant_id, operation, scope,
                records, at, ip)
            select d.realm, d.rider_id, d.partner_id, d.audience, coalesce((
                    select g.id from oauth_grants g
                    where g.realm = d.realm and g.rider_id = d.rider_id and g.application_id = d.audience
                    order by g.id desc limit 1), ''),
                'webhook', 'journey:read', 1, a.at, coalesce(a.address, '')
            from json_array_elements_text($1::json) as given (id) join webhook_deliveries d on d.id = given.id
            join webhook_attempts a on a.delivery_id = d.id and a.number = d.attempts";

    KEEP_ATTEMPTS = sqlite "insert into webhook_attempts (delivery_id, number, at, request_headers, signature, address,
                status, response_headers, response_body, response_truncated, error, dns_us, connect_us, tls_us,
                first_byte_us, total_us)
            select value->>'delivery_id', value->>'number', value->>'at', value->>'request_headers',
                value->>'signature', value->>'address', value->>'code', value->>'response_headers',
                unhex(value->>'response_body'), value->>'truncated', value->>'error', value->>'dns_us',
                value->>'connect_us', value->>'tls_us', value->>'first_byte_us', value->>'total_us'
            from json_each($1)"
        postgres "insert into webhook_attempts (delivery_id, number, at, request_headers, signature, address,
                status, response_headers, response_body, response_truncated, error, dns_us, connect_us, tls_us,
                first_byte_us, total_us)
            select delivery_id, number, at, request_headers, signature, address, code, response_headers,
                decode(response_body, 'hex'), truncated, error, dns_us, connect_us, tls_us, first_byte_us, total_us
            from json_to_recordset($1::json) as given (delivery_id text, number bigint, at bigint,
                request_headers text, signature text, address text, code bigint, response_headers text,
                response_body text, truncated bigint, error text, dns_us bigint, connect_us bigint, tls_us bigint,
                first_byte_us bigint, total_us bigint)";
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
