//! Sending again: one delivery, or all that a filter names.
//!
//! The same event in the same body, so that a receiver knows it by its `id`. What is about a rider is
//! sent only while the consent it was told by stands.

use domain::{
    events::EventKind,
    ids::{DeliveryId, WebhookId},
    webhooks::{DeliveryStatus, EndpointStatus, KEPT_DAYS, REPLAYED_MAX, ReplayMany, Replayed, ReplayedMany},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    Acting, EndpointRecord, WebhookError,
    deliveries::{self, NewDelivery},
    log, manage, queries,
};
use crate::{
    app::{App, Environment},
    random::Random,
    realms,
    store::{DbError, Lock, Row, Tx, params},
};

/// Deliveries made in one transaction.
const BATCH: u64 = 500;

/// Sends a delivery again, to its own endpoint or to another of the partner's. One that is still on its
/// way to the same endpoint is due at once instead.
///
/// # Errors
/// [`WebhookError::NotFound`], [`WebhookError::NoTarget`], [`WebhookError::NotSending`],
/// [`WebhookError::NoConsent`].
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
                // As long as the delivery is there, so is its body.
                tx.share(Lock::Messages).await?;
                let row = tx.row(&queries::REPLAYABLE_ONE, params![&of.id]).await?;
                let row = row.ok_or(WebhookError::NotFound)?;
                let made = again(tx, &random, &target, &row, now).await?.ok_or(WebhookError::NoConsent)?;
                if !deliveries::ask_to_probe(tx, &target.id, now).await? {
                    return Err(WebhookError::NoTarget);
                }
                Ok(made)
            })
        })
        .await?;
    acting.record(app, "webhook.replay", &subject, endpoint_id.to_string()).await?;
    Ok(Replayed { delivery_id, endpoint_id, event_id })
}

/// Sends an endpoint's deliveries again that a filter names, at most [`REPLAYED_MAX`]. Unless those
/// that were delivered are asked for too, an event is left out that was delivered to the target since,
/// or is on its way to it: asking twice sends once.
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
    let now = realms::now(app, &target.realm);
    let search = Search::new(&source, &filter, now)?;
    let mut done = ReplayedMany { count: 0, skipped: 0, more: false };
    let mut after = String::new();
    loop {
        let left = REPLAYED_MAX - done.count;
        let step = Step {
            search: search.clone(),
            target: target.clone(),
            after: after.clone(),
            limit: left.min(BATCH),
            now,
            random: app.random.clone(),
        };
        let made = app
            .store(environment)
            .write::<_, WebhookError, _>(move |tx| Box::pin(async move { step.take(tx).await }))
            .await?;
        done.count += made.count;
        done.skipped += made.skipped;
        match made.last {
            None => break,
            Some(_) if done.count >= REPLAYED_MAX => {
                done.more = true;
                break;
            }
            Some(last) => after = last,
        }
    }
    let detail = format!("{} -> {}: {}", source.id, target.id, done.count);
    acting.record(app, "webhook.replay_many", id.as_str(), detail).await?;
    Ok(done)
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
#[derive(Clone)]
struct Search {
    source: WebhookId,
    /// Names with commas before, between and after.
    kinds: String,
    statuses: String,
    from: Timestamp,
    to: Timestamp,
    /// Whether events that have arrived are wanted too.
    arrived: bool,
}

impl Search {
    fn new(source: &EndpointRecord, filter: &ReplayMany, now: Timestamp) -> Result<Self, WebhookError> {
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
            kinds: listed(&kinds),
            statuses: listed(&statuses.iter().map(|status| status.as_str()).collect::<Vec<_>>()),
            from,
            to,
            arrived: statuses.contains(&DeliveryStatus::Delivered),
        })
    }
}

/// One transaction of [`many`].
struct Step {
    search: Search,
    target: EndpointRecord,
    /// The delivery that was looked at last.
    after: String,
    limit: u64,
    now: Timestamp,
    random: Random,
}

struct Made {
    count: u64,
    skipped: u64,
    /// Where to go on; none: all were looked at.
    last: Option<String>,
}

impl Step {
    async fn take(self, tx: &mut Tx) -> Result<Made, WebhookError> {
        tx.share(Lock::Messages).await?;
        let Search { source, kinds, statuses, from, to, arrived } = &self.search;
        let params = params![
            source,
            self.after.as_str(),
            kinds.as_str(),
            statuses.as_str(),
            *from,
            *to,
            &self.target.id,
            *arrived,
            self.limit
        ];
        let rows = tx.rows(&queries::REPLAYABLE, params).await?;
        let mut made = Made { count: 0, skipped: 0, last: None };
        for row in &rows {
            match again(tx, &self.random, &self.target, row, self.now).await? {
                Some(_) => made.count += 1,
                None => made.skipped += 1,
            }
        }
        if made.count > 0 && !deliveries::ask_to_probe(tx, &self.target.id, self.now).await? {
            return Err(WebhookError::NoTarget);
        }
        let is_full = rows.len() as u64 >= self.limit;
        made.last = rows.last().filter(|_| is_full).map(|row| row.get("id")).transpose()?;
        Ok(made)
    }
}

/// Makes a delivery that sends another one's event again; none without consent.
async fn again(
    tx: &mut Tx,
    random: &Random,
    target: &EndpointRecord,
    row: &Row,
    now: Timestamp,
) -> Result<Option<DeliveryId>, DbError> {
    let audience: String = row.get("audience")?;
    let audience = if audience.is_empty() {
        None
    } else {
        Some(audience.parse().map_err(|_| DbError::Corrupt { column: "audience".to_owned() })?)
    };
    let is_bound_elsewhere =
        audience.is_some() && target.application_id.is_some() && target.application_id != audience;
    if is_bound_elsewhere || !row.get::<bool>("consent")? {
        return Ok(None);
    }
    let id = random.id(now, DeliveryId::new);
    let rider_id = row.parse_opt("rider_id")?;
    let (of, event_id) = (row.parse("id")?, row.parse("event_id")?);
    let delivery = NewDelivery {
        id: &id,
        realm: &target.realm,
        partner_id: &target.partner_id,
        endpoint_id: &target.id,
        event_id: &event_id,
        audience: audience.as_ref(),
        kind: row.parse("kind")?,
        rider_id: rider_id.as_ref(),
        test: row.get("test")?,
        replay_of: Some(&of),
        now,
    };
    deliveries::enqueue(tx, &delivery).await?;
    Ok(Some(id))
}
