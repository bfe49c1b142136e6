//! What may be in Cargo.lock. `deny.toml` says more (licences, bans) to those who have cargo-deny.

use anyhow::{Context, Result, bail};

use crate::{console, paths, process};

/// Checks the lock file, and deny.toml where cargo-deny is installed.
pub fn check() -> Result<()> {
    let lock =
        std::fs::read_to_string(paths::root().join("Cargo.lock")).context("Cargo.lock cannot be read")?;
    check_lock(&lock)?;
    if process::find("cargo-deny").is_none() {
        console::note("cargo-deny is not installed, so deny.toml was not checked");
        return Ok(());
    }
    let mut deny = process::cargo();
    deny.args(["deny", "check", "bans", "licenses", "sources"]);
    process::run(&mut deny, "cargo deny", "see deny.toml for what is allowed and why")
}

#[derive(Default)]
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    source: &'a str,
}

fn check_lock(lock: &str) -> Result<()> {
    let packages: Vec<Package> = lock.split("[[package]]").skip(1).map(parse).collect();
    // Two drivers would mean two SQLites in one process, one of them possibly an old one.
    only(&packages, "sqlx")?;
    let sqlite = only(&packages, "libsqlite3-sys")?;
    // 0.37 carries SQLite 3.51.3, the first without the WAL-reset corruption.
    if minor_version(sqlite.version)? < (0, 37) {
        bail!(
            "libsqlite3-sys {} carries a SQLite that can corrupt a WAL database; 0.37 or newer is needed",
            sqlite.version
        );
    }
    if let Some(package) = packages.iter().find(|package| package.source.starts_with("git+")) {
        bail!("{} comes from a git repository; depend on a published version", package.name);
    }
    Ok(())
}

fn parse(block: &str) -> Package<'_> {
    let mut package = Package::default();
    for line in block.lines() {
        let Some((key, value)) = line.split_once(" = ") else {
            continue;
        };
        let value = value.trim_matches('"');
        match key {
            "name" => package.name = value,
            "version" => package.version = value,
            "source" => package.source = value,
            _ => {}
        }
    }
    package
}

fn only<'a>(packages: &'a [Package<'a>], name: &str) -> Result<&'a Package<'a>> {
    let mut found = packages.iter().filter(|package| package.name == name);
    match (found.next(), found.next()) {
        (Some(package), None) => Ok(package),
        (None, _) => {
            bail!("{name} is not in Cargo.lock; the gate in xtask/src/supply_chain.rs needs it")
        }
        (Some(a), Some(b)) => bail!(
            "{name} is in Cargo.lock twice ({} and {}); `cargo tree -i {name}` tells who asks",
            a.version,
            b.version
        ),
    }
}

fn minor_version(version: &str) -> Result<(u32, u32)> {
    let mut parts = version.split('.').map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok((major, minor)),
        _ => bail!("{version} is no version"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &[(&str, &str, &str)]) -> String {
        packages
            .iter()
            .map(|(name, version, source)| {
                format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"{source}\"\n\n")
            })
            .collect()
    }

    const REGISTRY: &str = "registry+https://example.invalid/index";

    #[test]
    fn one_driver_and_a_sound_sqlite_pass() {
        assert!(
            check_lock(&lock(&[("sqlx", "0.9.0", REGISTRY), ("libsqlite3-sys", "0.37.0", REGISTRY)])).is_ok()
        );
    }

    #[test]
    fn a_second_driver_is_refused() {
        let two = [
            ("sqlx", "0.8.6", REGISTRY),
            ("sqlx", "0.9.0", REGISTRY),
            ("libsqlite3-sys", "0.37.0", REGISTRY),
        ];
        assert!(check_lock(&lock(&two)).is_err());
    }

    #[test]
    fn a_sqlite_that_can_corrupt_is_refused() {
        assert!(
            check_lock(&lock(&[("sqlx", "0.9.0", REGISTRY), ("libsqlite3-sys", "0.30.1", REGISTRY)]))
                .is_err()
        );
    }

    #[test]
    fn a_git_source_is_refused() {
        let git = [
            ("sqlx", "0.9.0", REGISTRY),
            ("libsqlite3-sys", "0.37.0", REGISTRY),
            ("leptos", "0.9.0", "git+https://example.invalid/leptos#0a1b"),
        ];
        assert!(check_lock(&lock(&git)).is_err());
    }
}
