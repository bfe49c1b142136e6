//! What gates call: `POST /gate/v1/taps` and `/gate/v1/heartbeats`.
//!
//! A message is looked at in this order, and refused with a code of its own at each step: the gate
//! is known, its timestamp is near, it has signed the bytes that came, it is not retired, the body
//! can be read. Then each tap is judged for itself, so that a bad one does not lose the others.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, request::Parts},
    routing::post,
};
use domain::{
    gates::{
        BATCH_MAX, FIRMWARE_CHARS_MAX, HEADER_GATE, Heartbeat, HeartbeatAnswer, MESSAGE_BYTES_MAX, SentTap,
        TapAnswer, TapAnswers, TapReason,
    },
    media::MediaId,
    problem::Code,
    realm::Realm,
};

use serde::Deserialize;
use serde_json::Value;

use super::{KnownGate, seen, signature};
use crate::{
    app::{App, Environment},
    http::{
        json::{self, Json},
        problem::{ApiError, ApiResult},
    },
    journeys::{self, NewTap, RecordError},
    realms,
};

pub fn routes() -> Router<App> {
    Router::new().route("/gate/v1/taps", post(take_taps)).route("/gate/v1/heartbeats", post(take_heartbeat))
}

/// Checks who sent a message and reads it.
async fn message(app: &App, request: Request) -> ApiResult<(Arc<KnownGate>, Bytes)> {
    let (Parts { headers, .. }, body): (Parts, Body) = request.into_parts();
    let gate = sender(app, &headers)?;
    let now = realms::now(app, &Realm::Live);
    let timestamp = signature::timestamp(&headers, now)?;
    let body = json::read_body_up_to(body, MESSAGE_BYTES_MAX).await?;
    signature::verify(&gate, &headers, timestamp, &body, now)?;
    if gate.retired {
        return Err(ApiError::new(Code::GateRetired));
    }
    Ok((gate, body))
}

/// The gate that a message names; one without a secret can't send any.
fn sender(app: &App, headers: &HeaderMap) -> ApiResult<Arc<KnownGate>> {
    let id = headers.get(HEADER_GATE).and_then(|id| id.to_str().ok());
    id.and_then(|id| app.gates.find(Environment::Live, id))
        .filter(|gate| !gate.keys.is_empty())
        .ok_or_else(|| ApiError::new(Code::UnknownGate))
}

/// A message of taps; each is read for itself.
#[derive(Debug, Deserialize)]
struct Batch {
    taps: Vec<Value>,
}

async fn take_taps(State(app): State<App>, request: Request) -> ApiResult<Json<TapAnswers>> {
    let (gate, body) = message(&app, request).await?;
    let Batch { taps } = json::parse(&body)?;
    if taps.len() > BATCH_MAX {
        return Err(ApiError::new(Code::BatchTooLarge));
    }
    let (mut results, mut good): (Vec<Option<TapAnswer>>, _) = (Vec::new(), Vec::new());
    for tap in &taps {
        match judge(&gate, tap) {
            Ok(tap) => {
                good.push(tap);
                results.push(None);
            }
            Err(answer) => results.push(Some(answer)),
        }
    }
    let (recorded, seen) = tokio::join!(journeys::record(&app, &Realm::Live, good), seen(&app, &gate, None));
    if let Err(error) = seen {
        // The taps are what counts, and they are stored or refused by now.
        tracing::warn!(%error, gate = &*gate.id, "a sign of life could not be written down");
    }
    let mut recorded = recorded.map_err(unrecorded)?.into_iter();
    let results = results.into_iter().filter_map(|answer| answer.or_else(|| recorded.next())).collect();
    Ok(Json(TapAnswers { results }))
}

/// A tap as it is recorded, or why it is none.
fn judge(gate: &KnownGate, value: &Value) -> Result<NewTap, TapAnswer> {
    let rejected = |reason| TapAnswer::rejected(value.get("sequence").and_then(Value::as_i64), reason);
    let tap = SentTap::read(value).ok_or_else(|| rejected(TapReason::Malformed))?;
    if tap.direction != gate.direction {
        return Err(rejected(TapReason::WrongDirection));
    }
    Ok(NewTap {
        gate: gate.id.clone(),
        station: gate.station,
        sequence: tap.sequence,
        direction: tap.direction,
        media: MediaId::of_token(&tap.media),
        payment_method: tap.payment_method,
        tapped_at: tap.tapped_at,
    })
}

async fn take_heartbeat(State(app): State<App>, request: Request) -> ApiResult<Json<HeartbeatAnswer>> {
    let (gate, body) = message(&app, request).await?;
    let Heartbeat { firmware, sent_at: _ } = json::parse(&body)?;
    if firmware.chars().count() > FIRMWARE_CHARS_MAX || firmware.contains(char::is_control) {
        return Err(ApiError::invalid(
            "firmware",
            "malformed",
            format!("Satu baris, paling banyak {FIRMWARE_CHARS_MAX} karakter"),
            format!("One line of {FIRMWARE_CHARS_MAX} characters at most"),
        ));
    }
    seen(&app, &gate, Some(&firmware)).await?;
    Ok(Json(HeartbeatAnswer { now: realms::now(&app, &Realm::Live) }))
}

/// Nothing of the batch was stored: sending it again is right, whatever the cause.
fn unrecorded(error: RecordError) -> ApiError {
    match error {
        RecordError::Db(error) => error.into(),
        error => ApiError::internal(error),
    }
}
