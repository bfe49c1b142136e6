//! The demo's receiver of webhooks, and the endpoints that call it: so that logs show deliveries that
//! really went over the wire.
//!
//! The receiver checks the signature as a partner would. `steady` answers every good one with 200;
//! `moody` asks every fourth to come again, each time anew, so that there is something to look into.
//! Nothing is kept. In production the routes do not exist.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use domain::webhooks::{
    HEADER_ID, HEADER_SIGNATURE, HEADER_STANDARD, HEADER_TIMESTAMP, SigningSecret, body_signature,
    standard_signature,
};
use serde_json::json;
use subtle::ConstantTimeEq as _;

use super::{DemoError, accounts::PartnerAccount, browser::Browser};
use crate::{app::App, config::Config};

/// Of every endpoint of the demo. It protects nothing.
const SECRET: &str = "demo_webhook_secret_2026_travelku";
/// Further than that from now, a message may be an old one that somebody sends again.
const TOLERANCE_S: i64 = 300;
/// The partner that has endpoints.
const PARTNER: &str = "TravelKu App";
const EVENTS: [&str; 5] =
    ["journey.completed", "station.crowded", "gate.offline", "fare_cap.reached", "fraud.detected"];

pub fn routes() -> Router<App> {
    Router::new().route("/internal/demo/webhooks/{mood}", post(receive))
}

async fn receive(
    State(app): State<App>,
    Path(mood): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (id, timestamp) = (value(HEADER_ID), value(HEADER_TIMESTAMP));
    let Ok(secret) = SECRET.parse::<SigningSecret>() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let is_same = |told: &str, expected: &str| bool::from(told.as_bytes().ct_eq(expected.as_bytes()));
    let is_signed = is_same(value(HEADER_SIGNATURE), &body_signature(&secret, &body))
        && is_same(value(HEADER_STANDARD), &standard_signature(&secret, id, timestamp, &body));
    let sent_at_s: i64 = timestamp.parse().unwrap_or(0);
    if !is_signed || (app.clock.now().as_second() - sent_at_s).abs() > TOLERANCE_S {
        return (StatusCode::UNAUTHORIZED, "the signature does not fit\n").into_response();
    }
    match mood.as_str() {
        "steady" => (StatusCode::OK, "thank you\n").into_response(),
        "moody" if is_sent_away(id, timestamp) => {
            (StatusCode::TOO_MANY_REQUESTS, "not so many at once, please\n").into_response()
        }
        "moody" => (StatusCode::OK, "thank you, this time\n").into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// By what is sent, so that nothing has to be remembered; another attempt has another timestamp.
fn is_sent_away(id: &str, timestamp: &str) -> bool {
    let sum = id
        .bytes()
        .chain(timestamp.bytes())
        .fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    sum.is_multiple_of(4)
}

/// Where the server itself can be called, if it listens on this machine's own address.
fn own_url(config: &Config, mood: &str) -> Option<String> {
    let ip = config.listen.ip();
    let is_reached = ip.is_unspecified() || ip == std::net::Ipv4Addr::LOCALHOST;
    let port = config.listen.port();
    is_reached.then(|| format!("http://127.0.0.1:{port}/internal/demo/webhooks/{mood}"))
}

/// Makes the endpoints, live and in the sandbox, each by the public API; and sends a test of every
/// event. What is on its way goes out once the server listens.
///
/// # Errors
/// When the API refuses.
pub async fn register(app: &App, router: &Router, partners: &[PartnerAccount]) -> Result<(), DemoError> {
    let Some(partner) = partners.iter().find(|partner| partner.name == PARTNER) else { return Ok(()) };
    for (key, moods) in
        [(&partner.live_key, ["steady", "moody"].as_slice()), (&partner.test_key, ["steady"].as_slice())]
    {
        let Some(key) = key else { continue };
        let mut program = Browser::with_key(router.clone(), key);
        for &mood in moods {
            let Some(url) = own_url(&app.config, mood) else { return Ok(()) };
            let description = if mood == "steady" { "Backend TravelKu" } else { "Backend lama TravelKu" };
            let new = json!({"url": url, "events": EVENTS, "secret": SECRET, "description": description});
            let made = program.post("endpoint", "/open-api/v1/webhooks", new).await?;
            let id = super::text(&made, "/id")?;
            for event in EVENTS {
                let path = format!("/open-api/v1/webhooks/{id}/test");
                program.post("test event", &path, json!({"event": event})).await?;
            }
        }
    }
    Ok(())
}
