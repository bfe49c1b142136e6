//! API keys: making, limiting, rotating and revoking them, and the public page for leaked ones.
//!
//! A secret is shown on the page that answers the form, and never again. Which environment and which
//! key is looked at stands in the address, so that everything works without scripts.

mod conditions;
mod create;
mod leaked;
mod manage;
mod page;
mod secret;
mod table;
mod words;

pub use leaked::LeakedKeyPage;
pub use page::KeysPage;
pub use table::KeyTable;
pub use words::{KeyStatusBadge, environment_name};
