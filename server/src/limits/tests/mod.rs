//! What limits promise, on both engines.

mod access;
mod quota;
mod test_clock;
mod told;
