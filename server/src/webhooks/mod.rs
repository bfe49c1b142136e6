//! Webhooks: where partners want to be told, what is on its way to them, and what became of it.
//!
//! Owns `webhook_endpoints`, `webhook_messages`, `webhook_deliveries` and `webhook_attempts`, in the
//! store of their environment. An **endpoint** is a partner's URL with what it subscribes to; a
//! **message** is the body of an event as first written, for one audience; a **delivery** is one event
//! on its way to one endpoint; an **attempt** is one HTTP request of it. Programs act with an API key,
//! members in the portal: both doors lead to the same functions.
//!
//! Promise: a delivery is written in the transaction that publishes its event, and stays until it was
//! answered with 2xx, was tried as often as it is, or its endpoint or its rider's consent has gone. A
//! secret is told once, when it is made; it lies sealed in the store and is in no list, log or audit
//! row. Endpoints and deliveries of others answer as if they did not exist.

mod acting;
mod catalogue;
pub mod change;
pub mod client;
pub mod deliveries;
mod delivery_routes;
pub mod dispatch;
pub mod endpoints;
mod error;
mod event_routes;
mod examples;
pub mod feed;
pub mod log;
pub mod manage;
pub mod pages;
pub mod purge;
pub mod queries;
#[cfg(test)]
pub mod receiver;
mod record;
pub mod replay;
pub mod rotate;
mod routes;
mod secrets;
pub mod test_send;
#[cfg(test)]
mod tests;

use axum::{
    Router,
    routing::{get, post},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::{
    acting::Acting,
    catalogue::describe,
    error::WebhookError,
    examples::examples,
    record::{EndpointRecord, breaker_values},
    secrets::{opened, sealed},
};
use crate::{app::App, http::openapi::operation};

/// For programs with an API key.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(operation(routes!(routes::list_webhooks, routes::create_webhook)))
        .routes(operation(routes!(routes::get_webhook, routes::update_webhook, routes::delete_webhook)))
        .routes(operation(routes!(routes::rotate_webhook_secret)))
        .routes(operation(routes!(routes::end_webhook_overlap)))
        .routes(operation(routes!(routes::test_webhook)))
        .routes(operation(routes!(routes::replay_deliveries)))
        .routes(operation(routes!(delivery_routes::list_deliveries)))
        .routes(operation(routes!(delivery_routes::get_delivery)))
        .routes(operation(routes!(delivery_routes::replay_delivery)))
        .routes(operation(routes!(event_routes::list_events)))
        .routes(operation(routes!(event_routes::get_event_catalogue)))
}

/// For members, in the portal: the same.
pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/webhooks", get(routes::list_webhooks).post(routes::create_webhook))
        .route(
            "/webhooks/{id}",
            get(routes::get_webhook).patch(routes::update_webhook).delete(routes::delete_webhook),
        )
        .route("/webhooks/{id}/rotate-secret", post(routes::rotate_webhook_secret))
        .route("/webhooks/{id}/end-overlap", post(routes::end_webhook_overlap))
        .route("/webhooks/{id}/test", post(routes::test_webhook))
        .route("/webhooks/{id}/replay", post(routes::replay_deliveries))
        .route("/webhooks/{id}/deliveries", get(delivery_routes::list_deliveries))
        .route("/webhook-deliveries", get(delivery_routes::list_all))
        .route("/webhook-deliveries/{id}", get(delivery_routes::get_delivery))
        .route("/webhook-deliveries/{id}/replay", post(delivery_routes::replay_delivery))
        .route("/event-catalogue", get(event_routes::get_event_catalogue))
}
