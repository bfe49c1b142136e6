//! A rider's account: wallet and caps, cards, journeys, the applications that were allowed something
//! and what they read, and the rider's data to take along or to have deleted.
//!
//! Every act is a plain form of its own card and comes back to it. The first page stands at
//! `/account`, unless a member is signed in too: then that is theirs, and the rider's is at
//! `/account/rider`.

mod accesses;
mod applications;
mod data;
mod delete;
mod journeys;
mod overview;
mod wallet;
mod words;

pub use accesses::RiderAccessesPage;
pub use applications::RiderApplicationsPage;
pub use data::RiderDataPage;
pub use delete::RiderDeletedPage;
pub use journeys::RiderJourneysPage;
pub use overview::{RiderOverviewPage, WhoseAccountPage};
