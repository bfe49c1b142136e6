//! `/health/live`: the process answers. `/health/ready`: both stores answer too, so traffic may come.

use axum::{Router, extract::State, routing::get};
use domain::problem::Code;
use serde::Serialize;

use super::{
    json::Json,
    metrics,
    problem::{ApiError, ApiResult},
    queries::PROBE,
};
use crate::app::App;

/// What a probe is told.
#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    /// Engine of the stores.
    store: &'static str,
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics::show_with_token))
}

async fn live(State(app): State<App>) -> Json<Health> {
    Json(health(&app, "live"))
}

async fn ready(State(app): State<App>) -> ApiResult<Json<Health>> {
    if app.shutdown.is_cancelled() {
        // Balancers should send nothing more while requests in flight are finished.
        return Err(ApiError::new(Code::Unavailable).retry_after_s(5));
    }
    for store in [&app.live, &app.sandbox] {
        store
            .row(&PROBE, &[])
            .await
            .map_err(|error| ApiError::new(Code::Unavailable).retry_after_s(2).because(error))?;
    }
    Ok(Json(health(&app, "ready")))
}

fn health(app: &App, status: &'static str) -> Health {
    Health { status, version: env!("CARGO_PKG_VERSION"), store: app.live.engine_name() }
}
