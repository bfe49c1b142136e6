//! What kind of rider somebody was on which day.

use jiff::civil::Date;

use crate::fares::UserType;

/// A rider's kinds, each from a service day on. Adult before the first.
///
/// A change counts for the whole service day it is dated: dated today, journeys of this morning are
/// priced anew; dated tomorrow, nothing charged so far changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserTypeHistory {
    /// By day, one per day.
    since: Vec<(Date, UserType)>,
}

impl UserTypeHistory {
    /// The changes there were, in any order; of two on one day the later one given counts.
    #[must_use]
    pub fn new(changes: impl IntoIterator<Item = (Date, UserType)>) -> Self {
        let mut since: Vec<_> = changes.into_iter().collect();
        since.reverse();
        since.sort_by_key(|&(day, _)| day);
        since.dedup_by_key(|&mut (day, _)| day);
        Self { since }
    }

    /// The same kind all along.
    #[must_use]
    pub fn constant(user_type: UserType) -> Self {
        Self { since: vec![(Date::MIN, user_type)] }
    }

    #[must_use]
    pub fn on(&self, day: Date) -> UserType {
        let later = self.since.partition_point(|&(since, _)| since <= day);
        later.checked_sub(1).map_or_else(UserType::default, |last| self.since[last].1)
    }
}
