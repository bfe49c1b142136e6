//! Fraud findings in the portal's API: all operators look.

use axum::{Router, extract::State, routing::get};
use domain::{
    journeys::RecordedFinding,
    page::{Page, PageRequest},
    realm::Realm,
};
use serde::Deserialize;

use crate::{
    app::App,
    http::{json::Json, problem::ApiResult, query::Query},
    identity::Operator,
};

const LIMIT_MAX: u64 = 200;

pub fn portal_routes() -> Router<App> {
    Router::new().route("/admin/fraud", get(list_findings))
}

#[derive(Debug, Deserialize)]
struct Paging {
    page: Option<String>,
    limit: Option<String>,
}

async fn list_findings(
    State(app): State<App>,
    _operator: Operator,
    Query(Paging { page, limit }): Query<Paging>,
) -> ApiResult<Json<Page<RecordedFinding>>> {
    let request = PageRequest::parse(page.as_deref(), limit.as_deref(), LIMIT_MAX)?;
    Ok(Json(super::findings(&app.live, &Realm::Live, request).await?))
}
