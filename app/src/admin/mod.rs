//! The operator's pages: reviewing partners, their terms, and the usage of all of them.
//!
//! What an operator may do with a partner comes from the API (`steps`): the page offers nothing else.

mod decide;
mod history;
mod partner;
mod partners;
mod partners_table;
mod usage;

pub use partner::AdminPartnerPage;
pub use partners::AdminPartnersPage;
pub use usage::AdminUsagePage;
