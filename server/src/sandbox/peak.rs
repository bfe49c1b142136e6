//! "Run a morning peak here": anonymous riders of the demand model, on the latest weekday morning
//! that is over by the test clock. The clock is not moved.

use axum::{extract::State, http::StatusCode};
use domain::{
    problem::Code,
    riders::MediaToken,
    sandbox::{PEAK_RIDERS_MAX, PeakState, PeakView, RunPeak},
    time::{JAKARTA, day_start, jakarta_day},
};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Weekday},
};
use simulator::Population;

use super::{Tester, clock::absent, grounds::Run};
use crate::{
    app::App,
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
    },
    journeys::{self, NewTap},
};

/// Hours of the morning, in Jakarta.
const MORNING: (i8, i8) = (5, 10);
/// Taps of one message.
const AT_ONCE: usize = 50;

#[utoipa::path(
    post,
    path = "/sandbox/peak",
    operation_id = "run_test_peak",
    tag = "sandbox",
    summary = "Jalankan jam sibuk pagi || Run a morning peak",
    description = "Penumpang anonim dari model permintaan tap pada pagi hari kerja terakhir (05.00 sampai 10.00 WIB) yang sudah lewat \
                   menurut jam uji. Angkanya model, bukan hasil ukur. Berjalan di latar; lihat `GET /sandbox/peak`. \
                   || Anonymous riders of the demand model tap on the latest weekday morning (05:00 to 10:00 WIB) that is over by the \
                   test clock. The figures are modelled, not measured. Runs in the background; see `GET /sandbox/peak`.",
    request_body(content = RunPeak, example = json!({"riders": 200})),
    responses((status = 202, body = PeakView, description = "Sudah mulai. || It has begun.")),
    extensions(("x-codes" = json!(["unsupported_media_type", "body_too_large", "validation_failed", "wrong_state"]))),
)]
pub(super) async fn run_test_peak(
    State(app): State<App>,
    tester: Tester,
    Json(RunPeak { riders }): Json<RunPeak>,
) -> ApiResult<(StatusCode, Json<PeakView>)> {
    if !(1..=PEAK_RIDERS_MAX).contains(&riders) {
        return Err(ApiError::invalid(
            "riders",
            "out_of_range",
            format!("Antara 1 dan {PEAK_RIDERS_MAX}"),
            format!("Between 1 and {PEAK_RIDERS_MAX}"),
        ));
    }
    let now = tester.now(&app);
    let taps = planned(&app, now, riders);
    let peak = PeakView {
        state: PeakState::Running,
        riders,
        planned: u32::try_from(taps.len()).unwrap_or(u32::MAX),
        sent: 0,
        started_at: now,
        modelled: true,
    };
    let run = app.testing_grounds.begin(&tester.partner, peak.clone()).ok_or_else(|| {
        ApiError::new(Code::WrongState)
            .detail("Jam sibuk sebelumnya masih berjalan.", "The peak before this one is still running.")
    })?;
    app.tasks.spawn(send(app.clone(), tester.clone(), run, taps));
    tester.record(&app, "sandbox.peak", format!("{riders}")).await?;
    Ok((StatusCode::ACCEPTED, Json(peak)))
}

#[utoipa::path(
    get,
    path = "/sandbox/peak",
    operation_id = "get_test_peak",
    tag = "sandbox",
    summary = "Kemajuan jam sibuk || Progress of the peak",
    description = "Jam sibuk yang terakhir dijalankan; 404 bila belum ada, atau sesudah server dimulai ulang. \
                   || The latest peak that was run; 404 if there is none, or after the server was restarted.",
    responses((status = 200, body = PeakView, description = "Sejauh ini. || So far.")),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(super) async fn get_test_peak(State(app): State<App>, tester: Tester) -> ApiResult<Json<PeakView>> {
    app.testing_grounds.peak(&tester.partner).map(Json).ok_or_else(absent)
}

/// The taps of the latest weekday morning that is over at `now`; other people every time.
fn planned(app: &App, now: Timestamp, riders: u32) -> Vec<NewTap> {
    let seed = u64::from_le_bytes(app.random.bytes());
    let population = Population::new(&app.network, riders, seed);
    let day = latest_morning(now);
    let begin = after(day, MORNING.0);
    let end = after(day, MORNING.1);
    let taps = population.day(day).filter(|tap| (begin..end).contains(&tap.tapped_at));
    taps.filter_map(|tap| {
        let gate = population.gate(tap.gate);
        let token = MediaToken::try_from(population.token(tap.rider, tap.medium)).ok()?;
        Some(NewTap {
            gate: gate.id.clone(),
            station: gate.station,
            sequence: app.testing_grounds.next_sequence(app.clock.now()),
            direction: tap.direction,
            media: token.id(),
            payment_method: tap.payment_method,
            tapped_at: tap.tapped_at,
        })
    })
    .collect()
}

fn after(day: Date, hours: i8) -> Timestamp {
    let start = day_start(day);
    start.checked_add(SignedDuration::from_hours(hours.into())).unwrap_or(start)
}

fn latest_morning(now: Timestamp) -> Date {
    let local = JAKARTA.to_datetime(now);
    let mut day = jakarta_day(now);
    let mut is_over = local.hour() >= MORNING.1;
    // A week has five working days: this ends.
    while !is_over || matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        let Ok(before) = day.yesterday() else { return day };
        (day, is_over) = (before, true);
    }
    day
}

/// Stores the taps, message by message, until all are there or the run has to stop.
async fn send(app: App, tester: Tester, run: Run, taps: Vec<NewTap>) {
    let (grounds, partner) = (&app.testing_grounds, &tester.partner);
    let mut sent = 0;
    for taps in taps.chunks(AT_ONCE) {
        if app.shutdown.is_cancelled() || !grounds.note(partner, run, PeakState::Running, sent) {
            return;
        }
        if let Err(error) = journeys::record(&app, &tester.realm, taps.to_vec()).await {
            tracing::warn!(%error, partner = %partner, "a test network's morning peak broke off");
            grounds.note(partner, run, PeakState::Failed, sent);
            return;
        }
        sent += u32::try_from(taps.len()).unwrap_or(0);
    }
    grounds.note(partner, run, PeakState::Done, sent);
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::latest_morning;

    #[test]
    fn the_morning_is_the_latest_weekdays_that_is_over() {
        for (now, day) in [
            // Sunday 8 March 2026, 15:41: Friday.
            ("2026-03-08T08:41:00Z", date(2026, 3, 6)),
            // Monday, 09:59 and 10:00 in Jakarta.
            ("2026-03-09T02:59:59Z", date(2026, 3, 6)),
            ("2026-03-09T03:00:00Z", date(2026, 3, 9)),
            ("2026-03-11T00:00:00Z", date(2026, 3, 10)),
        ] {
            assert_eq!(latest_morning(now.parse().unwrap()), day, "{now}");
        }
    }
}
