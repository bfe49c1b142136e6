//! `GET /stats/traffic`, and the figures of the portal's pages.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use domain::{
    keys::Environment,
    limits::tier_in,
    network::{Network, StationError, StationIx},
    operations::Operation,
    page::PageRequest,
    partners::PartnerStatus,
    problem::Code,
    realm::Realm,
    traffic::{
        CrowdingView, Granularity, NetworkDaysView, NetworkView, StationPageView, StationsView, TrafficView,
    },
};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Figures, figures,
    figures::{nothing, today},
    pages, views,
};
use crate::{
    app::App,
    http::{
        json::{Json, PublicJson},
        openapi::{Examples, operation},
        problem::{ApiError, ApiResult},
        query::{Query, unreadable},
    },
    identity::{Session, SignedIn},
    keys::{Caller, environment},
    realms,
};

/// All stations of the list fit on one page.
const LIMIT_MAX: u64 = 81;
/// Days of the network that the portal shows.
const NETWORK_DAYS: u32 = 14;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(operation(routes!(get_traffic)))
}

pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/traffic", get(get_traffic_in_portal))
        .route("/traffic/days", get(get_network_days))
        .route("/traffic/crowding", get(get_crowding))
        .route("/network", get(get_network))
        .route("/network/stations", get(get_stations))
        .route("/network/stations/{id}", get(get_station))
}

/// Query of [`get_traffic`], still as text.
#[derive(Debug, Default, Deserialize)]
struct TrafficQuery {
    station_id: Option<String>,
    date: Option<String>,
    granularity: Option<String>,
    page: Option<String>,
    limit: Option<String>,
    /// Of the portal's pages only: with a key, the key says it.
    environment: Option<String>,
}

#[utoipa::path(
    get,
    path = "/stats/traffic",
    operation_id = "get_traffic",
    tag = "traffic",
    summary = "Traffic per stasiun per jam (anonymized) || Traffic by station and hour (anonymized)",
    description = "Data kepadatan penumpang per stasiun per jam, dalam bentuk anonymized aggregate. Berguna untuk \
                   aplikasi perencanaan perjalanan dan navigasi kota. Jumlah 1 sampai 4 disembunyikan (null, \
                   suppressed: true), begitu juga setiap total yang dapat mengungkapnya; nol ditampilkan. Total hari \
                   yang masih berjalan hanya tampil bila tidak ada jam yang disembunyikan. Angka diperbarui paling \
                   sering sekali semenit. \
                   || Passenger traffic by station and hour, as an anonymised aggregate, for trip planners and city \
                   navigation. Counts of 1 to 4 are withheld (null, suppressed: true), and so is any total that would \
                   tell one; zero is shown. The total of a running day is shown only if none of its hours is withheld. \
                   Figures are renewed once a minute at most.",
    params(
        ("station_id" = Option<String>, Query, example = "STN_MGR",
            description = "ID stasiun (opsional, semua jika tidak diisi); kode operator juga diterima. \
                           || Station id (optional, all stations if absent); the operator's code is accepted too."),
        ("date" = Option<String>, Query, format = Date, example = "2026-03-08",
            description = "Format YYYY-MM-DD (default: hari ini WIB). || As YYYY-MM-DD (default: today in Jakarta)."),
        ("granularity" = Option<Granularity>, Query, example = "hourly",
            description = "hourly (default): satu baris per jam yang sudah dimulai. daily: satu baris untuk sehari, dengan hour null dan crowd_level jam terpadat. \
                           || hourly (default): a row for each hour that has begun. daily: one row for the day, with hour null and the crowd_level of its fullest hour."),
        ("page" = Option<u64>, Query, minimum = 1, example = 1,
            description = "Halaman ke-N jika station_id tidak diisi, mulai dari 1 (default). || Number of the page where station_id is absent, from 1 (default)."),
        ("limit" = Option<u64>, Query, minimum = 1, example = 20,
            description = "Jumlah stasiun per halaman (default 20). || Stations per page (default 20)."),
    ),
    responses((status = 200, body = TrafficView, description = "Satu stasiun, atau satu halaman semua stasiun. || One station, or one page of all stations.")),
    extensions(
        ("x-codes" = json!(["validation_failed"])),
        ("x-defaults" = json!({ "granularity": "hourly", "limit": 20, "page": 1 })),
    ),
)]
async fn get_traffic(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<TrafficQuery>,
) -> ApiResult<PublicJson<TrafficView>> {
    let realm = match caller.partner_id() {
        Some(partner) => realms::of(caller.environment, partner),
        None => return Err(ApiError::new(Code::MissingCredential)),
    };
    answer(&app, &realm, &query).await.map(PublicJson)
}

/// The same for a partner's people whose tier has it, and for the operator's staff.
async fn get_traffic_in_portal(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    Query(query): Query<TrafficQuery>,
) -> ApiResult<Json<TrafficView>> {
    let environment = environment(query.environment.as_deref())?.unwrap_or(Environment::Live);
    let realm = realm_of(&session, environment)?;
    answer(&app, &realm, &query).await.map(Json)
}

/// Public.
async fn get_network_days(State(app): State<App>) -> ApiResult<Json<NetworkDaysView>> {
    Ok(Json(views::network_days(&app, &Realm::Live, NETWORK_DAYS).await?))
}

/// Public.
async fn get_crowding(State(app): State<App>) -> ApiResult<Json<CrowdingView>> {
    Ok(Json(views::crowding(&app, &Realm::Live).await?))
}

/// Public.
async fn get_network(State(app): State<App>) -> ApiResult<Json<NetworkView>> {
    Ok(Json(pages::network(&app).await?))
}

/// What a list of stations is narrowed to.
#[derive(Debug, Deserialize)]
struct StationsQuery {
    line: Option<String>,
    q: Option<String>,
}

/// Public. As in `GET /stations`, an unknown line has no stations.
async fn get_stations(
    State(app): State<App>,
    Query(query): Query<StationsQuery>,
) -> ApiResult<Json<StationsView>> {
    let line = query.line.as_deref().filter(|line| !line.is_empty());
    Ok(Json(pages::stations(&app, line, query.q.as_deref()).await?))
}

/// Public.
async fn get_station(State(app): State<App>, Path(id): Path<String>) -> ApiResult<Json<StationPageView>> {
    let station = app.network.find(&id).ok_or_else(|| {
        ApiError::new(Code::NotFound)
            .detail("Tidak ada stasiun dengan id ini.", "There is no station with this id.")
    })?;
    Ok(Json(pages::station(&app, station).await?))
}

/// The realm whose figures somebody may see.
fn realm_of(session: &Session, environment: Environment) -> ApiResult<Realm> {
    if session.operator.is_some() {
        // Test networks are their partners'.
        return match environment {
            Environment::Live => Ok(Realm::Live),
            Environment::Test => Err(ApiError::new(Code::NotAllowed)),
        };
    }
    let (partner, _) = session.partner.as_ref().ok_or_else(|| ApiError::new(Code::NotAllowed))?;
    match partner.status {
        PartnerStatus::Suspended => return Err(ApiError::new(Code::PartnerSuspended)),
        PartnerStatus::Rejected | PartnerStatus::Registered => {
            return Err(ApiError::new(Code::PartnerNotActive));
        }
        PartnerStatus::InReview if environment == Environment::Live => {
            return Err(ApiError::new(Code::PartnerNotActive));
        }
        PartnerStatus::InReview | PartnerStatus::Active => {}
    }
    if tier_in(environment, partner.tier) < Operation::GetTraffic.tier_min() {
        return Err(ApiError::new(Code::TierInsufficient));
    }
    Ok(realms::of(environment, &partner.id))
}

async fn answer(app: &App, realm: &Realm, query: &TrafficQuery) -> ApiResult<TrafficView> {
    let wanted = Wanted::read(&app.network, today(app, realm), query)?;
    let figures = figures(app, realm, wanted.day).await?;
    Ok(wanted.of(&app.network, &figures))
}

/// What is asked for, checked.
#[derive(Debug)]
struct Wanted {
    station: Option<StationIx>,
    day: Date,
    granularity: Granularity,
    page: PageRequest,
}

impl Wanted {
    /// A date that is none is 400; one to come, or a word we do not know, is 422 with all of them named.
    fn read(network: &Network, today: Date, query: &TrafficQuery) -> ApiResult<Self> {
        let day = query.date.as_deref().map_or(Ok(today), day)?;
        let limit_max = LIMIT_MAX.max(network.open_count() as u64);
        let page = PageRequest::parse(query.page.as_deref(), query.limit.as_deref(), limit_max)?;
        let mut refusal = ApiError::new(Code::ValidationFailed);
        let station = query.station_id.as_deref().map(|spelling| network.find_open(spelling));
        match station {
            Some(Err(StationError::Unknown)) => {
                refusal = refusal.fault(
                    "station_id",
                    "unknown_station",
                    "`station_id`: stasiun tidak dikenal; lihat GET /stations",
                    "`station_id`: no such station; see GET /stations",
                );
            }
            Some(Err(StationError::Closed(id))) => {
                refusal = refusal.fault(
                    "station_id",
                    "closed_station",
                    format!("`station_id`: {id} sudah tutup"),
                    format!("`station_id`: {id} is closed"),
                );
            }
            Some(Ok(_)) | None => {}
        }
        if day > today {
            refusal = refusal.fault(
                "date",
                "in_future",
                format!("`date` belum tiba; hari ini {today} (WIB)"),
                format!("`date` is yet to come; today is {today} (Jakarta)"),
            );
        }
        let granularity = query.granularity.as_deref().map_or(Ok(Granularity::default()), str::parse);
        if granularity.is_err() {
            refusal = refusal.fault(
                "granularity",
                "not_one_of",
                "`granularity` harus salah satu dari hourly, daily",
                "`granularity` must be one of hourly, daily",
            );
        }
        match (granularity, refusal.has_faults()) {
            (Ok(granularity), false) => {
                let station = station.and_then(Result::ok).map(|station| station.ix);
                Ok(Self { station, day, granularity, page })
            }
            _ => Err(refusal),
        }
    }

    fn of(&self, network: &Network, figures: &Figures) -> TrafficView {
        match self.station {
            Some(station) => views::of_station(network, figures, self.granularity, station),
            None => views::of_all(network, figures, self.granularity, self.page),
        }
    }
}

fn day(text: &str) -> ApiResult<Date> {
    // Exactly as documented: the parser itself would take more forms of dates.
    let day = (text.len() == 10).then(|| text.parse().ok()).flatten();
    day.ok_or_else(|| {
        let (id, en) = ("`date` harus tanggal YYYY-MM-DD", "`date` must be a date, YYYY-MM-DD");
        unreadable("date", id.to_owned(), en.to_owned())
    })
}

/// Answers for the documentation, made by the same functions that answer requests, from counts that
/// the pages print and a quiet hour before them.
pub fn examples(network: &Network) -> Vec<Examples> {
    // 08:59 in Jakarta, on the day of the pages.
    let now = Timestamp::constant(1_772_935_140, 0);
    let today = domain::time::jakarta_day(now);
    let (mut tap_in, mut tap_out) = (nothing(network), nothing(network));
    if let Some(station) = network.find("STN_MGR") {
        let place = station.ix.place();
        for (hour, taps) in [(4, 3), (5, 216), (6, 604), (7, 1_284), (8, 2_847)] {
            tap_in[place][hour] = taps;
        }
        for (hour, taps) in [(4, 0), (5, 88), (6, 371), (7, 892), (8, 1_923)] {
            tap_out[place][hour] = taps;
        }
    }
    let figures = Figures::of(today, now, tap_in, tap_out, None);
    let ask = |station: &str, date: &str| {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let query = TrafficQuery { station_id: text(station), date: text(date), ..TrafficQuery::default() };
        Wanted::read(network, today, &query).map(|wanted| wanted.of(network, &figures))
    };
    vec![
        Examples::new("get_traffic", &ask("STN_MGR", "2026-03-08"))
            .refused(ask("STN_MGR", "kemarin"))
            .refused(ask("STN_XXX", "")),
    ]
}
