//! Stations and lines for partners.
//!
//! Stations and lines are data that is part of the program ([`domain::network`]); the gates at the
//! stations are the copy that [`crate::gates`] holds in memory. So answering waits for no database.

mod routes;
#[cfg(test)]
mod tests;

pub use self::routes::{examples, routes};
