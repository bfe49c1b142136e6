//! Identity's promises, through the portal's routes, on both engines.

mod at_rest;
mod members;
mod passwords;
mod sessions;
mod sign_in;
mod sign_up;
pub(crate) mod support;
mod two_step;
