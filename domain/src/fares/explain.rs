//! How a quote's figure came about: the answer's `explain` member.

use serde::{Deserialize, Serialize};

use super::{CapPeriod, FareError, Quote, Tariff, UserType};
use crate::money::Rupiah;

/// How a fare came about, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// Exact.
    #[cfg_attr(feature = "openapi", schema(example = 27_062))]
    pub distance_m: u32,
    /// Bands of distance the journey runs through; empty where the rule for one station holds.
    pub bands: Vec<BandStep>,
    /// Instead of bands, where origin and destination are the same.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "openapi", schema(value_type = SameStationStep, required = false))]
    pub same_station: Option<SameStationStep>,
    /// Rupiah before discounts and caps.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 8_000))]
    pub base_fare: Rupiah,
    pub discounts: Vec<DiscountStep>,
    /// The tariff's caps, each held against the price of this journey alone.
    pub caps: Vec<CapStep>,
    /// What is left: the quote's `fare`.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 8_000))]
    pub fare: Rupiah,
}

/// Price of one band of distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BandStep {
    #[cfg_attr(feature = "openapi", schema(example = 10_000))]
    pub from_m: u32,
    /// Null: without end.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub up_to_m: Option<u32>,
    /// Length of a step; null: one price for the whole band.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 10_000))]
    pub per_started_m: Option<u32>,
    /// Rupiah for the band or for each step.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 1_500))]
    pub rate: Rupiah,
    /// Steps started.
    #[cfg_attr(feature = "openapi", schema(example = 2))]
    pub steps: u32,
    /// `rate` × `steps`.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 3_000))]
    pub amount: Rupiah,
}

/// The tariff's rule for leaving where one entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SameStationStep {
    /// Seconds within which leaving again is free, as the quote assumes; null: never free.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 900))]
    pub free_within_s: Option<u32>,
    /// Rupiah otherwise, before discounts.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 5_000))]
    pub fare_after: Rupiah,
}

/// What a discount did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiscountStep {
    /// The kind of rider it is for.
    #[serde(rename = "type")]
    pub kind: UserType,
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100, example = 50))]
    pub percent: u8,
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 8_000))]
    pub before: Rupiah,
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 4_000))]
    pub after: Rupiah,
}

/// What a cap did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CapStep {
    pub period: CapPeriod,
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 10_000))]
    pub cap: Rupiah,
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 11_000))]
    pub before: Rupiah,
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 10_000))]
    pub after: Rupiah,
    /// Whether it lowered the price.
    pub applied: bool,
}

pub(super) fn explain(
    tariff: &Tariff,
    distance_m: u32,
    same_station: bool,
    base_fare: Rupiah,
    discounted: Rupiah,
    answer: &Quote,
) -> Result<Explanation, FareError> {
    let mut bands = Vec::new();
    for band in tariff.bands.iter().filter(|band| !same_station && band.reaches(distance_m)) {
        let steps = band.steps(distance_m);
        bands.push(BandStep {
            from_m: band.from_m,
            up_to_m: band.up_to_m,
            per_started_m: band.per_started_m,
            rate: band.fare,
            steps,
            amount: band.fare.checked_mul(i64::from(steps)).ok_or(FareError::Overflow)?,
        });
    }
    let rule = tariff.same_station;
    let mut before = discounted;
    let caps = tariff.caps.steps().map(|(period, cap)| {
        let step = CapStep { period, cap, before, after: before.min(cap), applied: cap < before };
        before = step.after;
        step
    });
    Ok(Explanation {
        distance_m,
        bands,
        same_station: same_station
            .then_some(SameStationStep { free_within_s: rule.free_within_s, fare_after: rule.fare_after }),
        base_fare,
        discounts: answer
            .discounts
            .iter()
            .map(|taken| DiscountStep {
                kind: taken.kind,
                percent: taken.percent,
                before: base_fare,
                after: discounted,
            })
            .collect(),
        caps: caps.collect(),
        fare: answer.fare,
    })
}
