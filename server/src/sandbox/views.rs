//! What came of test taps: journeys, transfers of money, events.

use axum::extract::State;
use domain::{
    events::RecordedEvent,
    journeys::RecordedJourney,
    ledger::Transfer,
    page::{Page, PageRequest},
    problem::Code,
    riders::MediaToken,
};
use serde::Deserialize;

use super::{Tester, clock::absent, riders::rider_id};
use crate::{
    app::App,
    events,
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
        query::{self, Query},
    },
    journeys, ledger, riders,
};

/// Rows of a page at most.
const LIMIT_MAX: u64 = 100;

/// Query of the lists here.
#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    rider_id: Option<String>,
    media: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

impl Filter {
    fn page(&self) -> ApiResult<PageRequest> {
        Ok(PageRequest::parse(self.page.as_deref(), self.limit.as_deref(), LIMIT_MAX)?)
    }

    /// Who pays: the rider that is named, or whoever the card belongs to, or else the card itself.
    async fn payer(&self, app: &App, tester: &Tester) -> ApiResult<Option<String>> {
        if let Some(rider) = &self.rider_id {
            let id = rider_id(rider)?;
            let rider = riders::find(tester.db(app), &tester.realm, &id, tester.now(app)).await?;
            return Ok(Some(rider.rider.id.to_string()));
        }
        let Some(media) = &self.media else { return Ok(None) };
        let id = MediaToken::try_from(media.clone()).map_err(|_| absent())?.id();
        let owner = riders::owner(tester.db(app), &tester.realm, &id).await?;
        Ok(Some(owner.map_or_else(|| id.as_str().to_owned(), |rider| rider.to_string())))
    }
}

#[utoipa::path(
    get,
    path = "/sandbox/journeys",
    operation_id = "list_test_journeys",
    tag = "sandbox",
    summary = "Perjalanan uji || Journeys of the test network",
    description = "Perjalanan satu penumpang (`rider_id`) atau satu kartu (`media`, tokennya), yang terbaru lebih dulu; tanpa keduanya: \
                   500 terakhir di jaringan uji. || Journeys of a rider (`rider_id`) or of a card (`media`, its token), newest first; \
                   with neither: the network's latest 500.",
    params(
        ("rider_id" = Option<String>, Query, example = "rdr_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id penumpang uji. || A test rider's id."),
        ("media" = Option<String>, Query, example = "kartu-ani", description = "Token kartu atau ponsel. || Token of a card or phone."),
        ("page" = Option<u64>, Query, minimum = 1, example = 1, description = "Halaman, mulai dari 1. || Page, from 1."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 100, example = 20, description = "Baris per halaman, paling banyak 100. || Rows per page, 100 at most."),
    ),
    responses((status = 200, body = Page<RecordedJourney>, description = "Perjalanan. || Journeys.")),
    extensions(("x-codes" = json!(["not_found"])), ("x-defaults" = json!({ "page": 1, "limit": 20 }))),
)]
pub(super) async fn list_test_journeys(
    State(app): State<App>,
    tester: Tester,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<RecordedJourney>>> {
    let (request, db) = (filter.page()?, tester.db(&app));
    Ok(Json(match filter.payer(&app, &tester).await? {
        Some(payer) => journeys::journeys_of(db, &tester.realm, &payer, request).await?,
        None => request.of(journeys::latest_journeys(db, &tester.realm, u32::MAX).await?.into_iter()),
    }))
}

#[utoipa::path(
    get,
    path = "/sandbox/ledger",
    operation_id = "list_test_transfers",
    tag = "sandbox",
    summary = "Mutasi uang || Transfers of money",
    description = "500 mutasi terakhir seorang penumpang (`rider_id`) atau satu kartu tanpa pemilik (`media`), yang terbaru lebih dulu. \
                   Setiap baris menambah akun `debit` dan mengurangi akun `credit`. || The latest 500 transfers of a rider (`rider_id`) \
                   or of a card that is nobody's (`media`), newest first. Each row adds to the account `debit` and takes from the \
                   account `credit`.",
    params(
        ("rider_id" = Option<String>, Query, example = "rdr_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id penumpang uji. || A test rider's id."),
        ("media" = Option<String>, Query, example = "kartu-ani", description = "Token kartu atau ponsel. || Token of a card or phone."),
        ("page" = Option<u64>, Query, minimum = 1, example = 1, description = "Halaman, mulai dari 1. || Page, from 1."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 100, example = 20, description = "Baris per halaman, paling banyak 100. || Rows per page, 100 at most."),
    ),
    responses((status = 200, body = Page<Transfer>, description = "Mutasi. || Transfers.")),
    extensions(("x-codes" = json!(["not_found"])), ("x-defaults" = json!({ "page": 1, "limit": 20 }))),
)]
pub(super) async fn list_test_transfers(
    State(app): State<App>,
    tester: Tester,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<Transfer>>> {
    let request = filter.page()?;
    let payer = filter.payer(&app, &tester).await?.ok_or_else(|| query::required("rider_id"))?;
    let transfers = ledger::transfers(tester.db(&app), &tester.realm, &payer, u32::MAX).await?;
    Ok(Json(request.of(transfers.into_iter())))
}

#[utoipa::path(
    get,
    path = "/sandbox/events",
    operation_id = "list_test_events",
    tag = "sandbox",
    summary = "Event jaringan uji || Events of the test network",
    description = "500 event terakhir, yang terbaru lebih dulu, dengan `data` seperti yang akan dikirim ke webhook. \
                   || The latest 500 events, newest first, with the `data` that webhooks will carry.",
    params(
        ("page" = Option<u64>, Query, minimum = 1, example = 1, description = "Halaman, mulai dari 1. || Page, from 1."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 100, example = 20, description = "Baris per halaman, paling banyak 100. || Rows per page, 100 at most."),
    ),
    responses((status = 200, body = Page<RecordedEvent>, description = "Event. || Events.")),
    extensions(("x-codes" = json!([])), ("x-defaults" = json!({ "page": 1, "limit": 20 }))),
)]
pub(super) async fn list_test_events(
    State(app): State<App>,
    tester: Tester,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<RecordedEvent>>> {
    if filter.rider_id.is_some() || filter.media.is_some() {
        return Err(ApiError::new(Code::InvalidParameter).fault(
            if filter.rider_id.is_some() { "rider_id" } else { "media" },
            "unknown_field",
            "Event tidak disaring menurut penumpang",
            "Events are not narrowed down by rider",
        ));
    }
    let request = filter.page()?;
    let events = events::latest(tester.db(&app), &tester.realm, u32::MAX).await?;
    Ok(Json(request.of(events.into_iter())))
}
