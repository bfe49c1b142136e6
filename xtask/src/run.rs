//! `run`, `dev`, `build` and `openapi`: the site, the server, and serving.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::fingerprint::files_below;
use crate::process::{self, Background};
use crate::server::{self, Profile};
use crate::site::{self, Compression};
use crate::{console, paths};

/// How often `dev` looks at the sources.
const WATCH_INTERVAL: Duration = Duration::from_millis(700);

/// What a change in sets `dev` to work.
const WATCHED: [&str; 12] = [
    "app",
    "data",
    "domain",
    "frontend",
    "guides",
    "migrations",
    "public",
    "server",
    "simulator",
    "style",
    "Cargo.toml",
    "Cargo.lock",
];

#[derive(Args)]
pub struct RunArgs {
    /// Start without the demo's partners and their usage.
    #[arg(long)]
    no_demo: bool,
    /// Anything else `nfcgate serve` understands, such as `--listen 127.0.0.1:8080`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    serve: Vec<String>,
}

#[derive(Args)]
pub struct BuildArgs {
    /// Optimised, fully compressed, the site inside the binary.
    #[arg(long)]
    release: bool,
}

impl BuildArgs {
    pub fn compression(&self) -> Compression {
        if self.release { Compression::Release } else { Compression::Development }
    }
}

/// Builds and serves. The server takes this process's place, so signals reach it directly.
pub fn run(args: &RunArgs) -> Result<()> {
    site::build(Compression::Development)?;
    let mut serve = serve_command(server::build(Profile::Development)?, args);
    console::step("Serving; Ctrl-C stops");
    replace_this_process(&mut serve)
}

#[cfg(unix)]
fn replace_this_process(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| format!("{} could not start", command.get_program().display()))
}

#[cfg(not(unix))]
fn replace_this_process(command: &mut Command) -> Result<()> {
    process::run(command, "nfcgate serve", "see its message above")
}

fn serve_command(binary: PathBuf, args: &RunArgs) -> Command {
    let mut command = process::command(binary);
    command.arg("serve");
    let no_demo = args.no_demo || args.serve.iter().any(|arg| arg == "--no-demo");
    if !no_demo {
        command.arg("--demo");
    }
    command.args(args.serve.iter().filter(|arg| *arg != "--no-demo"));
    command
}

/// Builds and serves, again after every change. A change that does not build leaves the old server up.
pub fn dev(args: &RunArgs) -> Result<()> {
    let mut server: Option<Background> = None;
    loop {
        let seen = modification_times()?;
        match site::build(Compression::Development).and_then(|_| server::build(Profile::Development)) {
            Ok(binary) => {
                if let Some(mut old) = server.take() {
                    console::step("Restarting the server");
                    old.stop();
                }
                server = Some(Background::start_attached("nfcgate", &serve_command(binary, args))?);
            }
            Err(error) => console::failure(&error),
        }
        console::step("Watching the sources; Ctrl-C stops");
        while modification_times()? == seen {
            std::thread::sleep(WATCH_INTERVAL);
            if server.as_mut().is_some_and(|server| !server.is_alive()) {
                console::note("the server ended; it is started again after the next change");
                server = None;
            }
        }
    }
}

fn modification_times() -> Result<BTreeMap<PathBuf, SystemTime>> {
    let mut times = BTreeMap::new();
    for name in WATCHED {
        let path = paths::root().join(name);
        let files = if path.is_dir() { files_below(&path)? } else { vec![path] };
        for file in files {
            // A file may vanish between listing and looking: editors rename.
            if let Ok(modified) = file.metadata().and_then(|metadata| metadata.modified()) {
                times.insert(file, modified);
            }
        }
    }
    Ok(times)
}

/// `build`: the server, with `--release` as the one file that is deployed.
pub fn build(args: &BuildArgs) -> Result<()> {
    site::build(args.compression())?;
    let binary = server::build(if args.release { Profile::Release } else { Profile::Development })?;
    let bytes = std::fs::metadata(&binary)?.len();
    console::step(format_args!("Built {} ({})", binary.display(), console::size(bytes)));
    Ok(())
}

/// Writes the OpenAPI document that the code describes.
pub fn openapi() -> Result<()> {
    let binary = server::build(Profile::Development)?;
    let output = process::command(binary).arg("openapi").output()?;
    if !output.status.success() {
        bail!("nfcgate openapi failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let path = paths::root().join("docs/openapi.json");
    std::fs::write(&path, output.stdout)?;
    console::step(format_args!("Wrote {}", path.display()));
    Ok(())
}

/// Used by tests and the bench, which must not meet a developer's running server.
pub fn fresh_data_folder(name: &str) -> Result<PathBuf> {
    paths::remove_abandoned(&paths::tmp(), name);
    let folder = paths::tmp().join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The loopback address on a port.
pub fn loopback(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}
