//! Making attempts: one task for each connection in use, as long as its lane has work.

use std::sync::{Arc, atomic::Ordering};

use domain::{
    ids::DeliveryId,
    webhooks::{
        SignedMessage,
        health::{Failing, Measure},
        schedule::{Ending, Next, after_attempt, asked_until},
        sign,
    },
};
use hyper::body::Bytes;
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, mpsc::error::TrySendError};

use super::{
    super::{
        client::{Attempt, AttemptError, Crowded, Kept, Outgoing, Timing},
        secrets,
    },
    LEASE_MIN, Post,
    lane::{Endpoint, Job, Lane, State},
    later,
    report::{Outcome, Report},
};
use crate::realms;

impl Post {
    /// Starts as many workers as a lane may have and has work for.
    pub(super) fn start_workers(self: &Arc<Self>, lane: &Arc<Lane>) {
        while !self.stopping.is_cancelled() {
            let Ok(permit) = self.slots.clone().try_acquire_owned() else { return };
            if !lane.lock().begin_worker(self.is_crowded()) {
                return;
            }
            self.workers.spawn(work(self.clone(), lane.clone(), permit));
        }
    }

    /// The next delivery of a lane; none: this worker is to stop, and was counted out.
    fn next(self: &Arc<Self>, lane: &Arc<Lane>) -> Option<Job> {
        let now = realms::now(&self.app, &lane.realm);
        let lease_min = later(self.app.clock.now(), LEASE_MIN);
        let recalls = self.recalls();
        let mut state = lane.lock();
        // Once it has been looked at again, see [`super::recall`], workers are started anew.
        if state.recalls != recalls || self.stopping.is_cancelled() {
            let ids = state.clear_queue();
            self.hand_back(&mut state, lane, ids);
        }
        let job = state.next(now, lease_min, self.is_crowded());
        if job.is_none() {
            state.workers -= 1;
            // The breaker has opened: what waits here may as well wait in the store.
            if !state.queue.is_empty() && state.workers == 0 {
                let ids = state.clear_queue();
                self.hand_back(&mut state, lane, ids);
            }
        }
        job
    }

    /// Has deliveries that were not attempted given back.
    pub(super) fn hand_back(&self, state: &mut State, lane: &Arc<Lane>, ids: Vec<DeliveryId>) {
        if ids.is_empty() {
            return;
        }
        let report = Report::GivenBack { lane: lane.clone(), ids };
        self.unsettled.fetch_add(1, Ordering::AcqRel);
        // With no room for that, they wait until their lease ends.
        if let Err(TrySendError::Full(report) | TrySendError::Closed(report)) = self.reports.try_send(report)
        {
            self.unsettled.fetch_sub(1, Ordering::AcqRel);
            let Report::GivenBack { ids, .. } = report else { return };
            for id in &ids {
                state.in_hand.remove(id);
            }
        }
    }

    /// The delivery's id where it could not even be tried.
    async fn attempt(
        &self,
        lane: &Lane,
        job: Job,
        kept: Option<Kept>,
    ) -> Result<(Outcome, Option<Kept>), DeliveryId> {
        let endpoint = lane.lock().endpoint.clone();
        let at = realms::now(&self.app, &lane.realm);
        let (message, (attempt, kept)) = match self.signed(&endpoint, &job, at) {
            Err(error) => (None, not_made(error)),
            Ok(message) => match &endpoint.target {
                Err(_) => (Some(message), not_made(AttemptError::AddressNotAllowed)),
                Ok(target) => {
                    let headers = message.headers.clone().into();
                    let outgoing = Outgoing { headers, body: Bytes::from(message.body.clone()) };
                    let partner = &endpoint.record.partner_id;
                    match self.client.attempt(partner, target, kept, &outgoing).await {
                        Ok(made) => (Some(message), made),
                        Err(Crowded) => return Err(job.id),
                    }
                }
            },
        };
        let ended_at = realms::now(&self.app, &lane.realm);
        let next = self.decided(&job, &attempt, ended_at);
        let measure = judged(lane, &attempt, next, ended_at);
        Ok((Outcome { job, at, ended_at, message, attempt, next, measure }, kept))
    }

    fn signed(&self, endpoint: &Endpoint, job: &Job, at: Timestamp) -> Result<SignedMessage, AttemptError> {
        let record = &endpoint.record;
        let secrets = secrets::opened(&self.app.vault, &record.id, &record.sealed, at).map_err(|error| {
            tracing::error!(%error, endpoint = record.id.as_str(), "an endpoint's secret cannot be opened");
            AttemptError::NotSent
        })?;
        // Receivers hold it against their own clocks, so it is not a test clock's.
        let sent_at_s = self.app.clock.now().as_second();
        sign(&secrets, job.event_id.as_str(), sent_at_s, &job.body).map_err(|_| AttemptError::NotSent)
    }

    fn decided(&self, job: &Job, attempt: &Attempt, now: Timestamp) -> Next {
        let ending = match &attempt.outcome {
            Ok(answer) => {
                Ending::Answered { status: answer.status, retry_after: answer.retry_after.as_deref() }
            }
            Err(_) => Ending::Unanswered,
        };
        let jitter = u32::from_le_bytes(self.app.random.bytes());
        after_attempt(job.attempts.saturating_add(1), ending, now, jitter)
    }
}

async fn work(post: Arc<Post>, lane: Arc<Lane>, permit: OwnedSemaphorePermit) {
    let mut kept = lane.lock().idle.pop();
    while let Some(job) = post.next(&lane) {
        let attempted = tokio::select! {
            biased;
            () = post.killed.cancelled() => return,
            attempted = post.attempt(&lane, job, kept.take()) => attempted,
        };
        let (outcome, connection) = match attempted {
            Ok(ended) => ended,
            Err(id) => {
                post.hand_back(&mut lane.lock(), &lane, vec![id]);
                continue;
            }
        };
        kept = connection;
        let report = Report::Ended(Box::new(outcome), lane.clone());
        post.unsettled.fetch_add(1, Ordering::AcqRel);
        if post.reports.send(report).await.is_err() {
            return;
        }
        // A success may have allowed one more.
        post.start_workers(&lane);
        if lane.lock().room(realms::now(&post.app, &lane.realm), post.is_crowded()) > 0 {
            post.bell.notify_one();
        }
    }
    if let Some(kept) = kept {
        lane.lock().idle.push(kept);
    }
    drop(permit);
}

/// What the attempt says of the endpoint, and what is to be done about it.
fn judged(lane: &Lane, attempt: &Attempt, next: Next, now: Timestamp) -> Measure {
    let mut state = lane.lock();
    match next {
        Next::Delivered => {
            state.succeeded(now);
            Measure::Nothing
        }
        Next::Gone => {
            state.is_held = true;
            state.failed(now, None, true);
            Measure::Disable
        }
        Next::RetryAt(_) | Next::Exhausted => {
            let answer = attempt.outcome.as_ref().ok();
            let asked = answer
                .filter(|answer| matches!(answer.status, 429 | 503))
                .and_then(|answer| asked_until(answer.retry_after.as_deref()?, now));
            state.failed(now, asked, answer.is_some());
            let measure = state.failing.map_or(Measure::Nothing, |failing: Failing| failing.measure(now));
            match measure {
                Measure::Warn(failing) => state.failing = Some(failing),
                Measure::Disable => state.is_held = true,
                Measure::Nothing => {}
            }
            measure
        }
    }
}

fn not_made(error: AttemptError) -> (Attempt, Option<Kept>) {
    (Attempt { address: None, outcome: Err(error), timing: Timing::default() }, None)
}
