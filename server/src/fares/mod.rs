//! Fares for partners: what a journey costs, by the tariffs of [`domain::fares`].
//!
//! Nothing is stored here: network, distances and tariffs are in memory.

mod routes;
#[cfg(test)]
mod tests;

pub use self::routes::{examples, routes};
