//! A month of calls, hour by hour, through the whole router; between them the riders' taps.

use std::time::Duration;

use axum::{Router, body::Body, http::Request};
use domain::time::{JAKARTA, jakarta_day};
use jiff::{Timestamp, civil::Weekday};
use tower::ServiceExt as _;

use super::{DemoError, accounts::PartnerAccount, riders::Riders};
use crate::{app::App, journeys, usage};

/// Calls by hour of the day in Jakarta, per mille: the boarding curve of the network's notes,
/// with its morning peak raised as they say it must be.
const HOURS: [u32; 24] =
    [3, 1, 1, 4, 14, 44, 88, 92, 68, 48, 42, 40, 42, 40, 40, 47, 62, 82, 74, 58, 46, 36, 24, 4];

/// Stations the pretended riders ask about.
const STATIONS: [&str; 12] = [
    "STN_BOO", "STN_DPK", "STN_MGR", "STN_GMB", "STN_JDA", "STN_THB", "STN_SUD", "STN_BKS", "STN_TNG",
    "STN_CW", "STN_TEB", "STN_JAKK",
];

/// Sends every partner's calls and every rider's taps from the clock's time to `until`, moving the clock along.
pub async fn run(
    app: &App,
    router: &Router,
    partners: &[PartnerAccount],
    riders: &mut Riders,
    until: Timestamp,
) -> Result<(), DemoError> {
    let hour = Duration::from_secs(3600);
    let mut day = jakarta_day(app.clock.now());
    let mut number = 0_u64;
    while app.clock.now() < until {
        let end = app.clock.now().checked_add(hour).unwrap_or(until).min(until);
        number = run_hour(app, router, partners, riders, end, number).await?;
        riders.send_until(app, end).await?;
        app.clock.advance_to(end);
        // What the worker does when a server runs: nobody else looks at the clock here.
        journeys::settle_due(app).await.map_err(|cause| DemoError::Journeys(Box::new(cause)))?;
        if jakarta_day(end) != day {
            day = jakarta_day(end);
            usage::flush(app).await;
        }
    }
    Ok(())
}

async fn run_hour(
    app: &App,
    router: &Router,
    partners: &[PartnerAccount],
    riders: &mut Riders,
    end: Timestamp,
    mut number: u64,
) -> Result<u64, DemoError> {
    let start = app.clock.now();
    let local = JAKARTA.to_datetime(start);
    let weekday_percent = match local.weekday() {
        Weekday::Saturday => 80,
        Weekday::Sunday => 70,
        _ => 100,
    };
    let share = HOURS[usize::try_from(local.hour()).unwrap_or(0) % 24] * weekday_percent;
    let mut calls = Vec::new();
    for partner in partners {
        let Some(key) = partner.live_key.as_deref() else { continue };
        // Remainders become calls by chance, so that small partners are not rounded away.
        let due = u64::from(partner.calls_per_day) * u64::from(share);
        let chance = u64::from(u16::from_le_bytes(app.random.bytes())) * 100_000 / 65_536;
        let count = due / 100_000 + u64::from(due % 100_000 > chance);
        calls.extend(std::iter::repeat_n(key, usize::try_from(count).unwrap_or(0)));
    }
    let span_us = end.as_microsecond() - start.as_microsecond();
    let total = i64::try_from(calls.len()).unwrap_or(i64::MAX).max(1);
    for (position, key) in (0_i64..).zip(calls) {
        let at_us = start.as_microsecond() + span_us / total * position;
        if let Ok(at) = Timestamp::from_microsecond(at_us) {
            riders.send_until(app, at).await?;
            app.clock.advance_to(at);
        }
        call(app, router, key, number).await?;
        number += 1;
    }
    Ok(number)
}

async fn call(app: &App, router: &Router, key: &str, number: u64) -> Result<(), DemoError> {
    let request = Request::get(path(app.random.bytes(), number))
        .header("x-api-key", key)
        .body(Body::empty())
        .map_err(|error| DemoError::Unexpected(error.to_string()))?;
    let Ok(response) = router.clone().oneshot(request).await;
    if response.status().is_server_error() {
        return Err(DemoError::Unexpected(format!("an answer, not {}", response.status())));
    }
    Ok(())
}

/// What a partner's program asks: mostly stations and fares, now and then something wrong.
fn path([choice, from, to, detail]: [u8; 4], number: u64) -> String {
    let station = |byte: u8| STATIONS[usize::from(byte) % STATIONS.len()];
    match choice {
        0..100 => format!("/open-api/v1/stations?page={}", detail % 4 + 1),
        100..130 => format!(
            "/open-api/v1/stations?line={}",
            ["bogor", "cikarang", "tangerang"][usize::from(detail) % 3]
        ),
        130..160 => format!("/open-api/v1/stations/{}", station(from)),
        160..250 => {
            let user = ["adult", "adult", "adult", "student"][usize::from(detail) % 4];
            format!("/open-api/v1/fare/calculate?from={}&to={}&user_type={user}", station(from), station(to))
        }
        250..254 => "/open-api/v1/lines".to_owned(),
        254 => format!("/open-api/v1/fare/calculate?from={}&to=STN_{number}", station(from)),
        255 => format!("/open-api/v1/stations/STN_{number}"),
    }
}
