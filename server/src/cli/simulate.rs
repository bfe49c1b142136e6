//! `nfcgate simulate`: riders and gates of a whole day, over the signed gate interface.

use std::{io::IsTerminal, path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use domain::{network::Network, time::jakarta_day};
use jiff::{SignedDuration, civil::Date};
use server::clock::Clock;
use simulator::{
    Faults, Pace, Plan, Population, Secrets,
    client::{self, Settings, Summary},
    clock_text,
};
use tokio_util::sync::CancellationToken;

use super::{Failure, stop_signal};

/// A gate sends what it has after so many simulated seconds, where the clock is not followed.
const GATHER_S: u32 = 300;

#[derive(Debug, Args)]
pub struct Simulate {
    /// How many riders the network has. Most travel on a weekday, some more than twice.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=2_000_000))]
    riders: u32,
    /// Day to simulate (YYYY-MM-DD, Jakarta); today without it. The server takes taps of the last 35 days.
    #[arg(long)]
    day: Option<Date>,
    /// The same seed gives the same taps.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Times as fast as the clock; 1 follows the clock. Without it: as fast as the server takes it.
    #[arg(long, value_parser = positive)]
    speed: Option<f64>,
    /// Taps a second, steadily.
    #[arg(long, value_parser = positive, conflicts_with = "speed")]
    rate: Option<f64>,
    /// Address of the server.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    server: String,
    /// JSON file with the gates' secrets, as `admin gate provision-all` writes it.
    #[arg(long)]
    gates: PathBuf,
    /// What goes wrong; may be given several times.
    #[arg(long, value_enum)]
    fault: Vec<Fault>,
    /// Connections to the server.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,
    /// Most taps in one message.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    batch: u16,
    /// Simulated seconds after which a gate sends what it has; 0 sends each tap by itself.
    /// Without it: 300, or 0 with --speed.
    #[arg(long)]
    gather: Option<u32>,
    /// Only taps from this hour of the day on.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=23))]
    from_hour: u8,
    /// Send no more than about so many taps.
    #[arg(long)]
    taps: Option<usize>,
    /// File that remembers what was acknowledged. Without it: a file beside the secrets, named after the run.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// Remember nothing.
    #[arg(long, conflicts_with = "journal")]
    no_journal: bool,
    /// Seconds to keep trying while the server does not answer.
    #[arg(long, default_value_t = 120)]
    patience: u64,
    /// Seconds by which the server's clock is ahead of this machine's: a demo's clock that was moved.
    #[arg(long, default_value_t = 0)]
    clock_ahead: i64,
    /// Do not send heartbeats.
    #[arg(long)]
    no_heartbeats: bool,
    /// Print the outcome as one line of JSON.
    #[arg(long)]
    json: bool,
}

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Fault {
    /// One message in twenty comes one to three hours late.
    Late,
    /// One message in twenty is sent twice.
    Duplicates,
    /// The busiest entry is silent from 07:00 to 09:00 and sends its taps afterwards.
    DeadGate,
    /// One gate in ten has a clock that is up to 90 s wrong.
    ClockDrift,
    /// Cloned media, passing back, impossible travel, haste.
    Fraud,
}

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if number.is_finite() && number > 0.0 { Ok(number) } else { Err("must be above zero".to_owned()) }
}

impl Simulate {
    fn faults(&self) -> Faults {
        let wants = |fault| self.fault.contains(&fault);
        Faults {
            late: wants(Fault::Late),
            duplicates: wants(Fault::Duplicates),
            dead_gate: wants(Fault::DeadGate),
            clock_drift: wants(Fault::ClockDrift),
            fraud: wants(Fault::Fraud),
        }
    }

    /// Simulates; ends early, losing nothing, when it is asked to stop.
    pub async fn run(self) -> Result<(), Failure> {
        let ahead = SignedDuration::from_secs(self.clock_ahead);
        let now = Clock::system().now();
        let day = self.day.unwrap_or_else(|| jakarta_day(now.saturating_add(ahead).unwrap_or(now)));
        let faults = self.faults();
        let gather_s = self.gather.unwrap_or(if self.speed.is_some() { 0 } else { GATHER_S });
        let pace = Pace { gather_s, batch: usize::from(self.batch), from_hour: self.from_hour };
        let secrets = Secrets::read(&self.gates)?;
        let population = Population::new(&Network::embedded()?, self.riders, self.seed);
        // Of a station, those gates that have a secret here.
        let population = population.only_at(|gate| secrets.knows(gate));
        let run = format!(
            "{} riders, seed {}, gates {:x}, {day}, {pace:?}, {faults:?}",
            self.riders,
            self.seed,
            population.gates_digest()
        );
        let journal = self.journal.clone().or_else(|| {
            let name = format!("simulate-{day}-{}-{}.jsonl", self.riders, self.seed);
            (!self.no_journal).then(|| self.gates.with_file_name(name))
        });
        let settings = Settings {
            server: self.server.clone(),
            secrets,
            journal: journal.clone(),
            run,
            speed: self.speed,
            rate: self.rate,
            taps_max: self.taps,
            workers: usize::from(self.concurrency),
            heartbeats: !self.no_heartbeats,
            clock_ahead: ahead,
            patience: Duration::from_secs(self.patience),
        };
        let plan = Plan::new(population, day, pace, faults);
        eprintln!(
            "Simulating {day}: {} riders, {} taps in {} messages to {} (modelled demand, no real riders).",
            self.riders,
            plan.taps(),
            plan.messages.len(),
            self.server
        );

        let stop = CancellationToken::new();
        let stopping = tokio::spawn({
            let stop = stop.clone();
            async move {
                stop_signal().await;
                stop.cancel();
            }
        });
        let terminal = std::io::stderr().is_terminal();
        let told = std::cell::Cell::new(0_u32);
        let outcome = client::run(plan, settings, stop.clone(), |so_far| {
            // On a terminal one line that changes; in a log a line now and then.
            if terminal {
                eprint!("\r{}\x1b[K", line(so_far));
            } else if told.replace(told.get() + 1) % 10 == 9 {
                eprintln!("{}", line(so_far));
            }
        })
        .await;
        stopping.abort();
        if terminal {
            eprintln!();
        }
        let summary = outcome?;
        if self.json {
            println!("{}", serde_json::to_string(&summary)?);
        }
        eprintln!("{}", line(&summary));
        let answered = summary.accepted + summary.duplicates + summary.rejected;
        if summary.ahead > 0 {
            eprintln!(
                "{} taps lie ahead of the clock and were not sent; --speed 1 follows it.",
                summary.ahead
            );
        }
        if stop.is_cancelled() && answered < summary.planned {
            match journal {
                Some(journal) => eprintln!(
                    "Stopped. {} remembers what was acknowledged: the same command goes on.",
                    journal.display()
                ),
                None => eprintln!("Stopped. The same command begins anew; taps sent before are duplicates."),
            }
        }
        Ok(())
    }
}

fn line(so_far: &Summary) -> String {
    let answered = so_far.accepted + so_far.duplicates + so_far.rejected;
    format!(
        "{} of {} taps, {} before · accepted {}, duplicates {}, rejected {}, denied {} · {:.0}/s · p50 {:.1} ms, p99 {:.1} ms · retried {} · day at {}",
        answered,
        so_far.planned,
        so_far.known,
        so_far.accepted,
        so_far.duplicates,
        so_far.rejected,
        so_far.denied,
        so_far.taps_per_s,
        so_far.p50_ms,
        so_far.p99_ms,
        so_far.retries,
        clock_text(so_far.simulated_at),
    )
}
