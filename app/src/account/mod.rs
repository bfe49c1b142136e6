//! The account page: the person, their ways in, their organisation and its members.
//!
//! Everything that can be done here is a plain form of its own card. A form returns to its card (the
//! action carries the card's anchor, and browsers keep it over the redirect), so what came of it is
//! told where it was done.

mod members;
mod organisation;
mod page;
mod password;
mod profile;
mod sessions;
mod standing;
mod two_step;
mod words;

pub use page::AccountPage;
pub use standing::PartnerStanding;
pub use words::{StatusBadge, role_choices, role_name, status_name};
