//! A partner's own calls: today's, what is left of the quota, the last days, each endpoint.
//!
//! The pieces that the operator's statistics show too (chart, tables, cards) are public here.

mod cards;
mod chart;
mod operations;
#[cfg(feature = "ssr")]
mod options;
mod page;

pub use cards::{QuotaMeter, millis_or_dash, percent_or_dash, rest_or_dash};
pub use chart::{Chart, DailyChart};
pub use operations::OperationTable;
pub use page::UsagePage;
