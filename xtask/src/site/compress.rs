//! Brotli copies beside the site's files, made once per content and quality.

use std::fs;
use std::path::Path;

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;

use crate::paths;

/// How hard to compress.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Quality 9: a fraction of the time, a few per cent larger.
    Development,
    /// Quality 11.
    Release,
}

impl Compression {
    fn quality(self) -> i32 {
        match self {
            Self::Development => 9,
            Self::Release => 11,
        }
    }
}

/// Formats that are compressed already gain nothing.
pub fn is_worth_it(name: &str) -> bool {
    ["css", "js", "mjs", "wasm", "svg", "json", "webmanifest", "txt", "xml", "ico"]
        .iter()
        .any(|extension| name.rsplit('.').next() == Some(extension))
}

/// Sees to it that `path` holds `bytes` compressed at least that hard.
pub fn ensure(path: &Path, file: &str, bytes: &[u8], compression: Compression) -> Result<()> {
    // The file's name holds the hash of its content, so the quality is all there is to remember.
    let stamp = paths::work().join("brotli").join(file.replace('/', "__"));
    let quality = compression.quality();
    let done = fs::read_to_string(&stamp).ok().and_then(|text| text.parse::<i32>().ok()).unwrap_or(0);
    if path.exists() && done >= quality {
        return Ok(());
    }
    let params = BrotliEncoderParams { quality, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params)?;
    super::write_whole(path, &compressed)?;
    fs::create_dir_all(stamp.parent().expect("a stamp lies in a folder"))?;
    fs::write(stamp, quality.to_string())?;
    Ok(())
}
