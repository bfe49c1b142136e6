//! Test events: made up, marked as such, and on their way as real ones are.

use domain::{
    events::EventKind,
    ids::{DeliveryId, EventId, WebhookId},
    webhooks::{
        EndpointStatus, Envelope, TestSent,
        catalogue::{example_subject, sample},
    },
};
use jiff::{Timestamp, Unit};

use super::{
    Acting, EndpointRecord, WebhookError,
    deliveries::{self, NewDelivery, NewMessage},
    manage,
};
use crate::{app::App, realms, store::Tx};

/// A test event, not sent yet.
pub(super) struct Test {
    delivery: DeliveryId,
    event: EventId,
    kind: EventKind,
    body: String,
    now: Timestamp,
}

impl Test {
    pub(super) fn new(app: &App, endpoint: &EndpointRecord, kind: EventKind) -> Self {
        let now = realms::now(app, &endpoint.realm);
        let event = app.random.id(now, EventId::new);
        let at = now.round(Unit::Second).unwrap_or(now);
        let sample = sample(kind, at);
        let subject = kind.is_about_a_rider().then(|| example_subject(endpoint.application_id.as_ref()));
        let envelope = Envelope {
            id: &event,
            event: kind,
            timestamp: at,
            sequence: sample.sequence,
            subject: subject.as_ref(),
            test: true,
            data: &sample.data,
        };
        let body = envelope.unsigned();
        Self { delivery: app.random.id(now, DeliveryId::new), event, kind, body, now }
    }

    pub(super) fn view(&self) -> TestSent {
        TestSent { delivery_id: self.delivery.clone(), event_id: self.event.clone(), event: self.kind }
    }
}

pub(super) async fn enqueue(tx: &mut Tx, endpoint: &EndpointRecord, test: &Test) -> Result<(), WebhookError> {
    let message = NewMessage {
        realm: &endpoint.realm,
        event_id: &test.event,
        audience: None,
        body: &test.body,
        now: test.now,
    };
    deliveries::keep_message(tx, &message).await?;
    let delivery = NewDelivery {
        id: &test.delivery,
        realm: &endpoint.realm,
        partner_id: &endpoint.partner_id,
        endpoint_id: &endpoint.id,
        event_id: &test.event,
        audience: None,
        kind: test.kind,
        // Made up: nobody's consent is asked, and nobody can withdraw it.
        rider_id: None,
        test: true,
        now: test.now,
    };
    deliveries::enqueue(tx, &delivery).await?;
    if !deliveries::ask_to_probe(tx, &endpoint.id, test.now).await? {
        return Err(WebhookError::NotFound);
    }
    Ok(())
}

/// Sends a test event of a kind, whether the endpoint subscribes to it or not.
///
/// # Errors
/// [`WebhookError::NotFound`], [`WebhookError::NotSending`], and as for registering.
pub async fn send(
    app: &App,
    acting: &Acting,
    id: &WebhookId,
    kind: EventKind,
) -> Result<TestSent, WebhookError> {
    let (environment, endpoint) = manage::find(app, acting, id).await?;
    acting.may_send(environment)?;
    if endpoint.status != EndpointStatus::Active {
        return Err(WebhookError::NotSending { status: endpoint.status });
    }
    let test = Test::new(app, &endpoint, kind);
    let sent = test.view();
    app.store(environment)
        .write::<_, WebhookError, _>(move |tx| Box::pin(async move { enqueue(tx, &endpoint, &test).await }))
        .await?;
    acting.record(app, "webhook.test", id.as_str(), kind.as_str().to_owned()).await?;
    Ok(sent)
}
