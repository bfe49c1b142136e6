//! What the client promises, with receivers on this machine.

mod addresses;
mod answers;
mod names;
pub mod support;
