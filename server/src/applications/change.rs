//! Changing and deleting an application, by its partner.
//!
//! In the sandbox, and before the first approval, a change takes effect at once. One of an approved
//! live application becomes its proposal; taking everything back ends the proposal.

use data_encoding::HEXLOWER;
use domain::{
    applications::{
        ApplicationStatus, ApplicationView, LogoFault, LogoType, Registration, UpdateApplication,
    },
    ids::ApplicationId,
    invalid::{Invalid, Rule},
    keys::Environment,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    ApplicationError, ApplicationRecord, Registered, changeable, find_of, queries, view, write_down,
};
use crate::{
    app::App,
    keys::Keeper,
    oauth, realms,
    store::{Tx, params},
    webhooks::dispatch,
};

/// A registration as the store keeps it.
pub(super) fn json(registration: &Registration) -> String {
    serde_json::to_string(registration).expect("a registration is made of texts")
}

/// Changes what a partner says of an application.
///
/// # Errors
/// [`ApplicationError`].
pub async fn update(
    app: &App,
    keeper: Keeper,
    id: ApplicationId,
    update: UpdateApplication,
) -> Result<ApplicationView, ApplicationError> {
    let before = find_of(app, &keeper.partner.id, &id).await?;
    changeable(&before)?;
    let auto_consent = update.auto_consent.unwrap_or(before.auto_consent);
    if auto_consent && before.environment() == Environment::Live {
        return Err(ApplicationError::AutoConsentLive);
    }
    let redirect_uris = match &update.redirect_uris {
        None => None,
        Some(texts) => Some(
            Registration::redirect_uris_of(texts, before.client_type, before.environment())
                .map_err(|invalid| ApplicationError::Invalid { field: "redirect_uris", invalid })?,
        ),
    };
    let mut wanted = before.proposed.clone().unwrap_or_else(|| before.registered.clone());
    let to = &mut wanted.registration;
    to.name = update.name.unwrap_or_else(|| to.name.clone());
    to.description = update.description.unwrap_or_else(|| to.description.clone());
    to.homepage = update.homepage.unwrap_or_else(|| to.homepage.clone());
    to.redirect_uris = redirect_uris.unwrap_or_else(|| to.redirect_uris.clone());
    to.scopes = update.scopes.unwrap_or_else(|| to.scopes.clone());
    let after = ApplicationRecord { auto_consent, ..with(&before, wanted, keeper.audit.now) };
    save(app, &before, after.clone(), None).await?;
    write_down(app, keeper.audit, "application.update", &after, told(&after)).await?;
    Ok(view(app, &after).await?)
}

/// Puts a picture beside the name.
///
/// # Errors
/// [`ApplicationError::Invalid`] for what is no picture.
pub async fn set_logo(
    app: &App,
    keeper: Keeper,
    id: ApplicationId,
    bytes: Vec<u8>,
) -> Result<ApplicationView, ApplicationError> {
    let kind = LogoType::of(&bytes)
        .map_err(|fault| ApplicationError::Invalid { field: "logo", invalid: logo_refusal(fault) })?;
    let hash = HEXLOWER.encode(&Sha256::digest(&bytes));
    change_logo(app, keeper, id, Some(hash), Some((kind, bytes))).await
}

/// Takes the picture away.
///
/// # Errors
/// [`ApplicationError`].
pub async fn remove_logo(
    app: &App,
    keeper: Keeper,
    id: ApplicationId,
) -> Result<ApplicationView, ApplicationError> {
    change_logo(app, keeper, id, None, None).await
}

async fn change_logo(
    app: &App,
    keeper: Keeper,
    id: ApplicationId,
    logo: Option<String>,
    picture: Option<(LogoType, Vec<u8>)>,
) -> Result<ApplicationView, ApplicationError> {
    let before = find_of(app, &keeper.partner.id, &id).await?;
    changeable(&before)?;
    let wanted = Registered { logo, ..before.proposed.clone().unwrap_or_else(|| before.registered.clone()) };
    let after = with(&before, wanted, keeper.audit.now);
    save(app, &before, after.clone(), picture).await?;
    write_down(app, keeper.audit, "application.set_logo", &after, told(&after)).await?;
    Ok(view(app, &after).await?)
}

fn logo_refusal(fault: LogoFault) -> Invalid {
    match fault {
        LogoFault::Empty => Invalid::required(),
        LogoFault::TooLarge => Invalid::new(Rule::TooLong, "Paling besar 64 KiB", "At most 64 KiB"),
        LogoFault::NotAPicture => Invalid::new(
            Rule::Malformed,
            "Harus gambar PNG, JPEG, atau WebP (SVG tidak diterima)",
            "It must be a PNG, JPEG or WebP picture (SVG is not taken)",
        ),
    }
}

fn told(after: &ApplicationRecord) -> String {
    let what = if after.proposed.is_some() { "proposed" } else { "changed" };
    format!("{}: {what}", super::summary(after))
}

/// The record with what is wanted of it, at once or as a proposal.
fn with(before: &ApplicationRecord, wanted: Registered, now: Timestamp) -> ApplicationRecord {
    let mut after = ApplicationRecord { changed_at: before.changed_next(now), ..before.clone() };
    match (before.environment(), before.status) {
        (Environment::Live, ApplicationStatus::Approved) => {
            if before.proposed.as_ref() != Some(&wanted) {
                // What was said of the last change does not hold for this one.
                after.status_reason = None;
            }
            after.proposed = (wanted != before.registered).then_some(wanted);
        }
        (Environment::Live, _) => {
            // Rejected ones may be sent in again.
            if before.status == ApplicationStatus::Rejected {
                after.status = ApplicationStatus::InReview;
                after.status_reason = None;
                after.status_since = now;
            }
            after.registered = wanted;
        }
        (Environment::Test, _) => after.registered = wanted,
    }
    after
}

async fn save(
    app: &App,
    before: &ApplicationRecord,
    after: ApplicationRecord,
    picture: Option<(LogoType, Vec<u8>)>,
) -> Result<(), ApplicationError> {
    let (before, at) = (before.clone(), realms::now(app, &before.realm));
    let has_lost = has_lost_scopes(&before, &after);
    app.store(before.environment())
        .write(move |tx| {
            Box::pin(async move {
                if let (Some((kind, bytes)), Some(hash)) = (picture, newest_logo(&after)) {
                    let params = params![&after.id, hash, kind.media_type(), bytes];
                    tx.execute(&queries::INSERT_LOGO, params).await?;
                }
                store(tx, &before, &after, at).await
            })
        })
        .await?;
    if has_lost {
        dispatch::recall(app);
    }
    Ok(())
}

/// Whether scopes went that riders may have allowed: after the commit what waits is to be recalled.
pub(super) fn has_lost_scopes(before: &ApplicationRecord, after: &ApplicationRecord) -> bool {
    let scopes = |record: &ApplicationRecord| record.registered.registration.scopes.scopes();
    !scopes(before).is_within(scopes(after))
}

fn newest_logo(after: &ApplicationRecord) -> Option<String> {
    after.proposed.as_ref().map_or(&after.registered, |proposed| proposed).logo.clone()
}

/// Puts a record in the place of the one it was made of. Consents to scopes that it lost end with it,
/// at `at` by the realm's clock.
pub(super) async fn store(
    tx: &mut Tx,
    before: &ApplicationRecord,
    after: &ApplicationRecord,
    at: Timestamp,
) -> Result<(), ApplicationError> {
    let proposed = after.proposed.as_ref();
    let params = params![
        &before.id,
        before.status.as_str(),
        before.changed_at,
        after.status.as_str(),
        after.status_reason.clone(),
        after.status_since,
        json(&after.registered.registration),
        proposed.map(|proposed| json(&proposed.registration)),
        after.registered.logo.clone(),
        proposed.and_then(|proposed| proposed.logo.clone()),
        after.auto_consent,
        after.changed_at,
        after.deleted_at
    ];
    if tx.execute(&queries::UPDATE, params).await? == 0 {
        return Err(ApplicationError::Changed);
    }
    tx.execute(&queries::SWEEP_LOGOS, params![&after.id]).await?;
    if has_lost_scopes(before, after) {
        oauth::narrow(tx, &after.id, after.registered.registration.scopes.scopes(), at).await?;
    }
    Ok(())
}

/// Deletes an application: its secrets and tokens end, riders' records keep its name.
///
/// # Errors
/// [`ApplicationError::NotFound`].
pub async fn delete(app: &App, keeper: Keeper, id: ApplicationId) -> Result<(), ApplicationError> {
    let before = find_of(app, &keeper.partner.id, &id).await?;
    let now = keeper.audit.now;
    let after =
        ApplicationRecord { deleted_at: Some(now), proposed: None, changed_at: now, ..before.clone() };
    let (kept, at) = (after.clone(), realms::now(app, &before.realm));
    app.store(before.environment())
        .write::<_, ApplicationError, _>(move |tx| {
            Box::pin(async move {
                store(tx, &before, &kept, at).await?;
                tx.execute(&queries::DELETE_SECRETS, params![&kept.id]).await?;
                oauth::application_ended(tx, &kept.id, at).await?;
                Ok(())
            })
        })
        .await?;
    dispatch::recall(app);
    write_down(app, keeper.audit, "application.delete", &after, super::summary(&after)).await?;
    Ok(())
}
