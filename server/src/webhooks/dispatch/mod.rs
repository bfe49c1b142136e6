//! Dispatch: what waits is published, claimed, sent, and written down.
//!
//! ```text
//! events ─publish▶ messages, deliveries ─claim (lease)▶ lanes ─work▶ client ─▶ receivers
//!                        ▲                                      │
//!                        └──────────── report, in groups ◀──────┘
//! ```
//!
//! One [`Post`] for each store. What has work to do asks for it: the publisher after commits that
//! announce, a lane that runs low for more, and a look at all endpoints every half second finds what
//! has become due, or what another node has left.
//!
//! Promises: a delivery is sent at least once, whatever is killed when; in calm weather exactly once,
//! however many nodes there are. An endpoint that hangs, fails or has a hundred thousand deliveries
//! waiting does not hold up the others. What is in memory is bounded. Nothing is sent for an endpoint
//! that is not active, or whose partner is not in good standing; after [`recall`] not even what was
//! claimed before.

pub mod bench;
mod claim;
mod figures;
mod lane;
mod measures;
mod publish;
pub mod queries;
mod report;
#[cfg(test)]
pub mod tests;
mod work;

use std::{
    collections::HashMap,
    error::Error,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use data_encoding::HEXLOWER;
use domain::ids::WebhookId;
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::{Notify, Semaphore, mpsc, watch},
    time::MissedTickBehavior,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::publish::{Published, publish};
use self::{lane::Lane, report::Report};
use super::client::Client;
use crate::{
    app::{App, Environment},
    realms,
    store::{Db, DbError, params},
};

/// How often all endpoints are looked at. Retries are that late at most.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long a claimed delivery is this node's: some attempts' time, since claims are made in advance.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// With less of its lease left, no attempt is begun: it may wait 5 s for its look-up, and then last 15.
const LEASE_MIN: SignedDuration = SignedDuration::from_secs(25);
/// Attempts at once, of all endpoints of both stores. Each holds a connection and at most some 50 KB.
const SLOTS: usize = 1_024;
/// With fewer slots left, each lane makes do with little.
const SLOTS_SCARCE: usize = SLOTS / 4;
/// Finished attempts that may wait to be written down; beyond that, sending waits.
const REPORTS_MAX: usize = 1_024;
/// How long a pause after the store failed is.
const PAUSE: Duration = Duration::from_secs(1);

/// What other parts tell the dispatcher.
#[derive(Debug, Default)]
pub struct Dispatch {
    recalls: watch::Sender<u64>,
}

/// Nothing that is not under way is sent before its endpoint has been looked at again. To be called
/// after the commit of what stops deliveries or changes how they are sent: a consent withdrawn, an
/// endpoint paused, changed or deleted, a secret taken back. Other nodes follow within seconds.
pub fn recall(app: &App) {
    app.dispatch.recalls.send_modify(|recalls| *recalls += 1);
}

/// Dispatches one store's deliveries.
pub struct Post {
    app: App,
    environment: Environment,
    client: Client,
    /// This process, in leases.
    node: String,
    lanes: Mutex<HashMap<WebhookId, Arc<Lane>>>,
    slots: Arc<Semaphore>,
    reports: mpsc::Sender<Report>,
    /// A lane runs low, or something was published.
    bell: Notify,
    /// All endpoints are to be looked at.
    look: AtomicBool,
    /// The recall that the last look obeyed.
    recalls_obeyed: AtomicU64,
    /// Nothing new is begun.
    stopping: CancellationToken,
    /// Everything is dropped where it stands.
    killed: CancellationToken,
    workers: TaskTracker,
    writer: TaskTracker,
    /// Reports that are not written down yet.
    unsettled: AtomicUsize,
    /// Some were.
    settled: Notify,
}

impl Post {
    /// A dispatcher that does nothing by itself yet; what is sent is written down from now on.
    pub fn new(app: &App, environment: Environment, client: Client, slots: Arc<Semaphore>) -> Arc<Self> {
        let (reports, received) = mpsc::channel(REPORTS_MAX);
        let post = Arc::new(Self {
            app: app.clone(),
            environment,
            client,
            node: HEXLOWER.encode(&app.random.bytes::<8>()),
            lanes: Mutex::default(),
            slots,
            reports,
            bell: Notify::new(),
            look: AtomicBool::new(true),
            recalls_obeyed: AtomicU64::new(0),
            stopping: CancellationToken::new(),
            killed: CancellationToken::new(),
            workers: TaskTracker::new(),
            writer: TaskTracker::new(),
            unsettled: AtomicUsize::new(0),
            settled: Notify::new(),
        });
        post.writer.spawn(report::write_down(Arc::downgrade(&post), post.killed.clone(), received));
        post
    }

    fn db(&self) -> &Db {
        self.app.store(self.environment)
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<WebhookId, Arc<Lane>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_crowded(&self) -> bool {
        self.slots.available_permits() < SLOTS_SCARCE
    }

    fn recalls(&self) -> u64 {
        *self.app.dispatch.recalls.borrow()
    }

    /// Publishes what has been written, and tells the lanes; true if there was something.
    pub(super) async fn publish(&self) -> Result<bool, DbError> {
        let published = publish(&self.app, self.environment).await?;
        let lanes = self.lanes();
        for endpoint in &published.endpoints {
            match lanes.get(endpoint) {
                Some(lane) => lane.lock().is_due = true,
                None => self.look.store(true, Ordering::Relaxed),
            }
        }
        Ok(published.events > 0)
    }

    /// Publishes whenever something was announced, and looks for what other nodes have written.
    async fn keep_publishing(self: Arc<Self>) {
        loop {
            let is_called = tokio::select! {
                () = self.stopping.cancelled() => return,
                () = self.db().announced() => true,
                () = tokio::time::sleep(LOOK_EVERY) => false,
            };
            let mut has_published = false;
            loop {
                match self.publish().await {
                    Ok(true) => {
                        has_published = true;
                        self.bell.notify_one();
                    }
                    Ok(false) => break,
                    Err(error) => {
                        tracing::error!(error = &error as &dyn Error, "events could not be published");
                        self.pause().await;
                        break;
                    }
                }
                if self.stopping.is_cancelled() {
                    return;
                }
            }
            // Then it was a delivery itself that was announced: a test, a replay.
            if is_called && !has_published {
                self.look.store(true, Ordering::Relaxed);
                self.bell.notify_one();
            }
        }
    }

    /// Claims whenever a lane wants more, and looks at all endpoints now and then.
    async fn keep_claiming(self: Arc<Self>) {
        let mut moves = realms::moves(&self.app);
        let mut recalls = self.app.dispatch.recalls.subscribe();
        // One for all rounds: however often something rings, the next look comes in time.
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut backlog = figures::Backlog::default();
        loop {
            if let Err(error) = self.round().await {
                tracing::error!(error = &error as &dyn Error, "deliveries could not be claimed");
                self.pause().await;
            }
            backlog.measure(&self).await;
            tokio::select! {
                () = self.stopping.cancelled() => return,
                () = self.bell.notified() => {}
                _ = look.tick() => self.look.store(true, Ordering::Relaxed),
                // The senders live as long as the app. A round sees by itself that there was a recall.
                _ = recalls.changed() => {}
                _ = moves.changed() => self.look.store(true, Ordering::Relaxed),
            }
        }
    }

    async fn pause(&self) {
        tokio::select! {
            () = self.stopping.cancelled() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }

    /// Lets attempts under way end, as long as there is time, and gives everything else back.
    async fn stop(&self, drain: Duration) {
        self.stopping.cancel();
        self.workers.close();
        if tokio::time::timeout(drain, self.workers.wait()).await.is_err() {
            tracing::info!("webhook attempts are cut off; they are made again");
        }
        // What has ended is written down, what has not is dropped.
        let _ = tokio::time::timeout(drain, self.written()).await;
        self.killed.cancel();
        self.workers.wait().await;
        self.writer.close();
        self.writer.wait().await;
        if let Err(error) = self.give_back_all(Some(&self.node)).await {
            tracing::warn!(%error, "deliveries in hand were not given back; others take them once their lease ends");
        }
    }

    /// Resolves once all reports are in the store.
    async fn written(&self) {
        loop {
            let settled = self.settled.notified();
            tokio::pin!(settled);
            settled.as_mut().enable();
            if self.unsettled.load(Ordering::Acquire) == 0 {
                return;
            }
            settled.await;
        }
    }

    /// Frees what `node` has in hand; none: whoever has it.
    async fn give_back_all(&self, node: Option<&str>) -> Result<(), DbError> {
        let node = node.map(str::to_owned);
        self.db()
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(&queries::GIVE_BACK_ALL, params![node]).await.map(drop) })
            })
            .await
    }
}

/// Dispatches the deliveries of both stores until the server stops.
pub fn spawn(app: &App) {
    let client = Client::new(app.config.webhook_allowed());
    let slots = Arc::new(Semaphore::new(SLOTS));
    for environment in [Environment::Live, Environment::Test] {
        let post = Post::new(app, environment, client.clone(), slots.clone());
        app.tasks.spawn(run(post));
    }
}

async fn run(post: Arc<Post>) {
    // With SQLite there is one process: what anybody had in hand before was lost with it.
    if post.db().engine_name() == "sqlite"
        && let Err(error) = post.give_back_all(None).await
    {
        tracing::warn!(%error, "old leases were not ended; their deliveries wait for that");
    }
    let publishing = tokio::spawn(post.clone().keep_publishing());
    let claiming = tokio::spawn(post.clone().keep_claiming());
    post.app.shutdown.cancelled().await;
    post.stop(post.app.config.drain_timeout).await;
    let _ = (publishing.await, claiming.await);
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
