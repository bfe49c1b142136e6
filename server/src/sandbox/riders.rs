//! Test riders.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use domain::{
    ids::RiderId,
    page::{Page, PageRequest},
    riders::{
        CreateRider, LinkMedium, MediaToken, RiderRow, RiderView, SetUserType, TopUpAmount, TopUpWallet,
    },
    sandbox::RIDERS_MAX,
};
use serde::Deserialize;

use super::{Tester, clock::absent};
use crate::{
    app::App,
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
        query::Query,
    },
    riders::{self, RiderError},
};

/// Riders of a page at most.
const LIMIT_MAX: u64 = 100;
/// Random bytes of the token that the portal makes for a new rider's card.
const TOKEN_BYTES: usize = 16;

/// Query of [`list_test_riders`].
#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    q: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

#[utoipa::path(
    get,
    path = "/sandbox/riders",
    operation_id = "list_test_riders",
    tag = "sandbox",
    summary = "Daftar penumpang uji || List the test riders",
    description = "Penumpang uji Anda, yang terbaru lebih dulu. || Your test riders, newest first.",
    params(
        ("q" = Option<String>, Query, example = "Ani",
            description = "Bagian dari nama, email, nomor telepon, atau id. || Part of a name, an e-mail address, a telephone number, or a whole id."),
        ("page" = Option<u64>, Query, minimum = 1, example = 1, description = "Halaman, mulai dari 1. || Page, from 1."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 100, example = 20, description = "Baris per halaman, paling banyak 100. || Rows per page, 100 at most."),
    ),
    responses((status = 200, body = Page<RiderRow>, description = "Penumpang uji. || Test riders.")),
    extensions(("x-codes" = json!([])), ("x-defaults" = json!({ "page": 1, "limit": 20 }))),
)]
pub(super) async fn list_test_riders(
    State(app): State<App>,
    tester: Tester,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<RiderRow>>> {
    let request = PageRequest::parse(filter.page.as_deref(), filter.limit.as_deref(), LIMIT_MAX)?;
    let (db, now) = (tester.db(&app), tester.now(&app));
    Ok(Json(riders::list(db, &tester.realm, filter.q.as_deref(), request, now).await?))
}

#[utoipa::path(
    post,
    path = "/sandbox/riders",
    operation_id = "create_test_rider",
    tag = "sandbox",
    summary = "Buat penumpang uji || Make a test rider",
    description = "Dengan dompet kosong dan tanpa kartu; paling banyak 500 penumpang per jaringan uji. Data uji saja, jangan data \
                   orang sungguhan. || With an empty wallet and no card; 500 riders a test network at most. Test data only, \
                   no data of real people.",
    request_body(content = CreateRider, example = json!({"name": "Ani Uji", "email": "ani@contoh.id", "user_type": "student"})),
    responses((status = 201, body = RiderView, description = "Penumpang baru. || The new rider.")),
    extensions(("x-codes" = json!(["unsupported_media_type", "body_too_large", "validation_failed", "wrong_state"]))),
)]
pub(super) async fn create_test_rider(
    State(app): State<App>,
    tester: Tester,
    Json(new): Json<CreateRider>,
) -> ApiResult<(StatusCode, Json<RiderView>)> {
    let rider = create(&app, &tester, new, None).await?;
    Ok((StatusCode::CREATED, Json(rider)))
}

/// The portal's: with a first card, whose token nobody has to know, because members tap by the card.
pub(super) async fn create_with_card(
    State(app): State<App>,
    tester: Tester,
    Json(new): Json<CreateRider>,
) -> ApiResult<(StatusCode, Json<RiderView>)> {
    Ok((StatusCode::CREATED, Json(create_rider_with_card(&app, &tester, new).await?)))
}

pub(super) async fn create_rider_with_card(
    app: &App,
    tester: &Tester,
    new: CreateRider,
) -> ApiResult<RiderView> {
    let token = data_encoding::HEXLOWER.encode(&app.random.bytes::<TOKEN_BYTES>());
    let card = MediaToken::try_from(token).ok();
    create(app, tester, new, card).await
}

async fn create(
    app: &App,
    tester: &Tester,
    new: CreateRider,
    card: Option<MediaToken>,
) -> ApiResult<RiderView> {
    let (place, app_) = (tester.place(app), app.clone());
    let name = new.name.clone();
    let id = tester
        .db(app)
        .write::<_, RiderError, _>(move |tx| {
            Box::pin(async move {
                if riders::count(tx, &place.realm).await? >= RIDERS_MAX {
                    return Err(RiderError::TooManyRiders { max: RIDERS_MAX });
                }
                let id = riders::create(tx, &place, &new).await?;
                if let Some(media) = card {
                    riders::link(tx, &app_, &place, &id, &LinkMedium { media, label: None }).await?;
                }
                Ok(id)
            })
        })
        .await?;
    tester.record(app, "sandbox.rider_create", format!("{id} ({name})")).await?;
    find(app, tester, &id).await
}

#[utoipa::path(
    get,
    path = "/sandbox/riders/{id}",
    operation_id = "get_test_rider",
    tag = "sandbox",
    summary = "Penumpang uji || A test rider",
    description = "Dengan kartu dan ponsel yang terhubung, saldo, dan tunggakan. || With the cards and phones linked, the balance \
                   and what is due.",
    params(("id" = String, Path, example = "rdr_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id penumpang uji. || The test rider's id.")),
    responses((status = 200, body = RiderView, description = "Penumpang. || The rider.")),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(super) async fn get_test_rider(
    State(app): State<App>,
    tester: Tester,
    Path(id): Path<String>,
) -> ApiResult<Json<RiderView>> {
    find(&app, &tester, &rider_id(&id)?).await.map(Json)
}

#[utoipa::path(
    post,
    path = "/sandbox/riders/{id}/media",
    operation_id = "link_test_medium",
    tag = "sandbox",
    summary = "Hubungkan kartu atau ponsel || Link a card or phone",
    description = "Tap medium ini sejak pukul 00.00 WIB hari ini (menurut jam uji) menjadi milik penumpang, dan perjalanannya dihitung \
                   ulang. Medium yang sudah milik orang lain ditolak. Hanya hash token yang disimpan. \
                   || Taps of the medium since 00:00 WIB today (by the test clock) become the rider's, and their journeys are \
                   charged anew. One that is somebody else's is refused. Only a hash of the token is kept.",
    params(("id" = String, Path, example = "rdr_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id penumpang uji. || The test rider's id.")),
    request_body(content = LinkMedium, example = json!({"media": "kartu-ani", "label": "Kartu Ani"})),
    responses((status = 200, body = RiderView, description = "Penumpang dengan medianya. || The rider with their media.")),
    extensions(("x-codes" = json!(["unsupported_media_type", "body_too_large", "validation_failed", "wrong_state", "not_found"]))),
)]
pub(super) async fn link_test_medium(
    State(app): State<App>,
    tester: Tester,
    Path(id): Path<String>,
    Json(medium): Json<LinkMedium>,
) -> ApiResult<Json<RiderView>> {
    let id = rider_id(&id)?;
    let (place, rider, app_) = (tester.place(&app), id.clone(), app.clone());
    tester
        .db(&app)
        .write::<_, RiderError, _>(move |tx| {
            Box::pin(async move { riders::link(tx, &app_, &place, &rider, &medium).await })
        })
        .await?;
    tester.record(&app, "sandbox.rider_link", id.to_string()).await?;
    find(&app, &tester, &id).await.map(Json)
}

#[utoipa::path(
    post,
    path = "/sandbox/riders/{id}/top-up",
    operation_id = "top_up_test_rider",
    tag = "sandbox",
    summary = "Isi saldo || Top up the wallet",
    description = "Tunggakan dibayar lebih dulu. Saldo paling banyak Rp 2.000.000, atau Rp 20.000.000 untuk penumpang dengan KYC \
                   `verified`. || What is due is paid first. A wallet holds Rp 2,000,000 at most, or Rp 20,000,000 for a rider \
                   whose KYC is `verified`.",
    params(("id" = String, Path, example = "rdr_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id penumpang uji. || The test rider's id.")),
    request_body(content = TopUpWallet, example = json!({"amount": 100_000})),
    responses((status = 200, body = RiderView, description = "Penumpang dengan saldonya. || The rider with the balance.")),
    extensions(("x-codes" = json!(["unsupported_media_type", "body_too_large", "validation_failed", "not_found"]))),
)]
pub(super) async fn top_up_test_rider(
    State(app): State<App>,
    tester: Tester,
    Path(id): Path<String>,
    Json(TopUpWallet { amount }): Json<TopUpWallet>,
) -> ApiResult<Json<RiderView>> {
    let id = rider_id(&id)?;
    top_up(&app, &tester, &id, amount).await?;
    tester.record(&app, "sandbox.rider_top_up", format!("{id} {}", amount.rupiah())).await?;
    find(&app, &tester, &id).await.map(Json)
}

async fn top_up(app: &App, tester: &Tester, id: &RiderId, amount: TopUpAmount) -> Result<(), RiderError> {
    let (place, rider, actor) = (tester.place(app), id.clone(), tester.actor.clone());
    tester
        .db(app)
        .write::<_, RiderError, _>(move |tx| {
            Box::pin(async move { riders::top_up(tx, &place, &rider, amount, &actor).await.map(drop) })
        })
        .await
}

#[utoipa::path(
    post,
    path = "/sandbox/riders/{id}/user-type",
    operation_id = "set_test_user_type",
    tag = "sandbox",
    summary = "Ubah tipe penumpang || Change what kind of rider it is",
    description = "Mulai hari `since` (WIB, menurut jam uji; bila tidak diisi: hari ini). Perjalanan sejak hari itu dihitung ulang, dan \
                   selisihnya dibukukan. || From the day `since` on (WIB, by the test clock; today if left out). Journeys since \
                   that day are charged anew, and the differences posted.",
    params(("id" = String, Path, example = "rdr_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id penumpang uji. || The test rider's id.")),
    request_body(content = SetUserType, example = json!({"user_type": "student"})),
    responses((status = 200, body = RiderView, description = "Penumpang. || The rider.")),
    extensions(("x-codes" = json!(["unsupported_media_type", "body_too_large", "validation_failed", "not_found"]))),
)]
pub(super) async fn set_test_user_type(
    State(app): State<App>,
    tester: Tester,
    Path(id): Path<String>,
    Json(change): Json<SetUserType>,
) -> ApiResult<Json<RiderView>> {
    let id = rider_id(&id)?;
    let detail = format!("{id} {}", change.user_type.as_str());
    let (place, rider, app_) = (tester.place(&app), id.clone(), app.clone());
    tester
        .db(&app)
        .write::<_, RiderError, _>(move |tx| {
            Box::pin(async move { riders::set_user_type(tx, &app_, &place, &rider, &change).await })
        })
        .await?;
    tester.record(&app, "sandbox.rider_user_type", detail).await?;
    find(&app, &tester, &id).await.map(Json)
}

async fn find(app: &App, tester: &Tester, id: &RiderId) -> ApiResult<RiderView> {
    Ok(riders::find(tester.db(app), &tester.realm, id, tester.now(app)).await?)
}

/// What is no id names no rider.
pub(super) fn rider_id(text: &str) -> Result<RiderId, ApiError> {
    text.parse().map_err(|_| absent())
}
