//! `cargo xtask`: builds, runs, tests and measures the portal.
//!
//! Owns everything between a clean clone and a running server: the tools that are missing, the site
//! files, a throw-away PostgreSQL, the browser tests, the bench. It promises one line for each step,
//! progress for the long ones, and on failure a sentence that names the remedy.

mod bench;
mod console;
mod deliveries;
mod fingerprint;
mod http;
mod paths;
mod postgres;
mod prerequisites;
mod process;
mod rehearse;
mod run;
mod server;
mod site;
mod supply_chain;
mod test;
mod wasm;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs, tests and measures the portal")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build what changed and serve the portal with the demo on 127.0.0.1:3000, data in var/.
    Run(run::RunArgs),
    /// As `run`, and rebuild and restart whenever a source file changes.
    Dev(run::RunArgs),
    /// Run every check: formatting, lints, supply chain, wasm, tests on both engines, browser tests.
    Test(test::TestArgs),
    /// Build the server (with --release: one binary with the site inside).
    Build(run::BuildArgs),
    /// Measure the release build against the budgets and write target/bench.json.
    Bench(bench::BenchArgs),
    /// Simulate a day while the server is killed again and again; count everything again afterwards.
    Rehearse(rehearse::RehearseArgs),
    /// Build only the site files into target/site.
    Site(run::BuildArgs),
    /// Write the OpenAPI document to docs/openapi.json.
    Openapi,
}

fn main() {
    let outcome = run_task(Cli::parse().task);
    if let Err(error) = outcome {
        console::failure(&error);
        std::process::exit(process::exit_code(&error));
    }
}

fn run_task(task: Task) -> Result<()> {
    std::env::set_current_dir(paths::root())?;
    match task {
        Task::Run(args) => run::run(&args),
        Task::Dev(args) => run::dev(&args),
        Task::Test(args) => test::test(&args),
        Task::Build(args) => run::build(&args),
        Task::Bench(args) => bench::bench(&args),
        Task::Rehearse(args) => rehearse::rehearse(&args),
        Task::Site(args) => site::build(args.compression()).map(drop),
        Task::Openapi => run::openapi(),
    }
}
