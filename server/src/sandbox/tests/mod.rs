//! What test networks promise, on both engines.

mod clock;
mod doors;
mod journey;
mod network;
mod portal;
mod riders;
pub mod support;
