//! `test`: every check, in the order in which a mistake is cheapest to find.
//!
//! A failed part does not hide the others: all that can still run is run, then the first failure's
//! exit code is ours.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use clap::{Args, ValueEnum};

use crate::postgres::Postgres;
use crate::server::{self, Profile, Server};
use crate::site::{self, Compression};
use crate::{console, paths, prerequisites, process, rehearse, run, supply_chain};

/// The first start seeds the demo by real requests.
const FIRST_START_LIMIT: Duration = Duration::from_secs(180);

#[derive(Args)]
pub struct TestArgs {
    /// Run one part only.
    #[arg(long)]
    only: Option<Part>,
    /// Run only the tests whose name contains this.
    #[arg(long)]
    filter: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting, lints, supply chain.
    Lint,
    /// The workspace's tests, on both engines.
    Rust,
    /// The browser tests, on a running demo.
    Browser,
    /// Client libraries of others against a running demo.
    Clients,
    /// A simulated day under `kill -9`, counted again.
    Rehearsal,
}

struct Report {
    steps: Vec<(&'static str, Duration, bool)>,
    first_failure: Option<anyhow::Error>,
}

impl Report {
    /// Runs a step and notes how long it took; returns whether it passed.
    fn step(&mut self, name: &'static str, step: impl FnOnce() -> Result<()>) -> bool {
        let started = Instant::now();
        let outcome = step();
        let passed = outcome.is_ok();
        self.steps.push((name, started.elapsed(), passed));
        if let Err(error) = outcome {
            console::failure(&error);
            self.first_failure.get_or_insert(error);
        }
        passed
    }

    fn finish(self) -> Result<()> {
        eprintln!();
        for (name, duration, passed) in &self.steps {
            let mark = if *passed { "✓" } else { "✗" };
            eprintln!("{mark} {name:<34} {:>5}.{} s", duration.as_secs(), duration.subsec_millis() / 100);
        }
        match self.first_failure {
            None => Ok(()),
            Some(error) => {
                let failed = self.steps.iter().filter(|(_, _, passed)| !passed).count();
                Err(error.context(format!("{failed} of {} steps failed", self.steps.len())))
            }
        }
    }
}

/// Runs the parts asked for.
pub fn test(args: &TestArgs) -> Result<()> {
    let wants = |part| args.only.is_none_or(|only| only == part);
    let mut report = Report { steps: Vec::new(), first_failure: None };
    if wants(Part::Lint) {
        report.step("formatting", formatting);
        report.step("supply chain", || {
            console::step("Checking the supply chain");
            supply_chain::check()
        });
    }
    // The wasm before the rest: a page that does not build for the browser is found out early.
    let wants_demo = wants(Part::Browser) || wants(Part::Clients);
    let site_is_there =
        !wants_demo || report.step("site and wasm", || site::build(Compression::Development).map(drop));
    if wants(Part::Lint) {
        report.step("lints", lints);
    }
    if wants(Part::Rust) {
        report.step("tests, SQLite and PostgreSQL", || rust_tests(args.filter.as_deref()));
    }
    if wants_demo && site_is_there {
        let filter = args.filter.as_deref();
        let mut demo = None;
        if report.step("a fresh demo", || {
            demo = Some(Demo::start()?);
            Ok(())
        }) && let Some(demo) = demo
        {
            let mut passed = true;
            if wants(Part::Browser) {
                passed &= report.step("browser tests", || browser_tests(&demo, filter));
            }
            // After the browsers: these move the demo's clock.
            if wants(Part::Clients) {
                passed &= report.step("independent clients", || client_tests(&demo, filter));
            }
            demo.finish(passed)?;
        }
    }
    if wants(Part::Rehearsal) {
        report.step("rehearsal of crashes", || rehearse::small(&server::build(Profile::Development)?));
    }
    report.finish()
}

fn formatting() -> Result<()> {
    console::step("Checking the formatting");
    process::run(process::cargo().args(["fmt", "--all", "--check"]), "cargo fmt --check", "run `cargo fmt`")
}

fn lints() -> Result<()> {
    console::step("Checking the lints");
    let mut clippy = process::cargo();
    clippy.args([
        "clippy",
        "--locked",
        "--workspace",
        "--exclude",
        "frontend",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    process::run(&mut clippy, "clippy", "see its messages above")
}

fn rust_tests(filter: Option<&str>) -> Result<()> {
    // A developer may point at a PostgreSQL of their own.
    let (url, _postgres) = match std::env::var("NFCGATE_TEST_POSTGRES_URL") {
        Ok(url) => (url, None),
        Err(_) => {
            let postgres = Postgres::start()?;
            (postgres.url.clone(), Some(postgres))
        }
    };
    console::step("Running the workspace's tests");
    let mut tests = process::cargo();
    tests.args(["test", "--locked", "--workspace", "--exclude", "frontend", "--no-fail-fast"]);
    tests.args(filter).env("NFCGATE_TEST_POSTGRES_URL", url);
    process::run(&mut tests, "cargo test", "see the failed tests above")
}

/// A portal with a fresh demo that several parts ask.
struct Demo {
    server: Server,
    data: PathBuf,
}

impl Demo {
    fn start() -> Result<Self> {
        let binary = server::build(Profile::Development)?;
        console::step("Starting the portal with a fresh demo");
        let data = run::fresh_data_folder("demo")?;
        let server = Server::start_demo(&binary, &data, FIRST_START_LIMIT)?;
        console::note(format_args!(
            "ready after {} ms at {}",
            server.start_up.as_millis(),
            server.base_url()
        ));
        Ok(Self { server, data })
    }

    /// `command`, told where the demo is.
    fn told(&self, mut command: Command) -> Command {
        command
            .env("BASE_URL", self.server.base_url())
            .env("DEMO_JSON", self.server.demo_json())
            .env("MAIL_DIR", self.server.mail_dir());
        command
    }

    /// Stops it; the data of a failed run is left for inspection.
    fn finish(self, passed: bool) -> Result<()> {
        if !passed {
            console::note(format_args!("the server's last lines, from {}:", self.server.log().display()));
            process::print_tail(self.server.log());
        }
        self.server.stop();
        if passed {
            std::fs::remove_dir_all(&self.data)
                .map_err(|error| anyhow!("{} cannot be removed: {error}", self.data.display()))?;
        }
        Ok(())
    }
}

fn browser_tests(demo: &Demo, filter: Option<&str>) -> Result<()> {
    prerequisites::end2end_packages()?;
    let chromium = prerequisites::chromium()?;
    console::step("Running the browser tests");
    let mut node = node_tests(demo, &paths::root().join("end2end"), filter)?;
    process::run(node.env("CHROMIUM", chromium), "the browser tests", "see the failed tests above")
}

/// The libraries that partners will use, unchanged, in the languages that they use.
fn client_tests(demo: &Demo, filter: Option<&str>) -> Result<()> {
    prerequisites::end2end_packages()?;
    let python = prerequisites::python_with_clients()?;
    let go = prerequisites::go()?;
    let clients = paths::root().join("end2end/clients");
    console::step("Running the clients in Node");
    let mut node = node_tests(demo, &clients, filter)?;
    process::run(&mut node, "the clients in Node", "see the failed tests above")?;
    console::step("Running the clients in Python and Go");
    let mut unittest = demo.told(process::command(python));
    unittest.args(["-m", "unittest", "discover", "--verbose", "--start-directory"]).arg(clients);
    if let Some(filter) = filter {
        unittest.args(["-k", filter]);
    }
    unittest.env("GO", go).env("PYTHONDONTWRITEBYTECODE", "1");
    process::run(&mut unittest, "the clients in Python", "see the failed tests above")
}

/// Node's test runner on every `*.test.mjs` of a folder.
fn node_tests(demo: &Demo, folder: &Path, filter: Option<&str>) -> Result<Command> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    if files.is_empty() {
        bail!("{} has no *.test.mjs; restore it from the repository", folder.display());
    }
    let mut node = demo.told(process::command("node"));
    // One file after the other: they share one server and its demo.
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"]);
    if let Some(filter) = filter {
        node.arg(format!("--test-name-pattern={filter}"));
    }
    node.args(files);
    Ok(node)
}
