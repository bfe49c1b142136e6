//! The promises of riders' accounts, through the portal's routes, on both engines.

mod accounts;
mod authorize;
mod consent;
mod passwords;
pub(crate) mod support;
