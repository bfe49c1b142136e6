//! Usage in the portal API.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use domain::{
    keys::Environment,
    problem::Code,
    usage::{AdminUsageView, DAYS_DEFAULT, DAYS_MAX, OverviewView, UsageView},
};
use serde::Deserialize;

use crate::{
    app::App,
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
        query::Query,
    },
    identity::{Member, Operator},
    keys::environment,
    partners,
};

pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/usage", get(get_usage))
        .route("/overview", get(get_overview))
        .route("/admin/usage", get(get_admin_usage))
        .route("/admin/partners/{id}/usage", get(get_usage_of_partner))
}

#[derive(Debug, Deserialize)]
struct Wanted {
    days: Option<String>,
    environment: Option<String>,
}

async fn get_usage(
    State(app): State<App>,
    member: Member,
    Query(wanted): Query<Wanted>,
) -> ApiResult<Json<UsageView>> {
    let environment = environment(wanted.environment.as_deref())?.unwrap_or(Environment::Live);
    let days = days(wanted.days.as_deref())?;
    Ok(Json(super::usage_of_partner(&app, &member.partner, environment, days).await?))
}

/// How many days are wanted: as with other limits, more than there is is clamped.
fn days(text: Option<&str>) -> ApiResult<u32> {
    let Some(text) = text else { return Ok(DAYS_DEFAULT) };
    let digits = !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse().unwrap_or(u32::MAX)).filter(|days| *days > 0);
    number.map(|days| days.min(DAYS_MAX)).ok_or_else(|| {
        ApiError::new(Code::InvalidParameter).fault(
            "days",
            "not_a_positive_integer",
            "`days` harus bilangan bulat positif",
            "`days` must be a positive whole number",
        )
    })
}

/// Public: the figures of the home page.
async fn get_overview(State(app): State<App>) -> ApiResult<Json<OverviewView>> {
    Ok(Json(super::overview(&app).await?))
}

/// All operators may look.
async fn get_admin_usage(State(app): State<App>, _: Operator) -> ApiResult<Json<AdminUsageView>> {
    Ok(Json(super::admin_usage(&app).await?))
}

/// All operators may look.
async fn get_usage_of_partner(
    State(app): State<App>,
    _: Operator,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> ApiResult<Json<UsageView>> {
    let partner = partners::find_by_text(&app.live, &id).await?;
    let environment = environment(wanted.environment.as_deref())?.unwrap_or(Environment::Live);
    let days = days(wanted.days.as_deref())?;
    Ok(Json(super::usage_of_partner(&app, &partner, environment, days).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_clamped_and_nonsense_is_refused() {
        let read = |text| days(text).ok();
        assert_eq!((read(None), read(Some("7")), read(Some("100000000000"))), (Some(30), Some(7), Some(92)));
        for bad in ["0", "-1", "", "7d"] {
            assert_eq!(read(Some(bad)), None, "{bad}");
        }
    }
}
