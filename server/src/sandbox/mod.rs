//! The sandbox: each partner's own test network, with its clock, riders and taps.
//!
//! Owns the operations on a test network, for programs with a test key and for members in the portal
//! alike. What they act on belongs to others (realms, riders, journeys, ledger, events), always in
//! the partner's own realm: [`Tester`] is made from the credential and is the only way to name one.
//!
//! Promise: nothing of live, and nothing of another partner's network, is read or changed here. One
//! clock moves taps, caps, quotas of test keys and unfinished journeys together. A reset leaves
//! nothing of the network behind, and touches nobody else's.

mod clock;
mod examples;
mod riders;
mod tester;
#[cfg(test)]
mod tests;

use axum::{
    Router,
    routing::{get, post},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::{examples::examples, tester::Tester};
use crate::{app::App, http::openapi::operation};

/// For programs with a test key.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(operation(routes!(clock::get_test_clock, clock::move_test_clock)))
        .routes(operation(routes!(riders::list_test_riders, riders::create_test_rider)))
        .routes(operation(routes!(riders::get_test_rider)))
        .routes(operation(routes!(riders::top_up_test_rider)))
}

/// For members, in the portal.
pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/sandbox/clock", get(clock::get_test_clock).post(clock::move_test_clock))
        .route("/sandbox/riders", get(riders::list_test_riders).post(riders::create_test_rider))
        .route("/sandbox/riders/{id}", get(riders::get_test_rider))
        .route("/sandbox/riders/{id}/top-up", post(riders::top_up_test_rider))
}
