//! What dispatching promises, on both engines, with receivers on this machine.

mod applications;
mod bad;
mod health;
mod schedule;
mod seen;
mod sent;
mod several;
pub mod support;
