//! What keys promise, on both engines.

mod made;
mod portal;
mod refused;
pub mod support;
