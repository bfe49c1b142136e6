//! The gate pipeline's speed: durable taps a second with everything on, beside what the machine can do.
//!
//! The simulator sends the network's real weekday from seven in the morning on (the demo's clock is
//! moved there), in messages of up to 50 taps; in turns with it the bare rows of taps are inserted with
//! the same durability and nothing around them (`nfcgate bench-inserts`). Then single taps at a steady
//! rate, timed from when each was due.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{Figure, median};
use crate::server::Server;
use crate::{console, http, process};

/// 1.1 million riders a day, 9 % of them in the peak hour: 55 taps a second, twenty times over.
const RATE_MIN: f64 = 1_100.0;
const RATIO_MIN: f64 = 0.25;
const P99_MS_MAX: f64 = 25.0;

/// Riders of a network whose weekday has 1.1 million journeys.
const RIDERS: &str = "640000";
const TAPS_PER_ROUND: &str = "12000";
const ROUNDS: usize = 4;
const CLIENTS: &str = "8";
const SINGLE_TAPS: &str = "4000";
const SINGLE_RATE: &str = "200";
const INSERTS_S: &str = "4";

/// What was measured on one engine.
pub struct Measured {
    engine: &'static str,
    taps_per_s: Vec<f64>,
    inserts_per_s: Vec<f64>,
    p50_ms: f64,
    p99_ms: f64,
}

/// Where to measure.
pub struct Subject<'a> {
    pub engine: &'static str,
    pub binary: &'a Path,
    pub server: &'a Server,
    pub data: &'a Path,
    pub database: Option<&'a str>,
}

/// Measures on a demo that is being served; its clock is moved.
pub fn measure(subject: &Subject) -> Result<Measured> {
    console::step(format_args!("Measuring taps on {}: rounds in turns with bare inserts", subject.engine));
    let ahead_s = move_clock(subject.server)?;
    let mut measured = Measured {
        engine: subject.engine,
        taps_per_s: Vec::new(),
        inserts_per_s: Vec::new(),
        p50_ms: 0.0,
        p99_ms: 0.0,
    };
    for round in 0..=ROUNDS {
        let taps =
            simulate(subject, ahead_s, "1", &["--taps", TAPS_PER_ROUND, "--batch", "50", "--gather", "900"])?;
        let inserts = inserts(subject)?;
        let rate = number(&taps, "taps_per_s")?;
        // The first round warms up.
        if round > 0 {
            console::note(format_args!("round {round}: {rate:.0} taps/s against {inserts:.0} of bare rows"));
            measured.taps_per_s.push(rate);
            measured.inserts_per_s.push(inserts);
        }
    }
    let single = ["--taps", SINGLE_TAPS, "--batch", "1", "--gather", "0", "--rate", SINGLE_RATE];
    let single = simulate(subject, ahead_s, "2", &single)?;
    (measured.p50_ms, measured.p99_ms) = (number(&single, "p50_ms")?, number(&single, "p99_ms")?);
    Ok(measured)
}

impl Measured {
    pub fn figures(&self) -> [Figure; 3] {
        let (rate, ratio) = (median(&self.taps_per_s), self.ratio());
        [
            Figure {
                name: self.named("durable taps per second"),
                shown: format!("{rate:.0}/s"),
                target: format!("≥ {RATE_MIN}/s"),
                kept: rate >= RATE_MIN,
            },
            Figure {
                name: self.named("taps against bare inserts"),
                shown: format!("{ratio:.3}"),
                target: format!("≥ {RATIO_MIN}"),
                kept: ratio >= RATIO_MIN,
            },
            Figure {
                name: self.named(&format!("one tap at {SINGLE_RATE}/s, p99")),
                shown: format!("{:.1} ms", self.p99_ms),
                target: format!("≤ {P99_MS_MAX} ms"),
                kept: self.p99_ms <= P99_MS_MAX,
            },
        ]
    }

    fn named(&self, what: &str) -> String {
        format!("{what}, {}", self.engine)
    }

    fn ratio(&self) -> f64 {
        median(&self.taps_per_s) / median(&self.inserts_per_s)
    }

    pub fn to_json(&self) -> Value {
        json!({
            "engine": self.engine,
            "ratio_of_medians": self.ratio(),
            "taps_per_s": self.taps_per_s,
            "bare_inserts_per_s": self.inserts_per_s,
            "single_tap_p50_ms": self.p50_ms,
            "single_tap_p99_ms": self.p99_ms,
        })
    }
}

/// Moves the server's clock to the next half past ten in the morning of a weekday; returns by how much
/// it is ahead of ours.
fn move_clock(server: &Server) -> Result<u64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let ahead_s = until_half_past_ten(now);
    let admin = &server.demo()?["admin"];
    let text = |member: &str| admin[member].as_str().context("demo.json has no admin").map(str::to_owned);
    let basic = BASE64.encode(format!("{}:{}", text("email")?, text("password")?).as_bytes());
    let headers = [("Content-Type", "application/json"), ("Authorization", &format!("Basic {basic}"))];
    let body = json!({ "advance_s": ahead_s }).to_string();
    let answer = http::send(server.address, "POST", "/internal/clock", &headers, body.as_bytes())?;
    if answer.status != 200 {
        bail!("POST /internal/clock answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    Ok(ahead_s)
}

fn until_half_past_ten(now: u64) -> u64 {
    let local = now + 7 * 3_600;
    let mut day = local / 86_400;
    // 1 January 1970 was a Thursday: days 2 and 3 of each seven are the weekend.
    while day * 86_400 + 37_800 <= local || matches!(day % 7, 2 | 3) {
        day += 1;
    }
    day * 86_400 + 37_800 - local
}

fn simulate(subject: &Subject, ahead_s: u64, seed: &str, how: &[&str]) -> Result<Value> {
    let mut command = process::command(subject.binary);
    command
        .args(["simulate", "--json", "--no-heartbeats", "--riders", RIDERS, "--seed", seed])
        .args(["--from-hour", "7", "--concurrency", CLIENTS])
        .args(["--clock-ahead", &ahead_s.to_string(), "--server", &subject.server.base_url()])
        .arg("--gates")
        .arg(subject.data.join("gates.json"))
        .arg("--journal")
        .arg(subject.data.join(format!("bench-{seed}.jsonl")));
    // What comes later outweighs what came before.
    command.args(how);
    line(command, "nfcgate simulate")
}

fn inserts(subject: &Subject) -> Result<f64> {
    let mut command = process::command(subject.binary);
    // A folder of its own on the same disk: the server holds the lock of its data.
    let data: PathBuf = subject.data.join("bare");
    command.args(["bench-inserts", "--seconds", INSERTS_S, "--clients", CLIENTS, "--data-dir"]).arg(data);
    match subject.database {
        Some(url) => command.env("NFCGATE_DATABASE_URL", url),
        None => command.env_remove("NFCGATE_DATABASE_URL"),
    };
    number(&line(command, "nfcgate bench-inserts")?, "taps_per_s")
}

/// Runs to the end and reads the line of JSON that it prints.
fn line(mut command: Command, what: &str) -> Result<Value> {
    let output = command.output().with_context(|| format!("{what} could not start"))?;
    if !output.status.success() {
        bail!("{what} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("{what} printed no JSON"))
}

fn number(value: &Value, member: &str) -> Result<f64> {
    value[member].as_f64().with_context(|| format!("no {member} in {value}"))
}

/// A demo that has been served for so long is ready to be measured.
pub const SEED_LIMIT: Duration = Duration::from_secs(240);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_moved_to_the_next_weekday_morning() {
        // Friday 6 March 2026, 10:29 and 10:31 in Jakarta: one minute; Monday, 71 h 59 min later.
        let friday = 1_772_767_740;
        assert_eq!(until_half_past_ten(friday), 60);
        assert_eq!(until_half_past_ten(friday + 120), 71 * 3_600 + 59 * 60);
    }
}
