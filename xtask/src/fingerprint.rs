//! Content hashes: names of site files, and stamps that let an unchanged step be skipped.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::paths;

/// First 16 hex digits of the SHA-256.
pub fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All files below `dir`, sorted; empty when it is absent. Hidden files and node_modules are left out.
pub fn files_below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut pending = vec![dir.to_path_buf()];
    while let Some(dir) = pending.pop() {
        let Ok(entries) = fs::read_dir(&dir) else {
            continue;
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            if name.to_string_lossy().starts_with('.') || name == "node_modules" {
                continue;
            }
            if entry.file_type()?.is_dir() {
                pending.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The inputs of one step, gathered into one hash.
#[derive(Default)]
pub struct Inputs(Sha256);

impl Inputs {
    pub fn text(mut self, text: &str) -> Self {
        self.0.update(text.as_bytes());
        self.0.update([0]);
        self
    }

    pub fn file(mut self, path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        self.0.update(path.to_string_lossy().as_bytes());
        self.0.update(Sha256::digest(&bytes));
        Ok(self)
    }

    pub fn dir(mut self, dir: &Path) -> Result<Self> {
        for file in files_below(dir)? {
            self = self.file(&file)?;
        }
        Ok(self)
    }

    fn hex(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Runs `step` unless it already ran on the same inputs and its outputs are still there.
/// Returns whether it ran.
pub fn unless_unchanged(
    name: &str,
    inputs: Inputs,
    outputs: &[PathBuf],
    step: impl FnOnce() -> Result<()>,
) -> Result<bool> {
    let hash = inputs.hex();
    let stamp = paths::work().join("stamps").join(name);
    let unchanged = fs::read_to_string(&stamp).is_ok_and(|old| old == hash);
    if unchanged && outputs.iter().all(|output| output.exists()) {
        return Ok(false);
    }
    let _ = fs::remove_file(&stamp);
    step()?;
    fs::create_dir_all(stamp.parent().expect("a stamp lies in the stamps folder"))?;
    fs::write(stamp, hash)?;
    Ok(true)
}
