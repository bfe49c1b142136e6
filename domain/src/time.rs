//! Time as the product counts it: instants in UTC, days and hours in Jakarta.
//!
//! Western Indonesia Time (WIB) has been UTC+7 without summer time since 1964, so a fixed offset
//! is exact for everything dated here.

use jiff::{Timestamp, civil, tz};

/// WIB, UTC+7.
pub const JAKARTA: tz::Offset = tz::Offset::constant(7);

/// The day in Jakarta that `at` falls on: the quota day, the service day, the day of a statistic.
#[must_use]
pub fn jakarta_day(at: Timestamp) -> civil::Date {
    JAKARTA.to_datetime(at).date()
}

/// First instant of `day` in Jakarta. Saturates at the ends of the calendar.
#[must_use]
pub fn day_start(day: civil::Date) -> Timestamp {
    JAKARTA.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

/// First instant of the day in Jakarta after the one `at` falls on: when daily quotas begin anew.
#[must_use]
pub fn next_midnight(at: Timestamp) -> Timestamp {
    jakarta_day(at).tomorrow().map_or(Timestamp::MAX, day_start)
}

/// The instant that people in Jakarta write as `2026-03-08T15:41`, with or without seconds.
#[must_use]
pub fn from_jakarta(text: &str) -> Option<Timestamp> {
    JAKARTA.to_timestamp(text.parse::<civil::DateTime>().ok()?).ok()
}

/// As people in Jakarta write it, to the minute: what a field for day and time holds.
#[must_use]
pub fn to_jakarta(at: Timestamp) -> String {
    JAKARTA.to_datetime(at).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Day as the stores keep it: days since 1970-01-01.
#[must_use]
pub fn day_number(day: civil::Date) -> i64 {
    let epoch = civil::date(1970, 1, 1);
    day.since((jiff::Unit::Day, epoch)).map_or(0, |span| i64::from(span.get_days()))
}

/// Inverse of [`day_number`]; clamps to the calendar.
#[must_use]
pub fn day_from_number(number: i64) -> civil::Date {
    let days = number.clamp(-4_371_587, 2_932_896);
    civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_turns_at_seventeen_utc() {
        let before: Timestamp = "2026-03-08T16:59:59Z".parse().unwrap();
        let after: Timestamp = "2026-03-08T17:00:00Z".parse().unwrap();
        assert_eq!(jakarta_day(before), civil::date(2026, 3, 8));
        assert_eq!(jakarta_day(after), civil::date(2026, 3, 9));
        assert_eq!(next_midnight(before), after);
        assert_eq!(day_start(civil::date(2026, 3, 9)), after);
    }

    #[test]
    fn what_people_type_is_in_jakarta() {
        let at: Timestamp = "2026-03-08T08:41:00Z".parse().unwrap();
        assert_eq!(from_jakarta("2026-03-08T15:41"), Some(at));
        assert_eq!(from_jakarta("2026-03-08T15:41:00"), Some(at));
        assert_eq!(to_jakarta(at), "2026-03-08T15:41");
        assert_eq!(from_jakarta("15:41"), None);
    }

    #[test]
    fn day_numbers_go_both_ways() {
        for (day, number) in
            [(civil::date(1970, 1, 1), 0), (civil::date(2000, 3, 1), 11_017), (civil::date(1969, 12, 31), -1)]
        {
            assert_eq!(day_number(day), number);
            assert_eq!(day_from_number(number), day);
        }
    }
}
