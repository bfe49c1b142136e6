//! Tiers: what a partner pays for and what that gives.
//!
//! [`TERMS`] is the one table. Pages print it, the limiter enforces it, headers quote it, tests read
//! the contract's figures against it. Who calls without a key stands on its first row.

use serde::{Deserialize, Serialize};

use crate::{events::EventKind, lang::Lang, money::Rupiah};

/// What a partner pays for. Ordered: a greater tier has everything a smaller one has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    Free,
    Pro,
    Enterprise,
}

impl Tier {
    pub const ALL: [Self; 3] = [Self::Free, Self::Pro, Self::Enterprise];

    /// Name on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Pro => "pro",
            Self::Enterprise => "enterprise",
        }
    }

    /// Name on pages, the same in both languages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Free => "Free",
            Self::Pro => "Pro",
            Self::Enterprise => "Enterprise",
        }
    }

    /// Its row of the table.
    #[must_use]
    pub const fn terms(self) -> &'static TierTerms {
        match self {
            Self::Free => &TERMS[1],
            Self::Pro => &TERMS[2],
            Self::Enterprise => &TERMS[3],
        }
    }
}

impl std::fmt::Display for Tier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No tier goes by this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such tier")]
pub struct UnknownTier;

impl std::str::FromStr for Tier {
    type Err = UnknownTier;

    fn from_str(text: &str) -> Result<Self, UnknownTier> {
        Self::ALL.into_iter().find(|tier| tier.as_str() == text).ok_or(UnknownTier)
    }
}

/// What is paid per month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// Nobody to bill: calls without a key.
    None,
    PerMonth(Rupiah),
    ByContract,
}

/// Something a tier gives or does not give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feature {
    Stations,
    Fare,
    Traffic,
    /// Endpoints that read a rider's data with consent, and the OAuth applications for them.
    Scoped,
    Webhooks,
    CustomLimits,
    DedicatedSupport,
    OnPremise,
}

impl Feature {
    /// All features, in the order of the pages.
    pub const ALL: [Self; 8] = [
        Self::Stations,
        Self::Fare,
        Self::Traffic,
        Self::Scoped,
        Self::Webhooks,
        Self::CustomLimits,
        Self::DedicatedSupport,
        Self::OnPremise,
    ];

    #[must_use]
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Stations => lang.pick("Info stasiun", "Station info"),
            Self::Fare => lang.pick("Kalkulasi tarif", "Fare calculation"),
            Self::Traffic => lang.pick("Statistik kepadatan", "Traffic statistics"),
            Self::Scoped => lang.pick("Endpoint ber-scope + OAuth", "Scoped endpoints + OAuth"),
            Self::Webhooks => lang.pick("Webhook event", "Webhook events"),
            Self::CustomLimits => lang.pick("Rate limit khusus", "Custom rate limits"),
            Self::DedicatedSupport => lang.pick("Dukungan khusus", "Dedicated support"),
            Self::OnPremise => lang.pick("Opsi on-premise", "On-premise option"),
        }
    }
}

/// One column of the contract's table.
#[derive(Debug, PartialEq, Eq)]
pub struct TierTerms {
    /// `None`: calls without a key, counted by client address.
    pub tier: Option<Tier>,
    pub price: Price,
    /// Requests per day from 00:00 WIB; `None` is unlimited, or what the contract says.
    pub requests_per_day: Option<u64>,
    /// Requests per minute, at most.
    pub burst_per_minute: u64,
    pub features: &'static [Feature],
    pub events: &'static [EventKind],
    /// Availability promised per month, in hundredths of a percent: 9990 is 99.9 %.
    pub sla_basis_points: Option<u32>,
}

/// The tiers table: anonymous, Free, Pro, Enterprise.
///
/// # Source
/// Contract section 2.
pub const TERMS: [TierTerms; 4] = [
    TierTerms {
        tier: None,
        price: Price::None,
        requests_per_day: Some(1_000),
        burst_per_minute: 60,
        features: &[Feature::Stations],
        events: &[],
        sla_basis_points: None,
    },
    TierTerms {
        tier: Some(Tier::Free),
        price: Price::PerMonth(Rupiah(0)),
        requests_per_day: Some(10_000),
        burst_per_minute: 120,
        features: &[Feature::Stations, Feature::Fare],
        events: &[],
        sla_basis_points: None,
    },
    TierTerms {
        tier: Some(Tier::Pro),
        price: Price::PerMonth(Rupiah(999_000)),
        requests_per_day: Some(100_000),
        burst_per_minute: 1_000,
        features: &[Feature::Stations, Feature::Fare, Feature::Traffic, Feature::Scoped, Feature::Webhooks],
        events: &[
            EventKind::JourneyCompleted,
            EventKind::StationCrowded,
            EventKind::GateOffline,
            EventKind::FareCapReached,
            EventKind::FraudDetected,
        ],
        sla_basis_points: Some(9950),
    },
    TierTerms {
        tier: Some(Tier::Enterprise),
        price: Price::ByContract,
        requests_per_day: None,
        burst_per_minute: 6_000,
        features: &Feature::ALL,
        events: EventKind::ALL,
        sla_basis_points: Some(9990),
    },
];

/// The terms of calls without a key, per client address.
pub const ANONYMOUS: &TierTerms = &TERMS[0];

impl TierTerms {
    #[must_use]
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures of the contract's table, typed off it row by row.
    #[test]
    fn the_table_says_what_the_contract_says() {
        let figures: Vec<_> = TERMS
            .iter()
            .map(|terms| {
                (terms.requests_per_day, terms.burst_per_minute, terms.events.len(), terms.sla_basis_points)
            })
            .collect();
        assert_eq!(
            figures,
            [
                (Some(1_000), 60, 0, None),
                (Some(10_000), 120, 0, None),
                (Some(100_000), 1_000, 5, Some(9950)),
                (None, 6_000, 6, Some(9990)),
            ]
        );
        assert_eq!(Tier::Pro.terms().price, Price::PerMonth(Rupiah(999_000)));
        assert_eq!(Tier::Enterprise.terms().price, Price::ByContract);
        assert!(!Tier::Free.terms().has(Feature::Traffic));
        assert!(!Tier::Pro.terms().has(Feature::CustomLimits));
        assert!(!ANONYMOUS.has(Feature::Fare));
        assert_eq!(EventKind::JourneyTapIn.tier_min(), Tier::Enterprise);
        assert_eq!(EventKind::GateOffline.tier_min(), Tier::Pro);
    }

    #[test]
    fn a_greater_tier_has_what_a_smaller_one_has() {
        for pair in TERMS.windows(2) {
            assert!(pair[0].features.iter().all(|feature| pair[1].has(*feature)));
            assert!(pair[0].events.iter().all(|event| pair[1].events.contains(event)));
            assert!(pair[0].burst_per_minute < pair[1].burst_per_minute);
        }
    }

    #[test]
    fn each_tier_finds_its_own_row_and_its_own_name() {
        for tier in Tier::ALL {
            assert_eq!(tier.terms().tier, Some(tier));
            assert_eq!(tier.as_str().parse(), Ok(tier));
            assert_eq!(serde_json::to_value(tier).unwrap(), tier.as_str());
        }
    }
}
