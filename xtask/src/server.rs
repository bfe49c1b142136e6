//! The portal's own server as a child: built, started on a free port, waited for.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::{self, Background};
use crate::{console, http, paths};

/// How it is built.
#[derive(Clone, Copy)]
pub enum Profile {
    /// Quick to build; reads the site from `target/site`.
    Development,
    /// Optimised, with the site inside.
    Release,
}

/// Builds the server and returns its binary. The site must be built before a release.
pub fn build(profile: Profile) -> Result<PathBuf> {
    let mut cargo = process::cargo();
    cargo.args(["build", "--locked", "--package", "server"]);
    let (folder, what) = match profile {
        Profile::Development => ("debug", "Building the server"),
        Profile::Release => {
            cargo.args(["--release", "--features", "embed"]);
            ("release", "Building the server for release, the site inside")
        }
    };
    console::step(what);
    process::run(&mut cargo, "the build of the server", "see the compiler's message above")?;
    Ok(paths::server_binary(folder))
}

/// A running server.
pub struct Server {
    process: Background,
    pub address: SocketAddr,
    data: PathBuf,
    /// From spawn to the first 200 of `/health/ready`.
    pub start_up: Duration,
}

impl Server {
    /// Starts `nfcgate serve --demo` on a free port and waits until it is ready.
    /// `limit` is long for the first start, which seeds the demo.
    pub fn start_demo(binary: &Path, data: &Path, limit: Duration) -> Result<Self> {
        Self::start_demo_on(binary, data, limit, None)
    }

    /// As [`Server::start_demo`], on a PostgreSQL.
    pub fn start_demo_on(
        binary: &Path,
        data: &Path,
        limit: Duration,
        database: Option<&str>,
    ) -> Result<Self> {
        let address: SocketAddr = ([127, 0, 0, 1], process::free_port()?).into();
        let mut command = process::command(binary);
        command
            .args(["serve", "--demo", "--listen", &address.to_string(), "--data-dir"])
            .arg(data)
            .env("NO_COLOR", "1")
            // A developer's own database must never be what the tests write to.
            .env_remove("NFCGATE_DATABASE_URL")
            .env_remove("NFCGATE_DATABASE_URL_FILE");
        if let Some(url) = database {
            command.env("NFCGATE_DATABASE_URL", url);
        }
        Self::start(&command, address, data, limit)
    }

    fn start(command: &Command, address: SocketAddr, data: &Path, limit: Duration) -> Result<Self> {
        let started = Instant::now();
        let mut process = Background::start("nfcgate", command, "TERM", None)?;
        process::wait_until(&mut process, limit, || is_ready(address))?;
        Ok(Self { process, address, data: data.to_path_buf(), start_up: started.elapsed() })
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The demo's accounts and keys.
    pub fn demo_json(&self) -> PathBuf {
        self.data.join("demo.json")
    }

    /// Where mails land.
    pub fn mail_dir(&self) -> PathBuf {
        self.data.join("mail")
    }

    pub fn log(&self) -> &Path {
        &self.process.log
    }

    pub fn demo(&self) -> Result<Value> {
        let path = self.demo_json();
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{} is missing; serve --demo writes it", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Resident memory in bytes (`VmRSS`).
    pub fn resident_bytes(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.pid()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS in /proc")?;
        let kibibytes: u64 = line.split_whitespace().nth(1).context("VmRSS has no number")?.parse()?;
        Ok(kibibytes * 1024)
    }

    /// As `kill -9` does.
    pub fn kill(mut self) {
        self.process.kill();
    }

    pub fn stop(mut self) {
        self.process.stop();
    }
}

/// Whether `/health/ready` answers 200.
pub fn is_ready(address: SocketAddr) -> bool {
    http::get(address, "/health/ready", &[]).is_ok_and(|response| response.status == 200)
}
