//! How many events there are of each kind, as measured.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::events::EventKind;

/// Full days that are looked back on, at most.
pub const DAYS_MAX: i64 = 7;

/// Events of the live network over the last full days (WIB).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventVolumes {
    /// First day counted; none while no day is full.
    pub from: Option<Date>,
    /// How many days, at most [`DAYS_MAX`]: those on which the network was told of already.
    pub days: u64,
    /// Every kind, in the order of the pages.
    pub kinds: Vec<EventVolume>,
}

/// Of one kind, all days together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventVolume {
    pub event: EventKind,
    pub count: u64,
}

impl EventVolumes {
    /// Mean of a kind per day, in tenths, rounded; none while nothing was measured.
    #[must_use]
    pub fn tenths_per_day(&self, event: EventKind) -> Option<u64> {
        let volume = self.kinds.iter().find(|volume| volume.event == event)?;
        let tenths = volume.count.saturating_mul(10).saturating_add(self.days / 2);
        tenths.checked_div(self.days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_told_only_of_measured_days() {
        let kinds = vec![EventVolume { event: EventKind::GateOffline, count: 10 }];
        let volumes = |days| EventVolumes { from: None, days, kinds: kinds.clone() };
        // 10 events in 7 days: 1.43 a day.
        assert_eq!(volumes(7).tenths_per_day(EventKind::GateOffline), Some(14));
        assert_eq!(volumes(3).tenths_per_day(EventKind::GateOffline), Some(33));
        assert_eq!(volumes(0).tenths_per_day(EventKind::GateOffline), None);
        assert_eq!(volumes(7).tenths_per_day(EventKind::FraudDetected), None);
    }
}
