//! Usage: metered calls, as pages show them.
//!
//! * **calls**: answers given to callers who were let in. What the door refused (401, 403, 429) is
//!   counted apart as **refused**, and uses no quota; asking for one's own limits costs nothing and
//!   stands in no total.
//! * **success rate**: the share of calls whose answer is not a fault of ours, that is, not 5xx. A 404
//!   or a 422 is a true answer.
//! * **percentiles** come from merged histograms of single calls (1 % precision), never from averages
//!   of percentiles.
//! * **days** are those of Jakarta.

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

use crate::{ids::PartnerId, keys::Environment, partners::PartnerStatus, tiers::Tier};

/// Days that usage pages look back on, today included.
pub const DAYS_DEFAULT: u32 = 30;
/// Days that can be asked for at most.
pub const DAYS_MAX: u32 = 92;

/// `GET usage`: a partner's own calls in one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageView {
    pub environment: Environment,
    pub today: TodayView,
    /// Oldest first, today last; days without calls are there with zeros.
    pub days: Vec<DayView>,
    /// All operations over all these days.
    pub total: TotalView,
    /// Over all these days; most called first.
    pub operations: Vec<OperationView>,
}

/// Calls of several days and operations together; percentiles from their merged histograms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TotalView {
    pub calls: u64,
    /// In percent; `None` without calls, like all below.
    pub success_rate: Option<f64>,
    pub avg_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p99_ms: Option<f64>,
}

/// The quota, and what today's calls left of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodayView {
    pub calls: u64,
    /// Calls per day; `None` is unlimited.
    pub quota: Option<u64>,
    pub remaining: Option<u64>,
    /// Next midnight in Jakarta.
    pub resets_at: Timestamp,
    pub refused: u64,
}

/// One day's calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayView {
    pub day: civil::Date,
    pub calls: u64,
    /// Calls answered 5xx.
    pub errors: u64,
    /// Calls answered 4xx.
    pub client_errors: u64,
    /// Attempts that the door refused; not among the calls.
    pub refused: u64,
}

/// One operation's calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperationView {
    /// Operation id: `list_stations`. What matched no operation is `other`.
    pub operation: String,
    /// `GET /stations`.
    pub title: String,
    pub calls: u64,
    /// In percent.
    pub success_rate: f64,
    pub avg_ms: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// `GET overview`: the headline figures of the home page. The same figures head the operator's pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverviewView {
    pub partners_active: u64,
    pub partners_in_review: u64,
    /// Active partners on the Enterprise tier.
    pub partners_enterprise: u64,
    pub month: MonthView,
    /// Live calls of all partners, oldest first, today last.
    pub days: Vec<DayView>,
    /// Active partners, most calls today first, at most [`OverviewView::PARTNERS_MAX`].
    pub partners: Vec<PartnerUsageView>,
    /// The figures contain demo partners' calls.
    pub demo: bool,
    /// When they were computed.
    pub at: Timestamp,
}

impl OverviewView {
    pub const PARTNERS_MAX: usize = 10;
}

/// The month so far (WIB), live, all callers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonthView {
    pub calls: u64,
    /// The whole of last month.
    pub calls_last_month: u64,
    /// Growth against last month in percent; `None` when there were no calls then.
    pub change_percent: Option<f64>,
    /// In percent; `None` without calls.
    pub success_rate: Option<f64>,
    /// In percent; `None` without calls.
    pub error_rate: Option<f64>,
    /// 99 of 100 calls were answered within; `None` without calls.
    pub p99_ms: Option<f64>,
}

/// One partner's calls today (WIB, live).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartnerUsageView {
    pub id: PartnerId,
    pub name: String,
    pub description: String,
    pub tier: Tier,
    pub status: PartnerStatus,
    pub calls_today: u64,
    /// Calls per day; `None` is unlimited.
    pub quota: Option<u64>,
    /// Calls today in percent of the quota; `None` when unlimited.
    pub percent: Option<f64>,
}

/// `GET admin/usage`: all partners, live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdminUsageView {
    pub month: MonthView,
    /// Oldest first, today last.
    pub days: Vec<DayView>,
    /// The month so far; most called first.
    pub operations: Vec<OperationView>,
    /// Most calls today first.
    pub partners: Vec<PartnerUsageView>,
    pub at: Timestamp,
}

/// How an answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// The door refused: not a call.
    Refused,
    /// 1xx, 2xx and 3xx.
    Fine,
    /// 4xx of a handler.
    ClientError,
    /// 5xx.
    ServerError,
}

impl Outcome {
    pub const ALL: [Self; 4] = [Self::Refused, Self::Fine, Self::ClientError, Self::ServerError];

    /// Outcome of an answer by a handler.
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        match status {
            0..400 => Self::Fine,
            400..500 => Self::ClientError,
            _ => Self::ServerError,
        }
    }

    /// As the rollups keep it: the hundreds of the status, 0 for the door.
    #[must_use]
    pub const fn class(self) -> i64 {
        match self {
            Self::Refused => 0,
            Self::Fine => 2,
            Self::ClientError => 4,
            Self::ServerError => 5,
        }
    }

    #[must_use]
    pub fn from_class(class: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.class() == class)
    }
}

/// `part` of `whole` in percent; `None` of nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 * 100.0 / whole as f64)
}

/// Growth from `before` to `now` in percent; `None` from nothing.
#[must_use]
pub fn change_percent(now: u64, before: u64) -> Option<f64> {
    (before > 0).then(|| (now as f64 - before as f64) * 100.0 / before as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_go_to_the_store_and_back() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_class(outcome.class()), Some(outcome));
        }
        assert_eq!(Outcome::from_class(3), None);
        let of =
            [200, 204, 304, 400, 404, 422, 429, 500, 503].map(|status| Outcome::of_status(status).class());
        assert_eq!(of, [2, 2, 2, 4, 4, 4, 4, 5, 5]);
    }

    /// The home page's own example: 4,28M against 3,33M is 28.5 %.
    #[test]
    fn changes_and_shares_are_in_percent() {
        assert_eq!(change_percent(4_280_000, 3_330_000).map(|p| (p * 10.0).round() / 10.0), Some(28.5));
        assert_eq!(change_percent(5, 0), None);
        assert_eq!(percent(8_234, 10_000).map(f64::round), Some(82.0));
        assert_eq!(percent(0, 0), None);
    }
}
