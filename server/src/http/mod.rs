//! HTTP: how requests come in, what every answer has in common, and which routes there are.
//!
//! A request passes [`accept`] (connections, time limits, draining), then the router, then [`edge`]
//! (request id, language, client address, problem details, headers, log, metrics), then the layers
//! of its surface (limits on the public API; CSRF and idempotency where cookies are), then its
//! handler. Concepts know HTTP only through the extractors and errors of this folder.

mod accept;
pub mod arrival;
pub mod client_ip;
pub mod cookie;
mod cors;
mod csrf;
pub mod edge;
mod headers;
mod health;
pub mod idempotency;
pub mod json;
pub mod language;
pub mod metrics;
pub mod openapi;
pub mod problem;
pub mod queries;
pub mod query;
mod refusal;
mod surface;
mod tap;
pub mod telemetry;
#[cfg(test)]
mod tests;
mod wire;

use axum::{
    Extension, Router,
    middleware::from_fn_with_state,
    routing::{any, get},
};
use domain::{gates::MESSAGE_BYTES_MAX, operations::BASE, problem::Code};
use tower::layer::util::Stack;
use tower_http::compression::{
    CompressionLayer,
    predicate::{NotForContentType, Predicate, SizeAbove},
};
use utoipa_axum::router::OpenApiRouter;

pub use self::accept::serve;
use self::{edge::EdgeLayer, idempotency::Idempotency, problem::ApiError};
use crate::{
    admin, app::App, applications, audit, demo, events, fares, gates, identity, journeys, keys, limits,
    oauth, partners, portal, rider_accounts, riders, sandbox, scoped, stations, traffic, usage, webhooks,
};

/// Where the portal's own JSON API begins.
pub const PORTAL_API: &str = "/portal-api/v1";

/// Takes what no other route of a surface takes, so that it passes the surface's layers too.
const ANY_OTHER: &str = "/{*rest}";

/// Below that, compression costs more than it saves.
const COMPRESSED_BYTES_MIN: u64 = 1024;

/// The whole product.
pub fn router(app: App) -> Router {
    metrics::collector();
    let edge = EdgeLayer::new(app.clone());
    let api = api(&app, &edge);
    // Pages reach the API in process, through the edge as any client would.
    let portal = portal::router(app.clone(), api.clone());
    api.merge(portal.layer(csrf::layer(&app)).layer(compression()).layer(edge))
}

/// The JSON surfaces, each route with the edge around it.
fn api(app: &App, edge: &EdgeLayer) -> Router {
    let mut api = Router::new()
        .merge(portal_api(app))
        .merge(gates::routes())
        .merge(oauth::routes())
        .merge(health::routes());
    if app.config.is_demo() {
        api = api.merge(demo::routes());
    }
    // An address that only looks like an API's is refused as one, not with a page.
    for surface in ["/open-api", "/portal-api", "/gate", "/oauth", "/health", "/internal"] {
        api = api.route(surface, any(not_found)).route(&format!("{surface}{ANY_OTHER}"), any(not_found));
    }
    api.layer(edge.clone()).merge(public_api(app, edge)).with_state(app.clone())
}

/// Operations of the public API, with their paths below [`BASE`] and their descriptions. `once` is put
/// around those that change something: a read should not pay for what only a POST needs.
fn operations(once: impl FnOnce(OpenApiRouter<App>) -> OpenApiRouter<App>) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(stations::routes().layer(compression()))
        .merge(fares::routes())
        .merge(traffic::routes().layer(compression()))
        .merge(limits::routes())
        .merge(scoped::routes())
        .merge(once(sandbox::routes().merge(webhooks::routes())))
}

fn public_api(app: &App, edge: &EdgeLayer) -> Router<App> {
    let once = Idempotency::new(app.clone()).with_bodies_up_to(MESSAGE_BYTES_MAX);
    let honour = from_fn_with_state(once, idempotency::honour);
    let (routes, _) = operations(|routes| routes.layer(honour)).split_for_parts();
    let other = format!("{BASE}{ANY_OTHER}");
    // Both in one layer: between two, a router puts a box and a clone of all that is inside.
    let door = Stack::new(limits::layer(app), edge.clone());
    let routes = routes.route(&other, any(not_found)).layer(door);
    // The description of the API is no call of it: nobody's quota is used.
    let description = Router::new()
        .route(openapi::PATH, get(openapi::show))
        .layer(compression())
        .layer(Extension(openapi::Written::default()))
        .layer(edge.clone());
    routes.merge(description)
}

fn portal_api(app: &App) -> Router<App> {
    let routes = Router::new()
        .merge(identity::portal_routes())
        .merge(partners::portal_routes())
        .merge(keys::portal_routes())
        .merge(applications::portal_routes())
        .merge(usage::portal_routes())
        .merge(traffic::portal_routes())
        .merge(audit::portal_routes())
        .merge(admin::portal_routes())
        .merge(sandbox::portal_routes())
        .merge(riders::portal_routes())
        .merge(rider_accounts::portal_routes())
        .merge(gates::portal_routes())
        .merge(events::portal_routes())
        .merge(journeys::portal_routes())
        .merge(webhooks::pages::routes())
        .merge(webhooks::portal_routes())
        .route(ANY_OTHER, any(not_found));
    let honour = from_fn_with_state(Idempotency::new(app.clone()), idempotency::honour);
    Router::new().nest(PORTAL_API, routes.layer(honour).layer(csrf::layer(app)).layer(compression()))
}

async fn not_found() -> ApiError {
    ApiError::new(Code::NotFound)
}

/// gzip or brotli for text worth it. Images, fonts and wasm are compressed by nature or in advance.
fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(COMPRESSED_BYTES_MIN)
        .and(NotForContentType::IMAGES)
        // A stream must not wait for more to compress.
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("font/"))
        .and(NotForContentType::const_new("application/wasm"));
    CompressionLayer::new().compress_when(worth_it)
}
