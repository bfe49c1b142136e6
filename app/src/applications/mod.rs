//! A partner's OAuth applications: all of them, registering one, looking after one.

mod detail;
mod fields;
mod logo;
mod new;
mod page;
mod secrets;
mod words;

pub use self::{
    detail::{ApplicationPage, RegistrationFacts},
    new::NewApplicationPage,
    page::ApplicationsPage,
    words::{ApplicationStatusBadge, client_type_name, scope_card},
};
