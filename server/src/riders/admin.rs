//! Riders of the live network in the portal's API, for the operator's staff. Every change is on
//! record. Addresses and numbers are masked for all but admins.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use domain::{
    identity::OperatorRole,
    ids::RiderId,
    page::{Page, PageRequest},
    realm::Realm,
    riders::{AdminRiderView, AmountWithReason, CreateRider, LinkMedium, RiderRow, RiderView, SetUserType},
};
use serde::Deserialize;

use super::{Place, RiderError, create, find, link, list, pay_out, set_user_type, top_up};
use crate::{
    app::App,
    audit,
    http::{json::Json, problem::ApiResult, query::Query},
    identity::Operator,
    journeys, realms,
};

const LIMIT_MAX: u64 = 100;
/// Journeys that a rider's page shows.
const JOURNEYS: &str = "20";

pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/admin/riders", get(list_riders).post(create_rider))
        .route("/admin/riders/{id}", get(get_rider))
        .route("/admin/riders/{id}/top-up", post(top_up_rider))
        .route("/admin/riders/{id}/pay-out", post(pay_out_rider))
        .route("/admin/riders/{id}/media", post(link_medium))
        .route("/admin/riders/{id}/user-type", post(change_user_type))
}

#[derive(Debug, Deserialize)]
struct Filter {
    q: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

async fn list_riders(
    State(app): State<App>,
    _operator: Operator,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<RiderRow>>> {
    let request = PageRequest::parse(filter.page.as_deref(), filter.limit.as_deref(), LIMIT_MAX)?;
    let now = app.clock.now();
    let Page { data, meta } = list(&app.live, &Realm::Live, filter.q.as_deref(), request, now).await?;
    Ok(Json(Page { data: data.into_iter().map(RiderRow::masked).collect(), meta }))
}

async fn get_rider(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
) -> ApiResult<Json<AdminRiderView>> {
    view(&app, &operator, &rider_id(&id)?).await.map(Json)
}

async fn view(app: &App, operator: &Operator, id: &RiderId) -> ApiResult<AdminRiderView> {
    let RiderView { rider, media } = find(&app.live, &Realm::Live, id, app.clock.now()).await?;
    let request = PageRequest::parse(None, Some(JOURNEYS), LIMIT_MAX)?;
    let journeys = journeys::journeys_of(&app.live, &Realm::Live, id.as_str(), request).await?.data;
    let rider = if operator.role == OperatorRole::Admin { rider } else { rider.masked() };
    Ok(AdminRiderView {
        rider: RiderView { rider, media },
        journeys,
        may_manage: operator.role.may_manage_riders(),
        may_move_money: operator.role.may_move_money(),
    })
}

/// What is no id names no rider.
fn rider_id(text: &str) -> Result<RiderId, RiderError> {
    text.parse().map_err(|_| RiderError::NotFound)
}

fn place(app: &App) -> Place {
    Place { realm: Realm::Live, now: realms::now(app, &Realm::Live), random: app.random.clone() }
}

async fn create_rider(
    State(app): State<App>,
    operator: Operator,
    Json(new): Json<CreateRider>,
) -> ApiResult<(StatusCode, Json<AdminRiderView>)> {
    operator.must(OperatorRole::may_manage_riders)?;
    let (place, context) = (place(&app), operator.audit(&app));
    let id = app
        .live
        .write::<_, RiderError, _>(move |tx| {
            Box::pin(async move {
                let id = create(tx, &place, &new).await?;
                // No name: what stands in this log stays, and a rider may ask to be forgotten.
                audit::record(tx, &context, "rider.create", id.as_str(), "").await?;
                Ok(id)
            })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(view(&app, &operator, &id).await?)))
}

async fn top_up_rider(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(moved): Json<AmountWithReason>,
) -> ApiResult<Json<AdminRiderView>> {
    move_money(&app, &operator, &id, Way::In, moved).await.map(Json)
}

async fn pay_out_rider(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(moved): Json<AmountWithReason>,
) -> ApiResult<Json<AdminRiderView>> {
    move_money(&app, &operator, &id, Way::Out, moved).await.map(Json)
}

/// Into a rider's wallet, or out of it.
#[derive(Debug, Clone, Copy)]
enum Way {
    In,
    Out,
}

async fn move_money(
    app: &App,
    operator: &Operator,
    id: &str,
    way: Way,
    AmountWithReason { amount, reason }: AmountWithReason,
) -> ApiResult<AdminRiderView> {
    operator.must(OperatorRole::may_move_money)?;
    let id = rider_id(id)?;
    let (place, context, rider) = (place(app), operator.audit(app), id.clone());
    let actor = operator.user_id.to_string();
    app.live
        .write::<_, RiderError, _>(move |tx| {
            Box::pin(async move {
                let act = match way {
                    Way::In => top_up(tx, &place, &rider, amount, &actor).await.map(|_| "rider.top_up"),
                    Way::Out => {
                        pay_out(tx, &place, &rider, amount.rupiah(), &actor).await.map(|_| "rider.pay_out")
                    }
                }?;
                let detail = format!("{}: {reason}", amount.rupiah());
                Ok(audit::record(tx, &context, act, rider.as_str(), detail).await?)
            })
        })
        .await?;
    view(app, operator, &id).await
}

async fn link_medium(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(medium): Json<LinkMedium>,
) -> ApiResult<Json<AdminRiderView>> {
    operator.must(OperatorRole::may_manage_riders)?;
    let id = rider_id(&id)?;
    let (place, context, rider, app_) = (place(&app), operator.audit(&app), id.clone(), app.clone());
    app.live
        .write::<_, RiderError, _>(move |tx| {
            Box::pin(async move {
                link(tx, &app_, &place, &rider, &medium).await?;
                // Which card is not said: what stands in this log stays, and leads to whoever taps with it.
                Ok(audit::record(tx, &context, "rider.link_medium", rider.as_str(), "").await?)
            })
        })
        .await?;
    view(&app, &operator, &id).await.map(Json)
}

async fn change_user_type(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Json(change): Json<SetUserType>,
) -> ApiResult<Json<AdminRiderView>> {
    operator.must(OperatorRole::may_manage_riders)?;
    let id = rider_id(&id)?;
    let (place, context, rider, app_) = (place(&app), operator.audit(&app), id.clone(), app.clone());
    app.live
        .write::<_, RiderError, _>(move |tx| {
            Box::pin(async move {
                set_user_type(tx, &app_, &place, &rider, &change).await?;
                // Nor what somebody is: it may be a disability.
                let detail = change.since.map(|day| day.to_string()).unwrap_or_default();
                Ok(audit::record(tx, &context, "rider.set_user_type", rider.as_str(), detail).await?)
            })
        })
        .await?;
    view(&app, &operator, &id).await.map(Json)
}
