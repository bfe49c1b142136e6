//! What webhooks promise, on both engines.

mod consents;
mod deliveries;
mod endpoints;
mod feed;
mod portal;
mod purge;
mod replay;
mod rotation;
mod subscribers;
pub mod support;
