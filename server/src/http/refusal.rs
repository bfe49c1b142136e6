//! Writing refusals: problem details for programs, a small page for people.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use domain::{
    lang::Lang,
    oauth::ErrorCode,
    problem::{Code, Problem},
};

use super::{problem::ApiError, surface::Surface};

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// A failure on a JSON surface that says nothing in JSON: one that axum answered by itself.
#[must_use]
pub fn is_bare(response: &Response, surface: Surface) -> bool {
    let status = response.status();
    if !surface.is_json() || !(status.is_client_error() || status.is_server_error()) {
        return false;
    }
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    !kind.is_some_and(|kind| kind.starts_with("application/"))
}

/// The refusal that a bare status stands for.
#[must_use]
pub fn named(status: StatusCode) -> Option<ApiError> {
    let code = match status {
        StatusCode::BAD_REQUEST | StatusCode::REQUEST_TIMEOUT => Code::MalformedRequest,
        StatusCode::UNAUTHORIZED => Code::MissingCredential,
        StatusCode::FORBIDDEN => Code::NotAllowed,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::CONFLICT => Code::WrongState,
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        StatusCode::URI_TOO_LONG => Code::UriTooLong,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        StatusCode::UNPROCESSABLE_ENTITY => Code::ValidationFailed,
        StatusCode::TOO_MANY_REQUESTS => Code::RateLimited,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Code::HeadersTooLarge,
        StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
        status if status.is_server_error() => Code::Internal,
        _ => return None,
    };
    Some(ApiError::new(code))
}

/// The refusal as `application/problem+json`. Headers that the handler set stay.
#[must_use]
pub fn problem(response: Response, problem: &Problem, lang: Lang) -> Response {
    // A problem is made of strings and a number: writing it cannot fail.
    let body = serde_json::to_vec(problem).unwrap_or_default();
    written(response, problem, PROBLEM_JSON, body, lang)
}

/// The refusal as a page, for browsers that were asking for one: plain, because whatever draws the
/// portal's pages may be what failed.
#[must_use]
pub fn page(response: Response, problem: &Problem, lang: Lang) -> Response {
    let (title, detail) = (escape(&problem.title), escape(&problem.detail));
    let (home, quote) = lang.pick(("Ke beranda", "Nomor permintaan"), ("Home", "Request id"));
    let body = format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{status} · {title}</title></head><body><main><h1>{title}</h1><p>{detail}</p>\
         <p>{quote}: <code>{id}</code></p><p><a href=\"/\">{home}</a></p></main></body></html>",
        lang = lang.tag(),
        status = problem.status,
        id = escape(&problem.request_id),
    );
    written(response, problem, HTML, body.into_bytes(), lang)
}

/// The refusal in the form of RFC 6749 section 5.2, for what the rules of OAuth have no word for.
#[must_use]
pub fn oauth(response: Response, problem: &Problem) -> Response {
    let error = match problem.status {
        429 | 503 => ErrorCode::TemporarilyUnavailable,
        500.. => ErrorCode::ServerError,
        _ => ErrorCode::InvalidRequest,
    };
    // Neither quotes nor backslashes may stand in a description.
    let description = format!("{}: {}", problem.title, problem.detail).replace(['"', '\\'], "'");
    let body = serde_json::json!({"error": error.as_str(), "error_description": description});
    written(response, problem, JSON, body.to_string().into_bytes(), Lang::En)
}

fn written(response: Response, problem: &Problem, kind: HeaderValue, body: Vec<u8>, lang: Lang) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    parts.headers.insert(header::CONTENT_TYPE, kind);
    parts.headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    parts.headers.insert(header::CACHE_CONTROL, NO_STORE);
    for name in [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::ETAG] {
        parts.headers.remove(name);
    }
    Response::from_parts(parts, Body::from(body))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
