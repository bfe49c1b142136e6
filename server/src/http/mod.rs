//! HTTP: how requests come in, what every answer has in common, and which routes there are.
//!
//! A request passes [`accept`] (connections, time limits, draining), then the router, then [`edge`]
//! (request id, language, client address, problem details, headers, log, metrics), then the layers
//! of its surface (CORS, limits, CSRF, idempotency), then its handler. Concepts know HTTP only
//! through the extractors and errors of this folder.

pub mod client_ip;
pub mod cookie;
pub mod json;
pub mod language;
pub mod problem;
pub mod query;

use axum::Router;

use crate::app::App;

/// Where the portal's own JSON API begins.
pub const PORTAL_API: &str = "/portal-api/v1";

/// The whole product.
#[must_use]
pub fn router(app: App) -> Router {
    Router::new().with_state(app)
}
