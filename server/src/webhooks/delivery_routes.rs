//! The log of deliveries, for programs and for members.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use domain::{
    ids::DeliveryId,
    page::{Page, PageRequest},
    problem::Code,
    time::{JAKARTA, day_start},
    webhooks::{DeliveryRow, DeliveryView, EventName, ReplayOne, Replayed},
};
use jiff::{Timestamp, ToSpan, civil};
use serde::Deserialize;

use super::{
    Acting,
    log::{self, DeliveryFilter},
    manage, replay,
    routes::{LIMIT_MAX, endpoint_id},
};
use crate::{
    app::{App, Environment},
    http::{
        json::{Json, JsonOrNothing, PublicJson},
        problem::{ApiError, ApiResult},
        query::{self, Query},
    },
    keys,
};

fn delivery_id(text: &str) -> ApiResult<DeliveryId> {
    text.parse().map_err(|_| ApiError::new(Code::NotFound))
}

/// Query of the lists here. An empty value is none, since a form can't leave a field out.
#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    /// In the portal only.
    environment: Option<String>,
    /// In the portal only: of this endpoint alone.
    endpoint_id: Option<String>,
    event: Option<String>,
    status: Option<String>,
    from: Option<String>,
    to: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

impl Filter {
    fn page(&self) -> ApiResult<PageRequest> {
        Ok(PageRequest::parse(self.page.as_deref(), self.limit.as_deref(), LIMIT_MAX)?)
    }

    fn read(&self) -> ApiResult<DeliveryFilter> {
        Ok(DeliveryFilter {
            endpoint: given(self.endpoint_id.as_ref()).map(endpoint_id).transpose()?,
            event: given(self.event.as_ref()).map(event).transpose()?.map(|name| name.0),
            status: given(self.status.as_ref())
                .map(|text| text.parse().map_err(|_| unknown("status", text)))
                .transpose()?,
            from: given(self.from.as_ref()).map(|text| instant("from", text, false)).transpose()?,
            to: given(self.to.as_ref()).map(|text| instant("to", text, true)).transpose()?,
        })
    }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// 400 for a kind of event that there is not.
pub(super) fn event(text: &str) -> ApiResult<EventName> {
    text.parse().map_err(|_| unknown("event", text))
}

fn unknown(field: &'static str, text: &str) -> ApiError {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(64).collect();
    ApiError::new(Code::InvalidParameter).fault(
        field,
        "unknown_value",
        format!("`{field}` tidak mengenal {shown}"),
        format!("`{field}` does not know {shown}"),
    )
}

/// An instant (RFC 3339), or in Jakarta a day or a minute as forms send them. A day that ends a range
/// is in it.
///
/// # Errors
/// 400 naming the parameter.
pub(super) fn instant(field: &'static str, text: &str, is_end: bool) -> ApiResult<Timestamp> {
    let read = || {
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(at);
        }
        // Just what is meant: jiff would also read a day out of longer texts.
        if text.len() == 10 {
            let day: civil::Date = text.parse().ok()?;
            return Some(day_start(if is_end { day.checked_add(1.day()).ok()? } else { day }));
        }
        let minute: civil::DateTime = if text.len() <= 19 { text.parse().ok()? } else { return None };
        JAKARTA.to_timestamp(minute).ok()
    };
    read().ok_or_else(|| {
        query::unreadable(
            field,
            format!("`{field}` harus waktu RFC 3339 atau tanggal (2026-03-08)"),
            format!("`{field}` must be an RFC 3339 time or a date (2026-03-08)"),
        )
    })
}

#[utoipa::path(
    get,
    path = "/webhooks/{id}/deliveries",
    operation_id = "list_deliveries",
    tag = "webhooks",
    summary = "Log pengiriman || Log of deliveries",
    description = "Pengiriman endpoint ini dalam 30 hari, yang terbaru lebih dulu. || This endpoint's deliveries of 30 days, newest \
                   first.",
    params(
        ("id" = String, Path, example = "wh_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id webhook. || The webhook's id."),
        ("event" = Option<String>, Query, example = "journey.completed", description = "Hanya jenis ini. || Of this kind only."),
        ("status" = Option<String>, Query, example = "exhausted",
            description = "Hanya yang begini: `pending`, `delivered`, `exhausted`, `gone`, `cancelled`. || Only those: `pending`, `delivered`, `exhausted`, `gone`, `cancelled`."),
        ("from" = Option<String>, Query, example = "2026-03-08T00:00:00Z",
            description = "Dibuat sejak waktu ini: RFC 3339, atau tanggal di Jakarta. || Made since this time: RFC 3339, or a day in Jakarta."),
        ("to" = Option<String>, Query, example = "2026-03-08T08:00:00Z",
            description = "Dibuat sebelum waktu ini, atau sampai akhir tanggal ini. || Made before this time, or through this day."),
        ("page" = Option<u64>, Query, minimum = 1, example = 1, description = "Halaman, mulai dari 1. || Page, from 1."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 100, example = 20, description = "Baris per halaman, paling banyak 100. || Rows per page, 100 at most."),
    ),
    responses((status = 200, body = Page<DeliveryRow>, description = "Pengiriman. || Deliveries.")),
    extensions(("x-codes" = json!(["not_found"])), ("x-defaults" = json!({ "page": 1, "limit": 20 }))),
)]
pub(super) async fn list_deliveries(
    State(app): State<App>,
    acting: Acting,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
) -> ApiResult<PublicJson<Page<DeliveryRow>>> {
    let request = filter.page()?;
    let (environment, endpoint) = manage::find(&app, &acting, &endpoint_id(&id)?).await?;
    let filter = DeliveryFilter { endpoint: Some(endpoint.id), ..filter.read()? };
    Ok(PublicJson(log::list(&app, &acting, environment, &filter, request).await?))
}

/// The portal's: those of all endpoints, deleted ones too.
pub(super) async fn list_all(
    State(app): State<App>,
    acting: Acting,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<DeliveryRow>>> {
    let request = filter.page()?;
    let environment = keys::environment(filter.environment.as_deref())?.unwrap_or(Environment::Live);
    Ok(Json(log::list(&app, &acting, environment, &filter.read()?, request).await?))
}

#[utoipa::path(
    get,
    path = "/deliveries/{id}",
    operation_id = "get_delivery",
    tag = "webhooks",
    summary = "Satu pengiriman || One delivery",
    description = "Dengan semua percobaannya: header dan isi yang dikirim, kepala dan 16 KiB pertama jawaban, serta waktu untuk DNS, \
                   koneksi, TLS, dan byte pertama. || With all its attempts: headers and body as sent, the answer's head and first \
                   16 KiB, and the times for DNS, connection, TLS and first byte.",
    params(("id" = String, Path, example = "dlv_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id pengiriman. || The delivery's id.")),
    responses((status = 200, body = DeliveryView, description = "Pengiriman. || The delivery.")),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(super) async fn get_delivery(
    State(app): State<App>,
    acting: Acting,
    Path(id): Path<String>,
) -> ApiResult<PublicJson<DeliveryView>> {
    Ok(PublicJson(log::show(&app, &acting, &delivery_id(&id)?).await?))
}

#[utoipa::path(
    post,
    path = "/deliveries/{id}/replay",
    operation_id = "replay_delivery",
    tag = "webhooks",
    summary = "Kirim ulang || Replay",
    description = "Mengirim event yang sama dengan isi yang sama lagi, bila mau ke endpoint Anda yang lain. Yang masih menunggu \
                   percobaan berikutnya dicoba sekarang juga. || Sends the same event in the same body again, to another of your \
                   endpoints if you like. One that waits for its next attempt is tried right away.",
    params(("id" = String, Path, example = "dlv_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id pengiriman. || The delivery's id.")),
    request_body(content = ReplayOne, example = json!({})),
    responses((status = 202, body = Replayed, description = "Sedang dikirim. || On its way.")),
    extensions(("x-codes" = json!(["not_found", "unsupported_media_type", "body_too_large", "validation_failed", "wrong_state", "not_allowed"]))),
)]
pub(super) async fn replay_delivery(
    State(app): State<App>,
    acting: Acting,
    Path(id): Path<String>,
    JsonOrNothing(ReplayOne { to_endpoint }): JsonOrNothing<ReplayOne>,
) -> ApiResult<(StatusCode, Json<Replayed>)> {
    let replayed = replay::one(&app, &acting, &delivery_id(&id)?, to_endpoint).await?;
    Ok((StatusCode::ACCEPTED, Json(replayed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_programs_and_forms_write_them() {
        let read = |text: &str, is_end| instant("from", text, is_end).ok().map(|at| at.to_string());
        let at = |text: &str| Some(text.to_owned());
        assert_eq!(read("2026-03-08T08:00:00Z", false), at("2026-03-08T08:00:00Z"));
        assert_eq!(read("2026-03-08T15:00:00+07:00", false), at("2026-03-08T08:00:00Z"));
        assert_eq!(read("2026-03-08", false), at("2026-03-07T17:00:00Z"));
        assert_eq!(read("2026-03-08", true), at("2026-03-08T17:00:00Z"));
        assert_eq!(read("2026-03-08T15:00", true), at("2026-03-08T08:00:00Z"));
        for bad in ["yesterday", "2026-13-01", "1772980327", "2026-03-08T15:00[Asia/Jakarta]"] {
            assert_eq!(read(bad, false), None, "{bad}");
        }
    }
}
