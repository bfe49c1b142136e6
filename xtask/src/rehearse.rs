//! `rehearse`: a simulated day under `kill -9`, then every figure counted again in another language.
//!
//! A fresh server, a day of riders with every fault there is, the server killed on the way again and
//! again, and once the simulator too; the same simulation is run to its end. Then
//! `end2end/recount.py` must find every acknowledged tap, and the same journeys, charges, ledger and
//! traffic as the server, to the rupiah.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use crate::deliveries::{self, Load};
use crate::postgres::Postgres;
use crate::process::{self, Background};
use crate::server::{self, Profile};
use crate::site::{self, Compression};
use crate::{console, paths, prerequisites, run};

const READY_LIMIT: Duration = Duration::from_secs(60);
/// Without one more acknowledged message for so long, something is stuck.
const STUCK_LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);
const FAULTS: [&str; 5] = ["late", "duplicates", "dead-gate", "clock-drift", "fraud"];

#[derive(Args)]
pub struct RehearseArgs {
    /// Riders of the simulated network.
    #[arg(long, default_value_t = 50_000)]
    riders: u32,
    /// How often the server is killed on the way.
    #[arg(long, default_value_t = 5)]
    kills: usize,
    /// One engine only.
    #[arg(long)]
    only: Option<Engine>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// With the development build, which is built sooner and runs slower.
    #[arg(long)]
    dev: bool,
    /// With a server that was built before.
    #[arg(long, conflicts_with = "dev")]
    binary: Option<PathBuf>,
    /// Leave the data for inspection.
    #[arg(long)]
    keep: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The rehearsal by command, on both engines.
pub fn rehearse(args: &RehearseArgs) -> Result<()> {
    let binary = match (&args.binary, args.dev) {
        (Some(binary), _) => binary.clone(),
        (None, true) => server::build(Profile::Development)?,
        (None, false) => {
            site::build(Compression::Release)?;
            server::build(Profile::Release)?
        }
    };
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if args.only.is_none_or(|only| only == engine) {
            let stage =
                Stage { binary: &binary, engine, riders: args.riders, kills: args.kills, seed: args.seed };
            stage.play(args.keep)?;
            deliveries::rehearse(&binary, engine, &Load { events: 3_000, kills: args.kills })?;
        }
    }
    Ok(())
}

/// The small one that belongs to the tests.
pub fn small(binary: &Path) -> Result<()> {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        Stage { binary, engine, riders: 500, kills: 2, seed: 3 }.play(false)?;
        deliveries::rehearse(binary, engine, &Load { events: 300, kills: 2 })?;
    }
    Ok(())
}

struct Stage<'a> {
    binary: &'a Path,
    engine: Engine,
    riders: u32,
    kills: usize,
    seed: u64,
}

/// The database of one rehearsal.
struct Place {
    data: PathBuf,
    address: SocketAddr,
    /// URL and schema, and the server if it is our own.
    postgres: Option<(String, String, Option<Postgres>)>,
}

impl Stage<'_> {
    fn play(&self, keep: bool) -> Result<()> {
        let Self { riders, kills, .. } = self;
        console::step(format_args!(
            "Rehearsing on {:?}: a day of {riders} riders, the server killed {kills} times",
            self.engine
        ));
        let place = self.place()?;
        let started = Instant::now();
        let mut provision = place.nfcgate(self.binary);
        provision.args(["admin", "gate", "provision-all", "--out"]).arg(place.gates());
        process::run_quietly(&mut provision, "provisioning the gates", "see its message above", READY_LIMIT)?;

        let mut server = place.serve(self.binary)?;
        let mut simulation = self.simulate(&place)?;
        let messages = place.messages(&mut simulation)?;
        for kill in 1..=self.kills {
            let acknowledged = place.wait_for(&mut simulation, messages * kill / (self.kills + 1))?;
            server.kill();
            if kill == self.kills.div_ceil(2) {
                simulation.kill();
            }
            console::note(format_args!("killed after {acknowledged} of {messages} messages"));
            server = place.serve(self.binary)?;
            if kill == self.kills.div_ceil(2) {
                simulation = self.simulate(&place)?;
            }
        }
        self.finish(simulation)?;
        console::note(format_args!("the day was over after {} s", started.elapsed().as_secs()));
        server.stop();
        place.recount()?;
        place.clear(keep)
    }

    fn place(&self) -> Result<Place> {
        let data = run::fresh_data_folder(&format!("rehearsal-{:?}", self.engine).to_lowercase())?;
        let address = run::loopback(process::free_port()?);
        let mut place = Place { data, address, postgres: None };
        if self.engine == Engine::Postgres {
            // A developer may point at a PostgreSQL of their own.
            let (url, own) = match std::env::var("NFCGATE_TEST_POSTGRES_URL") {
                Ok(url) => (url, None),
                Err(_) => {
                    let own = Postgres::start()?;
                    (own.url.clone(), Some(own))
                }
            };
            let schema = format!("rehearsal_{}", std::process::id());
            std::fs::write(place.config(), format!("database_schema = \"{schema}\"\n"))?;
            place.postgres = Some((url, schema, own));
        }
        Ok(place)
    }

    fn simulate(&self, place: &Place) -> Result<Background> {
        let mut command = process::command(self.binary);
        command
            .args(["simulate", "--riders", &self.riders.to_string(), "--seed", &self.seed.to_string()])
            .args([
                "--day",
                &weekday_that_is_over().to_string(),
                "--server",
                &format!("http://{}", place.address),
            ])
            .args(FAULTS.iter().flat_map(|fault| ["--fault", fault]))
            .arg("--gates")
            .arg(place.gates())
            .arg("--journal")
            .arg(place.journal());
        Background::start("simulate", &command, "TERM", None)
    }

    fn finish(&self, mut simulation: Background) -> Result<()> {
        while simulation.is_alive() {
            std::thread::sleep(POLL);
        }
        if !simulation.succeeded() {
            process::print_tail(&simulation.log);
            bail!("the simulation did not come to its end; its log is {}", simulation.log.display());
        }
        Ok(())
    }
}

impl Place {
    fn config(&self) -> PathBuf {
        self.data.join("nfcgate.toml")
    }

    fn gates(&self) -> PathBuf {
        self.data.join("gates.json")
    }

    fn journal(&self) -> PathBuf {
        self.data.join("journal.jsonl")
    }

    /// The binary, pointed at this place and nothing else.
    fn nfcgate(&self, binary: &Path) -> Command {
        let mut command = process::command(binary);
        command
            .env("NO_COLOR", "1")
            .env_remove("NFCGATE_DATABASE_URL_FILE")
            .arg("--data-dir")
            .arg(&self.data);
        match &self.postgres {
            Some((url, ..)) => command.env("NFCGATE_DATABASE_URL", url).arg("--config").arg(self.config()),
            None => command.env_remove("NFCGATE_DATABASE_URL"),
        };
        command
    }

    fn serve(&self, binary: &Path) -> Result<Background> {
        let mut command = self.nfcgate(binary);
        command.args(["serve", "--listen", &self.address.to_string()]);
        let mut server = Background::start("nfcgate-rehearsal", &command, "TERM", None)?;
        process::wait_until(&mut server, READY_LIMIT, || server::is_ready(self.address))?;
        Ok(server)
    }

    /// How many messages there will be, as the simulation says when it begins.
    fn messages(&self, simulation: &mut Background) -> Result<usize> {
        let started = Instant::now();
        loop {
            let log = std::fs::read_to_string(&simulation.log).unwrap_or_default();
            let words: Vec<_> = log.split_whitespace().collect();
            if let Some(at) = words.iter().position(|word| *word == "messages") {
                return Ok(words[at - 1].parse()?);
            }
            if started.elapsed() > STUCK_LIMIT || !simulation.is_alive() {
                process::print_tail(&simulation.log);
                bail!("the simulation did not begin");
            }
            std::thread::sleep(POLL);
        }
    }

    /// Waits until so many messages are acknowledged; returns how many are.
    fn wait_for(&self, simulation: &mut Background, messages: usize) -> Result<usize> {
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            let lines = File::open(self.journal()).map(|file| {
                use std::io::{BufRead as _, BufReader};
                BufReader::new(file).lines().count().saturating_sub(1)
            });
            let lines = lines.unwrap_or(0);
            if lines >= messages {
                return Ok(lines);
            }
            if lines > seen {
                (seen, since) = (lines, Instant::now());
            }
            if since.elapsed() > STUCK_LIMIT || !simulation.is_alive() {
                process::print_tail(&simulation.log);
                bail!("only {lines} of {messages} messages were acknowledged");
            }
            std::thread::sleep(POLL);
        }
    }

    fn recount(&self) -> Result<()> {
        let mut recount = process::command(prerequisites::python()?);
        recount.arg(paths::root().join("end2end/recount.py"));
        match &self.postgres {
            Some((url, schema, _)) => {
                recount.args(["--postgres", url, "--schema", &format!("{schema}_live")]);
            }
            None => {
                recount.arg("--sqlite").arg(self.data.join("live.db"));
            }
        }
        recount.arg("--journal").arg(self.journal());
        process::run(&mut recount, "the recount", "the server and the rules disagree; see above")
    }

    fn clear(self, keep: bool) -> Result<()> {
        if keep {
            console::note(format_args!("the data is in {}", self.data.display()));
            return Ok(());
        }
        if let Some((url, schema, None)) = &self.postgres {
            let drop = format!(
                "drop schema if exists {schema}_live cascade; drop schema if exists {schema}_sandbox cascade"
            );
            let mut psql = process::command("psql");
            psql.args(["-X", "-q", "-d", url, "-c", &drop]);
            process::run_quietly(
                &mut psql,
                "dropping the rehearsal's schemas",
                "drop them by hand",
                READY_LIMIT,
            )?;
        }
        std::fs::remove_dir_all(&self.data)
            .with_context(|| format!("{} cannot be removed", self.data.display()))
    }
}

/// The last weekday in Jakarta of which all journeys have come to an end, one way or the other.
fn weekday_that_is_over() -> Date {
    let today = Offset::constant(7).to_datetime(Timestamp::now()).date();
    over_before(today)
}

fn over_before(today: Date) -> Date {
    let weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    today.series(-1.day()).skip(2).find(|day| !weekend(day)).unwrap_or(today)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::over_before;

    /// cal 11 2026: the 22nd is a Sunday.
    #[test]
    fn a_rehearsal_is_about_a_weekday_that_is_over() {
        assert_eq!(over_before(date(2026, 11, 22)), date(2026, 11, 20));
        assert_eq!(over_before(date(2026, 11, 23)), date(2026, 11, 20));
        assert_eq!(over_before(date(2026, 11, 24)), date(2026, 11, 20));
        assert_eq!(over_before(date(2026, 11, 25)), date(2026, 11, 23));
    }
}
