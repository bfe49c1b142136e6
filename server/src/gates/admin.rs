//! Gates in the portal's API: operators look, admins change.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use domain::{
    gates::{CreateGate, GateCreated, GateView, GatesOverview, OVERLAP_HOURS_MAX, RotateGate},
    identity::OperatorRole,
    page::{Page, PageRequest},
    problem::Code,
};
use serde::Deserialize;

use super::{GateError, GateFilter, NewGate};
use crate::{
    app::App,
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
        query::Query,
    },
    identity::Operator,
};

const LIMIT_MAX: u64 = 200;

pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/admin/gates", get(list_gates).post(create_gate))
        .route("/admin/gates-overview", get(get_overview))
        .route("/admin/gates/{id}", get(get_gate))
        .route("/admin/gates/{id}/rotate", post(rotate_gate))
        .route("/admin/gates/{id}/retire", post(retire_gate))
}

#[derive(Debug, Deserialize)]
struct Filter {
    station: Option<String>,
    state: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

async fn list_gates(
    State(app): State<App>,
    _operator: Operator,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<GateView>>> {
    let request = PageRequest::parse(filter.page.as_deref(), filter.limit.as_deref(), LIMIT_MAX)?;
    let unknown = |field, id, en| ApiError::new(Code::InvalidParameter).fault(field, "unknown_value", id, en);
    let station = filter.station.as_deref().filter(|station| !station.is_empty()).map(|station| {
        let found = app.network.find(station).map(|station| station.id);
        found.ok_or_else(|| unknown("station", "Stasiun tidak dikenal", "No such station"))
    });
    let state =
        filter.state.as_deref().filter(|state| !state.is_empty()).map(|state| {
            state.parse().map_err(|_| unknown("state", "Keadaan tidak dikenal", "No such state"))
        });
    let filter = GateFilter { station: station.transpose()?, state: state.transpose()? };
    Ok(Json(super::list(&app, filter, request).await?))
}

async fn get_overview(State(app): State<App>, _operator: Operator) -> ApiResult<Json<GatesOverview>> {
    Ok(Json(super::overview(&app).await?))
}

async fn get_gate(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
) -> ApiResult<Json<GateView>> {
    Ok(Json(super::find(&app, &id).await?.ok_or(GateError::NotFound)?))
}

async fn create_gate(
    State(app): State<App>,
    operator: Operator,
    Json(CreateGate { station, direction, id }): Json<CreateGate>,
) -> ApiResult<(StatusCode, Json<GateCreated>)> {
    operator.must(OperatorRole::may_manage_gates)?;
    let new = NewGate { station, direction, id };
    Ok((StatusCode::CREATED, Json(super::create(&app, operator.audit(&app), new).await?)))
}

async fn rotate_gate(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(RotateGate { overlap_hours }): Json<RotateGate>,
) -> ApiResult<Json<GateCreated>> {
    operator.must(OperatorRole::may_manage_gates)?;
    Ok(Json(super::rotate(&app, operator.audit(&app), &id, overlap_hours).await?))
}

async fn retire_gate(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
) -> ApiResult<Json<GateView>> {
    operator.must(OperatorRole::may_manage_gates)?;
    Ok(Json(super::retire(&app, operator.audit(&app), &id).await?))
}

impl From<GateError> for ApiError {
    fn from(error: GateError) -> Self {
        match error {
            GateError::Db(error) => error.into(),
            GateError::NotFound => Self::new(Code::NotFound)
                .detail("Tidak ada gate dengan id ini.", "There is no gate with this id."),
            GateError::NoSuchStation(_) => {
                Self::invalid("station", "unknown_station", "Stasiun tidak dikenal", "No such station")
            }
            GateError::Taken(id) => Self::invalid(
                "id",
                "taken",
                format!("Sudah ada gate {id}"),
                format!("There is a gate {id} already"),
            ),
            GateError::Retired => Self::new(Code::WrongState)
                .detail("Gate ini sudah dipensiunkan.", "This gate is retired already."),
            GateError::OverlapTooLong => Self::invalid(
                "overlap_hours",
                "out_of_range",
                format!("Paling lama {OVERLAP_HOURS_MAX} jam"),
                format!("{OVERLAP_HOURS_MAX} hours at most"),
            ),
        }
    }
}
