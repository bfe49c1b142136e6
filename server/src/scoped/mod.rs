//! What an application reads of a rider who allowed it: journeys, profile, balance.
//!
//! Owns the three scoped operations of the public API, no data. The door (`limits::door`) has found
//! the access token good and its scope sufficient before a handler runs.
//!
//! Promise: nothing of a rider leaves that is not in their access log, and nothing leaves once they
//! took their consent back: the log is written in a transaction that looks at the grant again, and
//! the answer goes out after it.

mod list;
pub mod queries;
mod routes;
#[cfg(test)]
mod tests;

pub use self::routes::{examples, routes};
