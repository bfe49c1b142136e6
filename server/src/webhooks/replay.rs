//! Sending again: one delivery, or all that a filter names.
//!
//! The same event in the same body, so that a receiver knows it by its `id`. What is about a rider is
//! sent by the rule that it was told by at first: the consent was there before the event, it stands, and
//! its application is approved.

use domain::{
    events::EventKind,
    ids::{DeliveryId, WebhookId},
    webhooks::{
        DeliveryStatus, EndpointStatus, KEPT_DAYS, REPLAYED_MAX, REPLAYS_WAITING_MAX, ReplayMany, Replayed,
        ReplayedMany,
    },
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Acting, EndpointRecord, WebhookError, deliveries, log, manage, queries};
use crate::{
    app::{App, Environment},
    realms,
    store::{Db, DbError, Lock, Row, Tx, params},
};

/// Deliveries made in one transaction.
const BATCH: u64 = 500;

/// Sends a delivery again, to its own endpoint or to another of the partner's. One that is still on its
/// way to the same endpoint is due at once instead.
///
/// # Errors
/// [`WebhookError::NotFound`], [`WebhookError::NoTarget`], [`WebhookError::NotSending`],
/// [`WebhookError::NoConsent`], [`WebhookError::ReplaysWaiting`].
pub async fn one(
    app: &App,
    acting: &Acting,
    id: &DeliveryId,
    to: Option<WebhookId>,
) -> Result<Replayed, WebhookError> {
    let (environment, row) = log::find(app, acting, id).await?;
    acting.may_send(environment)?;
    let of = log::read_row(&row)?;
    let target = target(app, acting, environment, to.as_ref().unwrap_or(&of.endpoint_id)).await?;
    let now = realms::now(app, &target.realm);
    let (event_id, endpoint_id, subject) = (of.event_id.clone(), target.id.clone(), id.to_string());
    let random = app.random.clone();
    let delivery_id = app
        .store(environment)
        .write::<_, WebhookError, _>(move |tx| {
            Box::pin(async move {
                if of.status == DeliveryStatus::Pending && of.endpoint_id == target.id {
                    let hurried = tx.execute(&queries::HURRY, params![&of.id, now]).await?;
                    if hurried > 0 {
                        deliveries::ask_to_probe(tx, &target.id, now).await?;
                        tx.announce();
                        return Ok(of.id);
                    }
                }
                let waiting =
                    tx.row(&queries::REPLAYS_WAITING, params![&target.id, REPLAYS_WAITING_MAX]).await?;
                room(waiting.as_ref())?;
                let new = random.id(now, DeliveryId::new);
                let is_there = params![&of.id, &target.realm, &target.partner_id].to_vec();
                let again = Again { target, pairs: vec![(new.clone(), of.id)], arrived: true, now };
                if again.make(tx).await? > 0 {
                    return Ok(new);
                }
                let is_there = tx.row(&queries::DELIVERY, &is_there).await?.is_some();
                Err(if is_there { WebhookError::NoConsent } else { WebhookError::NotFound })
            })
        })
        .await?;
    acting.record(app, "webhook.replay", &subject, endpoint_id.to_string()).await?;
    Ok(Replayed { delivery_id, endpoint_id, event_id })
}

/// Sends an endpoint's deliveries again that a filter names, at most [`REPLAYED_MAX`]; the answer's cursor
/// goes on behind them. An event is left out that was delivered to the target since, or is on its way to
/// it, so that asking twice sends once: unless those that were delivered to it are asked for.
///
/// # Errors
/// As [`one`], and [`WebhookError::EmptyRange`], [`WebhookError::PendingAsked`].
pub async fn many(
    app: &App,
    acting: &Acting,
    id: &WebhookId,
    filter: ReplayMany,
) -> Result<ReplayedMany, WebhookError> {
    let (environment, source) = manage::find(app, acting, id).await?;
    acting.may_send(environment)?;
    let target = target(app, acting, environment, filter.to_endpoint.as_ref().unwrap_or(id)).await?;
    let (db, now) = (app.store(environment), realms::now(app, &target.realm));
    let search = Search::new(&source, &target, &filter, now)?;
    let waiting = db.row(&queries::REPLAYS_WAITING, params![&target.id, REPLAYS_WAITING_MAX]).await?;
    let mut left = room(waiting.as_ref())?.min(REPLAYED_MAX);
    let mut done = ReplayedMany { count: 0, skipped: 0, more: false, next_cursor: filter.cursor };
    loop {
        // Found outside of the transaction, which may be the only one that writes; what has become of
        // them meanwhile is seen inside.
        let limit = left.min(BATCH);
        let found = search.after(db, done.next_cursor.as_ref(), limit).await?;
        let looked_at = found.len() as u64;
        done.next_cursor = found.last().cloned().filter(|_| looked_at >= limit);
        if !found.is_empty() {
            let pairs = found.into_iter().map(|of| (app.random.id(now, DeliveryId::new), of)).collect();
            let again = Again { target: target.clone(), pairs, arrived: search.arrived, now };
            let count = db
                .write::<_, WebhookError, _>(move |tx| Box::pin(async move { again.make(tx).await }))
                .await?;
            done.count += count;
            done.skipped += looked_at - count;
        }
        left -= looked_at;
        if done.next_cursor.is_none() || left == 0 {
            break;
        }
    }
    done.more = done.next_cursor.is_some();
    let detail = format!("{} -> {}: {}", source.id, target.id, done.count);
    acting.record(app, "webhook.replay_many", id.as_str(), detail).await?;
    Ok(done)
}

/// How many more replays may wait beside those that do.
fn room(waiting: Option<&Row>) -> Result<u64, WebhookError> {
    let waiting: u64 = waiting.map_or(Ok(0), |row| row.get("total"))?;
    match REPLAYS_WAITING_MAX.saturating_sub(waiting) {
        0 => Err(WebhookError::ReplaysWaiting),
        room => Ok(room),
    }
}

/// The partner's endpoint that is to be sent to.
async fn target(
    app: &App,
    acting: &Acting,
    environment: Environment,
    id: &WebhookId,
) -> Result<EndpointRecord, WebhookError> {
    match manage::find(app, acting, id).await {
        Ok((of, endpoint)) if of == environment => {
            if endpoint.status == EndpointStatus::Disabled {
                return Err(WebhookError::NotSending { status: endpoint.status });
            }
            Ok(endpoint)
        }
        Ok(_) | Err(WebhookError::NotFound) => Err(WebhookError::NoTarget),
        Err(error) => Err(error),
    }
}

/// Which deliveries are wanted.
struct Search {
    source: WebhookId,
    target: WebhookId,
    /// Names with commas before, between and after.
    kinds: String,
    statuses: String,
    from: Timestamp,
    to: Timestamp,
    /// Whether events that have arrived at the target are wanted too.
    arrived: bool,
}

impl Search {
    fn new(
        source: &EndpointRecord,
        target: &EndpointRecord,
        filter: &ReplayMany,
        now: Timestamp,
    ) -> Result<Self, WebhookError> {
        let kept = now.checked_sub(SignedDuration::from_hours(24 * KEPT_DAYS)).unwrap_or(Timestamp::MIN);
        let from = filter.from.unwrap_or(kept).max(kept);
        let to = filter.to.unwrap_or(Timestamp::MAX);
        if from >= to {
            return Err(WebhookError::EmptyRange);
        }
        if filter.status.contains(&DeliveryStatus::Pending) {
            return Err(WebhookError::PendingAsked);
        }
        let failed = [DeliveryStatus::Exhausted, DeliveryStatus::Gone];
        let statuses = if filter.status.is_empty() { &failed[..] } else { &filter.status };
        let kinds: Vec<_> = filter.events.iter().map(|name| name.0.as_str()).collect();
        let all: Vec<_> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        let kinds = if kinds.is_empty() { all } else { kinds };
        let listed = |words: &[&str]| format!(",{},", words.join(","));
        Ok(Self {
            source: source.id.clone(),
            target: target.id.clone(),
            kinds: listed(&kinds),
            statuses: listed(&statuses.iter().map(|status| status.as_str()).collect::<Vec<_>>()),
            from,
            to,
            // What arrived at the source is not what arrived at another target.
            arrived: source.id == target.id && statuses.contains(&DeliveryStatus::Delivered),
        })
    }

    /// The next of them, at most `limit`, behind the one that was looked at last.
    async fn after(
        &self,
        db: &Db,
        last: Option<&DeliveryId>,
        limit: u64,
    ) -> Result<Vec<DeliveryId>, DbError> {
        let params = params![
            &self.source,
            last.map_or("", DeliveryId::as_str),
            self.kinds.as_str(),
            self.statuses.as_str(),
            self.from,
            self.to,
            &self.target,
            self.arrived,
            limit
        ];
        db.rows(&queries::REPLAYABLE, params).await?.iter().map(|row| row.parse("id")).collect()
    }
}

/// Deliveries that send the events of others again.
struct Again {
    target: EndpointRecord,
    /// The new one's id and the other's.
    pairs: Vec<(DeliveryId, DeliveryId)>,
    /// Also events that have arrived at the target, or are on their way there.
    arrived: bool,
    now: Timestamp,
}

impl Again {
    /// Makes them, but for those that the rule by which an event is told at first speaks against. Says
    /// how many.
    async fn make(self, tx: &mut Tx) -> Result<u64, WebhookError> {
        // As long as a delivery is there, so is its body.
        tx.share(Lock::Messages).await?;
        // Held until the commit: what ends a consent or an application meanwhile takes back what is
        // made here.
        let of: Vec<&DeliveryId> = self.pairs.iter().map(|(_, of)| of).collect();
        tx.execute_of_engine(&queries::HOLD_CONSENTS, params![json(&of)]).await?;
        let Self { target, pairs, arrived, now } = &self;
        let params = params![json(pairs), &target.id, target.application_id.as_ref(), *now, *arrived];
        let made = tx.execute_of_engine(&queries::SEND_AGAIN, params).await?;
        if made > 0 {
            if !deliveries::ask_to_probe(tx, &target.id, *now).await? {
                return Err(WebhookError::NoTarget);
            }
            tx.announce();
        }
        Ok(made)
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
