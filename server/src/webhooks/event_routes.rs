//! The feed and the catalogue of events.

use axum::extract::State;
use domain::{
    page::{Page, PageRequest},
    webhooks::{CatalogueEntry, Feed},
};
use serde::Deserialize;

use super::{
    Acting, catalogue,
    delivery_routes::{event, instant},
    feed::{self, Cursor, Wanted},
};
use crate::{
    app::App,
    http::{
        json::PublicJson,
        problem::ApiResult,
        query::{self, Query},
    },
};

/// Events of one answer at most.
const LIMIT_MAX: u64 = 200;

/// Query of [`list_events`].
#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    cursor: Option<String>,
    from: Option<String>,
    events: Option<String>,
    limit: Option<String>,
}

#[utoipa::path(
    get,
    path = "/events",
    operation_id = "list_events",
    tag = "webhooks",
    summary = "Ambil event || Pull events",
    description = "Event 30 hari terakhir, yang terlama lebih dulu: yang sama dengan yang dikirim ke webhook, dengan aturan izin yang \
                   sama. Simpan `meta.next_cursor` dan kirim sebagai `cursor` pada panggilan berikutnya, juga bila belum ada yang baru: \
                   tidak ada event yang terlewat atau muncul dua kali. Tanpa `cursor`: dari awal, atau sejak `from`. Satu \
                   panggilan melihat paling banyak 20.000 event jaringan, dan `meta.total` menghitung di antaranya: selama \
                   `meta.has_more`, panggil lagi, juga bila jawabannya kosong. \
                   || Events of the last 30 days, oldest first: the same that are sent to webhooks, by the same rule of consent. Keep \
                   `meta.next_cursor` and send it as `cursor` with the next call, also when nothing was new: no event is missed or shown \
                   twice. Without a `cursor`: from the beginning, or since `from`. One call looks at no more than 20,000 events of the \
                   network, and `meta.total` counts among them: while `meta.has_more`, call again, also when the answer is empty.",
    params(
        ("cursor" = Option<String>, Query, example = "cDFh", description = "`meta.next_cursor` jawaban sebelumnya. || `meta.next_cursor` of the answer before."),
        ("from" = Option<String>, Query, example = "2026-03-08T00:00:00Z",
            description = "Dicatat sejak waktu ini: RFC 3339, atau tanggal di Jakarta. || Recorded since this time: RFC 3339, or a day in Jakarta."),
        ("events" = Option<String>, Query, example = "journey.completed,station.crowded",
            description = "Hanya jenis-jenis ini, dipisah koma. || Of these kinds only, separated by commas."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 200, example = 20, description = "Event per jawaban, paling banyak 200. || Events per answer, 200 at most."),
    ),
    responses((status = 200, body = Feed, description = "Event. || Events.")),
    extensions(("x-codes" = json!([])), ("x-defaults" = json!({ "limit": 20 }))),
)]
pub(super) async fn list_events(
    State(app): State<App>,
    acting: Acting,
    Query(filter): Query<Filter>,
) -> ApiResult<PublicJson<Feed>> {
    let request = PageRequest::parse(None, filter.limit.as_deref(), LIMIT_MAX)?;
    let cursor = match filter.cursor.as_deref().filter(|text| !text.is_empty()) {
        None => Cursor::default(),
        Some(text) => Cursor::decode(text).ok_or_else(|| {
            query::unreadable(
                "cursor",
                "`cursor` harus `meta.next_cursor` dari jawaban sebelumnya".to_owned(),
                "`cursor` must be the `meta.next_cursor` of an answer before".to_owned(),
            )
        })?,
    };
    let names = filter.events.as_deref().unwrap_or_default().split(',').map(str::trim);
    let kinds = names.filter(|name| !name.is_empty()).map(|name| event(name).map(|name| name.0));
    let wanted = Wanted {
        cursor,
        from: filter.from.as_deref().map(|text| instant("from", text, false)).transpose()?,
        kinds: kinds.collect::<ApiResult<_>>()?,
        limit: request.limit(),
    };
    let Some(environment) = acting.environments().next() else { return Err(query::required("environment")) };
    Ok(PublicJson(feed::read(&app, &acting, environment, wanted).await?))
}

#[utoipa::path(
    get,
    path = "/events/catalogue",
    operation_id = "get_event_catalogue",
    tag = "webhooks",
    summary = "Katalog event || Catalogue of events",
    description = "Setiap jenis event dengan JSON Schema dan contoh isinya. Anggota baru bisa ditambahkan; yang ada tidak diganti \
                   namanya. || Every kind of event with a JSON Schema and an example of its body. Members may be added; those that are \
                   there are not renamed.",
    responses((status = 200, body = Page<CatalogueEntry>, description = "Katalog. || The catalogue.")),
    extensions(("x-codes" = json!([]))),
)]
pub(super) async fn get_event_catalogue() -> ApiResult<PublicJson<Page<CatalogueEntry>>> {
    let entries = catalogue::entries();
    let request = PageRequest::parse(None, Some("100"), 100)?;
    Ok(PublicJson(request.of(entries.iter().cloned())))
}
