//! The operator's routes on the portal's API.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use domain::{
    identity::OperatorRole,
    ids::PartnerId,
    page::{Page, PageRequest},
    partners::{
        AdminOverview, AdminPartnerRow, AdminPartnerView, AdminStep, Approve, LimitValue, PartnerView,
        SetTerms, WithReason,
    },
    problem::Code,
};
use serde::Deserialize;

use super::decisions::{Decision, decide, open_steps};
use crate::{
    app::App,
    audit,
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
        query::Query,
    },
    identity::{self, Operator},
    partners::{self, PartnerError, PartnerFilter, PartnerRecord, Terms},
    usage,
};

const LIMIT_MAX: u64 = 100;
const HISTORY_ROWS: &str = "20";

pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/admin/overview", get(get_overview))
        .route("/admin/partners", get(list_partners))
        .route("/admin/partners/{id}", get(get_partner))
        .route("/admin/partners/{id}/approve", post(approve_partner))
        .route("/admin/partners/{id}/reject", post(reject_partner))
        .route("/admin/partners/{id}/suspend", post(suspend_partner))
        .route("/admin/partners/{id}/reinstate", post(reinstate_partner))
        .route("/admin/partners/{id}/tier", post(set_partner_terms))
}

async fn get_overview(State(app): State<App>, _operator: Operator) -> ApiResult<Json<AdminOverview>> {
    Ok(Json(AdminOverview { partners: partners::counts(&app.live).await? }))
}

#[derive(Debug, Deserialize)]
struct Filter {
    status: Option<String>,
    q: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

async fn list_partners(
    State(app): State<App>,
    _operator: Operator,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<AdminPartnerRow>>> {
    let request = PageRequest::parse(filter.page.as_deref(), filter.limit.as_deref(), LIMIT_MAX)?;
    let status = match filter.status.as_deref().filter(|status| !status.is_empty()) {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| {
            ApiError::new(Code::InvalidParameter).fault(
                "status",
                "unknown_value",
                "Status tidak dikenal",
                "No such status",
            )
        })?),
    };
    let Page { data, meta } =
        partners::list(&app.live, PartnerFilter { status, text: filter.q }, request).await?;
    let mut rows = Vec::with_capacity(data.len());
    for partner in &data {
        rows.push(row(partner, usage::calls_today(&app, &partner.id).await?));
    }
    Ok(Json(Page { data: rows, meta }))
}

fn row(partner: &PartnerRecord, calls_today: u64) -> AdminPartnerRow {
    AdminPartnerRow {
        id: partner.id.clone(),
        name: partner.name.clone(),
        legal_name: partner.legal_name.clone(),
        status: partner.status,
        tier: partner.tier,
        quota_per_day: partner.quota_per_day,
        burst_per_minute: partner.burst_per_minute,
        is_demo: partner.is_demo,
        created_at: partner.created_at,
        calls_today,
    }
}

async fn get_partner(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
) -> ApiResult<Json<AdminPartnerView>> {
    let id = partner_id(&id)?;
    let partner = partners::find(&app.live, &id).await?.ok_or(PartnerError::NotFound)?;
    let members = identity::list_members(&app.live, &id).await?;
    let request = PageRequest::parse(None, Some(HISTORY_ROWS), LIMIT_MAX)?;
    let history = audit::page(&app.live, Some(id.as_str()), request).await?.data;
    let may = |step: &AdminStep| match step {
        AdminStep::SetTerms => operator.role.may_set_terms(),
        AdminStep::Approve | AdminStep::Reject | AdminStep::Suspend | AdminStep::Reinstate => {
            operator.role.may_review()
        }
    };
    let steps = open_steps(partner.status).into_iter().filter(may).collect();
    Ok(Json(AdminPartnerView { partner: partner.view(), members, steps, history }))
}

/// What is no id names no partner.
fn partner_id(text: &str) -> Result<PartnerId, PartnerError> {
    text.parse().map_err(|_| PartnerError::NotFound)
}

async fn act(
    app: &App,
    operator: &Operator,
    may: fn(OperatorRole) -> bool,
    id: &str,
    decision: Decision,
) -> ApiResult<Json<PartnerView>> {
    operator.must(may)?;
    let partner = decide(app, operator.audit(app), partner_id(id)?, decision).await?;
    Ok(Json(partner.view()))
}

async fn approve_partner(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(Approve { tier }): Json<Approve>,
) -> ApiResult<Json<PartnerView>> {
    act(&app, &operator, OperatorRole::may_review, &id, Decision::Approve { tier }).await
}

async fn reject_partner(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(WithReason { reason }): Json<WithReason>,
) -> ApiResult<Json<PartnerView>> {
    let decision = Decision::Reject { reason: reason.to_string() };
    act(&app, &operator, OperatorRole::may_review, &id, decision).await
}

async fn suspend_partner(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(WithReason { reason }): Json<WithReason>,
) -> ApiResult<Json<PartnerView>> {
    let decision = Decision::Suspend { reason: reason.to_string() };
    act(&app, &operator, OperatorRole::may_review, &id, decision).await
}

async fn reinstate_partner(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
) -> ApiResult<Json<PartnerView>> {
    act(&app, &operator, OperatorRole::may_review, &id, Decision::Reinstate).await
}

async fn set_partner_terms(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(SetTerms { tier, quota_per_day, burst_per_minute }): Json<SetTerms>,
) -> ApiResult<Json<PartnerView>> {
    let terms = Terms {
        tier,
        quota_per_day: quota_per_day.map(LimitValue::get),
        burst_per_minute: burst_per_minute.map(LimitValue::get),
    };
    act(&app, &operator, OperatorRole::may_set_terms, &id, Decision::SetTerms(terms)).await
}
