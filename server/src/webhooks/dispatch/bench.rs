//! How fast events become deliveries, for the bench: real stores, the real client, a fast receiver on
//! this machine, nothing made up but the events.
//!
//! The receiver has a thread of its own and answers whatever comes with 200. What is measured begins
//! with the commit of an event and ends with the last byte of its request at the receiver.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{
    events::EventKind,
    ids::{EventId, PartnerId, WebhookId},
    partners::PartnerStep,
    realm::Realm,
    tiers::Tier,
    webhooks::{SecretSet, SigningSecret},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use super::{
    super::{client::Client, secrets},
    Post, SLOTS, publish, queries,
};
use crate::{
    app::{App, Environment},
    audit::{Actor, AuditContext},
    events::{NewEvent, record},
    partners::{self, NewPartner, PartnerError},
    store::{DbError, params},
};

/// Events written in one decision, as a message of 50 taps brings them.
const BATCH: u32 = 50;
/// Without one more delivery for so long, something is stuck.
const STUCK: Duration = Duration::from_secs(60);

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Partner(#[from] PartnerError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("{missing} deliveries did not arrive")]
    Stuck { missing: usize },
}

/// How much of it.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Events to one endpoint, and to twenty.
    pub events: u32,
    /// Events a second, for the delay.
    pub rate: u32,
    pub rate_s: u32,
    /// Deliveries of one partner that wait while another's are timed.
    pub backlog: u32,
}

/// When each event was received first, and how often anything was.
#[derive(Clone, Default)]
struct Receipts(Arc<Mutex<(HashMap<String, Instant>, usize)>>);

impl Receipts {
    fn note(&self, id: &str) {
        let mut receipts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        receipts.1 += 1;
        receipts.0.entry(id.to_owned()).or_insert_with(Instant::now);
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    fn at(&self, id: &EventId) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.get(id.as_str()).copied()
    }

    async fn reach(&self, count: usize) -> Result<Instant, BenchError> {
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            let now = self.count();
            if now >= count {
                return Ok(Instant::now());
            }
            if now > seen {
                (seen, since) = (now, Instant::now());
            }
            if since.elapsed() > STUCK {
                return Err(BenchError::Stuck { missing: count - now });
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Measures on the stores of `app`, which are to be new ones.
///
/// # Errors
/// [`BenchError`].
pub async fn measure(app: &App, load: Load) -> Result<Value, BenchError> {
    let one = flood(app, load.events, 1).await?;
    let twenty = flood(app, load.events, 20).await?;
    let paced = paced(app, load.rate, load.rate_s, EventKind::GateOffline, 0).await?;
    let beside = paced_beside_backlog(app, load.backlog).await?;
    Ok(json!({
        "engine": app.live.engine_name(),
        "one_endpoint": one,
        "twenty_endpoints": twenty,
        "paced": paced,
        "beside_backlog": beside,
    }))
}

/// All events at once; how many are accepted and delivered a second.
async fn flood(app: &App, events: u32, endpoints: u32) -> Result<Value, BenchError> {
    let receipts = Receipts::default();
    let address = receive(receipts.clone())?;
    let partner = partner(app).await?;
    for _ in 0..endpoints {
        endpoint(app, &partner, address, EventKind::GateOffline).await?;
    }
    let running = Running::start(app);
    let started = Instant::now();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let app = app.clone();
        let share = events / 4 + u32::from(writer < events % 4);
        writers.spawn(async move {
            for first in (0..share).step_by(BATCH as usize) {
                write(&app, EventKind::GateOffline, BATCH.min(share - first)).await?;
            }
            Ok::<_, DbError>(())
        });
    }
    while let Some(written) = writers.join_next().await {
        written.map_err(|_| DbError::Panicked)??;
    }
    let accepted = started.elapsed();
    let deliveries = events as usize * endpoints as usize;
    let delivered = receipts.reach(deliveries).await?.duration_since(started);
    let again = receipts.count() - deliveries;
    running.stop().await;
    retire(app, &partner).await?;
    Ok(json!({
        "events": events,
        "deliveries": deliveries,
        "accepted_per_s": f64::from(events) / accepted.as_secs_f64(),
        "delivered_per_s": deliveries as f64 / delivered.as_secs_f64(),
        "sent_again": again,
    }))
}

/// Events at a steady rate; the delay from commit to receipt.
async fn paced(
    app: &App,
    rate: u32,
    seconds: u32,
    kind: EventKind,
    ready: usize,
) -> Result<Value, BenchError> {
    let receipts = Receipts::default();
    let address = receive(receipts.clone())?;
    let partner = partner(app).await?;
    endpoint(app, &partner, address, kind).await?;
    let running = (ready == 0).then(|| Running::start(app));
    if running.is_none() {
        // The dispatcher that runs already finds the new endpoint at its next look.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let (count, started) = (rate * seconds, tokio::time::Instant::now());
    let mut writing = tokio::task::JoinSet::new();
    for n in 0..count {
        tokio::time::sleep_until(started + Duration::from_secs(1) * n / rate).await;
        let app = app.clone();
        writing.spawn(async move {
            let ids = write(&app, kind, 1).await?;
            Ok::<_, DbError>((ids, Instant::now()))
        });
    }
    let mut committed = Vec::with_capacity(count as usize);
    while let Some(written) = writing.join_next().await {
        let (ids, at) = written.map_err(|_| DbError::Panicked)??;
        committed.extend(ids.into_iter().map(|id| (id, at)));
    }
    receipts.reach(count as usize).await?;
    let mut delays: Vec<Duration> = committed
        .iter()
        .filter_map(|(id, at)| Some(receipts.at(id)?.saturating_duration_since(*at)))
        .collect();
    delays.sort_unstable();
    let at = |percent: usize| {
        let index = (delays.len() * percent).div_ceil(100).saturating_sub(1);
        delays.get(index).map_or(0.0, |delay| delay.as_secs_f64() * 1_000.0)
    };
    let figures = json!({
        "events": count,
        "per_s": rate,
        "delay_p50_ms": at(50),
        "delay_p99_ms": at(99),
        "delay_max_ms": at(100),
        "sent_again": receipts.count() - count as usize,
    });
    if let Some(running) = running {
        running.stop().await;
    }
    retire(app, &partner).await?;
    Ok(figures)
}

/// The same, while another partner's backlog is worked off.
async fn paced_beside_backlog(app: &App, backlog: u32) -> Result<Value, BenchError> {
    let receipts = Receipts::default();
    let address = receive(receipts.clone())?;
    let partner = partner(app).await?;
    endpoint(app, &partner, address, EventKind::GateOffline).await?;
    for first in (0..backlog).step_by(500) {
        write(app, EventKind::GateOffline, 500.min(backlog - first)).await?;
    }
    while publish(app, Environment::Live).await?.events > 0 {}
    let running = Running::start(app);
    let mut figures = paced(app, 50, 10, EventKind::StationCrowded, receipts.count() + 1).await?;
    figures["backlog"] = backlog.into();
    figures["backlog_delivered_meanwhile"] = receipts.count().into();
    running.stop().await;
    retire(app, &partner).await?;
    Ok(figures)
}

/// A dispatcher of the live store at work.
struct Running {
    post: Arc<Post>,
    tasks: [tokio::task::JoinHandle<()>; 2],
}

impl Running {
    fn start(app: &App) -> Self {
        let client = Client::new(app.config.webhook_allowed());
        let post = Post::new(app, Environment::Live, client, Arc::new(Semaphore::new(SLOTS)));
        let tasks =
            [tokio::spawn(post.clone().keep_publishing()), tokio::spawn(post.clone().keep_claiming())];
        Self { post, tasks }
    }

    async fn stop(self) {
        self.post.stop(Duration::from_secs(30)).await;
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

async fn partner(app: &App) -> Result<PartnerId, BenchError> {
    let context = AuditContext::local(app, Actor::Console);
    app.live
        .write::<_, PartnerError, _>(move |tx| {
            Box::pin(async move {
                let new = NewPartner {
                    name: "Bench".to_owned(),
                    legal_name: "Bench".to_owned(),
                    description: "Bench".to_owned(),
                    is_demo: true,
                };
                let id = partners::register(tx, &context, new).await?;
                partners::step(tx, &context, &id, PartnerStep::VerifyMail, None).await?;
                partners::step(tx, &context, &id, PartnerStep::Approve, None).await?;
                let terms = partners::Terms { tier: Tier::Pro, quota_per_day: None, burst_per_minute: None };
                partners::set_terms(tx, &context, &id, terms).await?;
                Ok(id)
            })
        })
        .await
        .map_err(BenchError::from)
}

async fn endpoint(
    app: &App,
    partner: &PartnerId,
    address: SocketAddr,
    kind: EventKind,
) -> Result<(), BenchError> {
    let now = app.clock.now();
    let id = app.random.id(now, WebhookId::new);
    let secret = SigningSecret::generate(app.random.bytes());
    let sealed = secrets::sealed(&app.vault, &id, &SecretSet::new(secret));
    let url = format!("http://{address}/hook");
    let params = params![&id, partner, url, kind.as_str(), sealed, now].to_vec();
    app.live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.execute(&queries::BENCH_ENDPOINT, &params).await.map(drop) })
        })
        .await
        .map_err(BenchError::from)
}

/// Nothing more is told: the next measurement has the machine for itself.
async fn retire(app: &App, partner: &PartnerId) -> Result<(), BenchError> {
    let partner = partner.clone();
    app.live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.execute(&queries::BENCH_RETIRE, params![&partner]).await.map(drop) })
        })
        .await
        .map_err(BenchError::from)
}

async fn write(app: &App, kind: EventKind, count: u32) -> Result<Vec<EventId>, DbError> {
    let writer = app.clone();
    app.live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let now = writer.clock.now();
                let mut ids = Vec::with_capacity(count as usize);
                for _ in 0..count {
                    let id = writer.random.id(now, EventId::new);
                    let event = NewEvent {
                        id: id.clone(),
                        realm: &Realm::Live,
                        kind,
                        fact: id.as_str(),
                        rider_id: None,
                        journey_id: None,
                        station_id: "STN_GMB".parse().ok(),
                        occurred_at: now,
                        recorded_at: now,
                        data: json!({
                            "gate_id": "GATE_GMB_IN_01", "station": "STN_GMB", "last_seen_at": now.to_string(),
                        }),
                    };
                    record(tx, &event).await?;
                    ids.push(id);
                }
                Ok(ids)
            })
        })
        .await
}

/// A fast receiver on a thread of its own, until the process ends.
fn receive(receipts: Receipts) -> Result<SocketAddr, BenchError> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::spawn(move || {
        runtime.block_on(async move {
            let Ok(listener) = TcpListener::from_std(listener) else { return };
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, receipts.clone()));
            }
        });
    });
    Ok(address)
}

async fn answer(mut stream: TcpStream, receipts: Receipts) -> Option<()> {
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::with_capacity(4 * 1024);
    loop {
        let end = loop {
            match buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                Some(at) => break at + 4,
                None if stream.read_buf(&mut buffer).await.ok()? == 0 => return None,
                None => {}
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        let value = |name: &str| {
            head.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
        };
        let length: usize = value("content-length")?.parse().ok()?;
        while buffer.len() < end + length {
            if stream.read_buf(&mut buffer).await.ok()? == 0 {
                return None;
            }
        }
        buffer.drain(..end + length);
        receipts.note(&value("webhook-id")?);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.ok()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, testing::TestApp};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_small_load_is_measured_to_its_end_and_nothing_is_sent_twice() {
        for test in TestApp::each().await {
            let (live, sandbox) = (test.app.live.clone(), test.app.sandbox.clone());
            let (config, random) = (test.app.config.clone(), test.app.random.clone());
            let app = App::with_stores(config, Clock::system(), random, live, sandbox).unwrap();
            let one = flood(&app, 60, 2).await.unwrap();
            assert_eq!((&one["deliveries"], &one["sent_again"]), (&json!(120), &json!(0)));
            let paced = paced(&app, 100, 1, EventKind::GateOffline, 0).await.unwrap();
            assert!(paced["delay_p99_ms"].as_f64().unwrap() > 0.0, "{paced}");
        }
    }
}
