//! Applications in the portal API.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post, put},
};
use data_encoding::BASE64;
use domain::{
    applications::{
        APPLICATIONS_MAX, ApplicationCreated, ApplicationView, ConsoleToken, CreateApplication,
        LOGO_BYTES_MAX, Playground, RotateSecret, SecretCreated, UpdateApplication,
    },
    ids::ApplicationId,
    keys::Environment,
    page::{Page, PageRequest},
    problem::Code,
    tiers::Tier,
};
use serde::Deserialize;

use super::{ApplicationError, admin};
use crate::{
    app::App,
    http::{
        json::{Json, JsonUpTo},
        problem::{ApiError, ApiResult},
        query::Query,
    },
    identity::Member,
    keys::{self, Keeper},
};

const LIMIT_MAX: u64 = 100;
/// Far more than a logo may have, in base64: one that is too large is refused as such.
const LOGO_BODY_MAX: usize = 8 * LOGO_BYTES_MAX;

pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/applications", get(list_applications).post(create_application))
        .route(
            "/applications/{id}",
            get(get_application).patch(update_application).delete(delete_application),
        )
        .route("/applications/{id}/logo", put(set_logo).delete(remove_logo))
        .route("/applications/{id}/secret/rotate", post(rotate_secret))
        .route("/applications/{id}/secrets/{number}/end", post(end_secret))
        .route("/playground", post(open_playground))
        .route("/console-token", post(create_console_token))
        .merge(admin::routes())
}

/// The member as a keeper of applications; 403 for viewers.
fn keeper(app: &App, member: &Member) -> ApiResult<Keeper> {
    member.may_write()?;
    Ok(acting(app, member))
}

/// As [`keeper`], for what harms nobody: a suspended partner may still end things.
fn ender(app: &App, member: &Member) -> ApiResult<Keeper> {
    if member.role.may_write() { Ok(acting(app, member)) } else { Err(ApiError::new(Code::NotAllowed)) }
}

fn acting(app: &App, member: &Member) -> Keeper {
    Keeper { partner: member.partner.clone(), user_id: member.user_id.clone(), audit: member.audit(app) }
}

/// What is no id is not there.
pub(super) fn application_id(text: &str) -> ApiResult<ApplicationId> {
    text.parse().map_err(|_| ApiError::new(Code::NotFound))
}

#[derive(Debug, Deserialize)]
struct Filter {
    environment: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

async fn list_applications(
    State(app): State<App>,
    member: Member,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<ApplicationView>>> {
    let environment = keys::environment(filter.environment.as_deref())?;
    let request = PageRequest::parse(filter.page.as_deref(), filter.limit.as_deref(), LIMIT_MAX)?;
    Ok(Json(super::list(&app, &member.partner_id, environment, request).await?))
}

async fn get_application(
    State(app): State<App>,
    member: Member,
    Path(id): Path<String>,
) -> ApiResult<Json<ApplicationView>> {
    let record = super::find_of(&app, &member.partner_id, &application_id(&id)?).await?;
    Ok(Json(super::view(&app, &record).await?))
}

async fn create_application(
    State(app): State<App>,
    member: Member,
    Json(new): Json<CreateApplication>,
) -> ApiResult<(StatusCode, Json<ApplicationCreated>)> {
    let created = super::create(&app, keeper(&app, &member)?, new).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

async fn update_application(
    State(app): State<App>,
    member: Member,
    Path(id): Path<String>,
    Json(update): Json<UpdateApplication>,
) -> ApiResult<Json<ApplicationView>> {
    Ok(Json(super::update(&app, keeper(&app, &member)?, application_id(&id)?, update).await?))
}

async fn delete_application(
    State(app): State<App>,
    member: Member,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    super::delete(&app, ender(&app, &member)?, application_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A picture in base64.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetLogo {
    logo: String,
}

async fn set_logo(
    State(app): State<App>,
    member: Member,
    Path(id): Path<String>,
    JsonUpTo(SetLogo { logo }): JsonUpTo<LOGO_BODY_MAX, SetLogo>,
) -> ApiResult<Json<ApplicationView>> {
    let keeper = keeper(&app, &member)?;
    let bytes = BASE64.decode(logo.as_bytes()).map_err(|_| {
        ApiError::invalid(
            "logo",
            "malformed",
            "Harus base64 dari gambar",
            "It must be the base64 of a picture",
        )
    })?;
    Ok(Json(super::set_logo(&app, keeper, application_id(&id)?, bytes).await?))
}

async fn remove_logo(
    State(app): State<App>,
    member: Member,
    Path(id): Path<String>,
) -> ApiResult<Json<ApplicationView>> {
    Ok(Json(super::remove_logo(&app, keeper(&app, &member)?, application_id(&id)?).await?))
}

async fn rotate_secret(
    State(app): State<App>,
    member: Member,
    Path(id): Path<String>,
    Json(rotate): Json<RotateSecret>,
) -> ApiResult<(StatusCode, Json<SecretCreated>)> {
    let keeper = keeper(&app, &member)?;
    let created = super::rotate_secret(&app, keeper, application_id(&id)?, rotate.overlap_hours).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

async fn end_secret(
    State(app): State<App>,
    member: Member,
    Path((id, number)): Path<(String, String)>,
) -> ApiResult<Json<ApplicationView>> {
    let keeper = ender(&app, &member)?;
    let number = number.parse().map_err(|_| ApiError::new(Code::NotFound))?;
    Ok(Json(super::end_secret(&app, keeper, application_id(&id)?, number).await?))
}

async fn open_playground(State(app): State<App>, member: Member) -> ApiResult<Json<Playground>> {
    Ok(Json(super::playground(&app, keeper(&app, &member)?).await?))
}

async fn create_console_token(
    State(app): State<App>,
    member: Member,
) -> ApiResult<(StatusCode, Json<ConsoleToken>)> {
    Ok((StatusCode::CREATED, Json(super::console_token(&app, keeper(&app, &member)?).await?)))
}

impl From<ApplicationError> for ApiError {
    fn from(error: ApplicationError) -> Self {
        match error {
            ApplicationError::Db(error) => error.into(),
            ApplicationError::NotFound => Self::new(Code::NotFound),
            ApplicationError::PartnerNotActive { environment: Environment::Live } => {
                Self::new(Code::PartnerNotActive)
            }
            ApplicationError::PartnerNotActive { environment: Environment::Test } => {
                Self::new(Code::PartnerNotActive).detail(
                    "Aplikasi sandbox tersedia setelah alamat email diverifikasi, selama pendaftaran tidak ditolak.",
                    "Sandbox applications come once the e-mail address is verified, unless the registration was rejected.",
                )
            }
            ApplicationError::PartnerSuspended => Self::new(Code::PartnerSuspended),
            ApplicationError::TierInsufficient => {
                let tier = Tier::Pro.label();
                Self::new(Code::TierInsufficient).detail(
                    format!("Aplikasi live tersedia mulai tier {tier}; di sandbox semua mitra dapat mencobanya."),
                    format!("Live applications begin with the {tier} tier; in the sandbox every partner can try them."),
                )
            }
            ApplicationError::TooMany => Self::new(Code::WrongState).detail(
                format!("Paling banyak {APPLICATIONS_MAX} aplikasi; hapus yang tidak dipakai."),
                format!("At most {APPLICATIONS_MAX} applications; delete those you do not use."),
            ),
            ApplicationError::Invalid { field, invalid } => {
                Self::invalid(field, invalid.rule.code(), invalid.id, invalid.en)
            }
            ApplicationError::AutoConsentLive => Self::invalid(
                "auto_consent",
                "unknown_value",
                "Hanya untuk sandbox: penumpang nyata selalu ditanya",
                "For the sandbox only: real riders are always asked",
            ),
            ApplicationError::NoSecret => Self::new(Code::WrongState).detail(
                "Aplikasi publik tidak punya client secret; PKCE membuktikannya.",
                "A public application has no client secret; PKCE proves it.",
            ),
            ApplicationError::Disabled => Self::new(Code::WrongState).detail(
                "Aplikasi ini dinonaktifkan operator; hubungi operator.",
                "This application was disabled by the operator; write to the operator.",
            ),
            ApplicationError::NotAsSeen => Self::new(Code::WrongState).detail(
                "Partner mengubah aplikasi ini setelah halaman ini dibuka, jadi belum ada yang diputuskan. Periksa lagi yang tampil sekarang, lalu putuskan.",
                "The partner changed this application after the page was opened, so nothing was decided. Look at what it shows now, then decide.",
            ),
            ApplicationError::WrongStep(_) | ApplicationError::Changed => Self::new(Code::WrongState).detail(
                "Aplikasi ini baru saja diubah; muat ulang halaman.",
                "This application was changed a moment ago; load the page again.",
            ),
        }
    }
}
