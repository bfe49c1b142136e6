//! Header names and values that many answers share, made once; and what follows from headers alone.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};

pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
pub const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
pub const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

pub const CLOSE: HeaderValue = HeaderValue::from_static("close");
pub const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
pub const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
pub const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");
pub const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");
const REFERRER: HeaderValue = HeaderValue::from_static("strict-origin-when-cross-origin");
/// Features that no page of ours asks for.
const NO_FEATURES: HeaderValue = HeaderValue::from_static(
    "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()",
);
/// For pages that bring no policy of their own: files, redirects.
const NOTHING_ACTIVE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// Sets a header unless it is there.
pub fn default(sent: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    sent.entry(name).or_insert(value);
}

/// What browsers should know about a page.
pub fn for_pages(sent: &mut HeaderMap) {
    default(sent, header::REFERRER_POLICY, REFERRER);
    sent.insert(CROSS_ORIGIN_OPENER_POLICY, SAME_ORIGIN);
    sent.insert(CROSS_ORIGIN_RESOURCE_POLICY, SAME_ORIGIN);
    let html = sent.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if html {
        sent.insert(PERMISSIONS_POLICY, NO_FEATURES);
        default(sent, header::CONTENT_SECURITY_POLICY, NOTHING_ACTIVE);
    }
}

/// A strong validator names exact bytes, and each encoding has its own: `"abc"` becomes `"abc-br"`.
pub fn vary_etag_by_encoding(sent: &mut HeaderMap) {
    let Some(encoding) = sent.get(header::CONTENT_ENCODING) else { return };
    let Some(etag) = sent.get(header::ETAG).and_then(|etag| etag.to_str().ok()) else { return };
    let (Some(opaque), Ok(encoding)) = (etag.strip_suffix('"'), encoding.to_str()) else { return };
    if let Ok(etag) = HeaderValue::try_from(format!("{opaque}-{encoding}\"")) {
        sent.insert(header::ETAG, etag);
    }
}

/// 304 in place of a success that the caller has already (RFC 9110 sections 13.1.2 and 15.4.5).
pub fn not_modified(mut response: Response, wanted: &HeaderValue, method: &Method) -> Response {
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    if !is_read || response.status() != StatusCode::OK {
        return response;
    }
    let Some(known) = response.headers().get(header::ETAG).and_then(|etag| matching(wanted, etag)) else {
        return response;
    };
    let sent = response.headers_mut();
    for name in
        [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::CONTENT_LANGUAGE]
    {
        sent.remove(name);
    }
    sent.insert(header::ETAG, known);
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    *response.body_mut() = Body::empty();
    response
}

/// The validator as the caller has it, if `If-None-Match` names it: weak comparison, and the same
/// answer in another encoding is the same answer.
fn matching(wanted: &HeaderValue, etag: &HeaderValue) -> Option<HeaderValue> {
    fn opaque(tag: &str) -> &str {
        let tag = tag.trim();
        let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
        ["-br", "-gzip"].iter().find_map(|suffix| tag.strip_suffix(suffix)).unwrap_or(tag)
    }
    let (wanted, etag_text) = (wanted.to_str().ok()?, etag.to_str().ok()?);
    if wanted.trim() == "*" {
        return Some(etag.clone());
    }
    let held = wanted.split(',').find(|held| opaque(held) == opaque(etag_text))?;
    HeaderValue::from_str(held.trim()).ok()
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    fn check(wanted: &'static str, method: Method, expected: StatusCode) {
        let response = ([(header::ETAG, "\"abc\"")], "body").into_response();
        let response = not_modified(response, &HeaderValue::from_static(wanted), &method);
        assert_eq!(response.status(), expected, "{wanted} {method}");
        assert!(response.headers().contains_key(header::ETAG));
        assert_eq!(response.headers().contains_key(header::CONTENT_TYPE), expected == StatusCode::OK);
    }

    #[test]
    fn an_answer_the_caller_has_is_not_sent_again() {
        check("\"abc\"", Method::GET, StatusCode::NOT_MODIFIED);
        check("\"abc\"", Method::HEAD, StatusCode::NOT_MODIFIED);
        check("W/\"abc\"", Method::GET, StatusCode::NOT_MODIFIED);
        check("\"x\", \"abc-br\"", Method::GET, StatusCode::NOT_MODIFIED);
        check("*", Method::GET, StatusCode::NOT_MODIFIED);
        check("\"abcd\"", Method::GET, StatusCode::OK);
        check("abd", Method::GET, StatusCode::OK);
        check("\"abc\"", Method::POST, StatusCode::OK);
    }

    #[test]
    fn each_encoding_has_its_own_validator() {
        let mut sent = HeaderMap::from_iter([
            (header::ETAG, HeaderValue::from_static("\"abc\"")),
            (header::CONTENT_ENCODING, HeaderValue::from_static("br")),
        ]);
        vary_etag_by_encoding(&mut sent);
        assert_eq!(sent[header::ETAG], "\"abc-br\"");
    }
}
