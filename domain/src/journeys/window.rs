//! How little must be loaded to rate again after a tap.
//!
//! A tap can change journeys that opened up to the tariffs' longest limit (4 h) before it, and, by
//! way of the caps, charges of all days after. It cannot change a day before. So after a tap, late
//! or not:
//!
//! 1. `from` = [`first_day_changed`]: today, or yesterday for a tap before 04:00.
//! 2. Load the rider's taps since [`taps_needed_since`]`(from)`: 4 h more, to know what stood open
//!    when the day began.
//! 3. Sum the charges posted for the days from [`charges_needed_since`]`(from)` up to `from`, that
//!    is the rest of the week and of the month: [`Carried::before`].
//! 4. [`rate`](super::rate) with these answers exactly what rating everything would, cut at `from`:
//!    journeys of `from` and later, findings shown by taps of `from` and later.
//!
//! A change of a rider's kind on a day re-rates from that day; a medium linked to a rider, from the
//! first day whose taps it brings along. The month is *not* a boundary that can be cut at without
//! sums, because weeks run across it.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{OVERLAP_S, RatingError};
use crate::fares::{CapPeriod, Tariffs};
use crate::money::Rupiah;
use crate::time::{day_start, jakarta_day};

/// What was charged before the day on which a rating begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    from: Date,
    /// In the week of `from`, on the days before it.
    week: Rupiah,
    /// In the month of `from`, on the days before it.
    month: Rupiah,
}

impl Carried {
    /// Sums what was charged for journeys of the days before `from`. Days that are in neither the
    /// week nor the month of `from`, or not before it, do not matter and may be there.
    ///
    /// # Errors
    /// [`RatingError::Overflow`].
    pub fn before(
        from: Date,
        charges: impl IntoIterator<Item = (Date, Rupiah)>,
    ) -> Result<Self, RatingError> {
        let (monday, first) = (CapPeriod::Weekly.start(from), CapPeriod::Monthly.start(from));
        let (mut week, mut month) = (Rupiah::ZERO, Rupiah::ZERO);
        for (day, charge) in charges.into_iter().filter(|&(day, _)| day < from) {
            for (sum, start) in [(&mut week, monday), (&mut month, first)] {
                if day >= start {
                    *sum = sum.checked_add(charge).ok_or(RatingError::Overflow)?;
                }
            }
        }
        Ok(Self { from, week, month })
    }

    /// The same from sums that were made elsewhere: of the days before `from` in its week, and in its
    /// month.
    #[must_use]
    pub fn sums(from: Date, week: Rupiah, month: Rupiah) -> Self {
        Self { from, week, month }
    }

    /// First day of the answer.
    #[must_use]
    pub fn from(&self) -> Date {
        self.from
    }

    /// Charged before, in the period that begins at `start`.
    pub(super) fn spent(&self, period: CapPeriod, start: Date) -> Rupiah {
        match period {
            _ if period.start(self.from) != start => Rupiah::ZERO,
            CapPeriod::Daily => Rupiah::ZERO,
            CapPeriod::Weekly => self.week,
            CapPeriod::Monthly => self.month,
        }
    }
}

/// First service day that a tap at this instant can change.
#[must_use]
pub fn first_day_changed(tariffs: &Tariffs, tapped_at: Timestamp) -> Date {
    jakarta_day(back(tapped_at, tariffs.longest_journey_s()))
}

/// From which instant on taps are needed to rate the days since `from`.
#[must_use]
pub fn taps_needed_since(tariffs: &Tariffs, from: Date) -> Timestamp {
    back(day_start(from), tariffs.longest_journey_s().max(OVERLAP_S))
}

/// From which day on charges are needed for [`Carried::before`]; by week and by month for
/// [`Carried::sums`], these are the periods' [starts](CapPeriod::start).
#[must_use]
pub fn charges_needed_since(from: Date) -> Date {
    CapPeriod::Weekly.start(from).min(CapPeriod::Monthly.start(from))
}

fn back(instant: Timestamp, seconds: u32) -> Timestamp {
    instant.checked_sub(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(Timestamp::MIN)
}
