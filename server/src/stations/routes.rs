//! `GET /stations`, `/stations/{id}`, `/lines`.

use axum::{
    Extension,
    extract::{Path, State},
};
use domain::{
    network::{Line, Network, Station, StationDetail},
    page::{Page, PageRequest},
    problem::Code,
};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::{App, Environment},
    gates::{self, ByStation},
    http::{
        json::PublicJson,
        openapi::{Examples, operation},
        problem::{ApiError, ApiResult},
        query::Query,
    },
    keys::Caller,
};

/// The pages print 81; the network may grow beyond it.
const LIMIT_MAX: u64 = 81;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(operation(routes!(list_stations)))
        .routes(operation(routes!(get_station)))
        .routes(operation(routes!(list_lines)))
}

/// All lines.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Lines {
    data: Vec<Line>,
    meta: domain::page::Meta,
}

/// Query of [`list_stations`], still as text: what cannot be a number is refused by name.
#[derive(Debug, Default, Deserialize)]
struct StationQuery {
    line: Option<String>,
    q: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

#[utoipa::path(
    get,
    path = "/stations",
    operation_id = "list_stations",
    tag = "stations",
    summary = "List semua stasiun dengan info dan koordinat || All stations with details and coordinates",
    description = "Mendapatkan daftar semua stasiun KCI beserta informasi detail: nama, kode, jalur kereta, koordinat GPS, \
                   jumlah gate, fasilitas, dan jam operasional. Tidak memerlukan autentikasi. \
                   || All KCI stations with name, code, lines, GPS coordinates, number of gates, facilities and \
                   operating hours. No authentication needed.",
    params(
        ("line" = Option<String>, Query, example = "bogor",
            description = "Filter berdasarkan jalur: bogor, nambo, cikarang, rangkasbitung, tangerang, tanjungpriok. Jalur yang tidak dikenal memberi daftar kosong. \
                           || Only stations of this line: bogor, nambo, cikarang, rangkasbitung, tangerang, tanjungpriok. An unknown line gives an empty list."),
        ("limit" = Option<u64>, Query, minimum = 1, example = 20,
            description = "Jumlah item per halaman (default 20). Nilai di atas maksimum dipotong; nilai yang berlaku ada di meta.limit. \
                           || Items per page (default 20). A value above the maximum is cut to it; meta.limit tells the one in effect."),
        ("page" = Option<u64>, Query, minimum = 1, example = 1,
            description = "Halaman ke-N, mulai dari 1 (default). || Number of the page, from 1 (default)."),
        ("q" = Option<String>, Query, example = "manggarai",
            description = "Cari berdasarkan nama stasiun, tanpa membedakan huruf besar dan aksen; salah ketik kecil dimaafkan. \
                           || Search by name; case, accents and small slips do not matter."),
    ),
    responses((status = 200, body = Page<Station>, description = "Satu halaman stasiun. || One page of stations.")),
    extensions(("x-defaults" = json!({ "limit": 20, "page": 1 }))),
)]
async fn list_stations(
    State(app): State<App>,
    caller: Option<Extension<Caller>>,
    Query(query): Query<StationQuery>,
) -> ApiResult<PublicJson<Page<Station>>> {
    let gates = app.gates.of(environment(caller));
    page_of_stations(&app.network, &gates, &query).map(PublicJson)
}

#[utoipa::path(
    get,
    path = "/stations/{id}",
    operation_id = "get_station",
    tag = "stations",
    summary = "Detail stasiun, fasilitas, jam operasi || One station with facilities and hours",
    description = "Semua yang ada di daftar stasiun, ditambah setiap gate, stasiun terdekat, dan aksesibilitas. \
                   || Everything the list has, and every gate, the stations nearby and accessibility.",
    params(
        ("id" = String, Path, example = "STN_GMB",
            description = "ID stasiun. Kode operator (GMR, STN_GMR) juga diterima, huruf besar atau kecil. \
                           || Station id. The operator's code (GMR, STN_GMR) is accepted too, in any case."),
    ),
    responses((status = 200, body = StationDetail, description = "Stasiun. || The station.")),
    extensions(("x-codes" = json!(["not_found"]))),
)]
async fn get_station(
    State(app): State<App>,
    caller: Option<Extension<Caller>>,
    Path(id): Path<String>,
) -> ApiResult<PublicJson<StationDetail>> {
    let gates = app.gates.of(environment(caller));
    one_station(&app.network, &gates, &id).map(PublicJson)
}

#[utoipa::path(
    get,
    path = "/lines",
    operation_id = "list_lines",
    tag = "stations",
    summary = "Semua jalur dengan stasiunnya || All lines with their stations",
    description = "Setiap jalur dengan warna, jam kereta, dan stasiun menurut urutan perjalanan. \
                   || Every line with its colour, hours of service, and stations in order of travel.",
    responses((status = 200, body = Lines, description = "Semua jalur. || All lines.")),
)]
async fn list_lines(State(app): State<App>) -> PublicJson<Lines> {
    PublicJson(all_lines(&app.network))
}

/// Test keys see the sandbox's gates; everybody else the real ones.
fn environment(caller: Option<Extension<Caller>>) -> Environment {
    caller.map_or(Environment::Live, |Extension(caller)| caller.environment)
}

fn page_of_stations(network: &Network, gates: &ByStation, query: &StationQuery) -> ApiResult<Page<Station>> {
    let limit_max = LIMIT_MAX.max(network.open_count() as u64);
    let request = PageRequest::parse(query.page.as_deref(), query.limit.as_deref(), limit_max)?;
    let found = network.list(query.line.as_deref(), query.q.as_deref());
    Ok(request.of(found.into_iter().map(|station| {
        let (online, total) = gates::counts(gates, station);
        station.wire(online, total)
    })))
}

fn one_station(network: &Network, gates: &ByStation, id: &str) -> ApiResult<StationDetail> {
    let station = network.find(id).ok_or_else(no_such_station)?;
    Ok(network.detail(station.ix, gates.get(&station.ix).cloned().unwrap_or_default()))
}

fn no_such_station() -> ApiError {
    ApiError::new(Code::NotFound).detail(
        "Tidak ada stasiun dengan id ini; lihat GET /stations.",
        "There is no station with this id; see GET /stations.",
    )
}

fn all_lines(network: &Network) -> Lines {
    let data = network.lines().to_vec();
    let total = data.len() as u64;
    Lines { data, meta: domain::page::Meta { total, page: 1, limit: total } }
}

/// Answers for the documentation, made by the same functions that answer requests.
pub fn examples(network: &Network) -> Vec<Examples> {
    let gates = gates::planned(network);
    let list = |line: Option<&str>, limit: Option<&str>| {
        let query = StationQuery {
            line: line.map(str::to_owned),
            limit: limit.map(str::to_owned),
            ..StationQuery::default()
        };
        page_of_stations(network, &gates, &query)
    };
    let mut lines = all_lines(network);
    lines.data.truncate(1);
    for line in &mut lines.data {
        line.stations.truncate(2);
    }
    vec![
        Examples::new("list_stations", &list(Some("bogor"), Some("2"))).refused(list(None, Some("-1"))),
        Examples::new("get_station", &one_station(network, &gates, "STN_GMB"))
            .refused(one_station(network, &gates, "STN_XXX")),
        Examples::new("list_lines", &Ok(lines)),
    ]
}
