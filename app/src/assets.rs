//! Addresses of the site's own files: logical name → content-hashed URL.
//!
//! xtask writes `manifest.json` beside the files it builds; the server reads it once and provides
//! [`Assets`] in context. A page names a file only by its logical name (`site.css`).

use std::collections::HashMap;
use std::sync::Arc;

use leptos::prelude::use_context;
use serde::Deserialize;

/// Where the site's files are served.
pub const URL_PREFIX: &str = "/assets/";

/// The built files by logical name. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets(Arc<HashMap<String, String>>);

/// One entry of the manifest; further members are for the server.
#[derive(Deserialize)]
struct Entry {
    file: String,
}

impl Assets {
    /// Reads a manifest: `{"site.css": {"file": "site.0a1b2c3d.css"}, …}`.
    ///
    /// # Errors
    /// When the text is not JSON of that form.
    pub fn from_manifest(json: &str) -> Result<Self, serde_json::Error> {
        let entries: HashMap<String, Entry> = serde_json::from_str(json)?;
        let urls = entries.into_iter().map(|(name, entry)| (name, format!("{URL_PREFIX}{}", entry.file)));
        Ok(Self(Arc::new(urls.collect())))
    }

    /// URL of a file; a name that was not built keeps its plain name, so that a missing file shows
    /// as a 404 under the name one would look for.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| format!("{URL_PREFIX}{name}"))
    }

    /// The assets of the page being rendered.
    #[must_use]
    pub fn current() -> Self {
        use_context::<Self>().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_file_is_named_by_its_content_and_another_by_itself() {
        let assets =
            Assets::from_manifest(r#"{"site.css": {"file": "site.0a1b.css", "bytes": 12}}"#).unwrap();
        assert_eq!(assets.url("site.css"), "/assets/site.0a1b.css");
        assert_eq!(assets.url("app.js"), "/assets/app.js");
    }
}
