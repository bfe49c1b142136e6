//! The wasm of the islands: compiled, given its JavaScript glue, made small.
//!
//! The glue is bundled into one module whose default export takes the wasm's URL
//! (`init({module_or_path: url})`), so no file name is written into it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::fingerprint::{self, Inputs};
use crate::prerequisites::{self, WasmCompiler};
use crate::{console, paths, process};

/// What compilers of 2024 and later emit by default and every browser of our list understands.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The two finished files, not yet named by their content.
pub struct Built {
    pub js: PathBuf,
    pub wasm: PathBuf,
}

/// Builds the islands; cheap when nothing changed.
pub fn build() -> Result<Built> {
    let raw = compile()?;
    let dir = paths::work().join("wasm");
    let built = Built { js: dir.join("app.js"), wasm: dir.join("app.wasm") };
    let inputs = Inputs::default()
        .file(&raw)?
        .file(&paths::root().join("package-lock.json"))?
        .text(&WASM_FEATURES.concat())
        .text(include_str!("wasm.rs"));
    fingerprint::unless_unchanged("wasm", inputs, &[built.js.clone(), built.wasm.clone()], || {
        console::step("Making the wasm small (wasm-bindgen, wasm-opt -Oz)");
        let glue = bind(&raw, &dir)?;
        bundle(&glue, &built.js)?;
        optimise(&dir.join("bindgen/app_bg.wasm"), &built.wasm)
    })?;
    Ok(built)
}

fn compile() -> Result<PathBuf> {
    let (mut cargo, whose) = match prerequisites::wasm_compiler()? {
        WasmCompiler::Active => (process::cargo(), "this toolchain"),
        WasmCompiler::Debian => {
            let mut cargo = process::command("/usr/bin/cargo");
            cargo
                .env("RUSTC", "/usr/bin/rustc")
                // Building std is an unstable flag; the sources are the compiler's own.
                .env("RUSTC_BOOTSTRAP", "1")
                .env_remove("RUSTUP_TOOLCHAIN");
            (cargo, "Debian's rustc; its std is built once, about a minute")
        }
    };
    // With type-erased views (`.cargo/config.toml`) as the server is: 101 KB brotli, 108 KB without.
    cargo.arg("build");
    if whose != "this toolchain" {
        cargo.arg("-Zbuild-std=std,panic_abort");
    }
    console::step(format_args!("Compiling the islands to wasm ({whose})"));
    let target = paths::wasm_target();
    cargo
        .args([
            "--locked",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            "wasm",
            "--package",
            "frontend",
        ])
        .arg("--target-dir")
        .arg(&target);
    process::run(&mut cargo, "the wasm build of frontend", "see the compiler's message above")?;
    Ok(target.join("wasm32-unknown-unknown/wasm/frontend.wasm"))
}

fn bind(raw: &Path, dir: &Path) -> Result<PathBuf> {
    let out = dir.join("bindgen");
    let _ = fs::remove_dir_all(&out);
    Bindgen::new()
        .input_path(raw)
        .web(true)?
        .out_name("app")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .generate(&out)
        .context("wasm-bindgen could not read the wasm; its version in xtask/Cargo.toml must equal the one in Cargo.lock")?;
    Ok(out.join("app.js"))
}

fn bundle(glue: &Path, js: &Path) -> Result<()> {
    let mut esbuild = esbuild();
    esbuild.arg(glue).args([
        "--bundle",
        "--minify",
        "--format=esm",
        "--target=es2022",
        "--log-level=warning",
    ]);
    esbuild.arg(format!("--outfile={}", js.display()));
    process::run(&mut esbuild, "esbuild of the wasm glue", "see its message above")
}

fn optimise(from: &Path, to: &Path) -> Result<()> {
    let mut wasm_opt = process::command(paths::root().join("node_modules/.bin/wasm-opt"));
    wasm_opt.arg("-Oz").args(WASM_FEATURES).arg(from).arg("-o").arg(to);
    process::run_quietly(
        &mut wasm_opt,
        "wasm-opt",
        "delete node_modules and run again",
        Duration::from_secs(600),
    )
}

/// esbuild from the root's node_modules.
pub fn esbuild() -> std::process::Command {
    process::command(paths::root().join("node_modules/.bin/esbuild"))
}
