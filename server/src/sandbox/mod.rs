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
mod grounds;
mod journey;
mod overview;
mod peak;
mod reset;
mod riders;
mod taps;
mod tester;
#[cfg(test)]
mod tests;
mod views;

use axum::{
    Router,
    routing::{get, post},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::{examples::examples, grounds::TestingGrounds, tester::Tester};
use crate::{app::App, http::openapi::operation};

/// For programs with a test key.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(operation(routes!(taps::send_test_taps)))
        .routes(operation(routes!(clock::get_test_clock, clock::move_test_clock)))
        .routes(operation(routes!(riders::list_test_riders, riders::create_test_rider)))
        .routes(operation(routes!(riders::get_test_rider)))
        .routes(operation(routes!(riders::link_test_medium)))
        .routes(operation(routes!(riders::top_up_test_rider)))
        .routes(operation(routes!(riders::set_test_user_type)))
        .routes(operation(routes!(views::list_test_journeys)))
        .routes(operation(routes!(views::list_test_transfers)))
        .routes(operation(routes!(views::list_test_events)))
        .routes(operation(routes!(peak::get_test_peak, peak::run_test_peak)))
        .routes(operation(routes!(reset::reset_sandbox)))
}

/// For members, in the portal: the same, and what its forms need.
pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/sandbox", get(overview::get_sandbox))
        .route("/sandbox/tap", post(taps::send_one))
        .route("/sandbox/taps", post(taps::send_test_taps))
        .route("/sandbox/journey", post(journey::send_journey))
        .route("/sandbox/clock", get(clock::get_test_clock).post(clock::move_test_clock))
        .route("/sandbox/riders", get(riders::list_test_riders).post(riders::create_with_card))
        .route("/sandbox/riders/{id}", get(riders::get_test_rider))
        .route("/sandbox/riders/{id}/media", post(riders::link_test_medium))
        .route("/sandbox/riders/{id}/top-up", post(riders::top_up_test_rider))
        .route("/sandbox/riders/{id}/user-type", post(riders::set_test_user_type))
        .route("/sandbox/journeys", get(views::list_test_journeys))
        .route("/sandbox/ledger", get(views::list_test_transfers))
        .route("/sandbox/events", get(views::list_test_events))
        .route("/sandbox/peak", get(peak::get_test_peak).post(peak::run_test_peak))
        .route("/sandbox/reset", post(reset::reset_sandbox))
}
