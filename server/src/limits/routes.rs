//! `GET /limits`: the caller's own windows.

use axum::{Extension, extract::State};
use domain::{
    limits::{
        BURST_WINDOW_S, LimitsView, Standing, Standings, Subject, Terms, WindowName, WindowView, day_end_s,
        day_of,
    },
    tiers::Tier,
};
use jiff::Timestamp;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    http::{
        json::Json,
        openapi::{Examples, operation},
        problem::ApiResult,
    },
    keys::Caller,
    realms,
};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(operation(routes!(get_limits)))
}

#[utoipa::path(
    get,
    path = "/limits",
    operation_id = "get_limits",
    tag = "limits",
    summary = "Batas dan sisa kuota pemanggil || The caller's limits and what is left of them",
    description = "Jendela burst (60 detik sejak panggilan pertama key) dan kuota harian (sejak 00.00 WIB). Panggilan ini \
                   tidak mengurangi keduanya. Tanpa key: batas alamat IP pemanggil. \
                   || The burst window (60 seconds from the key's first call) and the daily quota (from 00:00 WIB). \
                   This call uses neither. Without a key: the limits of the caller's IP address.",
    responses((status = 200, body = LimitsView, description = "Kedua jendela. || Both windows.")),
    extensions(("x-codes" = json!([]))),
)]
async fn get_limits(
    State(app): State<App>,
    caller: Caller,
    Extension(standings): Extension<Standings>,
) -> ApiResult<Json<LimitsView>> {
    let now = match caller.partner_id() {
        Some(partner) => realms::now(&app, &realms::of(caller.environment, partner)),
        None => app.clock.now(),
    };
    Ok(Json(view(&caller, &standings, now)))
}

fn view(caller: &Caller, standings: &Standings, now: Timestamp) -> LimitsView {
    let credential = caller.credential.as_ref();
    LimitsView {
        subject: if credential.is_some() { Subject::Partner } else { Subject::Anonymous },
        tier: credential.map(|credential| credential.tier),
        environment: credential.map(|credential| credential.environment),
        windows: windows(standings, now),
    }
}

fn windows(standings: &Standings, now: Timestamp) -> Vec<WindowView> {
    let instant = |second| Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    let window = |name, window_s, standing: Option<&Standing>, resets_at_s| WindowView {
        name,
        window_s,
        limit: standing.map(|standing| standing.limit),
        remaining: standing.map(|standing| standing.remaining),
        resets_at: instant(standing.map_or(resets_at_s, |standing| standing.resets_at_s)),
    };
    let day_end = day_end_s(day_of(now.as_second()));
    vec![
        window(WindowName::Burst, BURST_WINDOW_S as u32, Some(&standings.burst), 0),
        window(WindowName::Day, 86_400, standings.day.as_ref(), day_end),
    ]
}

/// Answers for the OpenAPI document.
#[must_use]
pub fn examples() -> Vec<Examples> {
    let now = Timestamp::from_second(1_772_959_260).unwrap_or_default();
    let standing =
        |limit: u64, used: u64, resets_at_s| Standing { limit, remaining: limit - used, resets_at_s };
    let pro = Terms::of(Tier::Pro.terms(), None, None);
    let standings = Standings {
        burst: standing(pro.burst_per_minute, 158, now.as_second() + 42),
        day: pro.requests_per_day.map(|limit| standing(limit, 42_891, day_end_s(day_of(now.as_second())))),
    };
    let view = LimitsView {
        subject: Subject::Partner,
        tier: Some(Tier::Pro),
        environment: Some(domain::keys::Environment::Live),
        windows: windows(&standings, now),
    };
    vec![Examples::new("get_limits", &ApiResult::Ok(view))]
}
