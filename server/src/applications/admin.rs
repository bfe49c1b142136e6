//! The operator's routes: applications that wait for review, and what is decided about them.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use domain::{
    applications::{AdminApplicationRow, AdminApplicationView, ApproveApplication, RejectApplication, Step},
    identity::OperatorRole,
    page::{Page, PageRequest},
    partners::WithReason,
    problem::Code,
};
use serde::Deserialize;

use super::{
    review::{ApplicationFilter, Decision, decide, list_all, view_live},
    routes::application_id,
};
use crate::{
    app::App,
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
        query::Query,
    },
    identity::Operator,
};

const LIMIT_MAX: u64 = 100;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/admin/applications", get(list_applications))
        .route("/admin/applications/{id}", get(get_application))
        .route("/admin/applications/{id}/approve", post(approve_application))
        .route("/admin/applications/{id}/reject", post(reject_application))
        .route("/admin/applications/{id}/disable", post(disable_application))
}

#[derive(Debug, Deserialize)]
struct Filter {
    status: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

/// `status=waiting`: all that an operator has to look at, changes too.
async fn list_applications(
    State(app): State<App>,
    _operator: Operator,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<AdminApplicationRow>>> {
    let request = PageRequest::parse(filter.page.as_deref(), filter.limit.as_deref(), LIMIT_MAX)?;
    let filter = match filter.status.as_deref().filter(|status| !status.is_empty()) {
        None => ApplicationFilter::default(),
        Some("waiting") => ApplicationFilter { status: None, waiting: true },
        Some(text) => {
            let status = text.parse().map_err(|_| {
                ApiError::new(Code::InvalidParameter).fault(
                    "status",
                    "unknown_value",
                    "Status tidak dikenal",
                    "No such status",
                )
            })?;
            ApplicationFilter { status: Some(status), waiting: false }
        }
    };
    Ok(Json(list_all(&app, filter, request).await?))
}

async fn get_application(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
) -> ApiResult<Json<AdminApplicationView>> {
    Ok(Json(view_live(&app, &application_id(&id)?, operator.role.may_review()).await?))
}

async fn act(
    app: &App,
    operator: &Operator,
    id: &str,
    decision: Decision,
) -> ApiResult<Json<AdminApplicationView>> {
    operator.must(OperatorRole::may_review)?;
    let id = application_id(id)?;
    decide(app, operator.audit(app), id.clone(), decision).await?;
    Ok(Json(view_live(app, &id, true).await?))
}

async fn approve_application(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(ApproveApplication { seen }): Json<ApproveApplication>,
) -> ApiResult<Json<AdminApplicationView>> {
    let decision = Decision { step: Step::Approve, seen: Some(seen), reason: None };
    act(&app, &operator, &id, decision).await
}

async fn reject_application(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(RejectApplication { seen, reason }): Json<RejectApplication>,
) -> ApiResult<Json<AdminApplicationView>> {
    let decision = Decision { step: Step::Reject, seen: Some(seen), reason: Some(reason.to_string()) };
    act(&app, &operator, &id, decision).await
}

async fn disable_application(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(WithReason { reason }): Json<WithReason>,
) -> ApiResult<Json<AdminApplicationView>> {
    let decision = Decision { step: Step::Disable, seen: None, reason: Some(reason.to_string()) };
    act(&app, &operator, &id, decision).await
}
