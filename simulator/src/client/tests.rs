//! The client against a server that fails as servers do.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{
    gates::{GateDecision, TapAnswer, TapAnswers, TapStatus},
    network::Network,
};
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{RunError, Settings, Summary, run};
use crate::{Faults, Pace, Plan, Population, Secrets, signature};

const PACE: Pace = Pace { gather_s: 3_600, batch: 50, from_hour: 0 };

/// A server that keeps every tap once, as the real one does.
#[derive(Default)]
struct Fake {
    taps: Mutex<HashMap<(String, i64), usize>>,
    requests: AtomicUsize,
    /// Of so many requests one is refused with 503, another loses its answer after it was stored.
    fails_one_in: usize,
}

impl Fake {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, &'static str> {
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        let (gate, timestamp, sent) =
            (header("x-gate-id"), header("x-gate-timestamp"), header("x-gate-signature"));
        let body = request.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(sent, signature(&format!("secret of {gate}"), &timestamp, &body));
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let status = |status| Response::builder().status(status).body(Full::default()).unwrap();
        if self.fails_one_in > 0 && number.is_multiple_of(self.fails_one_in) {
            return Ok(status(503));
        }
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let results = body["taps"].as_array().unwrap().iter().map(|tap| {
            let sequence = tap["sequence"].as_i64().unwrap();
            let mut taps = self.taps.lock().unwrap();
            let times = taps.entry((gate.clone(), sequence)).or_default();
            *times += 1;
            TapAnswer {
                sequence: Some(sequence),
                status: if *times == 1 { TapStatus::Accepted } else { TapStatus::Duplicate },
                decision: GateDecision::Open,
                reason: None,
                journey_id: None,
                fare: None,
                balance: None,
            }
        });
        let answers = TapAnswers { results: results.collect() };
        if self.fails_one_in > 0 && number % self.fails_one_in == 1 {
            return Err("the connection is cut before the answer");
        }
        Ok(Response::new(Full::from(serde_json::to_vec(&answers).unwrap())))
    }

    async fn serve(self: Arc<Self>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let fake = self.clone();
                let service = service_fn(move |request| {
                    let fake = fake.clone();
                    async move { fake.answer(request).await }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        format!("http://{address}")
    }

    fn taps(&self) -> usize {
        self.taps.lock().unwrap().len()
    }
}

fn plan() -> Plan {
    let population = Population::new(&Network::embedded().unwrap(), 200, 3);
    Plan::new(population, jiff::civil::date(2026, 3, 10), PACE, Faults::default())
}

fn settings(server: String, plan: &Plan) -> Settings {
    let gates = plan.population().gates().iter();
    Settings {
        server,
        secrets: gates.map(|gate| (gate.id.to_string(), format!("secret of {}", gate.id))).collect(),
        journal: None,
        run: "test".to_owned(),
        speed: None,
        rate: None,
        taps_max: None,
        workers: 4,
        heartbeats: false,
        clock_ahead: jiff::SignedDuration::ZERO,
        patience: Duration::from_secs(20),
    }
}

async fn sent(plan: Plan, settings: Settings) -> Result<Summary, RunError> {
    run(plan, settings, CancellationToken::new(), |_| ()).await
}

#[tokio::test]
async fn every_tap_is_acknowledged_once_whatever_the_server_does() {
    let fake = Arc::new(Fake { fails_one_in: 97, ..Fake::default() });
    let plan = plan();
    let (planned, settings) = (plan.taps(), settings(fake.clone().serve().await, &plan));
    let summary = sent(plan, settings).await.unwrap();
    assert_eq!(fake.taps(), planned);
    assert_eq!(summary.accepted + summary.duplicates, planned);
    assert!(summary.retries > 0 && summary.duplicates > 0, "{summary:?}");
}

#[tokio::test]
async fn a_run_that_was_cut_off_goes_on_where_it_was() {
    let fake = Arc::new(Fake::default());
    let folder = tempfile::tempdir().unwrap();
    let plan_settings = |server| {
        let plan = plan();
        let journal = Some(folder.path().join("run.jsonl"));
        let settings = Settings { journal, ..settings(server, &plan) };
        (plan, settings)
    };
    let server = fake.clone().serve().await;
    let (plan, settings) = plan_settings(server.clone());
    let first = sent(plan, Settings { taps_max: Some(100), ..settings }).await.unwrap();
    assert!(first.accepted >= 100);
    let (plan, settings) = plan_settings(server);
    let planned = plan.taps();
    let second = sent(plan, settings).await.unwrap();
    assert_eq!((second.known, second.duplicates), (first.accepted, 0));
    assert_eq!((first.accepted + second.accepted, fake.taps()), (planned, planned));
}

#[tokio::test]
async fn a_gate_without_secret_stops_the_run_before_it_begins() {
    let fake = Arc::new(Fake::default());
    let plan = plan();
    let settings = Settings { secrets: Secrets::default(), ..settings(fake.clone().serve().await, &plan) };
    assert!(matches!(sent(plan, settings).await, Err(RunError::NoSecret(_))));
    assert_eq!(fake.taps(), 0);
}
