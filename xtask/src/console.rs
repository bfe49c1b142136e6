//! What xtask says: one line for each step, and the closing sentence of a failure.

use std::fmt::Display;
use std::io::IsTerminal;

/// Announces a step that begins now.
pub fn step(text: impl Display) {
    if std::io::stderr().is_terminal() {
        eprintln!("\x1b[1;36m▸\x1b[0m {text}");
    } else {
        eprintln!("▸ {text}");
    }
}

/// Adds a detail to the step above it.
pub fn note(text: impl Display) {
    eprintln!("  {text}");
}

/// Prints the error and its causes, most specific last.
pub fn failure(error: &anyhow::Error) {
    eprintln!("\n✗ {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}

/// A size for people, in the units of the budgets (1 KB = 1,000 bytes).
pub fn size(bytes: u64) -> String {
    let (unit, name) = if bytes < 1_000_000 { (1_000, "KB") } else { (1_000_000, "MB") };
    format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
}
