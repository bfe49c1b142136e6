//! Logs: one line per event to standard error, as text or as JSON.
//!
//! Fields are named and never hold credentials, bodies or query strings. Requests that succeed on
//! the public API are logged at `debug`, everything else at `info`, failures of ours at `error`.

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::Config;

/// Starts logging; later calls change nothing.
pub fn start(config: &Config) {
    let (filter, fault) = match EnvFilter::builder().parse(&config.log) {
        Ok(filter) => (filter, None),
        Err(fault) => (EnvFilter::new("info"), Some(fault)),
    };
    let registry = tracing_subscriber::registry().with(filter);
    let started = if config.log_json {
        let lines =
            fmt::layer().json().flatten_event(true).with_current_span(false).with_writer(std::io::stderr);
        registry.with(lines).try_init()
    } else {
        let colours = std::io::stderr().is_terminal();
        registry.with(fmt::layer().compact().with_ansi(colours).with_writer(std::io::stderr)).try_init()
    };
    if started.is_err() {
        tracing::debug!("logging has been started before");
    }
    if let Some(fault) = fault {
        tracing::warn!(%fault, log = config.log, "the log filter can't be read; logging at info");
    }
}
