//! SQL of the portal's webhook pages.

use crate::store::sql;

sql! {
    /// Ids begin with their time of making, so a stretch of time is a stretch of them.
    FIRST_EVENT = "select recorded_at from events where realm = $1 order by id limit 1";

    COUNT_EVENTS = "select kind, count(*) as events from events
        where realm = $1 and id >= $2 and id < $3 group by kind";

    ENDPOINTS_OF_PARTNER = "select * from webhook_endpoints where partner_id = $1 order by id desc limit $2";

    /// The body of an event that was sent to a partner, and the delivery that brought it; to one
    /// endpoint, if it is named.
    SENT_BODY = "select delivery.id, message.body from webhook_deliveries delivery
        join webhook_messages message
            on message.event_id = delivery.event_id and message.audience = delivery.audience
        where delivery.event_id = $1 and delivery.partner_id = $2
            and ($3 = '' or delivery.endpoint_id = $3)
        order by delivery.id limit 1";

    LATEST_STATES = "select id, status, attempts from webhook_deliveries
        where realm = $1 and partner_id = $2 order by id desc limit $3";

    LATEST_STATES_OF_ENDPOINT = "select id, status, attempts from webhook_deliveries
        where realm = $1 and partner_id = $2 and endpoint_id = $3 order by id desc limit $4";
}
