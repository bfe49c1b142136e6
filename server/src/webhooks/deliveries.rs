//! Deliveries: one event on its way to one endpoint.

use domain::{
    events::EventKind,
    ids::{ApplicationId, DeliveryId, EventId, PartnerId, RiderId, WebhookId},
    realm::Realm,
};
use jiff::Timestamp;

use super::queries;
use crate::store::{DbError, Tx, params};

/// The body of an event as first written, without signature.
#[derive(Debug, Clone, Copy)]
pub struct NewMessage<'a> {
    pub realm: &'a Realm,
    pub event_id: &'a EventId,
    /// By whose consent a rider's event is told; none for events that are about nobody.
    pub audience: Option<&'a ApplicationId>,
    pub body: &'a str,
    pub now: Timestamp,
}

/// Keeps a body. One that is kept already for the same event and audience stays as it is.
///
/// # Errors
/// When the store fails.
pub async fn keep_message(tx: &mut Tx, message: &NewMessage<'_>) -> Result<(), DbError> {
    let audience = message.audience.map_or("", ApplicationId::as_str);
    let params = params![message.event_id, audience, message.realm, message.body, message.now];
    tx.execute(&queries::INSERT_MESSAGE, params).await.map(drop)
}

/// A delivery to be made. Its message is kept already.
#[derive(Debug, Clone, Copy)]
pub struct NewDelivery<'a> {
    pub id: &'a DeliveryId,
    pub realm: &'a Realm,
    pub partner_id: &'a PartnerId,
    pub endpoint_id: &'a WebhookId,
    pub event_id: &'a EventId,
    pub audience: Option<&'a ApplicationId>,
    pub kind: EventKind,
    pub rider_id: Option<&'a RiderId>,
    pub test: bool,
    /// By the realm's clock; it is due at once.
    pub now: Timestamp,
}

/// Puts a delivery on its way: the dispatcher finds it once the transaction is committed.
///
/// # Errors
/// When the store fails.
pub async fn enqueue(tx: &mut Tx, delivery: &NewDelivery<'_>) -> Result<(), DbError> {
    let params = params![
        delivery.id,
        delivery.realm,
        delivery.partner_id,
        delivery.endpoint_id,
        delivery.event_id,
        delivery.audience.map_or("", ApplicationId::as_str),
        delivery.kind.as_str(),
        delivery.rider_id,
        delivery.test,
        delivery.now,
    ];
    tx.execute(&queries::INSERT_DELIVERY, params).await?;
    tx.announce();
    Ok(())
}

/// The owner of an endpoint has asked for what was just made or hurried: if the endpoint is being
/// spared, one attempt goes out at once all the same. False if the endpoint is gone meanwhile. Holds it
/// until the end of the transaction: whoever deletes it sees the delivery, too.
///
/// # Errors
/// When the store fails.
pub async fn ask_to_probe(tx: &mut Tx, endpoint: &WebhookId, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.execute(&queries::ASK_TO_PROBE, params![endpoint, now]).await? > 0)
}

/// A rider has withdrawn the consent given to an application: what waits by it is not sent any more.
/// Says how many deliveries that were.
///
/// # Errors
/// When the store fails.
pub async fn rider_withdrew(
    tx: &mut Tx,
    application: &ApplicationId,
    rider: &RiderId,
    now: Timestamp,
) -> Result<u64, DbError> {
    tx.execute(&queries::CANCEL_OF_RIDER, params![rider, application.as_str(), now]).await
}

/// An application was disabled or deleted, or may not see journeys any more: what waits by riders'
/// consents to it is not sent. Says how many deliveries that were.
///
/// # Errors
/// When the store fails.
pub async fn application_ended(
    tx: &mut Tx,
    application: &ApplicationId,
    now: Timestamp,
) -> Result<u64, DbError> {
    tx.execute(&queries::CANCEL_OF_APPLICATION, params![application.as_str(), now]).await
}
