//! The audit log, as admins read it.

use std::collections::HashMap;

use axum::{Router, extract::State, routing::get};
use domain::{
    identity::OperatorRole,
    page::{Page, PageRequest},
    partners::AuditRow,
};
use serde::Deserialize;

use super::queries;
use crate::{
    app::App,
    http::{json::Json, problem::ApiResult, query::Query},
    identity::{self, Operator},
    store::{Db, DbError, Row, params},
};

const LIMIT_MAX: u64 = 200;

pub fn portal_routes() -> Router<App> {
    Router::new().route("/admin/audit", get(list_audit))
}

#[derive(Debug, Deserialize)]
struct Filter {
    page: Option<String>,
    limit: Option<String>,
    /// Only what was done to this id.
    subject: Option<String>,
}

async fn list_audit(
    State(app): State<App>,
    operator: Operator,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<AuditRow>>> {
    operator.must(OperatorRole::may_read_audit)?;
    let request = PageRequest::parse(filter.page.as_deref(), filter.limit.as_deref(), LIMIT_MAX)?;
    Ok(Json(page(&app.live, filter.subject.as_deref(), request).await?))
}

/// A page of the log, newest first.
///
/// # Errors
/// When the store fails.
pub async fn page(db: &Db, subject: Option<&str>, request: PageRequest) -> Result<Page<AuditRow>, DbError> {
    let subject = subject.map(str::to_owned);
    let total = db.row(&queries::COUNT, params![subject.clone()]).await?;
    let total = total.map_or(Ok(0), |row| row.get("total"))?;
    let rows = db.rows(&queries::PAGE, params![subject, request.limit(), request.offset()]).await?;
    let mut data = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // A page is the work of a few people.
    let mut names: HashMap<String, Option<String>> = HashMap::new();
    for row in &mut data {
        if let Some(known) = names.get(&row.actor) {
            row.actor_name.clone_from(known);
        } else if let Ok(id) = row.actor.parse() {
            row.actor_name = identity::name_of(db, &id).await?;
            names.insert(row.actor.clone(), row.actor_name.clone());
        }
    }
    Ok(Page { data, meta: request.meta(total) })
}

fn read(row: &Row) -> Result<AuditRow, DbError> {
    Ok(AuditRow {
        id: row.parse("id")?,
        sequence: row.get("sequence")?,
        at: row.get("at")?,
        actor: row.get("actor")?,
        actor_name: None,
        action: row.get("action")?,
        subject: row.get("subject")?,
        detail: row.get("detail")?,
        request_id: row.get("request_id")?,
    })
}
