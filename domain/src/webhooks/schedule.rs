//! When a delivery is tried again, and when no more.
//!
//! | the endpoint | is |
//! | --- | --- |
//! | answers 2xx within 15 s | delivered |
//! | answers 410 | gone: this delivery ends, the endpoint is disabled |
//! | answers anything else, redirects too, or nothing | failed: tried again by [`RETRY_AFTER_S`], ±20 % |
//!
//! `Retry-After` is obeyed with any failure: the next attempt comes no earlier, nor earlier than by the
//! schedule; a wish for more than 24 h is taken as 24 h. After ten attempts a delivery is exhausted.

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz};

/// Waits before the second to the tenth attempt, in seconds.
pub const RETRY_AFTER_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// Attempts of one delivery.
pub const ATTEMPTS_MAX: u32 = RETRY_AFTER_S.len() as u32 + 1;
/// For a whole attempt, from looking up the name to the answer's head, in seconds.
pub const ATTEMPT_TIMEOUT_S: u64 = 15;
/// Bytes of an answer's body that are read and kept.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Longest wait that a `Retry-After` gets, in seconds.
pub const ASKED_WAIT_MAX_S: i64 = 86_400;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending<'a> {
    Answered {
        status: u16,
        /// Value of `Retry-After`.
        retry_after: Option<&'a str>,
    },
    /// No answer: no address, no connection, no time left.
    Unanswered,
}

/// What becomes of the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Delivered,
    RetryAt(Timestamp),
    /// The receiver wants nothing more: the endpoint is to be disabled.
    Gone,
    /// Was tried as often as it is; stays listed and can be replayed.
    Exhausted,
}

/// Decides after attempt number `attempt` (from 1) that ended at `now`.
///
/// `jitter` is a random number: 0 makes the wait 20 % shorter, the largest makes it 20 % longer.
#[must_use]
pub fn after_attempt(attempt: u32, ending: Ending<'_>, now: Timestamp, jitter: u32) -> Next {
    let asked = match ending {
        Ending::Answered { status: 200..=299, .. } => return Next::Delivered,
        Ending::Answered { status: 410, .. } => return Next::Gone,
        Ending::Answered { retry_after, .. } => retry_after.and_then(|value| asked_until(value, now)),
        Ending::Unanswered => None,
    };
    let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let Some(&wait_s) = RETRY_AFTER_S.get(index) else { return Next::Exhausted };
    let at = later(now, SignedDuration::from_millis(jittered_ms(wait_s, jitter)));
    Next::RetryAt(asked.map_or(at, |asked| asked.max(at)))
}

/// `wait_s` spread over 80 % to 120 % of itself, in milliseconds.
fn jittered_ms(wait_s: i64, jitter: u32) -> i64 {
    let wait_ms = i128::from(wait_s) * 1_000;
    let spread = wait_ms * 2 / 5 * i128::from(jitter) / i128::from(u32::MAX);
    i64::try_from(wait_ms * 4 / 5 + spread).unwrap_or(i64::MAX)
}

/// The instant that a `Retry-After` names (RFC 9110 section 10.2.3): seconds, or a date in one of its
/// three forms. Never more than 24 h away; none when it can't be read or lies in the past.
#[must_use]
pub fn asked_until(retry_after: &str, now: Timestamp) -> Option<Timestamp> {
    let value = retry_after.trim();
    let latest = later(now, SignedDuration::from_secs(ASKED_WAIT_MAX_S));
    let at = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = value.parse().unwrap_or(ASKED_WAIT_MAX_S).min(ASKED_WAIT_MAX_S);
        later(now, SignedDuration::from_secs(seconds))
    } else {
        http_date(value)?
    };
    (at > now).then_some(at.min(latest))
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

/// A date as HTTP writes it (RFC 9110 section 5.6.7): now, in RFC 850, and by `asctime`.
fn http_date(value: &str) -> Option<Timestamp> {
    const FORMS: [&str; 3] =
        ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let civil = FORMS.iter().find_map(|form| DateTime::strptime(form, value).ok())?;
    tz::Offset::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MIDDLE: u32 = u32::MAX / 2;

    fn now() -> Timestamp {
        "1994-11-06T08:49:37Z".parse().unwrap()
    }

    fn answered(status: u16) -> Ending<'static> {
        Ending::Answered { status, retry_after: None }
    }

    fn wait_ms(attempt: u32, ending: Ending<'_>, jitter: u32) -> Option<i64> {
        match after_attempt(attempt, ending, now(), jitter) {
            Next::RetryAt(at) => Some(at.as_millisecond() - now().as_millisecond()),
            Next::Delivered | Next::Gone | Next::Exhausted => None,
        }
    }

    #[test]
    fn ten_attempts_by_the_contracts_table_give_or_take_a_fifth() {
        // Contract section 4: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
        let minutes_ms = |minutes: i64| minutes * 60_000;
        let table = [
            5_000,
            minutes_ms(5),
            minutes_ms(30),
            minutes_ms(2 * 60),
            minutes_ms(5 * 60),
            minutes_ms(10 * 60),
            minutes_ms(14 * 60),
            minutes_ms(20 * 60),
            minutes_ms(24 * 60),
        ];
        for (attempt, wait) in (1..).zip(table) {
            assert_eq!(wait_ms(attempt, answered(500), 0), Some(wait * 8 / 10));
            assert_eq!(wait_ms(attempt, Ending::Unanswered, u32::MAX), Some(wait * 12 / 10));
            let middle = wait_ms(attempt, answered(500), MIDDLE).unwrap();
            assert!((middle - wait).abs() <= 1, "{middle} {wait}");
        }
        assert_eq!(after_attempt(10, answered(500), now(), 0), Next::Exhausted);
        assert_eq!(after_attempt(u32::MAX, Ending::Unanswered, now(), 0), Next::Exhausted);
    }

    #[test]
    fn only_2xx_is_success_and_410_is_the_end() {
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(after_attempt(1, answered(status), now(), 0), Next::Delivered, "{status}");
            assert_eq!(after_attempt(10, answered(status), now(), 0), Next::Delivered, "{status}");
        }
        for status in [100, 101, 199, 300, 301, 302, 303, 304, 307, 308, 400, 401, 404, 429, 500, 503, 999] {
            assert_eq!(wait_ms(1, answered(status), 0), Some(4_000), "{status}");
        }
        assert_eq!(after_attempt(1, answered(410), now(), 0), Next::Gone);
    }

    #[test]
    fn the_receivers_wish_is_obeyed_in_all_its_forms() {
        let wait_s = |retry_after: &'static str| {
            let ending = Ending::Answered { status: 429, retry_after: Some(retry_after) };
            wait_ms(1, ending, MIDDLE).map(|ms| (ms + 500) / 1_000)
        };
        for (retry_after, expected) in [
            ("120", 120),
            (" 120 ", 120),
            // Never before its time by the schedule.
            ("1", 5),
            ("0", 5),
            ("86400", 86_400),
            ("86401", 86_400),
            ("99999999999999999999999999", 86_400),
            // The three dates of RFC 9110 section 5.6.7, an hour on.
            ("Sun, 06 Nov 1994 09:49:37 GMT", 3_600),
            ("Sunday, 06-Nov-94 09:49:37 GMT", 3_600),
            ("Sun Nov  6 09:49:37 1994", 3_600),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 5),
            ("Sat, 05 Nov 1994 08:49:37 GMT", 5),
            ("Sun, 06 Nov 2094 08:49:37 GMT", 5),
            ("Sat, 06 Nov 2094 08:49:37 GMT", 86_400),
            // Not what RFC 9110 has.
            ("", 5),
            ("-1", 5),
            ("1.5", 5),
            ("1e3", 5),
            ("soon", 5),
            ("1994-11-06T09:49:37Z", 5),
            ("Sun, 06 Nov 1994 09:49:37 +0000", 5),
            ("Sun, 31 Feb 1994 09:49:37 GMT", 5),
        ] {
            assert_eq!(wait_s(retry_after), Some(expected), "{retry_after:?}");
        }
    }

    proptest! {
        #[test]
        fn a_wait_is_never_outside_its_bounds(attempt in 1_u32..=9, jitter: u32) {
            let wait = wait_ms(attempt, Ending::Unanswered, jitter).unwrap();
            let base = RETRY_AFTER_S[attempt as usize - 1] * 1_000;
            prop_assert!((base * 8 / 10..=base * 12 / 10).contains(&wait));
        }

        #[test]
        fn no_header_makes_the_reader_panic(value in "\\PC{0,40}") {
            let _ = asked_until(&value, now());
            let _ = asked_until(&value, Timestamp::MAX);
        }
    }
}
