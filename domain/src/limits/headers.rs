//! The IETF fields `RateLimit-Policy` and `RateLimit`.
//!
//! # Source
//! draft-ietf-httpapi-ratelimit-headers-10: structured lists of quoted policy names, with quota
//! (`q`) and window (`w`) in the policy, what remains (`r`) and the seconds to wait (`t`) in the other.

use std::fmt::Write;

use super::{BURST_WINDOW_S, Standings, Terms};

/// Value of `RateLimit-Policy`: all windows, however they stand.
#[must_use]
pub fn rate_limit_policy(terms: &Terms) -> String {
    let mut value = format!("\"burst\";q={};w={BURST_WINDOW_S}", terms.burst_per_minute);
    if let Some(quota) = terms.requests_per_day {
        // Writing to a String does not fail.
        let _ = write!(value, ", \"day\";q={quota};w=86400");
    }
    value
}

/// Writes the value of `RateLimit` into `out`: all windows as they stand at `now_s`.
pub fn rate_limit(out: &mut String, standings: &Standings, now_s: i64) {
    let mut list = |name: &str, standing: &super::Standing| {
        out.push_str(name);
        push_number(out, standing.remaining);
        out.push_str(";t=");
        push_number(out, u64::try_from(standing.resets_at_s - now_s).unwrap_or(0));
    };
    list("\"burst\";r=", &standings.burst);
    if let Some(day) = &standings.day {
        list(", \"day\";r=", day);
    }
}

/// Decimal digits, without the formatting machinery: this runs on every call.
fn push_number(out: &mut String, mut number: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|digit| char::from(*digit)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        limits::Standing,
        tiers::{ANONYMOUS, Tier},
    };

    #[test]
    fn fields_list_every_window_there_is() {
        let policy = |tier| rate_limit_policy(&Terms::of(tier, None, None));
        assert_eq!(policy(ANONYMOUS), r#""burst";q=60;w=60, "day";q=1000;w=86400"#);
        assert_eq!(policy(Tier::Enterprise.terms()), r#""burst";q=6000;w=60"#);

        let burst = Standing { limit: 60, remaining: 12, resets_at_s: 1_030 };
        let day = Standing { limit: 1_000, remaining: 0, resets_at_s: 41_000 };
        let mut value = String::new();
        rate_limit(&mut value, &Standings { burst, day: Some(day) }, 1_000);
        assert_eq!(value, r#""burst";r=12;t=30, "day";r=0;t=40000"#);
    }

    proptest! {
        #[test]
        fn numbers_are_written_in_plain_decimal(number: u64) {
            let mut text = String::new();
            push_number(&mut text, number);
            prop_assert_eq!(text, number.to_string());
        }
    }
}
