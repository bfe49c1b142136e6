//! Webhooks: events that are accepted and delivered in a second, and how long one takes from its commit
//! to its receipt, on stores of their own (`nfcgate bench-webhooks`).

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Figure;
use crate::postgres::Postgres;
use crate::{console, process, run};

/// On SQLite with two cores; PostgreSQL is measured beside it.
const DELIVERED_PER_S_MIN: f64 = 3_000.0;
const DELAY_P99_MS_MAX: f64 = 150.0;
const BESIDE_BACKLOG_P99_MS_MAX: f64 = 1_000.0;

/// What was measured on one engine.
pub struct Measured {
    engine: &'static str,
    figures: Value,
}

/// Measures on both engines.
pub fn measure(binary: &Path) -> Result<[Measured; 2]> {
    let sqlite = on(binary, "SQLite", None)?;
    let postgres = Postgres::start_durable()?;
    Ok([sqlite, on(binary, "PostgreSQL", Some(&postgres.url))?])
}

fn on(binary: &Path, engine: &'static str, database: Option<&str>) -> Result<Measured> {
    console::step(format_args!("Measuring webhooks on {engine}: floods, a steady rate, beside a backlog"));
    let data = run::fresh_data_folder("bench-webhooks")?;
    let mut command = process::command(binary);
    command.arg("--data-dir").arg(&data).arg("bench-webhooks").env_remove("NFCGATE_DATABASE_URL_FILE");
    match database {
        Some(url) => command.env("NFCGATE_DATABASE_URL", url),
        None => command.env_remove("NFCGATE_DATABASE_URL"),
    };
    let output = command.output().context("nfcgate bench-webhooks could not start")?;
    if !output.status.success() {
        bail!("nfcgate bench-webhooks failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let figures = serde_json::from_slice(&output.stdout).context("nfcgate bench-webhooks printed no JSON")?;
    std::fs::remove_dir_all(&data)?;
    Ok(Measured { engine, figures })
}

impl Measured {
    pub fn figures(&self) -> Vec<Figure> {
        let is_sqlite = self.engine == "SQLite";
        let number = |pointer: &str| self.figures.pointer(pointer).and_then(Value::as_f64).unwrap_or(0.0);
        let mut figures = Vec::new();
        for (what, member) in [("one endpoint", "one_endpoint"), ("20 endpoints", "twenty_endpoints")] {
            let rate = number(&format!("/{member}/delivered_per_s"));
            figures.push(Figure {
                name: format!("webhooks delivered per second to {what}, {}", self.engine),
                shown: format!("{rate:.0}/s"),
                target: if is_sqlite { format!("≥ {DELIVERED_PER_S_MIN}/s") } else { "–".to_owned() },
                kept: !is_sqlite || rate >= DELIVERED_PER_S_MIN,
            });
        }
        for (what, member, max) in [
            ("commit to receipt at 500/s, p99", "paced", DELAY_P99_MS_MAX),
            ("the same beside a backlog of 100,000, p99", "beside_backlog", BESIDE_BACKLOG_P99_MS_MAX),
        ] {
            let delay = number(&format!("/{member}/delay_p99_ms"));
            figures.push(Figure {
                name: format!("{what}, {}", self.engine),
                shown: format!("{delay:.1} ms"),
                target: format!("≤ {max} ms"),
                kept: delay <= max,
            });
        }
        figures
    }

    pub fn to_json(&self) -> &Value {
        &self.figures
    }
}
