//! Caps: the most a rider pays in a day, a week, a month; the last charge may be a part.

use jiff::civil::Date;

use super::{Carried, Journey, RatingError, Tap};
use crate::fares::CapPeriod;
use crate::money::Rupiah;

/// What a rider has spent in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapState {
    pub period: CapPeriod,
    /// First day, in Jakarta.
    pub start: Date,
    pub spent: Rupiah,
    /// Of the tariff that priced the period's last journey; none: without cap.
    pub limit: Option<Rupiah>,
}

/// A journey whose charge used up what was left of a cap.
///
/// Once for each period and limit. Where a tariff that takes over inside a week brings another
/// limit, that limit is reached for itself; one that was passed already under the earlier tariff is
/// reached by no journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapReached<'a> {
    pub period: CapPeriod,
    /// First day, in Jakarta.
    pub start: Date,
    pub limit: Rupiah,
    /// Opening tap of the journey.
    pub opening: &'a Tap,
}

impl CapState {
    /// Whether nothing is left to pay until the period ends.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.limit.is_some_and(|limit| self.spent >= limit)
    }

    /// What can still be charged; none: any amount.
    fn left(&self) -> Result<Option<Rupiah>, RatingError> {
        let Some(limit) = self.limit else { return Ok(None) };
        let left = limit.checked_sub(self.spent).ok_or(RatingError::Overflow)?;
        Ok(Some(left.max(Rupiah::ZERO)))
    }
}

/// Lowers charges to what the caps leave. The journeys come by opening tap, so days, weeks and
/// months each run forward.
pub(super) fn apply<'a>(
    journeys: &mut [Journey<'a>],
    carried: Option<Carried>,
) -> Result<(Vec<CapState>, Vec<CapReached<'a>>), RatingError> {
    let mut states: Vec<CapState> = Vec::new();
    let mut reached = Vec::new();
    // Places in `states` of the day, week and month that run.
    let mut running: [Option<usize>; 3] = [None; 3];
    for journey in journeys {
        for (&period, place) in CapPeriod::ALL.iter().zip(&mut running) {
            let start = period.start(journey.day);
            let at = match *place {
                Some(at) if states[at].start == start => at,
                _ => {
                    let spent = carried.map_or(Rupiah::ZERO, |carried| carried.spent(period, start));
                    states.push(CapState { period, start, spent, limit: None });
                    states.len() - 1
                }
            };
            *place = Some(at);
            states[at].limit = journey.tariff.caps.limit(period);
            if let Some(left) = states[at].left()?
                && left < journey.charge
            {
                journey.charge = left;
                journey.limited_by = Some(period);
            }
        }
        for at in running.into_iter().flatten() {
            let state = &mut states[at];
            let before = state.spent;
            state.spent = before.checked_add(journey.charge).ok_or(RatingError::Overflow)?;
            if let Some(limit) = state.limit
                && before < limit
                && state.is_reached()
            {
                let (period, start, opening) = (state.period, state.start, journey.course.opening());
                reached.push(CapReached { period, start, limit, opening });
            }
        }
    }
    Ok((states, reached))
}
