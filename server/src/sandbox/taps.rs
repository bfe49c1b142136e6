//! Test taps: unsigned, by key, at any gate that the data plans.
//!
//! What is wrong with a call (no such station, no direction) is refused whole, with every fault
//! named, because a developer wants to see it. What can become of a tap at a real gate (too old, in
//! the future, wrong direction, denied) is answered tap by tap, as gates are answered.

use std::sync::Arc;

use axum::extract::State;
use domain::{
    fares::PaymentMethod,
    gates::{BATCH_MAX, MESSAGE_BYTES_MAX, TapAnswer, TapAnswers, TapReason},
    media::MediaId,
    network::{GateDirection, Network, StationError, StationIx},
    problem::Code,
    riders::MediaToken,
    sandbox::{TestTap, TestTaps},
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::Tester;
use crate::{
    app::App,
    http::{
        json::{Json, JsonUpTo},
        problem::{ApiError, ApiResult},
    },
    journeys::{self, NewTap, RecordError},
    riders,
};

#[utoipa::path(
    post,
    path = "/sandbox/taps",
    operation_id = "send_test_taps",
    tag = "sandbox",
    summary = "Kirim tap uji || Send test taps",
    description = "Satu sampai 500 tap, tanpa tanda tangan: di sebuah gate (`gate_id`), atau di sebuah stasiun ke satu arah \
                   (`station_id` dan `direction`). Jawaban per tap sama seperti untuk gate. Tap lebih dari 35 hari yang lalu atau \
                   lebih dari 120 detik di depan jam uji ditolak. Setelah dijawab, tap, perjalanan, tarif, dan event sudah tersimpan. \
                   || One to 500 taps, unsigned: at a gate (`gate_id`), or at a station in a direction (`station_id` and \
                   `direction`). Answered tap by tap, as gates are. A tap more than 35 days ago or more than 120 seconds ahead of \
                   the test clock is rejected. Once answered, taps, journeys, charges and events are stored.",
    request_body(content = TestTaps, example = json!({"taps": [
        {"station_id": "STN_GMB", "direction": "in", "media": "kartu-ani", "tapped_at": "2026-03-08T08:10:00Z"},
        {"station_id": "STN_DPK", "direction": "out", "media": "kartu-ani", "tapped_at": "2026-03-08T08:41:00Z"}
    ]})),
    responses((status = 200, body = TapAnswers, description = "Jawaban, dalam urutan tap. || The answers, in the order of the taps.")),
    extensions(("x-codes" = json!(["unsupported_media_type", "body_too_large", "batch_too_large", "validation_failed"]))),
)]
pub(super) async fn send_test_taps(
    State(app): State<App>,
    tester: Tester,
    JsonUpTo(TestTaps { taps }): JsonUpTo<MESSAGE_BYTES_MAX, TestTaps>,
) -> ApiResult<Json<TapAnswers>> {
    if taps.is_empty() {
        return Err(ApiError::invalid(
            "taps",
            "required",
            "Isi paling sedikit satu tap",
            "Send one tap at least",
        ));
    }
    if taps.len() > BATCH_MAX {
        return Err(ApiError::new(Code::BatchTooLarge));
    }
    let (now, count) = (tester.now(&app), taps.len());
    let mut wanted = Vec::with_capacity(count);
    let mut faults: Option<ApiError> = None;
    for (index, tap) in taps.into_iter().enumerate() {
        // Those without a time follow each other, the last one now.
        let behind_ms = i64::try_from(count - index - 1).unwrap_or(0);
        let now = now.checked_sub(SignedDuration::from_millis(behind_ms)).unwrap_or(now);
        let media = tap.media.id();
        match judge(&app, now, &format!("taps[{index}]."), &tap, media) {
            Ok(tap) => wanted.push(tap),
            Err(fault) => faults = Some(faults.map_or(fault.clone(), |faults| faults.with_faults_of(fault))),
        }
    }
    if let Some(faults) = faults {
        return Err(faults);
    }
    let results = store(&app, &tester, wanted).await?;
    tester.record(&app, "sandbox.taps", format!("{count}")).await?;
    Ok(Json(TapAnswers { results }))
}

/// One tap as the portal's form sends it: a card of a test rider by its id, or any token.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberTap {
    #[serde(default)]
    medium_id: Option<String>,
    #[serde(default)]
    media: Option<MediaToken>,
    #[serde(default)]
    station_id: Option<String>,
    #[serde(default)]
    direction: Option<GateDirection>,
    #[serde(default)]
    payment_method: Option<PaymentMethod>,
}

/// The portal's: one tap, now.
pub(super) async fn send_one(
    State(app): State<App>,
    tester: Tester,
    Json(tap): Json<MemberTap>,
) -> ApiResult<Json<TapAnswer>> {
    let MemberTap { medium_id, media, station_id, direction, payment_method } = tap;
    let id = match (media, medium_id.as_deref().and_then(MediaId::from_name)) {
        (Some(token), _) => token.id(),
        (None, Some(id)) if riders::owner(tester.db(&app), &tester.realm, &id).await?.is_some() => id,
        (None, _) => {
            return Err(ApiError::invalid("medium_id", "required", "Pilih kartu", "Choose a card"));
        }
    };
    let place = Place { gate_id: None, station_id, direction };
    let answer = tap_now(&app, &tester, id, place, payment_method).await?;
    tester.record(&app, "sandbox.taps", "1".to_owned()).await?;
    Ok(Json(answer))
}

/// One tap of a medium, now.
pub(super) async fn tap_now(
    app: &App,
    tester: &Tester,
    media: MediaId,
    place: Place,
    payment_method: Option<PaymentMethod>,
) -> ApiResult<TapAnswer> {
    let tap = Detail { place, payment_method, tapped_at: None, sequence: None };
    let wanted = judge_detail(app, tester.now(app), "", &tap, media)?;
    let results = store(app, tester, vec![wanted]).await?;
    results.into_iter().next().ok_or_else(|| ApiError::new(Code::Internal))
}

/// A tap to be stored, or the answer to one that is not.
enum Wanted {
    Tap(NewTap),
    Rejected(TapAnswer),
}

/// Where a tap is: at a gate, or at a station in a direction.
pub(super) struct Place {
    pub gate_id: Option<String>,
    pub station_id: Option<String>,
    pub direction: Option<GateDirection>,
}

struct Detail {
    place: Place,
    payment_method: Option<PaymentMethod>,
    tapped_at: Option<Timestamp>,
    sequence: Option<i64>,
}

fn judge(app: &App, now: Timestamp, prefix: &str, tap: &TestTap, media: MediaId) -> ApiResult<Wanted> {
    let place =
        Place { gate_id: tap.gate_id.clone(), station_id: tap.station_id.clone(), direction: tap.direction };
    let detail = Detail {
        place,
        payment_method: tap.payment_method,
        tapped_at: tap.tapped_at,
        sequence: tap.sequence,
    };
    judge_detail(app, now, prefix, &detail, media)
}

fn judge_detail(app: &App, now: Timestamp, prefix: &str, tap: &Detail, media: MediaId) -> ApiResult<Wanted> {
    if tap.sequence.is_some_and(|sequence| sequence < 0) {
        return Err(ApiError::invalid(
            format!("{prefix}sequence"),
            "out_of_range",
            "Tidak boleh di bawah 0",
            "Must not be below 0",
        ));
    }
    let at = gate_of(&app.network, prefix, &tap.place)?;
    let sequence = tap.sequence.unwrap_or_else(|| app.testing_grounds.next_sequence(now));
    if tap.place.direction.is_some_and(|direction| direction != at.direction) {
        return Ok(Wanted::Rejected(TapAnswer::rejected(Some(sequence), TapReason::WrongDirection)));
    }
    Ok(Wanted::Tap(NewTap {
        gate: at.gate,
        station: at.station,
        sequence,
        direction: at.direction,
        media,
        payment_method: tap.payment_method.unwrap_or(PaymentMethod::KciPay),
        tapped_at: tap.tapped_at.unwrap_or(now),
    }))
}

struct At {
    gate: Arc<str>,
    station: StationIx,
    direction: GateDirection,
}

/// The gate that is named, or the first one of a station in a direction. All test networks have the
/// gates that the data plans.
fn gate_of(network: &Network, prefix: &str, place: &Place) -> ApiResult<At> {
    let required = |field: &str| {
        ApiError::invalid(
            format!("{prefix}{field}"),
            "required",
            format!("`{field}` wajib diisi"),
            format!("`{field}` is required"),
        )
    };
    let (station, gate) = match (&place.gate_id, &place.station_id, place.direction) {
        (Some(gate), ..) => {
            let code = gate.strip_prefix("GATE_").and_then(|rest| rest.split('_').next()).unwrap_or_default();
            let found = network.find(&format!("STN_{code}")).and_then(|station| {
                Some((station.ix, station.planned_gates().find(|planned| planned.id == *gate)?))
            });
            found.ok_or_else(|| {
                ApiError::invalid(
                    format!("{prefix}gate_id"),
                    "unknown_gate",
                    "Gate tidak dikenal; lihat `gates` pada GET /stations/{id}",
                    "No such gate; see `gates` of GET /stations/{id}",
                )
            })?
        }
        (None, Some(station), Some(direction)) => {
            let station = network.find_open(station).map_err(|error| station_fault(prefix, &error))?;
            let gate = station.planned_gates().find(|planned| planned.direction == direction);
            (station.ix, gate.ok_or_else(|| station_fault(prefix, &StationError::Unknown))?)
        }
        (None, None, _) => return Err(required("station_id")),
        (None, Some(_), None) => return Err(required("direction")),
    };
    Ok(At { gate: gate.id.into(), station, direction: gate.direction })
}

fn station_fault(prefix: &str, error: &StationError) -> ApiError {
    let field = format!("{prefix}station_id");
    match error {
        StationError::Unknown => ApiError::invalid(
            field,
            "unknown_station",
            "Stasiun tidak dikenal; lihat GET /stations",
            "No such station; see GET /stations",
        ),
        StationError::Closed(id) => {
            ApiError::invalid(field, "closed_station", format!("{id} sudah tutup"), format!("{id} is closed"))
        }
    }
}

/// Stores what can be stored; the answers come in the order of the taps.
async fn store(app: &App, tester: &Tester, wanted: Vec<Wanted>) -> ApiResult<Vec<TapAnswer>> {
    let mut taps = Vec::with_capacity(wanted.len());
    let mut rejected = Vec::new();
    for (place, wanted) in wanted.into_iter().enumerate() {
        match wanted {
            Wanted::Tap(tap) => taps.push(tap),
            Wanted::Rejected(answer) => rejected.push((place, answer)),
        }
    }
    let mut answers = journeys::record(app, &tester.realm, taps).await.map_err(unrecorded)?;
    for (place, answer) in rejected {
        answers.insert(place.min(answers.len()), answer);
    }
    Ok(answers)
}

fn unrecorded(error: RecordError) -> ApiError {
    match error {
        RecordError::Db(error) => error.into(),
        error => ApiError::internal(error),
    }
}
