//! The site's own files: built by xtask, named by their content, kept in memory.
//!
//! Release builds carry them (feature `embed`); others read `target/site` once at start-up.

use std::collections::HashMap;

use app::assets::Assets;
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::problem::Code;
use serde::Deserialize;

use super::Portal;
use crate::http::problem::ApiError;

#[cfg(feature = "embed")]
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/site.rs"));
}

/// The files, and where pages find them.
#[derive(Debug, Default)]
pub struct Site {
    pub assets: Assets,
    files: HashMap<String, File>,
}

#[derive(Debug)]
struct File {
    content_type: HeaderValue,
    plain: Bytes,
    /// The same, brotli-compressed.
    brotli: Option<Bytes>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    content_type: String,
    #[serde(default)]
    br: bool,
}

impl Site {
    /// Reads the manifest and its files. Without a built site, pages are plain HTML.
    pub fn load() -> Self {
        Self::from_manifest().unwrap_or_else(|reason| {
            tracing::warn!(%reason, "the site is not built: pages have no styles or scripts");
            Self::default()
        })
    }

    fn from_manifest() -> Result<Self, String> {
        let manifest = read("manifest.json").ok_or("manifest.json is missing")?;
        let manifest = std::str::from_utf8(&manifest).map_err(|error| error.to_string())?;
        let entries: HashMap<String, Entry> =
            serde_json::from_str(manifest).map_err(|error| error.to_string())?;
        let assets = Assets::from_manifest(manifest).map_err(|error| error.to_string())?;
        let mut files = HashMap::new();
        for entry in entries.into_values() {
            let plain = read(&entry.file).ok_or_else(|| format!("{} is missing", entry.file))?;
            let brotli = if entry.br { read(&format!("{}.br", entry.file)) } else { None };
            let content_type =
                HeaderValue::from_str(&entry.content_type).map_err(|error| error.to_string())?;
            files.insert(entry.file, File { content_type, plain, brotli });
        }
        Ok(Self { assets, files })
    }
}

#[cfg(feature = "embed")]
fn read(name: &str) -> Option<Bytes> {
    embedded::FILES.iter().find(|(file, _)| *file == name).map(|(_, bytes)| Bytes::from_static(bytes))
}

#[cfg(not(feature = "embed"))]
fn read(name: &str) -> Option<Bytes> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site");
    std::fs::read(folder.join(name)).ok().map(Bytes::from)
}

/// A file by its hashed name: it never changes, so it may be kept for ever.
pub async fn serve(
    State(portal): State<Portal>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = portal.site.files.get(&name).ok_or_else(|| ApiError::new(Code::NotFound))?;
    let accepts_brotli = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.trim().split(';').next() == Some("br") && !coding.contains("q=0"));
    let common = [
        (header::CONTENT_TYPE, file.content_type.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    Ok(match &file.brotli {
        Some(brotli) if accepts_brotli => {
            (common, [(header::CONTENT_ENCODING, "br")], brotli.clone()).into_response()
        }
        _ => (common, file.plain.clone()).into_response(),
    })
}

/// Browsers ask for it unbidden.
pub async fn favicon(State(portal): State<Portal>) -> Redirect {
    Redirect::permanent(&portal.site.assets.url("favicon.svg"))
}

pub async fn robots(State(portal): State<Portal>) -> Redirect {
    Redirect::temporary(&portal.site.assets.url("robots.txt"))
}
