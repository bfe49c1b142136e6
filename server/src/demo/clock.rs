//! `POST /internal/clock`: moves the server's time forward, for everything alike. Demo only: the
//! route does not exist in production.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    routing::post,
};
use data_encoding::BASE64;
use domain::{identity::OperatorRole, problem::Code};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    http::{
        client_ip::ClientIp,
        json,
        problem::{ApiError, ApiResult},
    },
    identity,
};

/// Ten years: enough for every lifetime in the product, far from the calendar's end.
const ADVANCE_S_MAX: u64 = 10 * 366 * 24 * 3600;

/// How far to move.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_s: u64,
}

/// What the clock shows now.
#[derive(Debug, Serialize)]
struct Shown {
    now: Timestamp,
}

pub fn routes() -> Router<App> {
    Router::new().route("/internal/clock", post(advance))
}

async fn advance(
    State(app): State<App>,
    ClientIp(client): ClientIp,
    headers: HeaderMap,
    json::Json(request): json::Json<Advance>,
) -> ApiResult<Json<Shown>> {
    let (email, password) = basic(&headers).ok_or_else(unknown)?;
    let email = email.try_into().map_err(|_| unknown())?;
    let password = password.try_into().map_err(|_| unknown())?;
    let role = identity::operator_by_password(&app, client, &email, password).await?;
    if role != OperatorRole::Admin {
        return Err(ApiError::new(Code::NotAllowed));
    }
    if request.advance_s > ADVANCE_S_MAX {
        return Err(ApiError::invalid(
            "advance_s",
            "too_large",
            "Paling jauh sepuluh tahun sekali jalan.",
            "Ten years at a time at most.",
        ));
    }
    app.clock.advance(Duration::from_secs(request.advance_s));
    Ok(Json(Shown { now: app.clock.now() }))
}

fn unknown() -> ApiError {
    let challenge = HeaderValue::from_static("Basic realm=\"nfcgate\"");
    ApiError::new(Code::WrongCredentials).header(header::WWW_AUTHENTICATE, challenge)
}

/// User and password of HTTP Basic (RFC 7617).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    let decoded =
        scheme.eq_ignore_ascii_case("basic").then(|| BASE64.decode(credentials.trim().as_bytes()).ok())??;
    let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7617_is_read() {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert_eq!(basic(&headers), Some(("Aladdin".to_owned(), "open sesame".to_owned())));
        headers
            .insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert_eq!(basic(&headers), None);
    }
}
