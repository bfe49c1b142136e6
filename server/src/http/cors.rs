//! Browsers of other origins: the public API is open to them (a live key is refused later, by the
//! check of keys), and so are the endpoints of OAuth, for public clients that run in a browser. Every
//! other surface is not.
//!
//! No cookie is ever looked at on these two, so `*` is the honest answer.

use axum::{
    extract::MatchedPath,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    operations::{BASE, Operation},
    problem::Code,
};

use super::problem::ApiError;
use crate::oauth;

const ANY: HeaderValue = HeaderValue::from_static("*");
/// What scripts may read beside the body.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy, \
     Retry-After, ETag, Content-Language, WWW-Authenticate, Idempotency-Replayed, Deprecation, Sunset",
);
/// What scripts may send.
const SENT: HeaderValue = HeaderValue::from_static(
    "X-API-Key, Authorization, DPoP, Content-Type, Accept-Language, Idempotency-Key, If-None-Match",
);
/// Two hours: the longest that Chromium keeps a preflight.
const KEPT_S: HeaderValue = HeaderValue::from_static("7200");

/// Lets scripts of any origin read an answer.
pub fn open(sent: &mut HeaderMap) {
    sent.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
}

/// Names the headers that they may read beside what is always theirs. Long, so not for programs.
pub fn expose(sent: &mut HeaderMap) {
    sent.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

/// Answers OPTIONS on the public API and at OAuth's endpoints, preflight or not: it costs nobody's quota.
pub fn options(route: Option<&MatchedPath>) -> Response {
    let Some(allow) = route.and_then(|route| methods(route.as_str())) else {
        return ApiError::new(Code::NotFound).into_response();
    };
    let headers = [
        (header::ALLOW, allow.clone()),
        (header::ACCESS_CONTROL_ALLOW_METHODS, allow),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, SENT),
        (header::ACCESS_CONTROL_MAX_AGE, KEPT_S),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Methods of a route of the public API.
fn methods(template: &str) -> Option<HeaderValue> {
    if let Some(methods) = oauth::methods(template) {
        return Some(HeaderValue::from_static(methods));
    }
    let path = template.strip_prefix(BASE).filter(|path| !path.contains("{*"))?;
    let mut methods: Vec<_> = Operation::ALL
        .iter()
        .filter(|operation| operation.path() == path)
        .map(|operation| operation.method())
        .collect();
    if methods.is_empty() {
        // Not an operation: the API's description of itself.
        methods.push("GET");
    }
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    HeaderValue::try_from(methods.join(", ")).ok()
}
