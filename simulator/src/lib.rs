//! Riders of the network and the gates they tap at: the stand-in for a real network.
//!
//! Owns a demand model that needs no server ([`Population`]: who rides; [`Population::day`]: the taps
//! of a day), the messages that gates make of it, faults included ([`Plan`]), and a client that sends
//! them over the signed gate interface ([`client`]). Knows nothing of the server but that interface.
//!
//! Who uses it: `nfcgate simulate`, the demo, a partner's sandbox ("run a morning peak here"), the
//! bench and the rehearsal of crashes.
//!
//! **Promise.** The same network, riders, seed and day give the same taps, order and bytes; what was
//! acknowledged is in the journal, so a run that was cut off goes on where it was, and what is sent
//! twice is a duplicate.
//!
//! **What is modelled.** Published are the stations' daily taps (some; see `data/SOURCES.md`), the
//! boarding curve and the weekend's share. Everything about single riders is modelled: see
//! `docs/simulator.md`. Figures made with it must say so.

mod chance;
pub mod client;
mod day;
mod demand;
mod fraud;
mod plan;
mod population;
mod signing;

#[cfg(test)]
mod tests;

pub use self::{
    day::PlannedTap,
    plan::{Faults, Message, Pace, Plan, Silence, clock_text},
    population::{GateNo, GatePost, Habit, Population, Rider},
    signing::{Secrets, SecretsError, signature},
};
