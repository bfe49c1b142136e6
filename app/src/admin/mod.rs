//! The operator's pages: reviewing partners, their terms, and the usage of all of them; gates and what
//! they tell.
//!
//! What an operator may do with a partner comes from the API (`steps`): the page offers nothing else.

mod application;
mod applications;
mod decide;
mod events;
mod fraud;
mod gate;
mod gate_forms;
mod gate_words;
mod gates;
mod history;
mod partner;
mod partners;
mod partners_table;
mod rider;
mod riders;
mod usage;

pub use application::AdminApplicationPage;
pub use applications::AdminApplicationsPage;
pub use events::AdminEventsPage;
pub use fraud::AdminFraudPage;
pub use gate::AdminGatePage;
pub use gates::AdminGatesPage;
pub use partner::AdminPartnerPage;
pub use partners::AdminPartnersPage;
pub use rider::AdminRiderPage;
pub use riders::AdminRidersPage;
pub use usage::AdminUsagePage;
