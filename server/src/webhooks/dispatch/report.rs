//! Writing down what was attempted, in groups: while one is committed the next one gathers.

use std::{
    collections::HashSet,
    error::Error,
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use data_encoding::HEXLOWER;
use domain::{
    ids::{DeliveryId, WebhookId},
    webhooks::{
        SCHEME, SignedMessage,
        health::{Breaker, Failing, Measure},
        schedule::Next,
        split_member,
    },
};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    super::{
        breaker_values,
        client::{Attempt, OWN_HEADERS, Timing},
    },
    Post, figures,
    lane::{Job, Lane},
    measures::{self, Taken},
    queries,
};
use crate::store::{DbError, Tx, Value, params};

/// Attempts written in one transaction, at most.
const GROUP_MAX: usize = 256;
/// How often a failed group is tried again. What is lost then is sent again once its lease has ended.
const TRIES: u32 = 5;
const TRY_AGAIN: Duration = Duration::from_millis(500);

/// An attempt that has ended.
#[derive(Debug)]
pub struct Outcome {
    pub job: Job,
    /// Times of the realm.
    pub at: Timestamp,
    pub ended_at: Timestamp,
    /// What was sent; none: it could not be signed.
    pub message: Option<SignedMessage>,
    pub attempt: Attempt,
    pub next: Next,
    pub measure: Measure,
}

/// What a worker has to tell.
#[derive(Debug)]
pub enum Report {
    Ended(Box<Outcome>, Arc<Lane>),
    /// Was claimed and not attempted.
    GivenBack {
        lane: Arc<Lane>,
        ids: Vec<DeliveryId>,
    },
}

/// Writes down what comes, until the post is gone or killed.
pub async fn write_down(post: Weak<Post>, killed: CancellationToken, mut received: mpsc::Receiver<Report>) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    loop {
        let count = tokio::select! {
            biased;
            () = killed.cancelled() => return,
            count = received.recv_many(&mut group, GROUP_MAX) => count,
        };
        let (Some(post), true) = (post.upgrade(), count > 0) else { return };
        tokio::select! {
            biased;
            () = killed.cancelled() => return,
            () = keep(&post, &group) => {}
        }
        settle(&post, group.drain(..));
    }
}

async fn keep(post: &Arc<Post>, group: &[Report]) {
    for tried in 1..=TRIES {
        match write(post, group).await {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn Error,
                    tried,
                    "{} webhook reports were not written",
                    group.len()
                );
            }
        }
        tokio::time::sleep(TRY_AGAIN).await;
    }
}

/// What is written is out of hand.
fn settle(post: &Post, group: impl Iterator<Item = Report>) {
    let mut count = 0;
    let mut is_given_back = false;
    for report in group {
        count += 1;
        match report {
            Report::Ended(outcome, lane) => {
                figures::count(&outcome);
                lane.lock().in_hand.remove(&outcome.job.id);
            }
            Report::GivenBack { lane, ids } => {
                let mut state = lane.lock();
                for id in &ids {
                    state.in_hand.remove(id);
                }
                state.is_due = true;
                is_given_back = true;
            }
        }
    }
    post.unsettled.fetch_sub(count, Ordering::AcqRel);
    post.settled.notify_waiters();
    if is_given_back {
        post.bell.notify_one();
    }
}

/// How an endpoint does, to be kept.
struct Health {
    lane: Arc<Lane>,
    id: WebhookId,
    breaker: Breaker,
    failing: Option<Failing>,
    last_success_at: Option<Timestamp>,
    last_failure_at: Option<Timestamp>,
}

impl Health {
    fn params(&self) -> Vec<Value> {
        let failing = self.failing;
        let mut params = vec![
            Value::from(&self.id),
            failing.map(|failing| failing.since).into(),
            i64::from(failing.map_or(0, |failing| failing.warnings)).into(),
        ];
        params.extend(breaker_values(self.breaker));
        params.push(self.last_success_at.into());
        params.push(self.last_failure_at.into());
        params
    }
}

/// One group, ready for its transaction.
#[derive(Default)]
struct Group {
    /// JSON for [`queries::SETTLE`].
    settled: String,
    /// Ids, and JSON of one attempt each for [`queries::KEEP_ATTEMPTS`].
    attempts: Vec<(String, String)>,
    /// JSON array of ids.
    given_back: Option<String>,
    health: Vec<Vec<Value>>,
    measures: Vec<measures::Planned>,
}

async fn write(post: &Arc<Post>, reports: &[Report]) -> Result<(), DbError> {
    let health = dirty(reports);
    let mut group = Group::of(reports);
    group.health = health.iter().map(Health::params).collect();
    let (app, environment, node) = (post.app.clone(), post.environment, post.node.clone());
    let written = post
        .db()
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                group.settle(tx, &node).await?;
                let taken = measures::take(&app, environment, tx, &group.measures).await?;
                for params in &group.health {
                    tx.execute(&queries::KEEP_HEALTH, params).await?;
                }
                Ok(taken)
            })
        })
        .await;
    match written {
        Ok(taken) => {
            if taken != Taken::default() {
                measures::tell(&post.app, taken).await;
            }
            Ok(())
        }
        Err(error) => {
            for health in health {
                health.lane.lock().is_dirty = true;
            }
            Err(error)
        }
    }
}

/// The lanes among these whose health is to be kept, each once.
fn dirty(reports: &[Report]) -> Vec<Health> {
    let mut found = Vec::new();
    for report in reports {
        let Report::Ended(_, lane) = report else { continue };
        let mut state = lane.lock();
        if std::mem::take(&mut state.is_dirty) {
            found.push(Health {
                lane: lane.clone(),
                id: lane.id.clone(),
                breaker: state.breaker,
                failing: state.failing,
                last_success_at: state.last_success_at,
                last_failure_at: state.last_failure_at,
            });
        }
    }
    found
}

impl Group {
    fn of(reports: &[Report]) -> Self {
        let mut group = Self::default();
        let (mut settled, mut given_back) = (Vec::new(), Vec::new());
        for report in reports {
            match report {
                Report::Ended(outcome, lane) => {
                    settled.push(Settled::of(outcome));
                    let attempt = json(&Attempted::of(outcome));
                    group.attempts.push((outcome.job.id.to_string(), attempt));
                    if outcome.measure != Measure::Nothing {
                        let record = lane.lock().endpoint.record.clone();
                        group.measures.push(measures::Planned::of(outcome, record));
                    }
                }
                Report::GivenBack { ids, .. } => given_back.extend(ids.iter().map(DeliveryId::as_str)),
            }
        }
        group.settled = json(&settled);
        group.given_back = (!given_back.is_empty()).then(|| json(&given_back));
        group
    }

    async fn settle(&self, tx: &mut Tx, node: &str) -> Result<(), DbError> {
        if let Some(ids) = &self.given_back {
            tx.execute_of_engine(&queries::GIVE_BACK, params![ids, node]).await?;
        }
        if self.attempts.is_empty() {
            return Ok(());
        }
        let rows = tx.rows_of_engine(&queries::SETTLE, params![&self.settled]).await?;
        let counted = rows.iter().map(|row| row.get("id")).collect::<Result<HashSet<String>, _>>()?;
        let attempts = self.attempts.iter().filter(|(id, _)| counted.contains(id));
        let attempts: Vec<&str> = attempts.map(|(_, attempt)| attempt.as_str()).collect();
        if !attempts.is_empty() {
            let attempts = format!("[{}]", attempts.join(","));
            tx.execute_of_engine(&queries::KEEP_ATTEMPTS, params![attempts]).await?;
        }
        // What riders are told of who was told of them. Events about nobody cost nothing here.
        let mut told: Vec<String> = Vec::new();
        for row in &rows {
            if row.get::<bool>("is_told")? {
                told.push(row.get("id")?);
            }
        }
        if !told.is_empty() {
            tx.execute_of_engine(&queries::LOG_TOLD, params![json(&told)]).await?;
        }
        Ok(())
    }
}

/// What becomes of a delivery.
#[derive(Serialize)]
struct Settled<'a> {
    delivery_id: &'a str,
    number: u32,
    code: Option<u16>,
    status: &'static str,
    next_at: Option<i64>,
    ended_at: Option<i64>,
}

impl<'a> Settled<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        let (status, next_at) = match outcome.next {
            Next::Delivered => ("delivered", None),
            Next::RetryAt(at) => ("pending", Some(at)),
            Next::Gone => ("gone", None),
            Next::Exhausted => ("exhausted", None),
        };
        Self {
            delivery_id: outcome.job.id.as_str(),
            number: outcome.job.attempts.saturating_add(1),
            code: outcome.attempt.outcome.as_ref().ok().map(|answer| answer.status),
            status,
            next_at: next_at.map(Timestamp::as_microsecond),
            ended_at: next_at.is_none().then(|| outcome.ended_at.as_microsecond()),
        }
    }
}

/// A row of `webhook_attempts`.
#[derive(Serialize)]
struct Attempted<'a> {
    delivery_id: &'a str,
    number: u32,
    at: i64,
    request_headers: String,
    signature: String,
    address: Option<String>,
    code: Option<u16>,
    response_headers: Option<String>,
    response_body: Option<String>,
    truncated: u8,
    error: Option<&'static str>,
    dns_us: Option<u64>,
    connect_us: Option<u64>,
    tls_us: Option<u64>,
    first_byte_us: Option<u64>,
    total_us: u64,
}

impl<'a> Attempted<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        let Attempt { address, outcome: answered, timing, .. } = &outcome.attempt;
        let Timing { dns, connect, tls, first_byte, total } = *timing;
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let answer = answered.as_ref().ok();
        Self {
            delivery_id: outcome.job.id.as_str(),
            number: outcome.job.attempts.saturating_add(1),
            at: outcome.at.as_microsecond(),
            request_headers: outcome.message.as_ref().map_or_else(|| "[]".to_owned(), sent_headers),
            signature: outcome.message.as_ref().map(own_signature).unwrap_or_default(),
            address: address.map(|address| address.to_string()),
            code: answer.map(|answer| answer.status),
            response_headers: answer.map(|answer| json(&answer.headers)),
            response_body: answer.map(|answer| HEXLOWER.encode(&answer.body)),
            truncated: answer.is_some_and(|answer| answer.truncated).into(),
            error: answered.as_ref().err().map(|error| error.as_str()),
            dns_us: dns.map(micros),
            connect_us: connect.map(micros),
            tls_us: tls.map(micros),
            first_byte_us: first_byte.map(micros),
            total_us: micros(total),
        }
    }
}

/// As they were sent: names and values.
fn sent_headers(message: &SignedMessage) -> String {
    let given = message.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let headers: Vec<(&str, &str)> = OWN_HEADERS.into_iter().chain(given).collect();
    json(&headers)
}

/// Value of the body's own `signature`.
fn own_signature(message: &SignedMessage) -> String {
    let signature = split_member(&message.body).map(|(_, signature)| HEXLOWER.encode(&signature));
    format!("{SCHEME}{}", signature.unwrap_or_default())
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
