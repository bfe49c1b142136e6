//! The test clock.

use std::time::Duration;

use axum::extract::State;
use domain::{
    problem::Code,
    sandbox::{MoveClock, TestClock},
};

use super::Tester;
use crate::{
    app::App,
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
    },
    realms::{self, AHEAD_MAX, ClockError},
};

#[utoipa::path(
    get,
    path = "/sandbox/clock",
    operation_id = "get_test_clock",
    tag = "sandbox",
    summary = "Waktu di jaringan uji || The time in the test network",
    description = "Jam uji berjalan seperti jam biasa, di depan waktu nyata sejauh `offset_s`. Tap, batas tarif, kuota \
                   test key, dan perjalanan yang belum selesai semuanya memakai jam ini. \
                   || A test clock runs like any clock, `offset_s` ahead of real time. Taps, caps, quotas of test keys \
                   and journeys that are not finished all go by it.",
    responses((status = 200, body = TestClock, description = "Waktu sekarang. || The time now.")),
    extensions(("x-codes" = json!([]))),
)]
pub(super) async fn get_test_clock(State(app): State<App>, tester: Tester) -> ApiResult<Json<TestClock>> {
    Ok(Json(view(&app, &tester)))
}

#[utoipa::path(
    post,
    path = "/sandbox/clock",
    operation_id = "move_test_clock",
    tag = "sandbox",
    summary = "Majukan jam uji || Move the test clock on",
    description = "Maju sejauh `advance_s` detik, atau sampai `to`; salah satu saja. Jam hanya bisa maju, paling jauh dua tahun \
                   di depan waktu nyata; `POST /sandbox/reset` mengembalikannya. Lewat tengah malam (WIB) kuota test key dan \
                   batas harian mulai lagi; empat jam setelah tap masuk tanpa tap keluar, perjalanan menjadi `incomplete`. \
                   || On by `advance_s` seconds, or to the instant `to`; one of the two. Clocks move forward only, two years \
                   ahead of real time at most; `POST /sandbox/reset` puts it back. Past midnight (WIB) test keys' quotas and \
                   daily caps begin anew; four hours after a tap-in without a tap-out a journey becomes `incomplete`.",
    request_body(content = MoveClock, example = json!({"advance_s": 14_460})),
    responses((status = 200, body = TestClock, description = "Waktu sesudahnya. || The time afterwards.")),
    extensions(("x-codes" = json!(["unsupported_media_type", "body_too_large", "validation_failed"]))),
)]
pub(super) async fn move_test_clock(
    State(app): State<App>,
    tester: Tester,
    Json(wanted): Json<MoveClock>,
) -> ApiResult<Json<TestClock>> {
    let now = match (wanted.advance_s, wanted.to) {
        (Some(seconds), None) => realms::advance(&app, &tester.partner, Duration::from_secs(seconds)).await,
        (None, Some(to)) => realms::advance_to(&app, &tester.partner, to).await,
        (None, None) | (Some(_), Some(_)) => return Err(one_of_two()),
    };
    let now = now.map_err(|error| refusal(error, wanted.advance_s.map_or("to", |_| "advance_s")))?;
    tester.record(&app, "sandbox.clock", format!("-> {now}")).await?;
    Ok(Json(view(&app, &tester)))
}

pub(super) fn view(app: &App, tester: &Tester) -> TestClock {
    TestClock { now: tester.now(app), offset_s: realms::ahead(app, &tester.realm).as_secs() }
}

fn one_of_two() -> ApiError {
    ApiError::invalid(
        "advance_s",
        "required",
        "Isi salah satu: `advance_s` atau `to`",
        "Give one of the two: `advance_s` or `to`",
    )
}

/// Why the clock did not move, at the field that asked for it.
pub(super) fn refusal(error: ClockError, field: &'static str) -> ApiError {
    match error {
        ClockError::Db(error) => error.into(),
        ClockError::NotForward { now } => ApiError::invalid(
            field,
            "not_forward",
            format!("Jam hanya bisa maju; sekarang {now}"),
            format!("The clock moves forward only; it is {now}"),
        ),
        ClockError::TooFar => {
            let days = AHEAD_MAX.as_secs() / 86_400;
            ApiError::invalid(
                field,
                "too_far",
                format!("Jam uji paling jauh {days} hari di depan waktu nyata"),
                format!("A test clock runs {days} days ahead of real time at most"),
            )
        }
    }
}

/// What no rider, journey or gate of the test network is called.
pub(super) fn absent() -> ApiError {
    ApiError::new(Code::NotFound)
}
