//! Partners with keys, events that happened, and deliveries that ended.

use domain::{
    events::EventKind,
    ids::{ApplicationId, DeliveryId, EventId, GrantId, JourneyId, PartnerId, RiderId, WebhookId},
    keys::Environment,
    realm::Realm,
    tiers::Tier,
    webhooks::{Envelope, Subject},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{sync::oneshot, task::JoinHandle};

use crate::{
    app::App,
    events::{NewEvent, record},
    keys::tests::support::{key_with, partner},
    oauth,
    partners::PartnerRecord,
    realms,
    store::{Db, DbError, Tx, TxFuture, params, sql},
    testing::{
        TestApp,
        client::{Client, Reply},
    },
    webhooks::deliveries::{NewDelivery, NewMessage, enqueue, keep_message},
};

sql! {
    INSERT_GRANT = "insert into oauth_grants
            (id, realm, partner_id, application_id, rider_id, created_at, changed_at, journey_since, journey_until)
        values ($1, $2, $3, $4, $5, $6, $6, $6, $6 + 2592000000000)";
    INSERT_APPLICATION = "insert into applications
            (id, realm, partner_id, client_type, status, status_since, registration, auto_consent, created_at, changed_at)
        values ($1, $2, $3, 'public', 'approved', $4, $5, 0, $4, $4)";
    WITHDRAW = "update oauth_grants set withdrawn_at = $2 where rider_id = $1";
    END = "update webhook_deliveries set status = $2, attempts = $3, last_status = $4, next_attempt_at = null,
            ended_at = $5 where id = $1";
    INSERT_ATTEMPT = "insert into webhook_attempts
            (delivery_id, number, at, request_headers, signature, address, status, response_headers, response_body,
             response_truncated, error, dns_us, connect_us, tls_us, first_byte_us, total_us)
        values ($1, $2, $3, '[[\"webhook-id\",\"evt_1\"]]', $4, '203.0.113.7:443', $5,
            '[[\"content-type\",\"text/plain\"]]', $6, 0, $7, 1000, 2000, null, 3000, 7000)";
    COUNT_PENDING = "select count(*) as total from webhook_deliveries where status = 'pending'";
    COUNT_ROWS = "select (select count(*) from webhook_deliveries) + (select count(*) from webhook_attempts)
            + (select count(*) from webhook_messages) as total";
}

/// An approved live application.
pub async fn approved_application(app: &App, partner: &PartnerId) -> ApplicationId {
    let (id, now) = (app.random.id(app.clock.now(), ApplicationId::new), app.clock.now());
    let registration = json!({
        "name": "TravelKu", "description": "Perencana perjalanan", "homepage": null,
        "redirect_uris": ["https://travelku.example/kembali"],
        "scopes": {"journey:read": "Riwayat perjalanan"},
    });
    let params = params![&id, "live", partner, now, registration.to_string()].to_vec();
    write(&app.live, &INSERT_APPLICATION, params).await;
    id
}

/// The rider lets the application see the live journeys from now on.
pub async fn grant(app: &App, partner: &PartnerId, application: &ApplicationId, rider: &RiderId) {
    let (id, now) = (app.random.id(app.clock.now(), GrantId::new), app.clock.now());
    write(&app.live, &INSERT_GRANT, params![&id, "live", partner, application, rider, now].to_vec()).await;
}

/// A partner's programs, live and test.
pub struct Shop {
    pub app: App,
    pub partner: PartnerRecord,
    pub live: Client,
    pub test: Client,
}

impl Shop {
    pub async fn of(test: &TestApp, tier: Tier) -> Self {
        let app = test.app.clone();
        let partner = partner(&app, tier).await;
        let (_, live) = key_with(&app, &partner, Environment::Live, json!({})).await;
        let (_, sandbox) = key_with(&app, &partner, Environment::Test, json!({})).await;
        Self { app, partner, live: test.with_key(&live), test: test.with_key(&sandbox) }
    }

    pub fn realm(&self, environment: Environment) -> Realm {
        realms::of(environment, &self.partner.id)
    }

    /// Registers a live endpoint for these events.
    pub async fn register(&self, events: Value) -> Value {
        let wanted = json!({"url": "https://hooks.travelku.example/kci", "events": events});
        self.live.post(&at("/webhooks"), wanted).await.read()
    }

    pub async fn application(&self) -> ApplicationId {
        approved_application(&self.app, &self.partner.id).await
    }

    /// A rider who lets an application see the journeys from now on.
    pub async fn consent(&self, application: &ApplicationId) -> RiderId {
        let rider = self.app.random.id(self.now(), RiderId::new);
        self.consent_of(application, &rider).await;
        rider
    }

    pub async fn consent_of(&self, application: &ApplicationId, rider: &RiderId) {
        grant(&self.app, &self.partner.id, application, rider).await;
    }

    pub async fn withdraw(&self, rider: &RiderId) {
        write(&self.app.live, &WITHDRAW, params![rider, self.now()].to_vec()).await;
    }

    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// A live delivery of an event about nobody, or about a rider by an application's consent.
    pub async fn delivery(
        &self,
        endpoint: &Value,
        kind: EventKind,
        about: Option<(&RiderId, &ApplicationId)>,
    ) -> DeliveryId {
        let (app, now, partner_id) = (&self.app, self.now(), self.partner.id.clone());
        let event_id = app.random.id(now, EventId::new);
        let id = app.random.id(now, DeliveryId::new);
        let endpoint_id: WebhookId = endpoint["id"].as_str().unwrap().parse().unwrap();
        let subject = about.map(|(rider, application)| Subject {
            user_id: oauth::usr_id(app, application, rider),
            application_id: application.clone(),
        });
        let body = Envelope {
            id: &event_id,
            event: kind,
            timestamp: now,
            sequence: None,
            subject: subject.as_ref(),
            test: false,
            data: "{}",
        }
        .unsigned();
        let (rider, application) = about.map(|(r, a)| (r.clone(), a.clone())).unzip();
        let made = id.clone();
        app.live
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    let (realm, audience) = (Realm::Live, application.as_ref());
                    let event = NewEvent {
                        id: event_id.clone(),
                        realm: &realm,
                        kind,
                        fact: event_id.as_str(),
                        rider_id: rider.as_ref(),
                        journey_id: None,
                        station_id: None,
                        occurred_at: now,
                        recorded_at: now,
                        data: json!({}),
                    };
                    record(tx, &event).await?;
                    let message =
                        NewMessage { realm: &realm, event_id: &event_id, audience, body: &body, now };
                    keep_message(tx, &message).await?;
                    let delivery = NewDelivery {
                        id: &id,
                        realm: &realm,
                        partner_id: &partner_id,
                        endpoint_id: &endpoint_id,
                        event_id: &event_id,
                        audience,
                        kind,
                        rider_id: rider.as_ref(),
                        test: false,
                        now,
                    };
                    enqueue(tx, &delivery).await
                })
            })
            .await
            .unwrap();
        made
    }

    /// It ended so after one attempt.
    pub async fn end(&self, delivery: &DeliveryId, status: &str, answer: Option<i64>) {
        let now = self.now();
        let signature = format!("sha256={}", "ab".repeat(32));
        let error = answer.is_none().then_some("timed_out");
        let body = answer.map(|_| b"ok".to_vec());
        let attempt = params![delivery, 1_i64, now, signature, answer, body, error].to_vec();
        write(&self.app.live, &INSERT_ATTEMPT, attempt).await;
        write(&self.app.live, &END, params![delivery, status, 1_i64, answer, now].to_vec()).await;
    }

    pub async fn get(&self, path: &str) -> Value {
        self.live.get(&at(path)).await.read()
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.live.post(&at(path), body).await
    }

    pub async fn pending(&self) -> u64 {
        number(&self.app.live, &COUNT_PENDING).await
    }

    pub async fn rows(&self) -> u64 {
        number(&self.app.live, &COUNT_ROWS).await
    }
}

/// A transaction that has done its work and is not committed yet.
pub struct Uncommitted {
    release: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Uncommitted {
    pub async fn of<F>(db: &Db, work: F) -> Self
    where
        F: for<'t> FnOnce(&'t mut Tx) -> TxFuture<'t, (), DbError> + Send + 'static,
    {
        let (begun, has_begun) = oneshot::channel();
        let (release, released) = oneshot::channel::<()>();
        let db = db.clone();
        let ended = tokio::spawn(async move {
            db.write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    work(tx).await?;
                    let _ = begun.send(());
                    let _ = released.await;
                    Ok(())
                })
            })
            .await
            .unwrap();
        });
        has_begun.await.unwrap();
        Self { release, ended }
    }

    /// Does something else at the same time, and commits once that waits for the commit. What does not
    /// wait gets time enough to show it.
    pub async fn beside<T>(self, other: impl Future<Output = T>) -> T {
        let mut other = std::pin::pin!(other);
        let early = tokio::time::timeout(std::time::Duration::from_millis(200), &mut other).await;
        self.release.send(()).unwrap();
        self.ended.await.unwrap();
        match early {
            Ok(done) => done,
            Err(_) => other.await,
        }
    }
}

/// An address of the public API.
pub fn at(path: &str) -> String {
    format!("/open-api/v1{path}")
}

async fn number(db: &Db, statement: &crate::store::Statement) -> u64 {
    db.row(statement, &[]).await.unwrap().unwrap().get("total").unwrap()
}

pub async fn write(db: &Db, statement: &'static crate::store::Statement, params: Vec<crate::store::Value>) {
    db.write::<_, DbError, _>(move |tx| {
        Box::pin(async move { tx.execute(statement, &params).await.map(drop) })
    })
    .await
    .unwrap();
}

/// Something happens, and is written down. Not told yet.
pub async fn happens(
    app: &App,
    realm: &Realm,
    kind: EventKind,
    rider: Option<&RiderId>,
    journey: Option<&JourneyId>,
) -> EventId {
    let now = realms::now(app, realm);
    let id = app.random.id(now, EventId::new);
    let (event, realm_of, rider, journey) = (id.clone(), realm.clone(), rider.cloned(), journey.cloned());
    realms::store(app, realm)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let new = NewEvent {
                    id: event.clone(),
                    realm: &realm_of,
                    kind,
                    fact: event.as_str(),
                    rider_id: rider.as_ref(),
                    journey_id: journey.as_ref(),
                    station_id: None,
                    occurred_at: now,
                    recorded_at: now,
                    data: json!({"fact": event.as_str()}),
                };
                record(tx, &new).await.map(drop)
            })
        })
        .await
        .unwrap();
    id
}
