//! What a browser transfers before a page stands: HTML, styles, scripts, fonts, as they are sent.
//!
//! The wasm is not part of it: it is loaded on intent. Icons neither: browsers fetch them last.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::http;

/// Transfer sizes (head and body) by URL.
pub struct FirstLoad {
    pub files: Vec<(String, u64)>,
    pub total_bytes: u64,
}

impl FirstLoad {
    pub fn files_json(&self) -> Value {
        self.files.iter().map(|(url, bytes)| json!({"url": url, "bytes": bytes})).collect()
    }
}

/// Fetches the page and everything its HTML and styles ask for at once.
pub fn measure(address: SocketAddr, page: &str) -> Result<FirstLoad> {
    let html = http::get(address, page, &[("Accept-Encoding", "br, gzip"), ("Accept", "text/html")])?;
    if html.status != 200 {
        bail!("GET {page} answered {}", html.status);
    }
    let mut files = vec![(page.to_owned(), html.wire_bytes)];
    // Sizes count as sent; the addresses are read from an answer without compression.
    let readable = http::get(address, page, &[("Accept", "text/html")])?;
    let mut urls = resources(&String::from_utf8_lossy(&readable.body));
    for style in urls.clone().iter().filter(|url| url.ends_with(".css")) {
        let css = http::get(address, style, &[])?;
        urls.extend(fonts(style, &String::from_utf8_lossy(&css.body)));
    }
    for url in urls {
        let response = http::get(address, &url, &[("Accept-Encoding", "br, gzip")])?;
        if response.status != 200 {
            bail!("GET {url}, which {page} asks for, answered {}", response.status);
        }
        files.push((url, response.wire_bytes));
    }
    let total_bytes = files.iter().map(|(_, bytes)| bytes).sum();
    Ok(FirstLoad { files, total_bytes })
}

/// Addresses in `<script src>` and in `<link>`s that load at once.
fn resources(html: &str) -> BTreeSet<String> {
    let mut urls = BTreeSet::new();
    for tag in html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
        let url = if tag.starts_with("script") {
            attribute(tag, "src")
        } else if tag.starts_with("link") {
            let loads = ["stylesheet", "preload", "modulepreload"];
            attribute(tag, "rel").filter(|rel| loads.contains(rel)).and_then(|_| attribute(tag, "href"))
        } else {
            None
        };
        // Only our own files can be asked for; another host would be an error elsewhere (CSP test).
        if let Some(url) = url.filter(|url| url.starts_with('/') && !url.ends_with(".wasm")) {
            urls.insert(url.to_owned());
        }
    }
    urls
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let rest = &tag[start..];
    Some(&rest[..rest.find('"')?])
}

fn fonts(style: &str, css: &str) -> Vec<String> {
    let folder = &style[..=style.rfind('/').unwrap_or_default()];
    css.split("url(")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|address| address.trim_matches(['"', '\'']))
        .filter(|address| address.ends_with(".woff2"))
        .map(
            |address| {
                if address.starts_with('/') { address.to_owned() } else { format!("{folder}{address}") }
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_loads_at_once_counts() {
        let html = r#"<link rel="stylesheet" href="/assets/site.css"><link rel="icon" href="/favicon.svg">
            <script type="module" nonce="x" src="/assets/site.js"></script>
            <link rel="preload" as="font" href="/assets/sans.woff2"><link rel="preload" href="/assets/app.wasm">"#;
        let expected = ["/assets/sans.woff2", "/assets/site.css", "/assets/site.js"];
        assert_eq!(resources(html), expected.map(str::to_owned).into());
    }

    #[test]
    fn a_font_lies_beside_its_style_sheet() {
        assert_eq!(fonts("/assets/site.css", "a{src:url(fonts/s.woff2)}"), ["/assets/fonts/s.woff2"]);
    }
}
