//! The page of a partner's test network: its clock, riders, taps and what came of them.
//!
//! All of it works by plain forms; what they ask for is the same that a program with a test key can.

mod activity;
mod clock;
mod journey;
mod page;
mod riders;
mod tap;
pub mod words;

pub use activity::Journeys;
pub use page::SandboxPage;
