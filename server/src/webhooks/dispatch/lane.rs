//! One endpoint's lane: what is in hand for it, how much at once, and whether it is spared.
//!
//! A lane begins with a few attempts at once. Each success allows one more, each answer that is no
//! success one less, and silence halves it: who hangs holds few of the slots that all share. The
//! breaker holds a lane back altogether ([`domain::webhooks::health`]).

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    ids::{DeliveryId, EventId, WebhookId},
    realm::Realm,
    webhooks::health::{Admission, Breaker, Failing},
};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::super::{
    client::{BadTarget, Kept, Target},
    record::EndpointRecord,
};

/// Attempts at once that a lane begins with.
const ALLOWANCE_FIRST: usize = 4;
/// Attempts at once of one endpoint, at most.
const ALLOWANCE_MAX: usize = 32;
/// The same while slots are scarce.
const ALLOWANCE_CROWDED: usize = 2;
/// Deliveries claimed in advance for each attempt at once, so that none waits for a claim.
const AHEAD: usize = 4;
/// What has waited in a lane for longer is claimed anew before it is sent: it may have been cancelled.
const QUEUED_MAX: Duration = Duration::from_secs(2);
/// A time of success is kept no more often than that.
const TOLD_EVERY: SignedDuration = SignedDuration::from_secs(5);

/// A delivery in hand.
#[derive(Debug)]
pub struct Job {
    pub id: DeliveryId,
    pub event_id: EventId,
    pub body: String,
    /// Attempts made before.
    pub attempts: u32,
    pub created_at: Timestamp,
    pub next_attempt_at: Timestamp,
    /// By the product's clock.
    pub lease_until: Timestamp,
    pub claimed: Instant,
}

/// An endpoint as last read.
#[derive(Debug)]
pub struct Endpoint {
    pub record: EndpointRecord,
    pub target: Result<Target, BadTarget>,
}

#[derive(Debug)]
pub struct Lane {
    pub id: WebhookId,
    pub realm: Realm,
    state: Mutex<State>,
}

#[derive(Debug)]
pub struct State {
    pub endpoint: Arc<Endpoint>,
    pub queue: VecDeque<Job>,
    /// Queued, under way, or not yet written down.
    pub in_hand: HashSet<DeliveryId>,
    /// Tasks at work.
    pub workers: usize,
    pub allowance: usize,
    pub breaker: Breaker,
    pub failing: Option<Failing>,
    /// Something is due, as far as is known.
    pub is_due: bool,
    /// Not to be called: no longer active, or its partner is not in good standing.
    pub is_held: bool,
    /// Connections without work.
    pub idle: Vec<Kept>,
    /// Number of the last recall before the endpoint was looked at.
    pub recalls: u64,
    /// How often its owner has asked for an attempt, as last seen.
    probes_asked: i64,
    pub last_success_at: Option<Timestamp>,
    pub last_failure_at: Option<Timestamp>,
    /// How it does has changed and is to be kept.
    pub is_dirty: bool,
    kept_success_at: Option<Timestamp>,
}

impl Lane {
    pub fn new(endpoint: Endpoint, recalls: u64, probes_asked: i64) -> Self {
        let record = &endpoint.record;
        Self {
            id: record.id.clone(),
            realm: record.realm.clone(),
            state: Mutex::new(State {
                queue: VecDeque::new(),
                in_hand: HashSet::new(),
                workers: 0,
                allowance: ALLOWANCE_FIRST,
                breaker: record.breaker,
                failing: record.failing,
                is_due: false,
                is_held: false,
                idle: Vec::new(),
                recalls,
                probes_asked,
                last_success_at: None,
                last_failure_at: None,
                is_dirty: false,
                kept_success_at: None,
                endpoint: Arc::new(endpoint),
            }),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that panics is called while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How many deliveries to claim at `now`, by the realm's clock.
    pub fn room(&self, now: Timestamp, is_crowded: bool) -> usize {
        if !self.is_due || self.is_held {
            return 0;
        }
        match self.breaker {
            Breaker::Closed { .. } => {
                let ahead = AHEAD * self.allowance(is_crowded);
                // Half of it or nothing: a claim is a transaction.
                let room = ahead.saturating_sub(self.queue.len());
                if room * 2 >= ahead { room } else { 0 }
            }
            Breaker::Open { .. } | Breaker::Probing { .. } => {
                let may = self.breaker.admit(now).1 == Admission::Go;
                usize::from(may && self.queue.is_empty())
            }
        }
    }

    fn allowance(&self, is_crowded: bool) -> usize {
        if is_crowded { self.allowance.min(ALLOWANCE_CROWDED) } else { self.allowance }
    }

    /// Counts one more worker in, if there is work for it.
    pub fn begin_worker(&mut self, is_crowded: bool) -> bool {
        let begins = !self.queue.is_empty() && self.workers < self.allowance(is_crowded);
        self.workers += usize::from(begins);
        begins
    }

    /// The next delivery for a worker; none: it is to stop. Times are the realm's and, for leases, the
    /// product's.
    pub fn next(&mut self, now: Timestamp, lease_min: Timestamp, is_crowded: bool) -> Option<Job> {
        if self.is_held || self.workers > self.allowance(is_crowded) || self.queue.is_empty() {
            return None;
        }
        // A lease about to end is somebody else's business.
        while self.queue.front().is_some_and(|job| job.lease_until < lease_min) {
            if let Some(job) = self.queue.pop_front() {
                self.in_hand.remove(&job.id);
                self.is_due = true;
            }
        }
        if self.queue.is_empty() {
            return None;
        }
        let (breaker, admission) = self.breaker.admit(now);
        if admission != Admission::Go {
            return None;
        }
        self.is_dirty |= breaker != self.breaker;
        self.breaker = breaker;
        self.queue.pop_front()
    }

    /// Takes back what was claimed long ago: the store may know better by now.
    pub fn clear_stale(&mut self) -> Vec<DeliveryId> {
        let is_stale = |job: &Job| job.claimed.elapsed() >= QUEUED_MAX;
        let count = self.queue.iter().take_while(|job| is_stale(job)).count();
        self.queue.drain(..count).map(|job| job.id).collect()
    }

    /// Takes back what is queued: the ids, to be given back.
    pub fn clear_queue(&mut self) -> Vec<DeliveryId> {
        self.queue.drain(..).map(|job| job.id).collect()
    }

    pub fn succeeded(&mut self, now: Timestamp) {
        self.is_dirty |= self.breaker != Breaker::default() || self.failing.is_some();
        self.breaker = self.breaker.after_success();
        self.failing = None;
        self.allowance = (self.allowance + 1).min(ALLOWANCE_MAX);
        self.last_success_at = Some(now);
        if self.kept_success_at.is_none_or(|kept| now.duration_since(kept) >= TOLD_EVERY) {
            self.kept_success_at = Some(now);
            self.is_dirty = true;
        }
    }

    /// `asked`: until when a busy receiver asked to be left alone.
    pub fn failed(&mut self, now: Timestamp, asked: Option<Timestamp>, was_answered: bool) {
        self.breaker = match asked {
            Some(asked) => self.breaker.after_asked_to_wait(asked, now),
            None => self.breaker.after_failure(now),
        };
        self.failing = Some(Failing::after_failure(self.failing, now));
        let less = if was_answered { self.allowance - 1 } else { self.allowance / 2 };
        self.allowance = less.max(1);
        self.last_failure_at = Some(now);
        self.is_dirty = true;
    }

    /// What other nodes, or its owner, did to the endpoint. What is to be written down here first
    /// outweighs it.
    pub fn follow(&mut self, breaker: Breaker, failing: Option<Failing>, now: Timestamp) {
        if self.is_dirty || !self.in_hand.is_empty() {
            return;
        }
        let waits = |breaker: Breaker| breaker.admit(now).1 != Admission::Go;
        if waits(breaker) || breaker == Breaker::default() {
            self.breaker = breaker;
        }
        self.failing = failing;
    }

    /// Its owner has asked for an attempt: one goes out at once, however long it was to be spared.
    pub fn obey(&mut self, probes_asked: i64, now: Timestamp) {
        if std::mem::replace(&mut self.probes_asked, probes_asked) != probes_asked {
            self.breaker = self.breaker.hurried(now);
        }
    }
}
