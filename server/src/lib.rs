//! The server of NFC Gate: portal, public API, gate ingest and workers in one process.
//!
//! Order of the modules: what everything stands on, then the concepts, then what serves them.

pub mod app;
pub mod clock;
pub mod config;
pub mod random;
pub mod store;
pub mod vault;

pub mod realms;

pub mod audit;
pub mod mail;

pub mod fares;
pub mod gates;
pub mod stations;
pub mod traffic;

pub mod events;
pub mod journeys;
pub mod ledger;

pub mod applications;
pub mod identity;
pub mod installation;
pub mod keys;
pub mod limits;
pub mod oauth;
pub mod partners;
pub mod rider_accounts;
pub mod riders;
pub mod sandbox;
pub mod scoped;
pub mod usage;
pub mod webhooks;

pub mod http;
pub mod portal;

pub mod admin;
pub mod demo;

#[cfg(test)]
pub mod testing;
