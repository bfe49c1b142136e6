//! Publishing: events that were written get their number, and a delivery for everyone they are for.
//!
//! Numbers are given after the commit of the events, under a lock: whoever reads on from a number
//! misses none, in whatever order transactions end. An event that has its number has all its
//! deliveries: both are one transaction.
//!
//! An event about a rider is for the endpoints of those whose application the rider has let see the
//! journeys, and who had done so before it happened. The body tells the rider by the id that the
//! application knows. An endpoint bound to an application is told by that one's consent; another by
//! the partner's oldest.

use std::collections::{BTreeSet, HashMap};

use domain::{
    events::EventKind,
    ids::{ApplicationId, DeliveryId, EventId, RiderId, WebhookId},
    realm::Realm,
    webhooks::{Envelope, Subject},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    super::endpoints::{Subscriber, subscribers},
    queries,
};
use crate::{
    app::{App, Environment},
    oauth::{self, RiderGrant},
    realms,
    store::{DbError, Lock, Row, Tx, params},
};

/// Events published in one transaction, at most.
const EVENTS_MAX: i64 = 500;
/// Once so many deliveries are made, the rest of the events waits for the next transaction: others
/// write too.
const DELIVERIES_MAX: usize = 1_000;

/// What was published.
#[derive(Debug, Default)]
pub struct Published {
    pub events: usize,
    pub deliveries: usize,
    /// Endpoints that have something to be told now.
    pub endpoints: BTreeSet<WebhookId>,
}

/// Publishes some of what has been written in a store, the oldest first.
///
/// # Errors
/// When the store fails.
pub async fn publish(app: &App, environment: Environment) -> Result<Published, DbError> {
    let db = app.store(environment);
    // Without a look first, every idle round would be a transaction.
    if db.rows(&queries::UNPUBLISHED, params![1_i64]).await?.is_empty() {
        return Ok(Published::default());
    }
    let app = app.clone();
    db.write::<_, DbError, _>(move |tx| Box::pin(async move { step(&app, tx).await })).await
}

/// An event as it is published.
struct Event {
    sequence: i64,
    id: EventId,
    realm: Realm,
    kind: EventKind,
    rider_id: Option<RiderId>,
    journey_sequence: Option<i64>,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    data: String,
}

impl Event {
    fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            sequence: row.get("sequence")?,
            id: row.parse("id")?,
            realm: row.parse("realm")?,
            kind: row.parse("kind")?,
            rider_id: row.parse_opt("rider_id")?,
            journey_sequence: row.get("journey_sequence")?,
            occurred_at: row.get("occurred_at")?,
            recorded_at: row.get("recorded_at")?,
            data: row.get("data")?,
        })
    }
}

#[derive(Serialize)]
struct Message<'a> {
    event: &'a str,
    audience: String,
    realm: String,
    body: String,
    at: i64,
}

#[derive(Serialize)]
struct Delivery<'a> {
    id: String,
    realm: String,
    partner: &'a str,
    endpoint: &'a str,
    event: &'a str,
    audience: &'a str,
    kind: &'static str,
    rider: Option<&'a str>,
    at: i64,
}

async fn step(app: &App, tx: &mut Tx) -> Result<Published, DbError> {
    tx.lock(Lock::Publish).await?;
    let rows = tx.rows(&queries::UNPUBLISHED, params![EVENTS_MAX]).await?;
    if rows.is_empty() {
        return Ok(Published::default());
    }
    let last = tx.row(&queries::LAST_PUBLISHED, &[]).await?;
    let mut number: i64 = last.map_or(Ok(0), |row| row.get("last"))?;
    let mut making = Making::new(app);
    let mut numbered = Vec::with_capacity(rows.len());
    for row in &rows {
        let event = Event::read(row)?;
        number += 1;
        numbered.push((event.sequence, number));
        making.tell(tx, event).await?;
        if making.told.len() >= DELIVERIES_MAX {
            break;
        }
    }
    tx.execute_of_engine(&queries::NUMBER, params![json(&numbered)]).await?;
    tx.execute(&queries::SET_LAST_PUBLISHED, params![number]).await?;
    making.write(tx).await?;
    Ok(Published {
        events: numbered.len(),
        deliveries: making.told.len(),
        endpoints: making.told.iter().map(|told| told.endpoint.clone()).collect(),
    })
}

/// One delivery that is to be made.
struct Told {
    /// Index of the event.
    event: usize,
    endpoint: WebhookId,
    partner: String,
    audience: Option<ApplicationId>,
}

/// What one transaction makes.
struct Making<'a> {
    app: &'a App,
    subscribers: HashMap<Realm, Vec<Subscriber>>,
    grants: HashMap<(Realm, RiderId), Vec<RiderGrant>>,
    events: Vec<Event>,
    told: Vec<Told>,
}

impl<'a> Making<'a> {
    fn new(app: &'a App) -> Self {
        Self {
            app,
            subscribers: HashMap::new(),
            grants: HashMap::new(),
            events: Vec::new(),
            told: Vec::new(),
        }
    }

    async fn tell(&mut self, tx: &mut Tx, event: Event) -> Result<(), DbError> {
        if !self.subscribers.contains_key(&event.realm) {
            let found = subscribers(self.app, tx, &event.realm).await?;
            self.subscribers.insert(event.realm.clone(), found);
        }
        let subscribers = self.subscribers.get(&event.realm).map(Vec::as_slice).unwrap_or_default();
        let is_for = |subscriber: &&Subscriber| {
            subscriber.events.contains(&event.kind) && subscriber.created_at <= event.recorded_at
        };
        let subscribers: Vec<&Subscriber> = subscribers.iter().filter(is_for).collect();
        if subscribers.is_empty() {
            return Ok(());
        }
        let index = self.events.len();
        let told = |subscriber: &Subscriber, audience: Option<ApplicationId>| Told {
            event: index,
            endpoint: subscriber.id.clone(),
            partner: subscriber.partner_id.to_string(),
            audience,
        };
        if !event.kind.is_about_a_rider() {
            self.told.extend(subscribers.into_iter().map(|subscriber| told(subscriber, None)));
        } else if let Some(rider) = &event.rider_id {
            let key = (event.realm.clone(), rider.clone());
            if !self.grants.contains_key(&key) {
                // Held until the commit: a consent withdrawn meanwhile takes back what is made here.
                tx.execute_of_engine(&queries::HOLD_GRANTS, params![&event.realm, rider]).await?;
                let now = realms::now(self.app, &event.realm);
                let found = oauth::grants_for_event(tx, &event.realm, rider, now).await?;
                self.grants.insert(key.clone(), found);
            }
            let grants = self.grants.get(&key).map(Vec::as_slice).unwrap_or_default();
            for subscriber in subscribers {
                if let Some(grant) = grant_for(subscriber, grants, event.occurred_at) {
                    self.told.push(told(subscriber, Some(grant.application_id.clone())));
                }
            }
        }
        self.events.push(event);
        Ok(())
    }

    async fn write(&self, tx: &mut Tx) -> Result<(), DbError> {
        if self.told.is_empty() {
            return Ok(());
        }
        let mut messages = Vec::new();
        let mut kept = BTreeSet::new();
        let mut deliveries = Vec::with_capacity(self.told.len());
        for told in &self.told {
            let event = &self.events[told.event];
            let now = realms::now(self.app, &event.realm);
            let audience = told.audience.as_ref().map_or("", ApplicationId::as_str);
            if kept.insert((told.event, audience)) {
                messages.push(Message {
                    event: event.id.as_str(),
                    audience: audience.to_owned(),
                    realm: event.realm.to_string(),
                    body: self.body(event, told.audience.as_ref()),
                    at: now.as_microsecond(),
                });
            }
            deliveries.push(Delivery {
                id: self.app.random.id(now, DeliveryId::new).to_string(),
                realm: event.realm.to_string(),
                partner: &told.partner,
                endpoint: told.endpoint.as_str(),
                event: event.id.as_str(),
                audience,
                kind: event.kind.as_str(),
                rider: event.rider_id.as_ref().map(RiderId::as_str),
                at: now.as_microsecond(),
            });
        }
        tx.execute_of_engine(&queries::KEEP_MESSAGES, params![json(&messages)]).await?;
        tx.execute_of_engine(&queries::ENQUEUE, params![json(&deliveries)]).await.map(drop)
    }

    fn body(&self, event: &Event, audience: Option<&ApplicationId>) -> String {
        let subject = audience.zip(event.rider_id.as_ref()).map(|(application, rider)| Subject {
            user_id: oauth::usr_id(self.app, application, rider),
            application_id: application.clone(),
        });
        let envelope = Envelope {
            id: &event.id,
            event: event.kind,
            timestamp: event.occurred_at,
            sequence: event.journey_sequence,
            subject: subject.as_ref(),
            test: false,
            data: &event.data,
        };
        envelope.unsigned()
    }
}

/// By whose consent an endpoint is told of something that happened at `occurred_at`. Grants come the
/// oldest first.
fn grant_for<'g>(
    subscriber: &Subscriber,
    grants: &'g [RiderGrant],
    occurred_at: Timestamp,
) -> Option<&'g RiderGrant> {
    grants.iter().find(|grant| {
        let is_bound = subscriber.application_id.as_ref();
        grant.partner_id == subscriber.partner_id
            && grant.granted_at <= occurred_at
            && is_bound.is_none_or(|bound| *bound == grant.application_id)
    })
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
