//! The site pipeline: from sources to `target/site/`, hashed, compressed, listed in a manifest.
//!
//! Logical names: `site.js`, `charts.js`, `site.css`, `app.js`, `app.wasm`, and every file of
//! `public/` under its relative path. Each output is named by its content, so browsers may keep it
//! for ever; the server learns the names from `manifest.json`, which is written last.

mod compress;
mod style;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::fingerprint::{self, Inputs, files_below, short_hash};
use crate::{console, paths, prerequisites, process, wasm};

pub use compress::Compression;

/// Scripts of the site: logical name and source.
const SCRIPTS: [(&str, &str); 2] =
    [("site.js", "app/scripts/site.js"), ("charts.js", "app/scripts/charts.js")];
const STYLE: &str = "style/main.css";

/// Files by logical name.
#[derive(Default)]
struct Site {
    files: BTreeMap<String, Output>,
}

struct Output {
    /// Path below the site folder and in URLs.
    file: String,
    bytes: Vec<u8>,
}

impl Site {
    fn add(&mut self, name: &str, bytes: Vec<u8>) {
        let file = hashed_name(name, &short_hash(&bytes));
        self.files.insert(name.to_owned(), Output { file, bytes });
    }
}

/// Builds what changed and returns the site folder.
pub fn build(compression: Compression) -> Result<PathBuf> {
    prerequisites::site_tools()?;
    let islands = wasm::build()?;
    let scripts = scripts()?;
    let css = bundled_style()?;

    let mut site = Site::default();
    let public = paths::root().join("public");
    for path in files_below(&public)? {
        let name =
            path.strip_prefix(&public).expect("listed below public").to_string_lossy().replace('\\', "/");
        site.add(&name, read(&path)?);
    }
    site.add("app.js", read(&islands.js)?);
    site.add("app.wasm", read(&islands.wasm)?);
    for (name, path) in scripts {
        site.add(name, read(&path)?);
    }
    let hashed = |name: &str| site.files.get(name).map(|output| output.file.clone());
    let css = style::with_hashed_urls(&fs::read_to_string(&css)?, hashed)?;
    site.add("site.css", css.into_bytes());

    write(&site, compression)
}

fn scripts() -> Result<Vec<(&'static str, PathBuf)>> {
    let sources = paths::root().join("app/scripts");
    let outputs: Vec<_> =
        SCRIPTS.iter().map(|(name, _)| (*name, paths::work().join("scripts").join(name))).collect();
    let inputs = Inputs::default().dir(&sources)?.file(&paths::root().join("package-lock.json"))?;
    let files: Vec<PathBuf> = outputs.iter().map(|(_, path)| path.clone()).collect();
    fingerprint::unless_unchanged("scripts", inputs, &files, || {
        console::step("Bundling the scripts");
        for ((_, source), (_, output)) in SCRIPTS.iter().zip(&outputs) {
            let arguments =
                ["--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none"];
            esbuild(source, output, &arguments)?;
        }
        Ok(())
    })?;
    Ok(outputs)
}

fn bundled_style() -> Result<PathBuf> {
    let output = paths::work().join("site.css");
    let inputs = Inputs::default()
        .dir(&paths::root().join("style"))?
        .file(&paths::root().join("package-lock.json"))?;
    fingerprint::unless_unchanged("style", inputs, std::slice::from_ref(&output), || {
        console::step("Bundling the style");
        // Fonts and pictures keep the address written in the source; it is mapped to the hashed one later.
        let arguments = [
            "--bundle",
            "--minify",
            "--target=chrome120,firefox121,safari17",
            "--external:*.woff2",
            "--external:*.svg",
            "--external:*.png",
        ];
        esbuild(STYLE, &output, &arguments)
    })?;
    Ok(output)
}

fn esbuild(source: &str, output: &Path, arguments: &[&str]) -> Result<()> {
    if !paths::root().join(source).is_file() {
        bail!("{source} is missing; restore it from the repository");
    }
    let mut esbuild = wasm::esbuild();
    esbuild
        .arg(source)
        .args(arguments)
        .arg("--log-level=warning")
        .arg(format!("--outfile={}", output.display()));
    process::run(&mut esbuild, &format!("esbuild of {source}"), "see its message above")
}

fn write(site: &Site, compression: Compression) -> Result<PathBuf> {
    let dir = paths::site();
    fs::create_dir_all(&dir)?;
    let mut manifest = BTreeMap::new();
    let mut keep = vec![dir.join("manifest.json")];
    for (name, output) in &site.files {
        let path = dir.join(&output.file);
        keep.push(path.clone());
        if !path.exists() {
            write_whole(&path, &output.bytes)?;
        }
        let content_type = content_type(name)?;
        let br = compress::is_worth_it(name);
        if br {
            let compressed = dir.join(format!("{}.br", output.file));
            compress::ensure(&compressed, &output.file, &output.bytes, compression)?;
            keep.push(compressed);
        }
        manifest.insert(name, json!({ "file": output.file, "content_type": content_type, "br": br }));
    }
    remove_others(&dir, &keep)?;
    let manifest = serde_json::to_string_pretty(&json!(manifest))?;
    let path = dir.join("manifest.json");
    // A release that embeds the site is built anew whenever a file of it is written.
    if fs::read(&path).ok().as_deref() != Some(manifest.as_bytes()) {
        write_whole(&path, manifest.as_bytes())?;
    }
    Ok(dir)
}

/// Compressed size of one logical file of the built site.
pub fn compressed_size(name: &str) -> Result<u64> {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(paths::site().join("manifest.json"))?)?;
    let file =
        manifest[name]["file"].as_str().with_context(|| format!("{name} is not in the site's manifest"))?;
    Ok(fs::metadata(paths::site().join(format!("{file}.br")))?.len())
}

fn remove_others(dir: &Path, keep: &[PathBuf]) -> Result<()> {
    for path in files_below(dir)? {
        if !keep.contains(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Writes beside and renames, so that a running server never reads half a file.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(path.parent().expect("a site file lies in the site folder"))?;
    let partial = path.with_extension("partial");
    fs::write(&partial, bytes)?;
    fs::rename(partial, path)?;
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// `fonts/sans.woff2` → `fonts/sans.<hash>.woff2`.
fn hashed_name(name: &str, hash: &str) -> String {
    let (folder, base) = name.rsplit_once('/').map_or(("", name), |(folder, base)| (folder, base));
    let slash = if folder.is_empty() { "" } else { "/" };
    match base.rsplit_once('.') {
        Some((stem, extension)) => format!("{folder}{slash}{stem}.{hash}.{extension}"),
        None => format!("{folder}{slash}{base}.{hash}"),
    }
}

fn content_type(name: &str) -> Result<&'static str> {
    Ok(match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        _ => {
            bail!("public/{name} has an extension without a known content type; add it in xtask/src/site.rs")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_stands_before_the_extension() {
        assert_eq!(hashed_name("fonts/sans.woff2", "0a1b"), "fonts/sans.0a1b.woff2");
        assert_eq!(hashed_name("app.wasm", "0a1b"), "app.0a1b.wasm");
        assert_eq!(hashed_name("fonts/LICENSE", "0a1b"), "fonts/LICENSE.0a1b");
    }
}
