//! Partners with endpoints, events, and a dispatcher that works when told.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use domain::{
    events::EventKind,
    ids::{EventId, PartnerId, WebhookId},
    keys::Environment,
    realm::Realm,
    tiers::Tier,
    webhooks::{DeliveryStatus, EndpointStatus, SecretSet, SigningSecret},
};
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::Semaphore;

use super::super::{
    super::{
        client::{Client, tests::support::local_client},
        deliveries::ask_to_probe,
    },
    Post, SLOTS,
};
use crate::{
    app::App,
    events::{NewEvent, record},
    keys::tests::support::partner,
    store::{DbError, Value, params, sql},
    webhooks::{receiver::Receiver, secrets},
};

sql! {
    INSERT_ENDPOINT = "insert into webhook_endpoints (id, realm, partner_id, url, description, events, status,
            application_id, secrets, created_at, changed_at)
        values ($1, $2, $3, $4, '', $5, 'active', $6, $7, $8, $8)";
    SET_STATUS = "update webhook_endpoints set status = $2, changed_at = $3 where id = $1";
    SET_SECRETS = "update webhook_endpoints set secrets = $2, changed_at = $3 where id = $1";
    ENDPOINT = "select status, disabled_reason, warnings from webhook_endpoints where id = $1";
    DELIVERIES = "select status, attempts, next_attempt_at from webhook_deliveries where endpoint_id = $1 order by id";
    ATTEMPTS = "select attempt.*, delivery.status as outcome from webhook_attempts attempt
        join webhook_deliveries delivery on delivery.id = attempt.delivery_id
        where delivery.endpoint_id = $1 order by attempt.delivery_id, attempt.number";
    SET_URL = "update webhook_endpoints set url = $2, changed_at = $3 where id = $1";
    DELETE_MESSAGES = "delete from webhook_messages where event_id = (
        select min(event_id) from webhook_deliveries where endpoint_id = $1)";
    CANCEL = "update webhook_deliveries set status = 'cancelled', next_attempt_at = null
        where endpoint_id = $1 and status = 'pending'";
    MAILS = "select subject from mails order by id";
}

/// How long an attempt may take here.
pub const DEADLINE: Duration = Duration::from_millis(400);

pub struct Rig {
    pub app: App,
    pub realm: Realm,
    pub partner: PartnerId,
}

impl Rig {
    /// A Pro partner's test network.
    pub async fn sandbox(app: &App) -> Self {
        let partner = partner(app, Tier::Pro).await.id;
        Self { app: app.clone(), realm: Realm::Sandbox(partner.clone()), partner }
    }

    /// A Pro partner on live.
    pub async fn live(app: &App) -> Self {
        Self { realm: Realm::Live, ..Self::sandbox(app).await }
    }

    pub fn environment(&self) -> Environment {
        match self.realm {
            Realm::Live => Environment::Live,
            Realm::Sandbox(_) => Environment::Test,
        }
    }

    pub fn now(&self) -> Timestamp {
        crate::realms::now(&self.app, &self.realm)
    }

    pub async fn execute(&self, statement: &'static crate::store::Statement, params: Vec<Value>) {
        self.app
            .store(self.environment())
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(statement, &params).await.map(drop) })
            })
            .await
            .unwrap();
    }

    pub fn secret() -> SigningSecret {
        "your_webhook_secret_key_2026".parse().unwrap()
    }

    /// An endpoint for station and gate events.
    pub async fn endpoint(&self, receiver: &Receiver) -> WebhookId {
        self.endpoint_at(&receiver.url(), &[EventKind::StationCrowded, EventKind::GateOffline], None).await
    }

    pub async fn endpoint_at(
        &self,
        url: &str,
        events: &[EventKind],
        application: Option<&domain::ids::ApplicationId>,
    ) -> WebhookId {
        let id = self.app.random.id(self.app.clock.now(), WebhookId::new);
        let sealed = secrets::sealed(&self.app.vault, &id, &SecretSet::new(Self::secret()));
        let events: Vec<&str> = events.iter().map(|event| event.as_str()).collect();
        let application = application.map(ToString::to_string);
        let params =
            params![&id, &self.realm, &self.partner, url, events.join(","), application, sealed, self.now()];
        self.execute(&INSERT_ENDPOINT, params.to_vec()).await;
        id
    }

    pub async fn set_status(&self, id: &WebhookId, status: EndpointStatus) {
        let now = self.now() + jiff::SignedDuration::from_micros(1);
        self.execute(&SET_STATUS, params![id, status.as_str(), now].to_vec()).await;
        super::super::recall(&self.app);
    }

    /// `count` gates go offline.
    pub async fn happen(&self, count: usize) {
        self.happen_with(EventKind::GateOffline, None, count).await;
    }

    pub async fn happen_with(&self, kind: EventKind, rider: Option<&domain::ids::RiderId>, count: usize) {
        let (app, realm, now, rider) = (self.app.clone(), self.realm.clone(), self.now(), rider.cloned());
        self.app
            .store(self.environment())
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    for _ in 0..count {
                        let id = app.random.id(now, EventId::new);
                        let event = NewEvent {
                            id: id.clone(),
                            realm: &realm,
                            kind,
                            fact: id.as_str(),
                            rider_id: rider.as_ref(),
                            journey_id: None,
                            station_id: None,
                            occurred_at: now,
                            recorded_at: now,
                            data: json!({"gate_id": "GATE_GMB_IN_01"}),
                        };
                        record(tx, &event).await?;
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
    }

    /// As [`Self::happen`], within a journey.
    pub async fn happen_in_journey(&self, kind: EventKind, journey: &domain::ids::JourneyId) {
        let (app, realm, now, journey) = (self.app.clone(), self.realm.clone(), self.now(), journey.clone());
        self.app
            .store(self.environment())
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    let id = app.random.id(now, EventId::new);
                    let event = NewEvent {
                        id: id.clone(),
                        realm: &realm,
                        kind,
                        fact: id.as_str(),
                        rider_id: None,
                        journey_id: Some(&journey),
                        station_id: None,
                        occurred_at: now,
                        recorded_at: now,
                        data: json!({"journey_id": journey.as_str()}),
                    };
                    record(tx, &event).await.map(drop)
                })
            })
            .await
            .unwrap();
    }

    pub fn post(&self) -> Arc<Post> {
        self.post_with(local_client(DEADLINE))
    }

    pub fn post_with(&self, client: Client) -> Arc<Post> {
        Post::new(&self.app, self.environment(), client, Arc::new(Semaphore::new(SLOTS)))
    }

    /// The owner asks for an attempt, as sending again and test events do.
    pub async fn ask_to_probe(&self, endpoint: &WebhookId) {
        let (endpoint, now) = (endpoint.clone(), self.now());
        self.app
            .store(self.environment())
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    assert!(ask_to_probe(tx, &endpoint, now).await?);
                    Ok(())
                })
            })
            .await
            .unwrap();
    }

    /// Status and number of attempts of each delivery.
    pub async fn deliveries(&self, endpoint: &WebhookId) -> Vec<(DeliveryStatus, i64)> {
        let db = self.app.store(self.environment());
        let rows = db.rows(&DELIVERIES, params![endpoint]).await.unwrap();
        rows.iter().map(|row| (row.parse("status").unwrap(), row.get("attempts").unwrap())).collect()
    }

    pub async fn count(&self, endpoint: &WebhookId, status: DeliveryStatus) -> usize {
        self.deliveries(endpoint).await.iter().filter(|(found, _)| *found == status).count()
    }

    /// When the first delivery of an endpoint is due.
    pub async fn due_at(&self, endpoint: &WebhookId) -> Option<Timestamp> {
        let db = self.app.store(self.environment());
        db.rows(&DELIVERIES, params![endpoint]).await.unwrap()[0].get("next_attempt_at").unwrap()
    }

    pub async fn attempts(&self, endpoint: &WebhookId) -> Vec<crate::store::Row> {
        self.app.store(self.environment()).rows(&ATTEMPTS, params![endpoint]).await.unwrap()
    }

    /// Status, why it was disabled, warnings.
    pub async fn state(&self, endpoint: &WebhookId) -> (EndpointStatus, Option<String>, i64) {
        let db = self.app.store(self.environment());
        let row = db.row(&ENDPOINT, params![endpoint]).await.unwrap().unwrap();
        (row.parse("status").unwrap(), row.get("disabled_reason").unwrap(), row.get("warnings").unwrap())
    }

    pub async fn mails(&self) -> Vec<String> {
        let rows = self.app.live.rows(&MAILS, &[]).await.unwrap();
        rows.iter().map(|row| row.get("subject").unwrap()).collect()
    }
}

impl Post {
    /// Publishes and sends until nothing is due any more.
    pub async fn deliver_due(self: &Arc<Self>) {
        loop {
            while self.publish().await.unwrap() {}
            self.look.store(true, Ordering::Relaxed);
            let claimed = self.round().await.unwrap();
            self.idle().await;
            if claimed == 0 {
                return;
            }
        }
    }

    /// Resolves once nothing is under way and all is written down.
    pub async fn idle(&self) {
        self.workers.close();
        loop {
            self.workers.wait().await;
            self.written().await;
            if self.workers.is_empty() {
                break;
            }
        }
        self.workers.reopen();
    }

    /// As `kill -9` would: what is in hand stays so in the store.
    pub fn kill(&self) {
        self.stopping.cancel();
        self.killed.cancel();
    }
}
