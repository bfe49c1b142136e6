//! Logs: one line per event to standard error, as text or as JSON.
//!
//! Fields are named and never hold credentials, bodies or query strings. `NFCGATE_LOG` (as
//! tracing's filters are written, `server=debug`) overrides the default level.

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::Config;

/// Environment variable with the filter.
const VARIABLE: &str = "NFCGATE_LOG";
/// What is logged unless asked otherwise. sqlx tells of slow statements by itself.
const DEFAULT: &str = "info,sqlx=warn,hyper=warn,leptos=warn";

/// Starts logging; later calls change nothing.
pub fn start(config: &Config) {
    let filter = EnvFilter::builder()
        .with_env_var(VARIABLE)
        .try_from_env()
        .unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let registry = tracing_subscriber::registry().with(filter);
    let started = if config.log_json {
        let lines = fmt::layer().json().flatten_event(true).with_current_span(false).with_writer(std::io::stderr);
        registry.with(lines).try_init()
    } else {
        registry.with(fmt::layer().compact().with_writer(std::io::stderr)).try_init()
    };
    if started.is_err() {
        tracing::debug!("logging has been started before");
    }
}
