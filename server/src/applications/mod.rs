//! Applications: partners' OAuth clients.
//!
//! Owns `applications`, `application_secrets` and `application_logos`. Actors: a partner's owners and
//! developers register and change them; the operator's staff reviews those for live; OAuth asks here
//! who a `client_id` is ([`known`]). An application lives in the store of its environment: live ones
//! in the live store, those for tests in the sandbox, in the realm of their partner.
//!
//! Promise: a live application asks no rider before an operator approved it, and only as approved: a
//! change of an approved one is kept beside it until it is approved too. A client secret is told
//! once; the store has only its hash. What is disabled or deleted has no tokens from then on.
//!
//! As with keys, an act on a sandbox application and its audit row are two transactions.

mod admin;
mod change;
mod known;
mod logos;
mod own;
pub mod queries;
mod record;
mod review;
mod routes;
mod secrets;
#[cfg(test)]
pub mod tests;

use domain::{
    applications::{
        APPLICATIONS_MAX, ApplicationCreated, ApplicationStatus, ApplicationView, ClientSecret,
        CreateApplication, Registration, WrongStep,
    },
    ids::{ApplicationId, PartnerId},
    invalid::Invalid,
    keys::Environment,
    limits::tier_in,
    oauth::ClientType,
    page::{Page, PageRequest},
    partners::PartnerStatus,
    tiers::Feature,
};

pub use self::{
    change::{delete, remove_logo, set_logo, update},
    known::{KnownClient, known},
    logos::logo_routes,
    own::{console_token, playground},
    record::{ApplicationRecord, Purpose, Registered, SecretRecord},
    review::decide,
    routes::portal_routes,
    secrets::{end_secret, rotate_secret},
};
use crate::{
    app::App,
    audit::{self, AuditContext},
    keys::Keeper,
    realms,
    store::{DbError, Tx, params},
};

/// Why an application can't be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// Absent, deleted, or somebody else's.
    #[error("no such application")]
    NotFound,
    #[error("the partner may not have {environment} applications yet")]
    PartnerNotActive { environment: Environment },
    #[error("the partner is suspended")]
    PartnerSuspended,
    /// Live applications begin with Pro.
    #[error("the partner's tier has no live applications")]
    TierInsufficient,
    #[error("the partner has {APPLICATIONS_MAX} applications already")]
    TooMany,
    #[error("{field}: {invalid}")]
    Invalid { field: &'static str, invalid: Invalid },
    /// Riders of the live railway are always asked.
    #[error("automatic consent is for the sandbox")]
    AutoConsentLive,
    #[error("a public application has no secret")]
    NoSecret,
    #[error("the application was disabled")]
    Disabled,
    #[error(transparent)]
    WrongStep(#[from] WrongStep),
    /// Somebody else changed it between our look and our change.
    #[error("the application was changed a moment ago")]
    Changed,
    /// The operator decides about something that the partner has changed since.
    #[error("the application is not as the operator saw it")]
    NotAsSeen,
}

fn may_register(keeper: &Keeper, environment: Environment) -> Result<(), ApplicationError> {
    match (keeper.partner.status, environment) {
        (PartnerStatus::Active, _) | (PartnerStatus::InReview, Environment::Test) => {}
        (PartnerStatus::Suspended, _) => return Err(ApplicationError::PartnerSuspended),
        (PartnerStatus::InReview | PartnerStatus::Registered | PartnerStatus::Rejected, _) => {
            return Err(ApplicationError::PartnerNotActive { environment });
        }
    }
    if tier_in(environment, keeper.partner.tier).terms().has(Feature::Scoped) {
        Ok(())
    } else {
        Err(ApplicationError::TierInsufficient)
    }
}

/// Registers an application. Its secret, if it has one, is in the answer and nowhere else.
///
/// # Errors
/// [`ApplicationError`].
pub async fn create(
    app: &App,
    keeper: Keeper,
    new: CreateApplication,
) -> Result<ApplicationCreated, ApplicationError> {
    create_for(app, keeper, new, None).await
}

async fn create_for(
    app: &App,
    keeper: Keeper,
    new: CreateApplication,
    purpose: Option<Purpose>,
) -> Result<ApplicationCreated, ApplicationError> {
    let (environment, client_type) = (new.environment, new.client_type);
    may_register(&keeper, environment)?;
    if new.auto_consent && environment == Environment::Live {
        return Err(ApplicationError::AutoConsentLive);
    }
    let redirect_uris = Registration::redirect_uris_of(&new.redirect_uris, client_type, environment)
        .map_err(|invalid| ApplicationError::Invalid { field: "redirect_uris", invalid })?;
    let now = keeper.audit.now;
    let record = ApplicationRecord {
        id: app.random.id(now, ApplicationId::new),
        realm: realms::of(environment, &keeper.partner.id),
        partner_id: keeper.partner.id.clone(),
        client_type,
        status: match environment {
            Environment::Live => ApplicationStatus::InReview,
            Environment::Test => ApplicationStatus::Approved,
        },
        status_reason: None,
        status_since: now,
        registered: Registered {
            registration: Registration {
                name: new.name,
                description: new.description,
                homepage: new.homepage,
                redirect_uris,
                scopes: new.scopes,
            },
            logo: None,
        },
        proposed: None,
        auto_consent: new.auto_consent,
        is_portals_own: purpose.is_some(),
        created_at: now,
        changed_at: now,
        deleted_at: None,
    };
    let secret = (client_type == ClientType::Confidential).then(|| secrets::generate(app));
    let (kept, made) = (record.clone(), secret.clone());
    app.store(environment)
        .write::<_, ApplicationError, _>(move |tx| {
            Box::pin(async move {
                let row = tx.row(&queries::COUNT, params![&kept.partner_id]).await?;
                let total: u64 = row.map_or(Ok(0), |row| row.get("total"))?;
                if purpose.is_none() && total >= APPLICATIONS_MAX {
                    return Err(ApplicationError::TooMany);
                }
                insert(tx, &kept, purpose).await?;
                if let Some(secret) = &made {
                    secrets::insert(tx, &kept.id, secret, now).await?;
                }
                Ok(())
            })
        })
        .await?;
    write_down(app, keeper.audit, "application.create", &record, summary(&record)).await?;
    let secrets = secrets::valid(app, &record).await?;
    Ok(ApplicationCreated {
        application: record.view(&secrets),
        client_secret: secret.map(|secret| ClientSecret::new(secret.expose().to_owned())),
    })
}

async fn insert(
    tx: &mut Tx,
    record: &ApplicationRecord,
    purpose: Option<Purpose>,
) -> Result<(), ApplicationError> {
    let params = params![
        &record.id,
        &record.realm,
        &record.partner_id,
        record.client_type.as_str(),
        record.status.as_str(),
        record.created_at,
        change::json(&record.registered.registration),
        record.auto_consent,
        purpose.map(Purpose::as_str)
    ];
    Ok(tx.execute(&queries::INSERT, params).await.map(drop)?)
}

/// A page of a partner's applications, newest first; of both environments unless one is named.
///
/// # Errors
/// When a store fails.
pub async fn list(
    app: &App,
    partner: &PartnerId,
    environment: Option<Environment>,
    request: PageRequest,
) -> Result<Page<ApplicationView>, DbError> {
    let mut applications = Vec::new();
    for of in Environment::ALL {
        if environment.is_none_or(|environment| environment == of) {
            let params = params![partner, APPLICATIONS_MAX];
            for row in app.store(of).rows(&queries::LIST, params).await? {
                let record = ApplicationRecord::read(&row)?;
                let secrets = secrets::valid(app, &record).await?;
                applications.push(record.view(&secrets));
            }
        }
    }
    applications.sort_by(|a, b| b.id.cmp(&a.id));
    Ok(request.of(applications.into_iter()))
}

/// The application with this id, wherever it lives; deleted ones too.
///
/// # Errors
/// When a store fails.
pub async fn find(app: &App, id: &ApplicationId) -> Result<Option<ApplicationRecord>, DbError> {
    for environment in Environment::ALL {
        if let Some(row) = app.store(environment).row(&queries::FIND, params![id]).await? {
            return ApplicationRecord::read(&row).map(Some);
        }
    }
    Ok(None)
}

/// A partner's application, wherever it lives; none of those that the portal made for itself, which are
/// nobody's to change.
///
/// # Errors
/// [`ApplicationError::NotFound`], also for somebody else's.
pub async fn find_of(
    app: &App,
    partner: &PartnerId,
    id: &ApplicationId,
) -> Result<ApplicationRecord, ApplicationError> {
    let found = find(app, id).await?;
    found
        .filter(|record| {
            record.partner_id == *partner && record.deleted_at.is_none() && !record.is_portals_own
        })
        .ok_or(ApplicationError::NotFound)
}

/// What members see of one.
///
/// # Errors
/// When a store fails.
pub async fn view(app: &App, record: &ApplicationRecord) -> Result<ApplicationView, DbError> {
    Ok(record.view(&secrets::valid(app, record).await?))
}

fn changeable(record: &ApplicationRecord) -> Result<(), ApplicationError> {
    if record.status == ApplicationStatus::Disabled { Err(ApplicationError::Disabled) } else { Ok(()) }
}

fn summary(record: &ApplicationRecord) -> String {
    let scopes = record.registered.registration.scopes.scopes();
    format!("{} {} ({}), {scopes}", record.environment(), record.client_type.as_str(), record.name())
}

/// The audit row of an act on an application. See the module on why it is a transaction of its own.
async fn write_down(
    app: &App,
    context: AuditContext,
    action: &'static str,
    record: &ApplicationRecord,
    detail: String,
) -> Result<(), DbError> {
    let id = record.id.clone();
    app.live
        .write(move |tx| {
            Box::pin(async move { audit::record(tx, &context, action, id.as_str(), detail).await })
        })
        .await
}
