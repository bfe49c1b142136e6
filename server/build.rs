//! Compiles the migrations in, and, with feature `embed`, the built site.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
    if env::var_os("CARGO_FEATURE_EMBED").is_some() {
        embed_site();
    }
}

/// Writes `site.rs`: every file of the built site with its bytes.
fn embed_site() {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../target/site");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut names = Vec::new();
    list(&folder, &folder, &mut names);
    names.sort();
    let mut code = "pub static FILES: &[(&str, &[u8])] = &[\n".to_owned();
    for name in names {
        let path = folder.join(&name).canonicalize().expect("it was just listed");
        writeln!(code, "    ({name:?}, include_bytes!({:?})),", path.display().to_string())
            .expect("a string grows");
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it")).join("site.rs");
    fs::write(&out, code).expect("OUT_DIR can be written");
}

/// Files below `folder`, named from `root`.
fn list(root: &Path, folder: &Path, names: &mut Vec<String>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!("{}: {error}; build the site first with `cargo xtask build`", folder.display())
    });
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            list(root, &path, names);
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            names.push(name.to_owned());
        }
    }
}
