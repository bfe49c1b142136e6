//! The vocabulary of NFC Gate: types as they stand on the wire, and pure rules.
//!
//! Nothing here does I/O, reads a clock or draws randomness: instants and random bytes are
//! arguments. The crate builds for the browser too, so that pages and server speak of the same
//! things in the same words.

pub mod ids;
pub mod invalid;
pub mod lang;
pub mod money;
pub mod page;
pub mod problem;
pub mod return_to;
pub mod text;
pub mod time;
pub mod web_address;

mod mac;

pub mod crowding;
pub mod events;
pub mod fares;
pub mod gates;
pub mod journeys;
pub mod ledger;
pub mod media;
pub mod network;
pub mod realm;
pub mod riders;
pub mod scoped;
pub mod traffic;

pub mod applications;
pub mod identity;
pub mod keys;
pub mod limits;
pub mod oauth;
pub mod operations;
pub mod partners;
pub mod rider_accounts;
pub mod sandbox;
pub mod tiers;
pub mod usage;
pub mod webhooks;

pub mod samples;
