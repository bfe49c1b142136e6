//! Sends a plan over the signed gate interface, as all gates together would.
//!
//! Several workers take the messages in turn, each on a connection of its own. What the server has
//! acknowledged is written to the journal before it counts as done; a message without answer is sent
//! again, after a growing pause, until it has one. So neither Ctrl-C nor a killed server, nor being
//! killed itself, loses or doubles a tap.

mod connection;
mod heartbeats;
mod journal;
mod progress;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::gates::TapAnswers;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::{
    connection::{Answer, Connection},
    journal::Journal,
};
pub use self::{
    journal::JournalError,
    progress::{Progress, Summary},
};
use crate::{Message, Plan, Secrets};

pub(crate) const TAPS_PATH: &str = "/gate/v1/taps";

/// First pause before a message is sent again; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(3);
/// How often progress is told.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// How a plan is sent.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `http://host:port`.
    pub server: String,
    pub secrets: Secrets,
    /// Where acknowledged messages are remembered; none: nowhere.
    pub journal: Option<PathBuf>,
    /// Names the run in the journal: two runs with one name send the same messages.
    pub run: String,
    /// Times as fast as the clock; 1 follows the clock itself; none: as fast as the server takes it.
    pub speed: Option<f64>,
    /// Taps a second, steadily.
    pub rate: Option<f64>,
    /// Send no more than about so many taps.
    pub taps_max: Option<usize>,
    pub workers: usize,
    pub heartbeats: bool,
    /// How far the server's clock is ahead of ours.
    pub clock_ahead: SignedDuration,
    /// How long a message is tried without an answer before the run gives up.
    pub patience: Duration,
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("{0} is no address of the form http://host:port")]
    Address(String),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the secret of gate {0} is not known; `nfcgate admin gate provision-all` writes them all")]
    NoSecret(String),
    #[error("gate {gate} was refused with {status}: {body}")]
    Refused { gate: String, status: u16, body: String },
    #[error("no answer for {0:?}; run again to go on where this ended")]
    GaveUp(Duration),
    #[error("a message could not be written")]
    Body(#[from] serde_json::Error),
    #[error("a worker died")]
    Worker(#[from] tokio::task::JoinError),
}

/// What the workers share.
struct Run {
    plan: Arc<Plan>,
    settings: Settings,
    address: String,
    /// Messages to send, by number: the first ones due, without those in the journal.
    queue: Vec<usize>,
    next: AtomicUsize,
    journal: Option<Journal>,
    progress: Progress,
    /// Simulated time, in milliseconds.
    simulated_ms: AtomicI64,
    started: Instant,
    started_at: Timestamp,
    stop: CancellationToken,
}

/// Sends the plan until it is done or `stop` is cancelled, and tells of progress on the way.
///
/// # Errors
/// [`RunError`]; what was acknowledged before stays so, and the journal knows it.
pub async fn run(
    plan: Plan,
    settings: Settings,
    stop: CancellationToken,
    tell: impl Fn(&Summary),
) -> Result<Summary, RunError> {
    let address = connection::address(&settings.server)?;
    let journal = settings.journal.as_deref().map(|path| Journal::open(path, &settings.run)).transpose()?;
    let now = settings.now();
    let (queue, ahead) = queue(&plan, &settings, journal.as_ref(), now)?;
    let progress =
        Progress::new(queue.iter().map(|&number| plan.taps_of(&plan.messages[number]).len()).sum());
    progress.ahead(ahead);
    progress.known(journal.as_ref().map_or(0, Journal::taps_before));
    let workers = settings.workers.max(1);
    let run = Arc::new(Run {
        address,
        queue,
        next: AtomicUsize::new(0),
        journal,
        progress,
        simulated_ms: AtomicI64::new(plan.messages.first().map_or(0, |first| first.send_at.as_millisecond())),
        started: Instant::now(),
        started_at: now,
        // Its own end, so that one worker's failure stops the others and not the caller.
        stop: stop.child_token(),
        plan: Arc::new(plan),
        settings,
    });
    let beating = run.settings.heartbeats.then(|| tokio::spawn(heartbeats::keep(run.clone())));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..workers {
        let run = run.clone();
        tasks.spawn(async move {
            let outcome = work(&run).await;
            if outcome.is_err() {
                run.stop.cancel();
            }
            outcome
        });
    }
    let mut outcome = Ok(());
    let mut telling = tokio::time::interval(TOLD_EVERY);
    loop {
        tokio::select! {
            ended = tasks.join_next() => match ended {
                None => break,
                Some(ended) => outcome = outcome.and(ended.map_err(RunError::from).and_then(|ended| ended)),
            },
            _ = telling.tick() => tell(&run.progress.summary(run.started.elapsed(), run.simulated_at())),
        }
    }
    run.stop.cancel();
    if let Some(beating) = beating {
        beating.await?;
    }
    outcome?;
    Ok(run.progress.summary(run.started.elapsed(), run.simulated_at()))
}

/// The messages to send, and how many taps lie ahead of the clock and cannot be sent yet.
fn queue(
    plan: &Plan,
    settings: &Settings,
    journal: Option<&Journal>,
    now: Timestamp,
) -> Result<(Vec<usize>, usize), RunError> {
    let (mut queue, mut taps, mut ahead) = (Vec::new(), 0, 0);
    for (number, message) in plan.messages.iter().enumerate() {
        if settings.taps_max.is_some_and(|most| taps >= most) {
            break;
        }
        if journal.is_some_and(|journal| journal.holds(number)) {
            continue;
        }
        let count = plan.taps_of(message).len();
        if settings.speed.is_none() && happens_at(plan, message) > now {
            ahead += count;
            continue;
        }
        let gate = plan.gate_id(message);
        if !settings.secrets.knows(gate) {
            return Err(RunError::NoSecret(gate.to_owned()));
        }
        taps += count;
        queue.push(number);
    }
    Ok((queue, ahead))
}

/// The last of a message's taps, by the gate's clock.
fn happens_at(plan: &Plan, message: &Message) -> Timestamp {
    let drift = SignedDuration::from_millis(plan.drift_ms(message.gate));
    let last = plan.taps_of(message).last().map_or(message.send_at, |tap| tap.tapped_at);
    last.checked_add(drift).unwrap_or(last)
}

/// One worker: takes the next message until there is none.
async fn work(run: &Run) -> Result<(), RunError> {
    let mut connection = Connection::new(run.address.clone());
    let mut sent_taps = 0.0;
    loop {
        let place = run.next.fetch_add(1, Ordering::Relaxed);
        let Some(&number) = run.queue.get(place) else { return Ok(()) };
        let message = &run.plan.messages[number];
        // All messages of a paced run hold about as many taps.
        sent_taps = f64::max(sent_taps, run.plan.taps_of(message).len() as f64);
        let due = run.due(place, message, sent_taps);
        tokio::select! {
            () = run.stop.cancelled() => return Ok(()),
            () = tokio::time::sleep_until(due) => {}
        }
        if run.stop.is_cancelled() {
            return Ok(());
        }
        run.simulated_ms.fetch_max(message.send_at.as_millisecond(), Ordering::Relaxed);
        // Under a steady rate waiting counts too: a server that stalls must not look fast.
        let since = if run.settings.rate.is_some() { due } else { Instant::now() };
        deliver(run, number, &mut connection, since).await?;
    }
}

/// Sends one message until it is acknowledged.
async fn deliver(
    run: &Run,
    number: usize,
    connection: &mut Connection,
    since: Instant,
) -> Result<(), RunError> {
    let message = &run.plan.messages[number];
    let gate = run.plan.gate_id(message);
    let body = run.plan.body(message)?;
    let mut pause = PAUSE;
    let mut failing_since = None;
    loop {
        let timestamp = run.gate_time(message.gate);
        let signature = run.settings.secrets.signature(gate, &timestamp, &body);
        let signature = signature.ok_or_else(|| RunError::NoSecret(gate.to_owned()))?;
        let wait = match connection.post(TAPS_PATH, gate, &timestamp, &signature, body.clone()).await {
            Ok(Answer { status: 200, body: answer, .. }) => {
                let answers: TapAnswers = serde_json::from_slice(&answer)?;
                let taps = run.plan.taps_of(message);
                if let Some(journal) = &run.journal {
                    journal.acknowledged(number, gate, taps, &answers)?;
                }
                run.progress.acknowledged(&answers, since.elapsed());
                return Ok(());
            }
            Ok(Answer { status: 408 | 429 | 500.., retry_after, .. }) => {
                retry_after.map_or(pause, |wait| wait.min(PAUSE_MAX).max(pause))
            }
            Ok(Answer { status, body, .. }) => {
                let body = String::from_utf8_lossy(&body).into_owned();
                return Err(RunError::Refused { gate: gate.to_owned(), status, body });
            }
            Err(_) => pause,
        };
        run.progress.tried_again();
        let first_failure = *failing_since.get_or_insert_with(Instant::now);
        if first_failure.elapsed() > run.settings.patience {
            return Err(RunError::GaveUp(run.settings.patience));
        }
        tokio::select! {
            // Without an answer it is not in the journal, so the next run sends it again.
            () = run.stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(wait) => {}
        }
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

impl Settings {
    /// The server's time, as far as we know it.
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(self.clock_ahead).unwrap_or(now)
    }
}

impl Run {
    fn simulated_at(&self) -> Timestamp {
        Timestamp::from_millisecond(self.simulated_ms.load(Ordering::Relaxed)).unwrap_or(Timestamp::MAX)
    }

    /// When a message is to be sent.
    fn due(&self, place: usize, message: &Message, taps: f64) -> Instant {
        if let Some(rate) = self.settings.rate {
            return self.started + Duration::from_secs_f64(place as f64 * taps / rate.max(0.001));
        }
        let Some(speed) = self.settings.speed else { return self.started };
        let first = self.queue.first().map_or(message.send_at, |&first| self.plan.messages[first].send_at);
        let into_s = message.send_at.duration_since(first).as_secs_f64().max(0.0);
        let paced_s = if speed == 1.0 { 0.0 } else { into_s / speed.max(0.001) };
        // Never before it has happened.
        let happens =
            happens_at(&self.plan, message).max(if speed == 1.0 { message.send_at } else { Timestamp::MIN });
        let ahead_s = happens.duration_since(self.started_at).as_secs_f64().max(0.0);
        self.started + Duration::from_secs_f64(paced_s.max(ahead_s))
    }

    /// The clock of a gate, in seconds.
    fn gate_time(&self, gate: crate::GateNo) -> String {
        (self.settings.now().as_millisecond() + self.plan.drift_ms(gate)).div_euclid(1_000).to_string()
    }
}

#[cfg(test)]
mod tests;
