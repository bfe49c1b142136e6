//! How much a caller may ask for: the burst window and the daily quota, and what headers and pages
//! say of them.
//!
//! Two windows run at once. The **burst window** is a fixed minute that begins with a credential's
//! first call. The **day** begins at 00:00 WIB and is shared by all keys of a partner in one
//! environment. The caller hears of the one that is tightest now.

mod headers;
mod lease;
mod window;

pub use self::{
    headers::{rate_limit, rate_limit_policy},
    lease::{Lease, Take},
    window::{BURST_WINDOW_S, BurstWindow, WIB_OFFSET_S, day_end_s, day_of},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    keys::Environment,
    tiers::{Feature, Tier, TierTerms},
};

/// The limits in force for one caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Calls per burst window.
    pub burst_per_minute: u64,
    /// Calls per day; `None` is unlimited.
    pub requests_per_day: Option<u64>,
}

impl Terms {
    /// The tier's own limits, with what a contract says instead where the tier allows contracts.
    #[must_use]
    pub fn of(tier: &TierTerms, quota_per_day: Option<u64>, burst_per_minute: Option<u64>) -> Self {
        let custom = tier.has(Feature::CustomLimits);
        let agreed = |limit: Option<u64>| limit.filter(|_| custom);
        Self {
            burst_per_minute: agreed(burst_per_minute).unwrap_or(tier.burst_per_minute),
            requests_per_day: agreed(quota_per_day).or(tier.requests_per_day),
        }
    }
}

/// Tier whose features and limits hold for a partner in an environment. In the sandbox everybody has
/// at least Pro's, so that they can try before they pay.
#[must_use]
pub fn tier_in(environment: Environment, tier: Tier) -> Tier {
    match environment {
        Environment::Live => tier,
        Environment::Test => tier.max(Tier::Pro),
    }
}

/// Calls that a node takes from the store at a time: 1/200 of the quota, 1 to 10,000.
#[must_use]
pub fn lease_size(requests_per_day: u64) -> u64 {
    (requests_per_day / 200).clamp(1, 10_000)
}

/// One window as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub limit: u64,
    pub remaining: u64,
    /// When it ends, seconds since 1970.
    pub resets_at_s: i64,
}

/// Both windows as they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standings {
    pub burst: Standing,
    /// `None` is unlimited.
    pub day: Option<Standing>,
}

impl Standings {
    /// The window with the fewest calls left; if both have as many, the one that lasts longer.
    #[must_use]
    pub fn tightest(&self) -> &Standing {
        match &self.day {
            Some(day)
                if (day.remaining, -day.resets_at_s) < (self.burst.remaining, -self.burst.resets_at_s) =>
            {
                day
            }
            _ => &self.burst,
        }
    }
}

/// Whose limits they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// The client's address: the call carried no key.
    Anonymous,
    /// The partner whose key was sent.
    Partner,
}

/// `GET /open-api/v1/limits`: the caller's windows. Asking costs nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LimitsView {
    pub subject: Subject,
    /// Tier whose limits hold; absent without a key.
    pub tier: Option<Tier>,
    /// Environment of the key; absent without one.
    pub environment: Option<Environment>,
    /// The burst window, then the day.
    pub windows: Vec<WindowView>,
}

/// Name of a window, in JSON and in the `RateLimit` fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum WindowName {
    /// A minute, from the first call on.
    Burst,
    /// A day, from 00:00 WIB.
    Day,
}

/// One window of [`LimitsView`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WindowView {
    pub name: WindowName,
    /// Length in seconds.
    pub window_s: u32,
    /// Calls the window admits; `null` is unlimited.
    pub limit: Option<u64>,
    /// Calls still admitted; `null` is unlimited.
    pub remaining: Option<u64>,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub resets_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_changes_limits_only_where_contracts_are() {
        let of = |tier: Tier, day, burst| {
            let terms = Terms::of(tier.terms(), day, burst);
            (terms.requests_per_day, terms.burst_per_minute)
        };
        assert_eq!(of(Tier::Free, Some(1), Some(1)), (Some(10_000), 120));
        assert_eq!(of(Tier::Pro, Some(1), None), (Some(100_000), 1_000));
        assert_eq!(of(Tier::Enterprise, None, None), (None, 6_000));
        assert_eq!(of(Tier::Enterprise, Some(5_000_000), Some(9_000)), (Some(5_000_000), 9_000));
    }

    #[test]
    fn leases_are_a_two_hundredth_of_the_quota_within_bounds() {
        let sizes = [0, 1, 199, 400, 1_000, 10_000, 100_000, 1_000_000, 10_000_000].map(lease_size);
        assert_eq!(sizes, [1, 1, 1, 2, 5, 50, 500, 5_000, 10_000]);
    }

    #[test]
    fn the_tightest_window_is_the_one_with_fewest_calls_left() {
        let standing = |remaining, resets_at_s| Standing { limit: 100, remaining, resets_at_s };
        let tightest = |burst, day| *Standings { burst, day }.tightest();
        assert_eq!(tightest(standing(5, 60), Some(standing(4, 900))).remaining, 4);
        assert_eq!(tightest(standing(3, 60), Some(standing(4, 900))).remaining, 3);
        assert_eq!(tightest(standing(3, 60), None).remaining, 3);
        assert_eq!(tightest(standing(0, 60), Some(standing(0, 900))).resets_at_s, 900);
    }

    #[test]
    fn the_sandbox_gives_everybody_pro_at_least() {
        let in_sandbox = Tier::ALL.map(|tier| tier_in(Environment::Test, tier));
        assert_eq!(in_sandbox, [Tier::Pro, Tier::Pro, Tier::Enterprise]);
        assert_eq!(Tier::ALL.map(|tier| tier_in(Environment::Live, tier)), Tier::ALL);
    }
}
