//! What limits promise, on both engines.

mod access;
mod quota;
mod told;
