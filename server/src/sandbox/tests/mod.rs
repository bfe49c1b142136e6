//! What test networks promise, on both engines.

mod clock;
mod doors;
mod riders;
pub mod support;
