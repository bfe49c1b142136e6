//! `bench`: the release build against its budgets, in one run, on this machine.
//!
//! The speed of the API is a ratio, so that it means the same on every machine: requests per second
//! of `GET fare/calculate` with key, limits and metering on, over those of a bare handler that
//! returns the same bytes. Both are measured in turns, so that a busy moment hits both.

mod contract;
mod first_load;
mod load;
mod taps;
mod tokens;
mod webhooks;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value, json};

use crate::postgres::Postgres;
use crate::process::{self, Background};
use crate::server::{self, Profile, Server};
use crate::site::{self, Compression};
use crate::{console, http, paths, run};

const FARE_PATH: &str = "/open-api/v1/fare/calculate?from=STN_GMB&to=STN_DPK";
const ENDPOINT_PAGE: &str = "/docs/endpoints/calculate-fare";

const RATIO_MIN: f64 = 0.7;
const FIRST_LOAD_BYTES_MAX: u64 = 60_000;
const WASM_BYTES_MAX: u64 = 250_000;
const RESIDENT_BYTES_MAX: u64 = 80_000_000;
const START_UP_MAX: Duration = Duration::from_secs(1);

/// Starts on an existing database that are timed; the median counts.
const STARTS: usize = 5;
const START_LIMIT: Duration = Duration::from_secs(240);
/// How long an idle server is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(3);

#[derive(Args)]
pub struct BenchArgs {
    /// Rounds; each measures the API and the bare handler once.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(6..=60))]
    rounds: u32,
    /// Seconds of load per measurement.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=30))]
    seconds: u64,
}

/// One measured figure and what it must keep to.
struct Figure {
    name: String,
    shown: String,
    target: String,
    kept: bool,
}

/// Measures everything, writes `target/bench.json`, fails when a target is missed.
pub fn bench(args: &BenchArgs) -> Result<()> {
    site::build(Compression::Release)?;
    let binary = server::build(Profile::Release)?;
    let data = run::fresh_data_folder("bench")?;
    console::step("Seeding a fresh demo");
    let seeding = Server::start_demo(&binary, &data, START_LIMIT)?;
    console::note(format_args!("ready after {} ms", seeding.start_up.as_millis()));
    seeding.stop();

    let (server, start_up) = timed_starts(&binary, &data)?;
    std::thread::sleep(IDLE);
    let resident = server.resident_bytes()?;
    let page = first_load::measure(server.address, ENDPOINT_PAGE)?;
    let wasm = site::compressed_size("app.wasm")?;
    let speed = measure_speed(&binary, &server, args)?;
    let resident_after_load = server.resident_bytes()?;
    let tokens_on_sqlite = tokens::measure("SQLite", &server)?;
    let subject =
        taps::Subject { engine: "SQLite", binary: &binary, server: &server, data: &data, database: None };
    let taps_on_sqlite = taps::measure(&subject)?;
    let (taps_on_postgres, tokens_on_postgres) = on_postgres(&binary)?;
    let pipeline = [taps_on_sqlite, taps_on_postgres];
    let tokens = [tokens_on_sqlite, tokens_on_postgres];
    server.stop();
    std::fs::remove_dir_all(&data)?;
    let told = webhooks::measure(&binary)?;

    let mut figures = vec![
        Figure {
            name: "fare/calculate against a bare handler".to_owned(),
            shown: format!("{:.3}", speed.ratio),
            target: format!("≥ {RATIO_MIN}"),
            kept: speed.ratio >= RATIO_MIN,
        },
        at_most("first load of an endpoint page", page.total_bytes, FIRST_LOAD_BYTES_MAX),
        at_most("wasm, brotli", wasm, WASM_BYTES_MAX),
        at_most("idle memory (VmRSS)", resident, RESIDENT_BYTES_MAX),
        Figure {
            name: "start-up to ready".to_owned(),
            shown: format!("{} ms", start_up.as_millis()),
            target: format!("≤ {} ms", START_UP_MAX.as_millis()),
            kept: start_up <= START_UP_MAX,
        },
    ];
    figures.extend(pipeline.iter().flat_map(taps::Measured::figures));
    figures.extend(told.iter().flat_map(webhooks::Measured::figures));
    figures.extend(tokens.iter().map(tokens::Measured::figure));
    print(&figures, &speed, &page);
    write_report(&json!({
        "speed": speed.to_json(),
        "first_load": { "page": ENDPOINT_PAGE, "total_bytes": page.total_bytes, "files": page.files_json() },
        "wasm_brotli_bytes": wasm,
        "idle_resident_bytes": resident,
        "resident_after_load_bytes": resident_after_load,
        "taps": pipeline.iter().map(taps::Measured::to_json).collect::<Vec<_>>(),
        "webhooks": told.iter().map(webhooks::Measured::to_json).collect::<Vec<_>>(),
        "tokens": tokens.iter().map(tokens::Measured::to_json).collect::<Vec<_>>(),
        "start_up_ms": start_up.as_millis() as u64,
        "targets": figures.iter().map(|f| json!({"name": f.name, "value": f.shown, "target": f.target, "kept": f.kept})).collect::<Vec<_>>(),
    }))?;
    let missed: Vec<&str> =
        figures.iter().filter(|figure| !figure.kept).map(|figure| figure.name.as_str()).collect();
    if !missed.is_empty() {
        bail!("{} of {} targets missed: {}", missed.len(), figures.len(), missed.join(", "));
    }
    Ok(())
}

/// The same on a PostgreSQL of our own, which keeps what it acknowledges.
fn on_postgres(binary: &Path) -> Result<(taps::Measured, tokens::Measured)> {
    let postgres = Postgres::start_durable()?;
    let data = run::fresh_data_folder("bench-postgres")?;
    console::step("Seeding a demo on PostgreSQL");
    let server = Server::start_demo_on(binary, &data, taps::SEED_LIMIT, Some(&postgres.url))?;
    let tokens = tokens::measure("PostgreSQL", &server)?;
    let database = Some(postgres.url.as_str());
    let subject = taps::Subject { engine: "PostgreSQL", binary, server: &server, data: &data, database };
    let measured = taps::measure(&subject)?;
    server.stop();
    std::fs::remove_dir_all(&data)?;
    Ok((measured, tokens))
}

fn at_most(name: &str, bytes: u64, max: u64) -> Figure {
    Figure {
        name: name.to_owned(),
        shown: console::size(bytes),
        target: format!("≤ {}", console::size(max)),
        kept: bytes <= max,
    }
}

/// Starts on the existing database several times; returns the last server and the median time.
fn timed_starts(binary: &Path, data: &Path) -> Result<(Server, Duration)> {
    console::step(format_args!("Timing {STARTS} starts on the existing database"));
    let mut times = Vec::with_capacity(STARTS);
    loop {
        let server = Server::start_demo(binary, data, START_LIMIT)?;
        times.push(server.start_up);
        if times.len() == STARTS {
            times.sort();
            return Ok((server, times[STARTS / 2]));
        }
        server.stop();
    }
}

/// The two interleaved series, in requests per second.
struct Speed {
    api: Vec<f64>,
    bare: Vec<f64>,
    ratio: f64,
}

impl Speed {
    fn to_json(&self) -> Value {
        json!({
            "request": FARE_PATH,
            "ratio_of_medians": self.ratio,
            "api_requests_per_s": self.api,
            "bare_requests_per_s": self.bare,
            "connections": load::CONNECTIONS,
        })
    }
}

fn measure_speed(binary: &Path, server: &Server, args: &BenchArgs) -> Result<Speed> {
    let key = contract::live_key(server, FARE_PATH)?;
    let headers = [("X-API-Key", key.as_str()), ("Accept", "application/json")];
    let sample = http::get(server.address, FARE_PATH, &headers)?;
    if sample.status != 200 {
        bail!("GET {FARE_PATH} answered {}: {}", sample.status, String::from_utf8_lossy(&sample.body));
    }
    let bare = Bare::start(binary, &sample)?;

    console::step(format_args!(
        "Measuring {} rounds of {} s each, API and bare handler in turns",
        args.rounds, args.seconds
    ));
    let slice = Duration::from_secs(args.seconds);
    let api_request = http::keep_alive_get(server.address, FARE_PATH, &headers);
    let bare_request = http::keep_alive_get(bare.address, FARE_PATH, &headers);
    let mut speed = Speed { api: Vec::new(), bare: Vec::new(), ratio: 0.0 };
    for round in 0..=args.rounds {
        let api = load::requests_per_second(server.address, &api_request, slice)?;
        let bare = load::requests_per_second(bare.address, &bare_request, slice)?;
        // The first round warms both up.
        if round > 0 {
            console::note(format_args!("round {round}: {api:.0}/s against {bare:.0}/s"));
            speed.api.push(api);
            speed.bare.push(bare);
        }
    }
    speed.ratio = median(&speed.api) / median(&speed.bare);
    Ok(speed)
}

/// The bare handler, served by the same binary so that compiler and allocator are the same.
struct Bare {
    _process: Background,
    address: std::net::SocketAddr,
    body: PathBuf,
}

impl Bare {
    fn start(binary: &Path, sample: &http::Response) -> Result<Self> {
        let body = paths::tmp().join(format!("bench-body-{}.json", std::process::id()));
        std::fs::write(&body, &sample.body)?;
        let port = process::free_port()?;
        let mut command = process::command(binary);
        command.args(["bench-baseline", "--port", &port.to_string(), "--body-file"]).arg(&body);
        let address = run::loopback(port);
        let mut process = Background::start("bench-baseline", &command, "TERM", None)?;
        process::wait_until(&mut process, Duration::from_secs(10), || {
            http::get(address, FARE_PATH, &[]).is_ok_and(|response| response.body == sample.body)
        })?;
        Ok(Self { _process: process, address, body })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.body);
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

fn print(figures: &[Figure], speed: &Speed, page: &first_load::FirstLoad) {
    eprintln!();
    for figure in figures {
        let mark = if figure.kept { "✓" } else { "✗" };
        eprintln!("{mark} {:<40} {:>12}   {}", figure.name, figure.shown, figure.target);
    }
    eprintln!("\n  medians: {:.0}/s against {:.0}/s", median(&speed.api), median(&speed.bare));
    for (url, bytes) in &page.files {
        eprintln!("  {:>9}  {url}", console::size(*bytes));
    }
}

fn write_report(report: &Value) -> Result<()> {
    let path = paths::root().join("target/bench.json");
    std::fs::write(&path, serde_json::to_string_pretty(report)?)?;
    console::step(format_args!("Wrote {}", path.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_lies_between_the_middle_two() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median(&[9.0, 1.0, 3.0]), 3.0);
    }
}
