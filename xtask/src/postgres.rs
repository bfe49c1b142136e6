//! A throw-away PostgreSQL for the tests: made new, on the loopback address only, gone at the end.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::process::{self, Background};
use crate::{console, paths, prerequisites};

/// Stopped and removed when dropped.
pub struct Postgres {
    process: Background,
    data: PathBuf,
    /// `postgres://…` of a superuser.
    pub url: String,
}

impl Postgres {
    /// Makes a cluster and starts it. Without fsync: its data lives no longer than the tests.
    pub fn start() -> Result<Self> {
        Self::start_with(&["fsync=off", "full_page_writes=off", "synchronous_commit=off"])
    }

    /// The same as an operator would run it: what is committed outlives a power cut.
    pub fn start_durable() -> Result<Self> {
        Self::start_with(&["fsync=on", "full_page_writes=on", "synchronous_commit=on"])
    }

    fn start_with(durability: &[&str]) -> Result<Self> {
        let bin = prerequisites::postgres_bin()?;
        console::step(format_args!("Starting a throw-away PostgreSQL from {}", bin.display()));
        // PostgreSQL refuses to run as root.
        let user = process::is_root().then(unprivileged_user).transpose()?;
        let data = data_folder(user)?;
        if let Err(error) = init(&bin, &data, user) {
            let _ = std::fs::remove_dir_all(&data);
            return Err(error);
        }
        let port = process::free_port()?;
        let mut command = process::command(bin.join("postgres"));
        command.current_dir("/").arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300"] {
            command.args(["-c", setting]);
        }
        for setting in durability {
            command.args(["-c", setting]);
        }
        // INT is PostgreSQL's fast shutdown.
        let process = Background::start("postgres", &command, "INT", user)?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let mut postgres = Self { process, data, url };
        process::wait_until(&mut postgres.process, Duration::from_secs(60), || {
            process::output(process::command(bin.join("pg_isready")).args([
                "-q",
                "-h",
                "127.0.0.1",
                "-p",
                &port.to_string(),
            ]))
            .is_some()
        })?;
        Ok(postgres)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.process.stop();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

fn unprivileged_user() -> Result<&'static str> {
    ["postgres", "nobody"]
        .into_iter()
        .find(|user| process::output(process::command("id").args(["-u", user])).is_some())
        .ok_or_else(|| anyhow::anyhow!("PostgreSQL refuses to run as root; add a user named postgres"))
}

/// A new folder that `user` may write to: in the checkout, or in the system's temporary folder when
/// the checkout lies where only root can go.
fn data_folder(user: Option<&str>) -> Result<PathBuf> {
    let name = format!("postgres-{}", std::process::id());
    for parent in [paths::tmp(), std::env::temp_dir().join("nfcgate")] {
        std::fs::create_dir_all(&parent)?;
        paths::remove_abandoned(&parent, "postgres");
        let folder = parent.join(&name);
        std::fs::create_dir_all(&folder)?;
        let Some(user) = user else { return Ok(folder) };
        process::run(
            process::command("chown").arg(user).arg(&folder),
            "chown of the database folder",
            "run the tests as a user other than root",
        )?;
        if process::output(as_user(user, "test").arg("-w").arg(&folder)).is_some() {
            return Ok(folder);
        }
        let _ = std::fs::remove_dir_all(&folder);
    }
    bail!("no folder that the database's user may write to; run the tests as a user other than root")
}

fn init(bin: &Path, data: &Path, user: Option<&str>) -> Result<()> {
    let initdb = bin.join("initdb");
    let mut command = match user {
        Some(user) => as_user(user, &initdb.to_string_lossy()),
        None => process::command(initdb),
    };
    command.current_dir("/").arg("-D").arg(data);
    command.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
    process::run_quietly(&mut command, "initdb", "see its message above", Duration::from_secs(120))
}

fn as_user(user: &str, program: &str) -> std::process::Command {
    let mut command = process::command("setpriv");
    command.args(["--reuid", user, "--regid", user, "--init-groups", "--", program]).current_dir("/");
    command
}
