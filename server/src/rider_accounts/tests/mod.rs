//! The promises of riders' accounts, through the portal's routes, on both engines.

mod accounts;
mod authorize;
mod connected;
mod consent;
mod deletion;
mod export;
mod pages;
mod passwords;
mod return_to;
pub(crate) mod support;
