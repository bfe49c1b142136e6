//! SQL of webhooks.

use crate::store::sql;

sql! {
    /// Of every partner; in the sandbox store there are none to join.
    SUBSCRIBERS = "select * from webhook_endpoints
        where realm = $1 and status in ('active', 'paused') order by id";

    LIVE_SUBSCRIBERS = "select endpoint.*, partner.status as partner_status, partner.tier
        from webhook_endpoints endpoint join partners partner on partner.id = endpoint.partner_id
        where endpoint.realm = 'live' and endpoint.status in ('active', 'paused') order by endpoint.id";

    FIND_ANY = "select * from webhook_endpoints where id = $1";

    INSERT_MESSAGE = "insert into webhook_messages (event_id, audience, realm, body, created_at)
        values ($1, $2, $3, $4, $5) on conflict (event_id, audience) do nothing";

    INSERT_DELIVERY = "insert into webhook_deliveries (id, realm, partner_id, endpoint_id, event_id, audience, kind,
            rider_id, status, test, replay_of, next_attempt_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10, $11, $11)";

    CANCEL_OF_RIDER = "update webhook_deliveries set status = 'cancelled', ended_at = $3, next_attempt_at = null
        where rider_id = $1 and audience = $2 and status = 'pending'";
}
