//! JSON bodies: read with every fault named, written with a strong validator.

use std::{
    hash::{DefaultHasher, Hasher},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{invalid::Invalid, problem::Code};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::{Deserializer, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::problem::{ApiError, ApiResult};

/// Largest body that a JSON route takes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Fields that are named at most when a body is refused.
const FAULTS_MAX: usize = 32;
/// Time a client has to send its body.
const BODY_TIME_MAX: Duration = Duration::from_secs(20);

/// Room for an answer of the usual size, and for the headers that the layers add: both grow if need be.
const USUAL_BYTES: usize = 512;
const USUAL_HEADERS: usize = 20;

const APPLICATION_JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A JSON body, as a handler's last argument; also a JSON answer.
///
/// Not JSON by its headers: 415. Too large: 413. Broken syntax: 400. Readable, but not a `T`: 422
/// with the member named.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> ApiResult<Self> {
        if !is_json(request.headers()) {
            return Err(ApiError::new(Code::UnsupportedMediaType));
        }
        let body = read_body(request.into_body()).await?;
        parse(&body).map(Self)
    }
}

/// As [`Json`], for the few routes that take larger bodies.
#[derive(Debug, Clone, Copy)]
pub struct JsonUpTo<const BYTES_MAX: usize, T>(pub T);

impl<const BYTES_MAX: usize, T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonUpTo<BYTES_MAX, T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> ApiResult<Self> {
        if !is_json(request.headers()) {
            return Err(ApiError::new(Code::UnsupportedMediaType));
        }
        let body = read_body_up_to(request.into_body(), BYTES_MAX).await?;
        parse(&body).map(Self)
    }
}

/// As [`Json`], where all members may be left out: no body at all is the same as `{}`.
#[derive(Debug, Clone, Copy)]
pub struct JsonOrNothing<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonOrNothing<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> ApiResult<Self> {
        let is_json = is_json(request.headers());
        let body = read_body(request.into_body()).await?;
        match (body.is_empty(), is_json) {
            (true, _) => parse(b"{}").map(Self),
            (false, true) => parse(&body).map(Self),
            (false, false) => Err(ApiError::new(Code::UnsupportedMediaType)),
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, APPLICATION_JSON)], body).into_response(),
            Err(cause) => ApiError::internal(cause).into_response(),
        }
    }
}

/// Answer of a GET on public data: JSON with a strong `ETag`. The edge answers 304 to a caller who
/// has it already.
#[derive(Debug, Clone, Copy)]
pub struct PublicJson<T>(pub T);

impl<T: Serialize> IntoResponse for PublicJson<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(USUAL_BYTES);
        if let Err(cause) = serde_json::to_writer(&mut body, &self.0) {
            return ApiError::internal(cause).into_response();
        }
        let etag = strong_etag(&body);
        let mut response = Response::new(Body::from(body));
        let sent = response.headers_mut();
        sent.reserve(USUAL_HEADERS);
        sent.insert(header::CONTENT_TYPE, APPLICATION_JSON);
        sent.insert(header::ETAG, etag);
        response
    }
}

/// A validator that changes with the bytes. Not a secret: it only has to tell versions of one
/// address apart.
#[must_use]
pub fn strong_etag(body: &[u8]) -> HeaderValue {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut hasher = DefaultHasher::new();
    hasher.write(body);
    let mut text = [b'"'; 18];
    for (place, byte) in text[1..17].chunks_exact_mut(2).zip(hasher.finish().to_be_bytes()) {
        place[0] = HEX[usize::from(byte >> 4)];
        place[1] = HEX[usize::from(byte & 15)];
    }
    HeaderValue::from_bytes(&text).expect("hex digits between quotes are a valid header value")
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
        || (kind.len() > 5 && kind.is_ascii() && kind[kind.len() - 5..].eq_ignore_ascii_case("+json"))
}

/// A whole body, within bounds of size and time.
///
/// # Errors
/// As [`read_body_up_to`].
pub async fn read_body(body: Body) -> ApiResult<Bytes> {
    read_body_up_to(body, BODY_BYTES_MAX).await
}

/// A whole body of at most `bytes_max`, within bounds of time.
///
/// # Errors
/// 413 when it is too large, 400 when it breaks off or takes too long.
pub async fn read_body_up_to(body: Body, bytes_max: usize) -> ApiResult<Bytes> {
    let collected = tokio::time::timeout(BODY_TIME_MAX, Limited::new(body, bytes_max).collect()).await;
    match collected {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let kib = bytes_max / 1024;
            Err(ApiError::new(Code::BodyTooLarge).detail(
                format!("Isi permintaan maksimum {kib} KiB."),
                format!("A body may have {kib} KiB at most."),
            ))
        }
        Ok(Err(_)) => {
            Err(ApiError::new(Code::MalformedRequest)
                .detail("Isi permintaan terputus.", "The body broke off."))
        }
        Err(_) => Err(ApiError::new(Code::MalformedRequest)
            .detail("Isi permintaan terlalu lama dikirim.", "The body took too long to arrive.")),
    }
}

/// Reads a body that is known to be JSON.
///
/// # Errors
/// 400 when it is no JSON; 422 when it is no `T`, with every member named whose value is wrong. Of
/// members that are missing only the first is known.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> ApiResult<T> {
    let mut text = serde_json::Deserializer::from_slice(body);
    let value = read(&mut text).map_err(|first| match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => with_all_faults::<T>(first, members),
        _ => first,
    })?;
    text.end().map_err(|error| refusal("", &error))?;
    Ok(value)
}

fn read<'de, T: DeserializeOwned, D: Deserializer<'de, Error = serde_json::Error>>(from: D) -> ApiResult<T> {
    serde_path_to_error::deserialize(from).map_err(|error| {
        let path = error.path().to_string();
        refusal(&path, &error.into_inner())
    })
}

/// Reading stops at the first fault. So the member at fault is taken out and the rest is read again,
/// until what is missed is only what was taken out.
fn with_all_faults<T: DeserializeOwned>(first: ApiError, mut members: Map<String, Value>) -> ApiError {
    let (mut all, mut newest) = (first.clone(), first);
    for _ in 0..members.len().min(FAULTS_MAX) {
        let member = newest.field().and_then(|field| field.split(['.', '[']).next()).map(str::to_owned);
        let Some(member) = member.filter(|member| members.remove(member).is_some()) else { break };
        match read::<T, _>(Value::Object(members.clone())) {
            Err(fault) if fault.field().is_some_and(|field| field != member && !all.names(field)) => {
                all = all.with_faults_of(fault.clone());
                newest = fault;
            }
            _ => break,
        }
    }
    all
}

fn refusal(path: &str, error: &serde_json::Error) -> ApiError {
    if !error.is_data() {
        let (line, column) = (error.line(), error.column());
        return ApiError::new(Code::MalformedRequest).detail(
            format!("Isi permintaan bukan JSON yang sah (baris {line}, kolom {column})."),
            format!("The body is not valid JSON (line {line}, column {column})."),
        );
    }
    let message = error.to_string();
    let field = if path == "." { "body" } else { path };
    // A type of ours has said why, in both languages.
    if let Some(invalid) = Invalid::from_serde(&message) {
        return ApiError::invalid(field.to_owned(), invalid.rule.code(), invalid.id, invalid.en);
    }
    let quoted = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    let member = |name: &str| match path.rsplit_once('.') {
        _ if path == "." || path == name => name.to_owned(),
        Some((parent, last)) if last == name => format!("{parent}.{name}"),
        Some(_) | None => format!("{path}.{name}"),
    };
    if let Some(name) = quoted("missing field `") {
        return ApiError::invalid(
            member(name),
            "required",
            format!("`{name}` wajib diisi"),
            format!("`{name}` is required"),
        );
    }
    if let Some(name) = quoted("unknown field `") {
        let (id, en) = (format!("`{name}` tidak dikenal"), format!("`{name}` is not known"));
        return ApiError::invalid(member(name), "unknown_field", id, en);
    }
    if let Some(name) = quoted("duplicate field `") {
        let (id, en) =
            (format!("`{name}` muncul lebih dari sekali"), format!("`{name}` is given more than once"));
        return ApiError::invalid(member(name), "duplicate", id, en);
    }
    // serde_json appends where it stopped; the path says it better.
    let reason = message.split(" at line ").next().unwrap_or_default();
    ApiError::invalid(
        field.to_owned(),
        "invalid",
        format!("Nilai `{field}` tidak sah ({reason})"),
        format!("`{field}` is not valid ({reason})"),
    )
}

#[cfg(test)]
mod tests {
    use domain::lang::Lang;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        #[expect(dead_code, reason = "only its reading is looked at")]
        name: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only its reading is looked at")]
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its reading is looked at")]
        count: u32,
    }

    fn check(body: &str, status: u16, fault: Option<(&str, &str)>) {
        let refusal = parse::<Wanted>(body.as_bytes()).expect_err(body);
        let problem = refusal.problem(Lang::En, "req", "");
        let found = problem.errors.first().map(|error| (error.field.as_str(), error.code.as_str()));
        assert_eq!((problem.status, found), (status, fault), "{body}");
    }

    #[test]
    fn what_is_wrong_with_a_body_is_named() {
        check("{", 400, None);
        check("{} x", 422, Some(("name", "required")));
        check(r#"{"name": "a"} x"#, 400, None);
        check("", 400, None);
        check(&"[".repeat(1000), 422, Some(("[0]", "invalid")));
        check("7", 422, Some(("body", "invalid")));
        check(r#"{"name": "a", "tier": "pro"}"#, 422, Some(("tier", "unknown_field")));
        check(r#"{"name": "a", "name": "b"}"#, 422, Some(("name", "duplicate")));
        check(r#"{"name": 7}"#, 422, Some(("name", "invalid")));
        check(r#"{"name": "a", "inner": {"count": -1}}"#, 422, Some(("inner.count", "invalid")));
        check(r#"{"name": "a", "inner": {}}"#, 422, Some(("inner.count", "required")));
        check(r#"{"name": "a", "inner": {"count": 1, "x": 2}}"#, 422, Some(("inner.x", "unknown_field")));
    }

    #[test]
    fn all_wrong_members_are_named_at_once() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "only its reading is looked at")]
        struct Form {
            name: domain::text::DisplayName,
            count: u32,
            email: domain::identity::EmailAddress,
        }
        let fields = |body: &str| {
            let problem = parse::<Form>(body.as_bytes()).unwrap_err().problem(Lang::En, "req", "");
            let mut named: Vec<_> =
                problem.errors.iter().map(|error| format!("{} {}", error.field, error.code)).collect();
            named.sort();
            named
        };
        assert_eq!(
            fields(r#"{"name": "", "count": -1, "email": "nobody", "tier": "pro"}"#),
            ["count invalid", "email malformed", "name required", "tier unknown_field"]
        );
        assert_eq!(fields(r#"{"email": "nobody"}"#), ["email malformed", "name required"]);
        assert_eq!(fields("{}"), ["name required"]);
    }

    #[test]
    fn only_json_types_are_read() {
        for (kind, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
            assert_eq!(is_json(&headers), expected, "{kind}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }

    #[test]
    fn an_etag_is_quoted_and_changes_with_the_bytes() {
        let etag = strong_etag(b"{}");
        assert_eq!(etag.len(), 18);
        assert_eq!(etag, strong_etag(b"{}"));
        assert_ne!(etag, strong_etag(b"{ }"));
    }
}
