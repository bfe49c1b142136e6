//! Keys in the portal API.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use domain::{
    ids::KeyId,
    keys::{
        ACTIVE_KEYS_MAX, CreateKey, Environment, KeyCreated, KeyStatus, KeyView, LeakedKey, LeakedKeyView,
        RotateKey, UpdateKey,
    },
    page::{Page, PageRequest},
    problem::Code,
};
use serde::Deserialize;

use super::{Keeper, KeyError, leaked::ReportError};
use crate::{
    app::App,
    audit::Actor,
    http::{
        client_ip::ClientIp,
        json::Json,
        problem::{ApiError, ApiResult},
        query::Query,
    },
    identity::{Device, Member, Operator},
    partners,
};

const LIMIT_MAX: u64 = 200;

pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/keys", get(list_keys).post(create_key))
        .route("/keys/{id}", get(get_key).patch(update_key))
        .route("/keys/{id}/rotate", post(rotate_key))
        .route("/keys/{id}/revoke", post(revoke_key))
        .route("/console-key", post(create_console_key))
        .route("/leaked-key", post(report_leaked_key))
        .route("/admin/partners/{id}/keys", get(list_keys_of_partner))
}

/// The member as a keeper of keys; 403 for viewers.
fn keeper(app: &App, member: &Member) -> ApiResult<Keeper> {
    member.may_write()?;
    Ok(Keeper { partner: member.partner.clone(), user_id: member.user_id.clone(), audit: member.audit(app) })
}

/// What is no id is not there.
fn key_id(text: &str) -> ApiResult<KeyId> {
    text.parse().map_err(|_| ApiError::new(Code::NotFound))
}

#[derive(Debug, Deserialize)]
struct Filter {
    environment: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

async fn list_keys(
    State(app): State<App>,
    member: Member,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<KeyView>>> {
    let environment = environment(filter.environment.as_deref())?;
    let request = PageRequest::parse(filter.page.as_deref(), filter.limit.as_deref(), LIMIT_MAX)?;
    Ok(Json(super::list_keys(&app, &member.partner_id, environment, request).await?))
}

/// All operators may look; none may change a partner's keys.
async fn list_keys_of_partner(
    State(app): State<App>,
    _: Operator,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<KeyView>>> {
    let partner = partners::find_by_text(&app.live, &id).await?;
    let environment = environment(filter.environment.as_deref())?;
    let request = PageRequest::parse(filter.page.as_deref(), filter.limit.as_deref(), LIMIT_MAX)?;
    Ok(Json(super::list_keys(&app, &partner.id, environment, request).await?))
}

/// The environment a query names.
///
/// # Errors
/// 400 for a name there is not.
pub fn environment(text: Option<&str>) -> ApiResult<Option<Environment>> {
    text.filter(|text| !text.is_empty())
        .map(|text| {
            text.parse().map_err(|_| {
                ApiError::new(Code::InvalidParameter).fault(
                    "environment",
                    "unknown_value",
                    "`environment` harus live atau test",
                    "`environment` must be live or test",
                )
            })
        })
        .transpose()
}

async fn get_key(State(app): State<App>, member: Member, Path(id): Path<String>) -> ApiResult<Json<KeyView>> {
    let (environment, key) = super::find_key(&app, &member.partner_id, &key_id(&id)?).await?;
    Ok(Json(key.view(environment, app.clock.now())))
}

async fn create_key(
    State(app): State<App>,
    member: Member,
    Json(new): Json<CreateKey>,
) -> ApiResult<(StatusCode, Json<KeyCreated>)> {
    let created = super::create_key(&app, keeper(&app, &member)?, new).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

async fn create_console_key(
    State(app): State<App>,
    member: Member,
) -> ApiResult<(StatusCode, Json<KeyCreated>)> {
    let created = super::create_console_key(&app, keeper(&app, &member)?).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

async fn update_key(
    State(app): State<App>,
    member: Member,
    Path(id): Path<String>,
    Json(update): Json<UpdateKey>,
) -> ApiResult<Json<KeyView>> {
    Ok(Json(super::update_key(&app, keeper(&app, &member)?, key_id(&id)?, update).await?))
}

async fn rotate_key(
    State(app): State<App>,
    member: Member,
    Path(id): Path<String>,
    Json(rotate): Json<RotateKey>,
) -> ApiResult<(StatusCode, Json<KeyCreated>)> {
    let created = super::rotate_key(&app, keeper(&app, &member)?, key_id(&id)?, rotate.overlap_hours).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

async fn revoke_key(
    State(app): State<App>,
    member: Member,
    Path(id): Path<String>,
) -> ApiResult<Json<KeyView>> {
    // A suspended partner may still end keys: that harms nobody.
    if !member.role.may_write() {
        return Err(ApiError::new(Code::NotAllowed));
    }
    let keeper = Keeper {
        partner: member.partner.clone(),
        user_id: member.user_id.clone(),
        audit: member.audit(&app),
    };
    Ok(Json(super::revoke_key(&app, keeper, key_id(&id)?).await?))
}

async fn report_leaked_key(
    State(app): State<App>,
    device: Device,
    ClientIp(ip): ClientIp,
    Json(leaked): Json<LeakedKey>,
) -> ApiResult<Json<LeakedKeyView>> {
    let context = device.audit(&app, Actor::Anonymous);
    Ok(Json(super::report_leaked(&app, context, ip, &leaked.secret).await?))
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Db(error) => error.into(),
            KeyError::NotFound => Self::new(Code::NotFound),
            KeyError::PartnerNotActive { environment: Environment::Live } => {
                Self::new(Code::PartnerNotActive)
            }
            KeyError::PartnerNotActive { environment: Environment::Test } => Self::new(
                Code::PartnerNotActive,
            )
            .detail(
                "Test key tersedia setelah alamat email diverifikasi, selama pendaftaran tidak ditolak.",
                "Test keys come once the e-mail address is verified, unless the registration was rejected.",
            ),
            KeyError::PartnerSuspended => Self::new(Code::PartnerSuspended),
            KeyError::TooManyKeys => Self::new(Code::WrongState).detail(
                format!("Paling banyak {ACTIVE_KEYS_MAX} key aktif; cabut key yang tidak dipakai."),
                format!("At most {ACTIVE_KEYS_MAX} active keys; revoke those you do not use."),
            ),
            KeyError::Ended { status } => {
                let (id, en) = match status {
                    KeyStatus::Revoked => ("sudah dicabut", "has been revoked"),
                    KeyStatus::Expired => ("sudah kedaluwarsa", "has expired"),
                    KeyStatus::Rotating => ("sudah dirotasi", "has been rotated already"),
                    KeyStatus::Active => ("baru saja diubah", "was changed just now"),
                };
                Self::new(Code::WrongState).detail(format!("Key ini {id}."), format!("This key {en}."))
            }
            KeyError::ExpiryInPast => Self::invalid(
                "expires_at",
                "out_of_range",
                "Waktu kedaluwarsa harus di masa depan",
                "The expiry must lie in the future",
            ),
        }
    }
}

impl From<ReportError> for ApiError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Db(error) => error.into(),
            ReportError::NotAKey => Self::invalid(
                "secret",
                "malformed",
                "Bukan API key NFC Gate yang utuh",
                "Not a whole NFC Gate API key",
            ),
            ReportError::Unknown => {
                Self::invalid("secret", "unknown_value", "Tidak ada key seperti ini", "There is no such key")
            }
            ReportError::TooMany { wait_s } => Self::new(Code::TooManyAttempts).retry_after_s(wait_s),
        }
    }
}
