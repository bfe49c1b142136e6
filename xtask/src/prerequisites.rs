//! The tools a task needs: found, or installed where that is possible, or named in one sentence.
//!
//! Order for each: what is already there, then the tool's own installer (rustup, npm), then Debian's
//! packages when we are root there. Nothing is ever installed outside these three ways.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::fingerprint::{self, Inputs};
use crate::process::{self, command, find, output, run_quietly};
use crate::{console, paths};

/// Debian's compiler for wasm: rustc with std's sources, and the linker it calls.
const DEBIAN_WASM: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];

/// Longest wait for rustup: a network that swallows packets must not hold the build up for long.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);
const INSTALL_LIMIT: Duration = Duration::from_secs(900);

/// Who compiles the wasm.
pub enum WasmCompiler {
    /// The active toolchain, which has the target's std.
    Active,
    /// Debian's rustc, which builds std from its sources.
    Debian,
}

/// Finds a compiler for wasm. `NFCGATE_WASM=rustup|debian` forces one of the two ways.
pub fn wasm_compiler() -> Result<WasmCompiler> {
    let forced = std::env::var("NFCGATE_WASM").unwrap_or_default();
    if forced != "debian" {
        if active_toolchain_has_wasm() {
            return Ok(WasmCompiler::Active);
        }
        match add_wasm_target() {
            Ok(()) => return Ok(WasmCompiler::Active),
            Err(error) if forced == "rustup" => return Err(error),
            Err(error) => console::note(format_args!("{error}")),
        }
    }
    if debian_has_wasm() {
        return Ok(WasmCompiler::Debian);
    }
    apt_install(
        &DEBIAN_WASM,
        "the wasm compiler",
        "run `rustup target add wasm32-unknown-unknown` where rustup reaches its host",
    )?;
    if !debian_has_wasm() {
        bail!("Debian's rustc-web came without the sources of std; install rust-web-src of the same version");
    }
    Ok(WasmCompiler::Debian)
}

fn active_toolchain_has_wasm() -> bool {
    let libdir =
        output(command("rustc").args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"]));
    libdir.is_some_and(|dir| Path::new(&dir).is_dir())
}

fn add_wasm_target() -> Result<()> {
    let Some(rustup) = find("rustup") else {
        bail!("no rustup here, so Debian's wasm compiler is taken");
    };
    console::step("Adding Rust's wasm32-unknown-unknown target through rustup");
    run_quietly(
        command(rustup).args(["target", "add", "wasm32-unknown-unknown"]).env("RUST_BACKTRACE", "0"),
        "rustup target add",
        "so Debian's wasm compiler is taken",
        RUSTUP_LIMIT,
    )
}

fn debian_has_wasm() -> bool {
    let sysroot = output(command("/usr/bin/rustc").args(["--print", "sysroot"]));
    let std_is_there =
        sysroot.is_some_and(|dir| Path::new(&dir).join("lib/rustlib/src/rust/library/std").is_dir());
    std_is_there && Path::new("/usr/bin/cargo").is_file() && is_installed("lld-22")
}

fn is_installed(package: &str) -> bool {
    output(Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package])).as_deref()
        == Some("installed")
}

/// Node.js of at least `major`, with npm.
fn node(major: u32) -> Result<()> {
    if find("node").is_none() || find("npm").is_none() {
        apt_install(&["nodejs", "npm"], "Node.js", &format!("install Node.js {major} or newer with npm"))?;
    }
    let version = output(command("node").arg("--version")).unwrap_or_default();
    let found =
        version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    if found < major {
        bail!("Node.js {version} is too old; install Node.js {major} or newer");
    }
    Ok(())
}

/// esbuild, wasm-opt and ECharts, as the lock file in the root says.
pub fn site_tools() -> Result<()> {
    node(18)?;
    npm_packages(&paths::root())
}

/// The browser's driver and the client libraries, as the lock file in `end2end/` says.
pub fn end2end_packages() -> Result<()> {
    node(20)?;
    npm_packages(&paths::root().join("end2end"))
}

fn npm_packages(dir: &Path) -> Result<()> {
    let name = format!("npm-{}", fingerprint::short_hash(dir.to_string_lossy().as_bytes()));
    let lock = dir.join("package-lock.json");
    let installed = dir.join("node_modules/.package-lock.json");
    fingerprint::unless_unchanged(&name, Inputs::default().file(&lock)?, &[installed], || {
        console::step(format_args!("Installing the npm packages of {}", lock.display()));
        run_quietly(
            command("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(dir),
            "npm ci",
            "check that npm reaches its registry, then run the task again",
            INSTALL_LIMIT,
        )
    })?;
    Ok(())
}

/// A Chromium to drive, `CHROMIUM` first.
pub fn chromium() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let look = || names.iter().find_map(|name| find(name));
    if let Some(path) = look() {
        return Ok(path);
    }
    apt_install(
        &["chromium", "fonts-liberation"],
        "Chromium",
        "install Chromium, or set CHROMIUM to its path",
    )?;
    look().context("Chromium was installed but is not on PATH; set CHROMIUM to its path")
}

/// The folder with PostgreSQL's `initdb` and `postgres`, `PG_BIN` first.
///
/// Both must lie together: a lone `postgres` on `PATH` may be a wrapper of something else.
pub fn postgres_bin() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("PG_BIN") {
        return Ok(dir.into());
    }
    if let Some(dir) = look_for_postgres() {
        return Ok(dir);
    }
    apt_install(
        &["postgresql"],
        "PostgreSQL",
        "install PostgreSQL 14 or newer, or set PG_BIN to its bin folder",
    )?;
    look_for_postgres()
        .context("PostgreSQL was installed but not found; set PG_BIN to the folder of its initdb")
}

/// Python 3, for the recount and the clients.
pub fn python() -> Result<PathBuf> {
    if find("python3").is_none() {
        apt_install(&["python3"], "Python", "install Python 3.10 or newer")?;
    }
    find("python3").context("Python was installed but not found on PATH")
}

/// A Python with the client libraries, each by its hash in `end2end/clients/requirements.txt`.
/// Only finished wheels are taken, so that no package runs a program of its own while it is installed.
pub fn python_with_clients() -> Result<PathBuf> {
    let system = python()?;
    let requirements = paths::root().join("end2end/clients/requirements.txt");
    let folder = paths::work().join("python");
    let python = folder.join("bin/python");
    let version = output(command(&system).arg("--version")).unwrap_or_default();
    let inputs = Inputs::default().file(&requirements)?.text(&version);
    fingerprint::unless_unchanged("python-clients", inputs, std::slice::from_ref(&python), || {
        console::step(format_args!("Installing the Python packages of {}", requirements.display()));
        virtual_environment(&system, &folder)?;
        run_quietly(
            command(&python)
                .args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input"])
                .args(["--require-hashes", "--only-binary", ":all:", "--requirement"])
                .arg(&requirements),
            "pip install",
            "check that pip reaches its registry and that Python is 3.10 or newer, then run the task again",
            INSTALL_LIMIT,
        )
    })?;
    Ok(python)
}

fn virtual_environment(python: &Path, folder: &Path) -> Result<()> {
    let make = || {
        run_quietly(
            command(python).args(["-m", "venv", "--clear"]).arg(folder),
            "python3 -m venv",
            "install Python's venv module",
            INSTALL_LIMIT,
        )
    };
    // Debian ships venv apart from Python.
    make().or_else(|_| {
        apt_install(&["python3-venv"], "Python's venv module", "install Python 3.10 or newer with venv")?;
        make()
    })
}

/// Go, for the recipe of the webhooks page.
pub fn go() -> Result<PathBuf> {
    if find("go").is_none() {
        apt_install(&["golang-go"], "Go", "install Go 1.19 or newer")?;
    }
    find("go").context("Go was installed but not found on PATH")
}

fn look_for_postgres() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_string_lossy().parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    let path = std::env::var_os("PATH").unwrap_or_default();
    versions
        .into_iter()
        .map(|(_, dir)| dir)
        .chain(std::env::split_paths(&path))
        .find(|dir| dir.join("initdb").is_file() && dir.join("postgres").is_file())
}

/// Installs Debian packages when we may; otherwise says what a person should do.
fn apt_install(packages: &[&str], what: &str, otherwise: &str) -> Result<()> {
    let list = packages.join(" ");
    if find("apt-get").is_none() {
        bail!("{what} is missing; {otherwise}");
    }
    if !process::is_root() {
        bail!("{what} is missing; run `sudo apt-get install {list}`, or {otherwise}");
    }
    console::step(format_args!("Installing {what} from Debian's packages: {list}"));
    // First without refreshing the lists (slow, and mostly fresh), then with.
    if apt_get(&[&["install", "-y", "--no-install-recommends"], packages].concat(), &list, otherwise).is_ok()
    {
        return Ok(());
    }
    console::note("refreshing the package lists");
    apt_get(&["update"], &list, otherwise)?;
    apt_get(&[&["install", "-y", "--no-install-recommends"], packages].concat(), &list, otherwise)
}

fn apt_get(args: &[&str], list: &str, otherwise: &str) -> Result<()> {
    run_quietly(
        command("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive"),
        &format!("apt-get {}", args[0]),
        &format!("install {list} by hand, or {otherwise}"),
        INSTALL_LIMIT,
    )
}
