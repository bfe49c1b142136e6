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

pub mod client;
pub mod deliveries;
pub mod dispatch;
pub mod endpoints;
pub mod pages;
pub mod queries;
#[cfg(test)]
pub mod receiver;
mod record;
mod secrets;

pub use self::{
    record::{EndpointRecord, breaker_values},
    secrets::{opened, sealed},
};
