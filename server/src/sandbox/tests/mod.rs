//! What test networks promise, on both engines.

mod clock;
mod doors;
mod network;
mod portal;
mod riders;
pub mod support;
