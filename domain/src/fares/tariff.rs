//! Tariffs: dated rules that price travel, as data.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{CapPeriod, UserType};
use crate::money::Rupiah;

/// No amount in a tariff is larger, so no sum over a distance can overflow unseen.
const AMOUNT_MAX: Rupiah = Rupiah(1_000_000_000);

/// A tariff. Everything that makes a price is in here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    pub id: String,
    /// For people.
    pub name: String,
    /// First day in force.
    pub valid_from: Date,
    /// Last day in force; none: until a later tariff takes over.
    pub valid_until: Option<Date>,
    /// From 0 m on without gaps, the last one open.
    pub bands: Vec<Band>,
    /// At most one per kind of rider.
    pub discounts: Vec<DiscountRule>,
    pub caps: FareCap,
    pub same_station: SameStationRule,
    pub incomplete: IncompleteRule,
    /// Where the rules are published.
    pub source: String,
}

/// A stretch of distance and its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Begins beyond this distance (the first band: at it).
    pub from_m: u32,
    /// Ends at this distance, which still belongs to it.
    pub up_to_m: Option<u32>,
    /// For the whole band, or for each step.
    pub fare: Rupiah,
    /// Length of a step, of which a started one counts; none: one price for the whole band.
    pub per_started_m: Option<u32>,
}

/// A percentage off for a kind of rider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscountRule {
    pub user_type: UserType,
    /// 0 to 100.
    pub percent: u8,
}

/// Most a rider pays in a period; null where the tariff has no such cap.
///
/// Periods run by the calendar in Jakarta: day, week from Monday to Sunday, month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FareCap {
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, required = true, example = 10_000))]
    pub daily: Option<Rupiah>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, required = true, example = 50_000))]
    pub weekly: Option<Rupiah>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, required = true, example = 150_000))]
    pub monthly: Option<Rupiah>,
}

/// What entering and leaving at one station costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SameStationRule {
    /// Seconds within which leaving again is free; none: never free.
    pub free_within_s: Option<u32>,
    /// Price otherwise.
    pub fare_after: Rupiah,
}

/// What a journey costs whose end was never tapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncompleteRule {
    /// Seconds after the tap-in.
    pub after_s: u32,
    pub charge: IncompleteCharge,
}

/// How an incomplete journey is priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncompleteCharge {
    /// As if it had gone where it costs most.
    HighestFareFromOrigin,
}

impl Tariff {
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|last| day <= last)
    }

    /// Percentage off for a kind of rider.
    #[must_use]
    pub fn discount_percent(&self, user_type: UserType) -> u8 {
        self.discounts.iter().find(|rule| rule.user_type == user_type).map_or(0, |rule| rule.percent)
    }

    /// What a kind of rider pays of a price: the percentage off, rounded down to a whole rupiah.
    /// None on overflow.
    #[must_use]
    pub fn discounted(&self, fare: Rupiah, user_type: UserType) -> Option<Rupiah> {
        let left = 100 - i64::from(self.discount_percent(user_type).min(100));
        fare.checked_mul(left).map(|hundredfold| Rupiah(hundredfold.0 / 100))
    }

    /// Price of a distance before discounts and caps. None on overflow.
    #[must_use]
    pub fn base_fare(&self, distance_m: u32) -> Option<Rupiah> {
        self.bands.iter().filter(|band| band.reaches(distance_m)).try_fold(Rupiah::ZERO, |sum, band| {
            sum.checked_add(band.fare.checked_mul(i64::from(band.steps(distance_m)))?)
        })
    }

    fn check(&self) -> Result<(), &'static str> {
        let sound = |amount: Rupiah| (Rupiah::ZERO..=AMOUNT_MAX).contains(&amount);
        let mut from_m = Some(0);
        for band in &self.bands {
            if from_m != Some(band.from_m) || band.up_to_m.is_some_and(|up_to| up_to <= band.from_m) {
                return Err("bands must follow each other without gaps");
            }
            if !sound(band.fare) || band.per_started_m == Some(0) {
                return Err("a band's price or step is out of range");
            }
            from_m = band.up_to_m;
        }
        if self.bands.is_empty() || from_m.is_some() {
            return Err("the last band must be open");
        }
        for (index, rule) in self.discounts.iter().enumerate() {
            let earlier = &self.discounts[..index];
            if rule.percent > 100 || earlier.iter().any(|other| other.user_type == rule.user_type) {
                return Err("discounts are percentages, one per kind of rider");
            }
        }
        let caps = [self.caps.daily, self.caps.weekly, self.caps.monthly];
        if !caps.into_iter().flatten().chain([self.same_station.fare_after]).all(sound) {
            return Err("an amount is out of range");
        }
        Ok(())
    }
}

impl CapPeriod {
    /// First day of the period that `day` is in: itself, its Monday, the first of its month.
    #[must_use]
    pub fn start(self, day: Date) -> Date {
        match self {
            Self::Daily => day,
            Self::Weekly => {
                let since_monday = day.weekday().to_monday_zero_offset();
                day.saturating_sub(jiff::Span::new().days(since_monday))
            }
            Self::Monthly => day.first_of_month(),
        }
    }
}

impl FareCap {
    /// Most a rider pays in a period of that kind; none: no cap.
    #[must_use]
    pub fn limit(&self, period: CapPeriod) -> Option<Rupiah> {
        match period {
            CapPeriod::Daily => self.daily,
            CapPeriod::Weekly => self.weekly,
            CapPeriod::Monthly => self.monthly,
        }
    }

    /// The caps there are, shortest period first.
    pub(super) fn steps(&self) -> impl Iterator<Item = (CapPeriod, Rupiah)> {
        [(CapPeriod::Daily, self.daily), (CapPeriod::Weekly, self.weekly), (CapPeriod::Monthly, self.monthly)]
            .into_iter()
            .filter_map(|(period, cap)| Some((period, cap?)))
    }
}

impl Band {
    /// Whether a journey of this length pays for the band.
    pub(super) fn reaches(&self, distance_m: u32) -> bool {
        self.from_m == 0 || distance_m > self.from_m
    }

    /// How often the price counts for a journey that reaches the band.
    pub(super) fn steps(&self, distance_m: u32) -> u32 {
        let within = distance_m.min(self.up_to_m.unwrap_or(u32::MAX)).saturating_sub(self.from_m);
        self.per_started_m.map_or(1, |step| within.div_ceil(step))
    }
}

/// All tariffs there ever were, by the day they came into force.
#[derive(Debug, Clone)]
pub struct Tariffs {
    by_start: Vec<Tariff>,
}

/// The tariffs cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TariffError {
    #[error("the tariffs cannot be read")]
    Unreadable(#[source] serde_json::Error),
    #[error("tariff {id}: {problem}")]
    Unsound { id: String, problem: &'static str },
}

/// No tariff fits what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TariffChoiceError {
    /// Of the parameter `tariff`.
    #[error("no tariff has that id")]
    UnknownId,
    /// Of the parameter `at`: the day is before the first tariff.
    #[error("no tariff was in force on {0}")]
    NoneInForce(Date),
}

impl Tariffs {
    /// The tariffs of `data/`, which are part of the program.
    ///
    /// # Errors
    /// See [`Self::parse`]; the tests prove that there are none.
    pub fn embedded() -> Result<Self, TariffError> {
        Self::parse(include_str!("../../../data/tariffs.json"))
    }

    /// # Errors
    /// Text that is not the expected JSON, or rules that leave a distance unpriced, clash, or hold
    /// an amount out of range.
    pub fn parse(json: &str) -> Result<Self, TariffError> {
        let mut by_start: Vec<Tariff> = serde_json::from_str(json).map_err(TariffError::Unreadable)?;
        by_start.sort_by_key(|tariff| tariff.valid_from);
        for (index, tariff) in by_start.iter().enumerate() {
            let unsound = |problem| TariffError::Unsound { id: tariff.id.clone(), problem };
            tariff.check().map_err(unsound)?;
            if by_start[..index]
                .iter()
                .any(|other| other.id == tariff.id || other.valid_from == tariff.valid_from)
            {
                return Err(unsound("its id or first day is another tariff's"));
            }
        }
        Ok(Self { by_start })
    }

    /// The tariff that prices travel on `day`: of those in force the one that came last.
    #[must_use]
    pub fn in_force(&self, day: Date) -> Option<&Tariff> {
        self.by_start.iter().rev().find(|tariff| tariff.in_force_on(day))
    }

    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Tariff> {
        self.by_start.iter().find(|tariff| tariff.id == id)
    }

    /// The tariff asked for by id, else the one in force on `day`. An id wins over the day, so that
    /// tariffs can be compared on one journey.
    ///
    /// # Errors
    /// An id that is none, or a day without tariff.
    pub fn choose(&self, id: Option<&str>, day: Date) -> Result<&Tariff, TariffChoiceError> {
        match id {
            Some(id) => self.by_id(id).ok_or(TariffChoiceError::UnknownId),
            None => self.in_force(day).ok_or(TariffChoiceError::NoneInForce(day)),
        }
    }

    /// Longest time in seconds that any tariff lets a journey take before it is incomplete.
    #[must_use]
    pub fn longest_journey_s(&self) -> u32 {
        self.iter().map(|tariff| tariff.incomplete.after_s).max().unwrap_or(0)
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Tariff> {
        self.by_start.iter()
    }
}
