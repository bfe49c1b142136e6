//! The limits on every answer: `X-RateLimit-*` for the window that is tightest now, and the IETF's
//! `RateLimit-Policy` and `RateLimit` for all windows.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use domain::limits::{Standings, rate_limit};

use crate::keys::LimitTexts;

pub const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
pub const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
pub const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Writes all five. Two of the values were made when the terms were.
pub fn write(headers: &mut HeaderMap, standings: &Standings, texts: &LimitTexts, now_s: i64) {
    let tightest = standings.tightest();
    let is_burst = std::ptr::eq(tightest, &standings.burst);
    let limit = if is_burst { &texts.burst } else { &texts.day };
    headers.reserve(5);
    headers.insert(LIMIT, limit.clone());
    headers.insert(REMAINING, HeaderValue::from(tightest.remaining));
    headers.insert(RESET, HeaderValue::from(tightest.resets_at_s));
    headers.insert(RATE_LIMIT_POLICY, texts.policy.clone());
    let mut all = String::with_capacity(64);
    rate_limit(&mut all, standings, now_s);
    if let Ok(all) = HeaderValue::try_from(all) {
        headers.insert(RATE_LIMIT, all);
    }
}
