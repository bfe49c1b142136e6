//! Child processes: run to the end with a remedy, or kept in the background and always stopped.
//!
//! A background child asks the kernel for a signal should xtask die first (through util-linux
//! `setpriv`, where it is installed), so that a killed run leaves no server behind.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{console, paths};

/// How often a waiting loop looks again.
const POLL: Duration = Duration::from_millis(50);

/// A command that ended badly, and what to do about it.
#[derive(Debug)]
pub struct CommandFailed {
    what: String,
    remedy: String,
    code: i32,
}

impl fmt::Display for CommandFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed (exit code {}); {}", self.what, self.code, self.remedy)
    }
}

impl std::error::Error for CommandFailed {}

/// The exit code xtask should end with: the failed command's own, else 1.
pub fn exit_code(error: &anyhow::Error) -> i32 {
    error.chain().find_map(|cause| cause.downcast_ref::<CommandFailed>()).map_or(1, |failed| failed.code)
}

/// A command in the checkout's root, without what `cargo run` put into our own environment:
/// its library path would lead another toolchain astray, its package variables spoil fingerprints.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(paths::root()).env_remove("LD_LIBRARY_PATH");
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let per_package = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
        if per_package.iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(name.as_ref());
        }
    }
    command
}

/// Cargo of the active toolchain.
pub fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs with our own output; fails with `what` and `remedy`.
pub fn run(command: &mut Command, what: &str, remedy: &str) -> Result<()> {
    let status = command.status().with_context(|| format!("{what} could not start; {remedy}"))?;
    check(status, what, remedy)
}

/// Runs with output kept in a log, a sign of life while it lasts, and the log's end on failure.
pub fn run_quietly(command: &mut Command, what: &str, remedy: &str, limit: Duration) -> Result<()> {
    std::fs::create_dir_all(paths::logs())?;
    let slug: String = what.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let log = paths::logs().join(format!("{slug}.log"));
    let out = File::create(&log)?;
    let mut child = command
        .stdin(Stdio::null())
        .stderr(out.try_clone()?)
        .stdout(out)
        .spawn()
        .with_context(|| format!("{what} could not start; {remedy}"))?;
    let Some(status) = wait(&mut child, what, limit)? else {
        child.kill()?;
        child.wait()?;
        bail!("{what} was stopped after {} s without an end; {remedy}", limit.as_secs());
    };
    if !status.success() {
        print_tail(&log);
    }
    check(status, what, remedy)
}

/// Standard output of a short command, or `None` when it is absent or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// First executable of that name on `PATH`.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// Whether we are root, asked of `id` because std has no call for it.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).as_deref() == Some("0")
}

fn check(status: ExitStatus, what: &str, remedy: &str) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    let code = status.code().unwrap_or(1);
    Err(CommandFailed { what: what.to_owned(), remedy: remedy.to_owned(), code }.into())
}

fn wait(child: &mut Child, what: &str, limit: Duration) -> Result<Option<ExitStatus>> {
    let started = Instant::now();
    let mut next_sign = Duration::from_secs(15);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let elapsed = started.elapsed();
        if elapsed > limit {
            return Ok(None);
        }
        if elapsed > next_sign {
            console::note(format_args!("… {what}: {} s", elapsed.as_secs()));
            next_sign += Duration::from_secs(if std::io::stderr().is_terminal() { 15 } else { 60 });
        }
        std::thread::sleep(POLL);
    }
}

/// Prints the last lines of a log, for a reader who has to find out what went wrong.
pub fn print_tail(log: &Path) {
    let Ok(text) = std::fs::read_to_string(log) else {
        return;
    };
    let lines: Vec<&str> = text.lines().collect();
    for line in &lines[lines.len().saturating_sub(40)..] {
        eprintln!("  │ {line}");
    }
}

/// A child that runs beside us and is stopped when this is dropped.
pub struct Background {
    child: Child,
    name: &'static str,
    stop_signal: &'static str,
    /// Where its output goes.
    pub log: PathBuf,
}

impl Background {
    /// Starts `command` as it is, or through `setpriv` so that it gets `stop_signal` if we die.
    /// `as_user` (root only) runs it as that user.
    pub fn start(
        name: &'static str,
        command: &Command,
        stop_signal: &'static str,
        as_user: Option<&str>,
    ) -> Result<Self> {
        std::fs::create_dir_all(paths::logs())?;
        let log = paths::logs().join(format!("{name}.log"));
        let out = File::create(&log)?;
        let mut wrapped = tied_to_us(command, stop_signal, as_user)?;
        let child = wrapped
            .stdin(Stdio::null())
            .stderr(out.try_clone()?)
            .stdout(out)
            .spawn()
            .with_context(|| format!("{name} could not start"))?;
        Ok(Self { child, name, stop_signal, log })
    }

    /// As [`Background::start`], with our own terminal for its output.
    pub fn start_attached(name: &'static str, command: &Command) -> Result<Self> {
        let child =
            tied_to_us(command, "TERM", None)?.spawn().with_context(|| format!("{name} could not start"))?;
        Ok(Self { child, name, stop_signal: "TERM", log: PathBuf::new() })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it as a crash would: it can do nothing about it.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Whether it has ended, and well.
    pub fn succeeded(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(status)) if status.success())
    }

    /// Asks it to end and waits; after 20 s it is killed.
    pub fn stop(&mut self) {
        if !self.is_alive() {
            return;
        }
        signal(self.pid(), self.stop_signal);
        let started = Instant::now();
        while self.is_alive() {
            if started.elapsed() > Duration::from_secs(20) {
                console::note(format_args!("{} did not stop within 20 s and is killed", self.name));
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Sends a signal by name; std can only kill.
fn signal(pid: u32, name: &str) {
    let _ = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).stderr(Stdio::null()).status();
}

fn tied_to_us(command: &Command, stop_signal: &str, as_user: Option<&str>) -> Result<Command> {
    let mut wrapped = match (find("setpriv"), as_user) {
        (Some(setpriv), user) => {
            let mut wrapped = self::command(setpriv);
            wrapped.args(["--pdeathsig", stop_signal]);
            if let Some(user) = user {
                wrapped.args(["--reuid", user, "--regid", user, "--init-groups"]);
            }
            wrapped.arg("--").arg(command.get_program());
            wrapped
        }
        (None, Some(user)) => bail!("to run as {user}, setpriv is needed; install util-linux"),
        (None, None) => self::command(command.get_program()),
    };
    wrapped.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    if let Some(dir) = command.get_current_dir() {
        wrapped.current_dir(dir);
    }
    Ok(wrapped)
}

/// A TCP port of the loopback address that was free a moment ago.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Waits until `ready` says so; fails when the child ends first or `limit` passes.
pub fn wait_until(
    child: &mut Background,
    limit: Duration,
    mut ready: impl FnMut() -> bool,
) -> Result<Duration> {
    let started = Instant::now();
    loop {
        if ready() {
            return Ok(started.elapsed());
        }
        if !child.is_alive() {
            print_tail(&child.log);
            bail!("{} ended before it was ready; its log is {}", child.name, child.log.display());
        }
        if started.elapsed() > limit {
            print_tail(&child.log);
            bail!(
                "{} was not ready after {} s; its log is {}",
                child.name,
                limit.as_secs(),
                child.log.display()
            );
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
