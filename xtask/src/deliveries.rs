//! The rehearsal of deliveries: a receiver that fails three times out of ten, a server that is killed
//! again and again, and not one accepted event may be missing in the end.
//!
//! A partner's program registers an endpoint with a test key and has events sent to it; each that was
//! answered with 202 counts as accepted. Time is moved on for what is to be tried again, as the demo
//! allows.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::postgres::Postgres;
use crate::rehearse::Engine;
use crate::server::Server;
use crate::{console, http, run};

const SEED_LIMIT: Duration = Duration::from_secs(300);
/// For the last of them to arrive, with time moved on.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(180);
const EVENTS: [&str; 5] =
    ["journey.completed", "station.crowded", "gate.offline", "fare_cap.reached", "fraud.detected"];

/// How much of it.
pub struct Load {
    pub events: usize,
    pub kills: usize,
}

/// Plays it on an engine; `database` is a server for it alone.
pub fn rehearse(binary: &Path, engine: Engine, load: &Load) -> Result<()> {
    console::step(format_args!(
        "Rehearsing deliveries on {engine:?}: {} events, the server killed {} times",
        load.events, load.kills
    ));
    let own = (engine == Engine::Postgres).then(Postgres::start).transpose()?;
    let database = own.as_ref().map(|postgres| postgres.url.as_str());
    let data = run::fresh_data_folder(&format!("deliveries-{engine:?}").to_lowercase())?;
    let mut server = Server::start_demo_on(binary, &data, SEED_LIMIT, database)?;
    let receiver = Receiver::start()?;
    let key = test_key(&server)?;
    let endpoint = register(server.address, &key, receiver.address)?;

    let mut accepted = HashSet::new();
    let mut kills = 0;
    while accepted.len() < load.events {
        if accepted.len() >= load.events * (kills + 1) / (load.kills + 1) && kills < load.kills {
            kills += 1;
            console::note(format_args!(
                "killed with {} accepted and {} received",
                accepted.len(),
                receiver.distinct()
            ));
            server.kill();
            server = Server::start_demo_on(binary, &data, SEED_LIMIT, database)?;
        }
        match send(server.address, &key, &endpoint, EVENTS[accepted.len() % EVENTS.len()])? {
            Sent::Accepted(id) => {
                accepted.insert(id);
            }
            // The minute's limit: the next one is as good.
            Sent::TooMany => move_clock(&server, 60)?,
        }
    }
    let started = Instant::now();
    while !receiver.has(&accepted) {
        if started.elapsed() > ARRIVAL_LIMIT {
            let missing = accepted.len() - receiver.count_of(&accepted);
            bail!("{missing} of {} accepted events did not arrive", accepted.len());
        }
        std::thread::sleep(Duration::from_secs(1));
        move_clock(&server, 400)?;
    }
    console::note(format_args!(
        "all {} accepted events arrived, in {} requests of which {} were failed on purpose",
        accepted.len(),
        receiver.requests(),
        receiver.failed()
    ));
    server.stop();
    std::fs::remove_dir_all(&data).with_context(|| format!("{} cannot be removed", data.display()))
}

fn test_key(server: &Server) -> Result<String> {
    let demo = server.demo()?;
    let partners = demo["partners"].as_array().context("demo.json has no partners")?;
    let pro = partners.iter().find(|partner| partner["tier"] == "enterprise").or(partners.first());
    let key = pro.and_then(|partner| partner["test_key"].as_str());
    key.map(str::to_owned).context("demo.json has no test key")
}

fn post(address: SocketAddr, key: &str, path: &str, body: &Value) -> Result<(u16, Value)> {
    let headers = [("Content-Type", "application/json"), ("X-API-Key", key)];
    let answer = http::send(address, "POST", path, &headers, body.to_string().as_bytes())?;
    Ok((answer.status, serde_json::from_slice(&answer.body).unwrap_or(Value::Null)))
}

fn register(server: SocketAddr, key: &str, receiver: SocketAddr) -> Result<String> {
    let new = json!({"url": format!("http://{receiver}/hook"), "events": EVENTS});
    let (status, made) = post(server, key, "/open-api/v1/webhooks", &new)?;
    match (status, made["id"].as_str()) {
        (201, Some(id)) => Ok(id.to_owned()),
        _ => bail!("POST /webhooks answered {status}: {made}"),
    }
}

enum Sent {
    Accepted(String),
    TooMany,
}

fn send(server: SocketAddr, key: &str, endpoint: &str, event: &str) -> Result<Sent> {
    let path = format!("/open-api/v1/webhooks/{endpoint}/test");
    let (status, sent) = post(server, key, &path, &json!({"event": event}))?;
    match (status, sent["event_id"].as_str()) {
        (202, Some(id)) => Ok(Sent::Accepted(id.to_owned())),
        (429, _) => Ok(Sent::TooMany),
        _ => bail!("POST {path} answered {status}: {sent}"),
    }
}

fn move_clock(server: &Server, seconds: u64) -> Result<()> {
    let admin = &server.demo()?["admin"];
    let text = |member: &str| admin[member].as_str().context("demo.json has no admin");
    let basic = BASE64.encode(format!("{}:{}", text("email")?, text("password")?).as_bytes());
    let headers = [("Content-Type", "application/json"), ("Authorization", &format!("Basic {basic}"))];
    let body = json!({ "advance_s": seconds }).to_string();
    let answer = http::send(server.address, "POST", "/internal/clock", &headers, body.as_bytes())?;
    if answer.status != 200 {
        bail!("POST /internal/clock answered {}", answer.status);
    }
    Ok(())
}

/// Answers 500 to three requests of ten, or hangs up; keeps the ids of what it took.
struct Receiver {
    address: SocketAddr,
    shared: Arc<Mutex<Received>>,
}

#[derive(Default)]
struct Received {
    requests: usize,
    failed: usize,
    /// How often each event was taken.
    taken: HashMap<String, usize>,
}

impl Receiver {
    fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Mutex::new(Received::default()));
        let receiver = Self { address, shared: shared.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Ok(receiver)
    }

    fn with<T>(&self, read: impl FnOnce(&Received) -> T) -> T {
        read(&self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn distinct(&self) -> usize {
        self.with(|received| received.taken.len())
    }

    fn requests(&self) -> usize {
        self.with(|received| received.requests)
    }

    fn failed(&self) -> usize {
        self.with(|received| received.failed)
    }

    fn count_of(&self, ids: &HashSet<String>) -> usize {
        self.with(|received| ids.iter().filter(|id| received.taken.contains_key(*id)).count())
    }

    fn has(&self, ids: &HashSet<String>) -> bool {
        self.count_of(ids) == ids.len()
    }
}

/// Serves one connection until it ends, one way or the other.
fn serve(mut stream: TcpStream, shared: &Mutex<Received>) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            match buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                Some(at) => break at + 4,
                None => more(&mut stream, &mut buffer)?,
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        let value = |name: &str| {
            head.lines().find_map(|line| {
                let (found, value) = line.split_once(':')?;
                found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        let length: usize = value("content-length")?.parse().ok()?;
        while buffer.len() < end + length {
            more(&mut stream, &mut buffer)?;
        }
        buffer.drain(..end + length);
        let number = {
            let mut received = shared.lock().unwrap_or_else(PoisonError::into_inner);
            received.requests += 1;
            let is_taken = !matches!(received.requests % 10, 2 | 5 | 8);
            if is_taken {
                *received.taken.entry(value("webhook-id")?).or_default() += 1;
            } else {
                received.failed += 1;
            }
            received.requests
        };
        let status = match number % 10 {
            // Without a word.
            5 => return None,
            2 | 8 => "500 Out of order",
            _ => "200 OK",
        };
        stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()).ok()?;
    }
}

fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 8 * 1024];
    let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
    buffer.extend_from_slice(&chunk[..read]);
    Some(())
}
