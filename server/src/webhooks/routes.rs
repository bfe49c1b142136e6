//! Endpoints, for programs and for members.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use domain::{
    ids::WebhookId,
    page::{Page, PageRequest},
    problem::Code,
    webhooks::{
        CreateEndpoint, EndpointView, EndpointWithSecret, ReplayMany, ReplayedMany, RotateSecret, SendTest,
        TestSent, UpdateEndpoint,
    },
};
use serde::Deserialize;

use super::{Acting, change, manage, replay, rotate, test_send};
use crate::{
    app::App,
    http::{
        json::{Json, JsonOrNothing, PublicJson},
        problem::{ApiError, ApiResult},
        query::Query,
    },
    keys, realms,
};

/// Rows of a page at most.
pub(super) const LIMIT_MAX: u64 = 100;

/// What is no id is not there.
pub(super) fn endpoint_id(text: &str) -> ApiResult<WebhookId> {
    text.parse().map_err(|_| ApiError::new(Code::NotFound))
}

#[utoipa::path(
    post,
    path = "/webhooks",
    operation_id = "create_webhook",
    tag = "webhooks",
    summary = "Daftarkan webhook || Register a webhook",
    description = "URL harus https (di sandbox boleh http) dan berada di internet publik. Tanpa `secret` server membuatnya dan \
                   menyebutkannya sekali saja di jawaban ini; secret yang Anda kirim tidak pernah disebut lagi. Paling banyak 20 \
                   endpoint per lingkungan. Event yang tidak termasuk tier Anda: 403. \
                   || The URL has to be https (in the sandbox http too) and on the public internet. Without a `secret` the server \
                   makes one and tells it once, in this answer; a secret that you send is never told again. At most 20 endpoints \
                   per environment. An event that your tier does not cover: 403.",
    request_body(content = CreateEndpoint, example = json!({
        "url": "https://yourapp.com/webhooks/kci",
        "events": ["journey.completed", "fare_cap.reached", "station.crowded"],
        "secret": "your_webhook_secret_key_24",
        "active": true
    })),
    responses((status = 201, body = EndpointWithSecret, description = "Endpoint baru. || The new endpoint.")),
    extensions(("x-codes" = json!(["unsupported_media_type", "body_too_large", "validation_failed", "wrong_state", "not_allowed"]))),
)]
pub(super) async fn create_webhook(
    State(app): State<App>,
    acting: Acting,
    Json(new): Json<CreateEndpoint>,
) -> ApiResult<(StatusCode, Json<EndpointWithSecret>)> {
    let environment = acting.place(new.environment)?;
    if new.send_test && !acting.is_member() {
        return Err(ApiError::invalid(
            "send_test",
            "unknown_field",
            "`send_test` tidak dikenal",
            "`send_test` is not known",
        ));
    }
    let created = manage::create(&app, &acting, environment, new).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// Query of [`list_webhooks`].
#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    environment: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

#[utoipa::path(
    get,
    path = "/webhooks",
    operation_id = "list_webhooks",
    tag = "webhooks",
    summary = "Daftar webhook || List the webhooks",
    description = "Endpoint Anda di lingkungan key, yang terbaru lebih dulu. Tanpa secret. \
                   || Your endpoints in the key's environment, newest first. Without secrets.",
    params(
        ("page" = Option<u64>, Query, minimum = 1, example = 1, description = "Halaman, mulai dari 1. || Page, from 1."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 100, example = 20, description = "Baris per halaman, paling banyak 100. || Rows per page, 100 at most."),
    ),
    responses((status = 200, body = Page<EndpointView>, description = "Endpoint. || Endpoints.")),
    extensions(("x-codes" = json!([])), ("x-defaults" = json!({ "page": 1, "limit": 20 }))),
)]
pub(super) async fn list_webhooks(
    State(app): State<App>,
    acting: Acting,
    Query(filter): Query<Filter>,
) -> ApiResult<PublicJson<Page<EndpointView>>> {
    let environment = keys::environment(filter.environment.as_deref())?;
    let request = PageRequest::parse(filter.page.as_deref(), filter.limit.as_deref(), LIMIT_MAX)?;
    Ok(PublicJson(manage::list(&app, &acting, environment, request).await?))
}

#[utoipa::path(
    get,
    path = "/webhooks/{id}",
    operation_id = "get_webhook",
    tag = "webhooks",
    summary = "Satu webhook || One webhook",
    description = "Dengan keadaannya: aktif, dijeda, atau dinonaktifkan, dan sejak kapan penerimanya gagal. \
                   || With how it does: active, paused or disabled, and since when its receiver has been failing.",
    params(("id" = String, Path, example = "wh_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id webhook. || The webhook's id.")),
    responses((status = 200, body = EndpointView, description = "Endpoint. || The endpoint.")),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(super) async fn get_webhook(
    State(app): State<App>,
    acting: Acting,
    Path(id): Path<String>,
) -> ApiResult<PublicJson<EndpointView>> {
    let (_, record) = manage::find(&app, &acting, &endpoint_id(&id)?).await?;
    Ok(PublicJson(manage::view(&record, realms::now(&app, &record.realm))))
}

#[utoipa::path(
    patch,
    path = "/webhooks/{id}",
    operation_id = "update_webhook",
    tag = "webhooks",
    summary = "Ubah atau jeda webhook || Change or pause a webhook",
    description = "Yang tidak disebut tetap. `active: false` menjeda: event tetap dikumpulkan dan dikirim setelah dilanjutkan (paling \
                   lama 30 hari). `active: true` melanjutkan, juga setelah server menonaktifkannya; selama nonaktif event tidak \
                   dikumpulkan. || What is not named stays. `active: false` pauses: events are collected and sent once it goes on \
                   (for 30 days at most). `active: true` goes on, also after the server disabled it; nothing is collected while it is \
                   disabled.",
    params(("id" = String, Path, example = "wh_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id webhook. || The webhook's id.")),
    request_body(content = UpdateEndpoint, example = json!({"active": false})),
    responses((status = 200, body = EndpointView, description = "Endpoint sesudahnya. || The endpoint afterwards.")),
    extensions(("x-codes" = json!(["not_found", "unsupported_media_type", "body_too_large", "validation_failed", "wrong_state", "not_allowed"]))),
)]
pub(super) async fn update_webhook(
    State(app): State<App>,
    acting: Acting,
    Path(id): Path<String>,
    Json(change): Json<UpdateEndpoint>,
) -> ApiResult<Json<EndpointView>> {
    Ok(Json(change::update(&app, &acting, &endpoint_id(&id)?, change).await?))
}

#[utoipa::path(
    delete,
    path = "/webhooks/{id}",
    operation_id = "delete_webhook",
    tag = "webhooks",
    summary = "Hapus webhook || Delete a webhook",
    description = "Menghapus registrasi secara permanen: tidak ada lagi yang dikirim, yang menunggu dibatalkan. Log pengiriman tetap \
                   terbaca 30 hari. || Deletes the registration for good: nothing is sent any more, what waits is cancelled. The log of \
                   deliveries can be read for 30 days.",
    params(("id" = String, Path, example = "wh_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id webhook (dari jawaban POST /webhooks). || The webhook's id (from the answer of POST /webhooks).")),
    responses((status = 204, description = "Webhook berhasil dihapus. || The webhook is deleted.")),
    extensions(("x-codes" = json!(["not_found", "not_allowed"]))),
)]
pub(super) async fn delete_webhook(
    State(app): State<App>,
    acting: Acting,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    manage::delete(&app, &acting, &endpoint_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post,
    path = "/webhooks/{id}/rotate-secret",
    operation_id = "rotate_webhook_secret",
    tag = "webhooks",
    summary = "Ganti secret || Change the secret",
    description = "Secret lama tetap berlaku `overlap_hours` jam (0 sampai 24, biasanya 24): selama itu `webhook-signature` memuat \
                   tanda tangan keduanya, sedangkan `X-NFCG-Signature` dan `signature` di isi memakai yang lama. Secret buatan server \
                   hanya disebut di jawaban ini. || The old secret stays valid for `overlap_hours` hours (0 to 24, 24 unless said): for \
                   so long `webhook-signature` carries signatures of both, while `X-NFCG-Signature` and the body's `signature` keep the \
                   old one. A secret made by the server is told in this answer only.",
    params(("id" = String, Path, example = "wh_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id webhook. || The webhook's id.")),
    request_body(content = RotateSecret, example = json!({"overlap_hours": 24})),
    responses((status = 200, body = EndpointWithSecret, description = "Endpoint dengan secret barunya. || The endpoint with its new secret.")),
    extensions(("x-codes" = json!(["not_found", "unsupported_media_type", "body_too_large", "validation_failed", "wrong_state", "not_allowed"]))),
)]
pub(super) async fn rotate_webhook_secret(
    State(app): State<App>,
    acting: Acting,
    Path(id): Path<String>,
    JsonOrNothing(request): JsonOrNothing<RotateSecret>,
) -> ApiResult<Json<EndpointWithSecret>> {
    Ok(Json(rotate::rotate(&app, &acting, &endpoint_id(&id)?, request).await?))
}

#[utoipa::path(
    post,
    path = "/webhooks/{id}/end-overlap",
    operation_id = "end_webhook_overlap",
    tag = "webhooks",
    summary = "Akhiri secret lama || End the old secret",
    description = "Mulai sekarang hanya secret terbaru yang menandatangani. Tanpa secret lama tidak ada yang berubah. \
                   || From now on the newest secret signs alone. Without an old secret nothing changes.",
    params(("id" = String, Path, example = "wh_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id webhook. || The webhook's id.")),
    responses((status = 200, body = EndpointView, description = "Endpoint sesudahnya. || The endpoint afterwards.")),
    extensions(("x-codes" = json!(["not_found", "wrong_state", "not_allowed"]))),
)]
pub(super) async fn end_webhook_overlap(
    State(app): State<App>,
    acting: Acting,
    Path(id): Path<String>,
) -> ApiResult<Json<EndpointView>> {
    Ok(Json(rotate::end_overlap(&app, &acting, &endpoint_id(&id)?).await?))
}

#[utoipa::path(
    post,
    path = "/webhooks/{id}/test",
    operation_id = "test_webhook",
    tag = "webhooks",
    summary = "Kirim event uji || Send a test event",
    description = "Event jenis apa pun dengan data contoh dan `\"test\": true`. Dikirim, dicatat, dan diulang seperti event \
                   sungguhan. || An event of any kind with made-up data and `\"test\": true`. Sent, logged and retried like a real \
                   one.",
    params(("id" = String, Path, example = "wh_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id webhook. || The webhook's id.")),
    request_body(content = SendTest, example = json!({"event": "station.crowded"})),
    responses((status = 202, body = TestSent, description = "Sedang dikirim. || On its way.")),
    extensions(("x-codes" = json!(["not_found", "unsupported_media_type", "body_too_large", "validation_failed", "wrong_state", "not_allowed"]))),
)]
pub(super) async fn test_webhook(
    State(app): State<App>,
    acting: Acting,
    Path(id): Path<String>,
    Json(SendTest { event }): Json<SendTest>,
) -> ApiResult<(StatusCode, Json<TestSent>)> {
    let sent = test_send::send(&app, &acting, &endpoint_id(&id)?, event.0).await?;
    Ok((StatusCode::ACCEPTED, Json(sent)))
}

#[utoipa::path(
    post,
    path = "/webhooks/{id}/replay",
    operation_id = "replay_deliveries",
    tag = "webhooks",
    summary = "Kirim ulang banyak || Replay many",
    description = "Mengirim ulang pengiriman endpoint ini yang cocok: menurut waktu, jenis event, dan hasil (biasanya yang gagal: \
                   `exhausted` dan `gone`), bila mau ke endpoint Anda yang lain. Event yang sudah sampai di tujuan atau sedang menuju ke \
                   sana dilewati, kecuali `delivered` diminta untuk endpoint ini sendiri. Event tentang pengguna hanya bila izinnya \
                   berlaku, sudah ada sebelum event itu, dan aplikasinya disetujui. Paling banyak 10.000 sekali panggil: selama `more`, \
                   panggil lagi dengan saringan yang sama dan `next_cursor` sebagai `cursor`. Paling banyak 50.000 kiriman ulang menunggu \
                   di satu endpoint; lebih dari itu 409 sampai sebagian terkirim. || Sends again this endpoint's deliveries that fit: by \
                   time, kind of event and outcome (those that failed unless said: `exhausted` and `gone`), to another of your endpoints \
                   if you like. Events that have arrived at the target or are on their way there are left out, unless `delivered` is asked \
                   for at this endpoint itself. Events about riders only if the consent stands and was there before the event, and its \
                   application is approved. At most 10,000 per call: while `more`, call again with the same filter and `next_cursor` as \
                   `cursor`. At most 50,000 replays wait at one endpoint; beyond that 409 until some have been sent.",
    params(("id" = String, Path, example = "wh_06d2q8k7s5v3m0a9c1e4g6i8j0", description = "Id webhook. || The webhook's id.")),
    request_body(content = ReplayMany, example = json!({"from": "2026-03-08T00:00:00Z", "to": "2026-03-08T08:00:00Z", "status": ["exhausted"]})),
    responses((status = 202, body = ReplayedMany, description = "Sedang dikirim. || On their way.")),
    extensions(("x-codes" = json!(["not_found", "unsupported_media_type", "body_too_large", "validation_failed", "wrong_state", "not_allowed"]))),
)]
pub(super) async fn replay_deliveries(
    State(app): State<App>,
    acting: Acting,
    Path(id): Path<String>,
    JsonOrNothing(filter): JsonOrNothing<ReplayMany>,
) -> ApiResult<(StatusCode, Json<ReplayedMany>)> {
    let replayed = replay::many(&app, &acting, &endpoint_id(&id)?, filter).await?;
    Ok((StatusCode::ACCEPTED, Json(replayed)))
}
