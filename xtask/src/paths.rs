//! Where things lie in the checkout.

use std::path::{Path, PathBuf};

/// The checkout's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder inside the workspace")
        .to_path_buf()
}

/// Cargo's native target directory, which `CARGO_TARGET_DIR` may move out of the checkout.
pub fn cargo_target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) if !dir.is_empty() => root().join(dir),
        _ => root().join("target"),
    }
}

/// Target directory of the wasm build: another compiler and another std, so never shared.
pub fn wasm_target() -> PathBuf {
    cargo_target().join("wasm")
}

/// The finished site. Always in the checkout, where the server looks for it.
pub fn site() -> PathBuf {
    root().join("target/site")
}

/// Half-finished files and stamps of the pipeline.
pub fn work() -> PathBuf {
    root().join("target/xtask")
}

/// Logs of the quiet steps.
pub fn logs() -> PathBuf {
    work().join("logs")
}

/// Data of throw-away servers; emptied by whoever uses it next.
pub fn tmp() -> PathBuf {
    root().join("target/tmp")
}

/// Removes the folders `PREFIX-PID` of runs that are gone: one that was killed could not, and one
/// that failed left its own for inspection.
pub fn remove_abandoned(parent: &Path, prefix: &str) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(pid) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')) else { continue };
        if Path::new("/proc/self").exists() && !Path::new("/proc").join(pid).exists() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The server binary of a cargo profile folder (`debug` or `release`).
pub fn server_binary(profile: &str) -> PathBuf {
    cargo_target().join(profile).join("nfcgate")
}
