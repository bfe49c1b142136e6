//! Riders' accounts on the portal's API.

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{delete, get, post},
};
use domain::{
    identity::{ChangePassword, ResetPassword, VerifyEmail},
    page::{Page, PageRequest},
    problem::Code,
    realm::Realm,
    rider_accounts::{
        AnswerConsent, AuthorizeStep, ConnectedApplication, DeleteRiderAccount, RIDER_COOKIE, RiderAccesses,
        RiderForgotPassword, RiderJourneys, RiderOverview, RiderSession, RiderSignIn, RiderSignUp,
        RiderSignedUp,
    },
};
use serde::{Deserialize, Serialize};

use super::{
    AccountError, Rider, RiderDevice, authorize, close, export, own, password, sessions, sign_in, sign_up,
};
use crate::{
    app::App,
    http::{
        json::Json,
        language::Language,
        problem::{ApiError, ApiResult},
        query::Query,
    },
    identity::{password_reset::may_ask_for_mail, routes::with_cookie, sessions::no_cookie_of},
    oauth::{self, OAuthError},
};

const LIMIT_MAX: u64 = 100;

pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/rider/sign-up", post(post_sign_up))
        .route("/rider/confirm-email", post(post_confirm_email))
        .route("/rider/sign-in", post(post_sign_in))
        .route("/rider/sign-out", post(post_sign_out))
        .route("/rider/sign-out-everywhere", post(post_sign_out_everywhere))
        .route("/rider/password/forgot", post(post_forgot_password))
        .route("/rider/password/reset", post(post_reset_password))
        .route("/rider/password/change", post(post_change_password))
        .route("/rider/session", get(get_session))
        .route("/rider/overview", get(get_overview))
        .route("/rider/journeys", get(list_journeys))
        .route("/rider/applications", get(list_applications))
        .route("/rider/applications/{id}", delete(withdraw_grant))
        .route("/rider/access-log", get(list_accesses))
        .route("/rider/export", get(export_own))
        .route("/rider/delete", post(post_delete))
        .route("/rider/authorize", get(get_authorize).post(post_authorize))
}

#[derive(Debug, Serialize)]
struct Done {}

async fn post_sign_up(
    State(app): State<App>,
    device: RiderDevice,
    Json(request): Json<RiderSignUp>,
) -> ApiResult<(StatusCode, Json<RiderSignedUp>)> {
    let view = sign_up::sign_up(&app, &device, request).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

async fn post_confirm_email(
    State(app): State<App>,
    device: RiderDevice,
    Json(request): Json<VerifyEmail>,
) -> ApiResult<Response> {
    let new = sign_up::confirm_email(&app, &device, request).await?;
    with_cookie(&new.cookie(), Json(Done {}))
}

async fn post_sign_in(
    State(app): State<App>,
    device: RiderDevice,
    Json(request): Json<RiderSignIn>,
) -> ApiResult<Response> {
    let new = sign_in::sign_in(&app, &device, request).await?;
    with_cookie(&new.cookie(), Json(Done {}))
}

/// Signed in or not, afterwards one is not.
async fn post_sign_out(State(app): State<App>, rider: Option<Rider>) -> ApiResult<Response> {
    if let Some(rider) = rider {
        app.live
            .write::<_, AccountError, _>(move |tx| {
                Box::pin(async move { Ok(sessions::end(tx, &rider.token_hash).await?) })
            })
            .await?;
    }
    with_cookie(&no_cookie_of(RIDER_COOKIE), StatusCode::NO_CONTENT)
}

async fn post_sign_out_everywhere(State(app): State<App>, rider: Rider) -> ApiResult<Response> {
    app.live
        .write::<_, AccountError, _>(move |tx| {
            Box::pin(async move { Ok(sessions::end_all(tx, &rider.id).await?) })
        })
        .await?;
    with_cookie(&no_cookie_of(RIDER_COOKIE), StatusCode::NO_CONTENT)
}

/// Answers before the work is done: how long that takes would tell who has an account.
async fn post_forgot_password(
    State(app): State<App>,
    device: RiderDevice,
    Json(request): Json<RiderForgotPassword>,
) -> ApiResult<StatusCode> {
    may_ask_for_mail(&app, &device.device)?;
    app.tasks.clone().spawn(async move {
        if let Err(error) = password::forgot(&app, request).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a rider's link for a new password was not queued"
            );
        }
    });
    Ok(StatusCode::ACCEPTED)
}

async fn post_reset_password(
    State(app): State<App>,
    device: RiderDevice,
    Json(request): Json<ResetPassword>,
) -> ApiResult<Response> {
    password::reset(&app, &device, request).await?;
    with_cookie(&no_cookie_of(RIDER_COOKIE), Json(Done {}))
}

async fn post_change_password(
    State(app): State<App>,
    rider: Rider,
    device: RiderDevice,
    Json(request): Json<ChangePassword>,
) -> ApiResult<Response> {
    let new = password::change(&app, &rider, &device, request).await?;
    with_cookie(&new.cookie(), StatusCode::NO_CONTENT)
}

async fn get_session(rider: Rider) -> Json<RiderSession> {
    Json(rider.view())
}

async fn get_overview(State(app): State<App>, rider: Rider) -> ApiResult<Json<RiderOverview>> {
    Ok(Json(own::overview(&app, &rider).await?))
}

/// Which page of a list.
#[derive(Debug, Deserialize)]
struct Paging {
    page: Option<String>,
    limit: Option<String>,
}

impl Paging {
    fn request(&self) -> ApiResult<PageRequest> {
        Ok(PageRequest::parse(self.page.as_deref(), self.limit.as_deref(), LIMIT_MAX)?)
    }
}

async fn list_journeys(
    State(app): State<App>,
    rider: Rider,
    Query(paging): Query<Paging>,
) -> ApiResult<Json<RiderJourneys>> {
    Ok(Json(own::journeys(&app, &rider, paging.request()?).await?))
}

/// All of them: nobody connects more than a page holds.
async fn list_applications(
    State(app): State<App>,
    rider: Rider,
) -> ApiResult<Json<Page<ConnectedApplication>>> {
    let applications = own::applications(&app, &rider.id).await?;
    let limit = applications.len().max(20).to_string();
    Ok(Json(PageRequest::parse(None, Some(&limit), u64::MAX)?.of(applications.into_iter())))
}

async fn withdraw_grant(
    State(app): State<App>,
    rider: Rider,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    let grant = id.parse().map_err(|_| ApiError::new(Code::NotFound))?;
    oauth::withdraw(&app, &Realm::Live, &rider.id, &grant).await.map_err(AccountError::from)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list_accesses(
    State(app): State<App>,
    rider: Rider,
    Query(paging): Query<Paging>,
    Query(of): Query<OfApplication>,
) -> ApiResult<Json<RiderAccesses>> {
    let application = of.application.as_deref().filter(|id| !id.is_empty());
    let application = application.map(str::parse).transpose().map_err(|_| ApiError::new(Code::NotFound))?;
    Ok(Json(own::accesses(&app, &rider.id, application.as_ref(), paging.request()?).await?))
}

/// By which application.
#[derive(Debug, Deserialize)]
struct OfApplication {
    application: Option<String>,
}

/// As a file, for keeping.
async fn export_own(State(app): State<App>, rider: Rider) -> ApiResult<Response> {
    let name = HeaderValue::from_static("attachment; filename=\"nfc-gate-data.json\"");
    let json = HeaderValue::from_static("application/json");
    let export = export::export(&app, &rider).await?;
    Ok(([(header::CONTENT_DISPOSITION, name), (header::CONTENT_TYPE, json)], export).into_response())
}

async fn post_delete(
    State(app): State<App>,
    rider: Rider,
    device: RiderDevice,
    Json(request): Json<DeleteRiderAccount>,
) -> ApiResult<Response> {
    close::delete_account(&app, &rider, &device, request).await?;
    with_cookie(&no_cookie_of(RIDER_COOKIE), Json(Done {}))
}

async fn get_authorize(
    State(app): State<App>,
    rider: Option<Rider>,
    Language(lang): Language,
    RawQuery(query): RawQuery,
) -> ApiResult<Json<AuthorizeStep>> {
    let query = query.unwrap_or_default();
    Ok(Json(authorize::begin(&app, rider.as_ref(), lang, &query).await?))
}

async fn post_authorize(
    State(app): State<App>,
    rider: Option<Rider>,
    Language(lang): Language,
    Json(request): Json<AnswerConsent>,
) -> ApiResult<Json<AuthorizeStep>> {
    Ok(Json(authorize::answer(&app, rider.as_ref(), lang, request).await?))
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        let wrong_state = |id: String, en: String| Self::new(Code::WrongState).detail(id, en);
        match error {
            AccountError::Db(error) => error.into(),
            AccountError::Identity(error) => error.into(),
            AccountError::Rider(error) => error.into(),
            AccountError::OAuth(OAuthError::Db(error)) => error.into(),
            AccountError::OAuth(OAuthError::NoGrant) => Self::new(Code::NotFound),
            AccountError::OAuth(error @ OAuthError::NotAllowed) => Self::new(Code::NotAllowed).because(error),
            AccountError::BalanceLeft(balance) => wrong_state(
                format!("Saldo Anda masih {balance}. Pakai untuk perjalanan atau minta dikembalikan di loket stasiun, lalu hapus akun."),
                format!("Your wallet still holds {balance}. Spend it on journeys or have it paid out at a station's counter, then delete the account."),
            ),
            AccountError::DueLeft(due) => wrong_state(
                format!("Masih ada tunggakan {due}. Isi saldo sebesar itu dulu, lalu hapus akun."),
                format!("{due} are still due. Top up that much first, then delete the account."),
            ),
            AccountError::OnTheWay => wrong_state(
                "Anda sedang dalam perjalanan. Tap keluar dulu, lalu hapus akun.".to_owned(),
                "You are on a journey. Tap out first, then delete the account.".to_owned(),
            ),
            AccountError::FormRefused(why) => Self::new(Code::NotAllowed)
                .detail(
                    "Formulir izin ini sudah tidak berlaku. Buka lagi halamannya dari aplikasi; tidak ada izin yang diberikan.",
                    "This consent form does not stand any more. Open the page from the application again; nothing was allowed.",
                )
                .because(Refused(why)),
        }
    }
}

/// Why a consent form was refused, for the log.
#[derive(Debug, thiserror::Error)]
#[error("the consent form was refused: {0}")]
struct Refused(&'static str);
