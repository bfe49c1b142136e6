//! Changing an endpoint's secret without a gap.

use domain::{
    ids::WebhookId,
    webhooks::{EndpointView, EndpointWithSecret, OVERLAP, RotateSecret, SecretSet, SigningSecret},
};
use jiff::{SignedDuration, Timestamp};

use super::{Acting, EndpointRecord, WebhookError, dispatch, manage, opened, queries, sealed};
use crate::{
    app::{App, Environment},
    realms,
    store::{DbError, params},
};

/// Gives an endpoint a new secret; the old one signs too until the overlap ends. The new one is in the
/// answer only if it was made here.
///
/// # Errors
/// [`WebhookError::NotFound`], [`WebhookError::Overlap`], [`WebhookError::OldSecrets`],
/// [`WebhookError::ChangedMeanwhile`].
pub async fn rotate(
    app: &App,
    acting: &Acting,
    id: &WebhookId,
    request: RotateSecret,
) -> Result<EndpointWithSecret, WebhookError> {
    let hours = request.overlap_hours.map_or(OVERLAP, |hours| SignedDuration::from_hours(hours.into()));
    if hours > OVERLAP {
        return Err(WebhookError::Overlap { hours: request.overlap_hours.unwrap_or_default() });
    }
    let (environment, record) = manage::find(app, acting, id).await?;
    let now = realms::now(app, &record.realm);
    let made = request.secret.is_none();
    let secret = request.secret.unwrap_or_else(|| SigningSecret::generate(app.random.bytes()));
    let told = made.then(|| secret.expose().to_owned());
    let secrets = opened(&app.vault, id, &record.sealed, now)?
        .rotated(secret, now, hours)
        .map_err(|refused| WebhookError::OldSecrets { refused, now })?;
    let endpoint = replace(app, environment, record, &secrets, now).await?;
    acting.record(app, "webhook.rotate_secret", id.as_str(), format!("{} h", hours.as_hours())).await?;
    Ok(EndpointWithSecret { endpoint, secret: told, test: None })
}

/// Ends the overlap: from now on the newest secret signs alone.
///
/// # Errors
/// [`WebhookError::NotFound`], [`WebhookError::ChangedMeanwhile`].
pub async fn end_overlap(app: &App, acting: &Acting, id: &WebhookId) -> Result<EndpointView, WebhookError> {
    let (environment, record) = manage::find(app, acting, id).await?;
    let now = realms::now(app, &record.realm);
    let secrets = opened(&app.vault, id, &record.sealed, now)?;
    if secrets.old().is_empty() {
        return Ok(manage::view(&record, now));
    }
    let endpoint = replace(app, environment, record, &secrets.without_old(), now).await?;
    acting.record(app, "webhook.end_overlap", id.as_str(), "-".to_owned()).await?;
    Ok(endpoint)
}

/// Only in the place of the secrets that were read: of two rotations at once one is refused.
async fn replace(
    app: &App,
    environment: Environment,
    mut record: EndpointRecord,
    secrets: &SecretSet,
    now: Timestamp,
) -> Result<EndpointView, WebhookError> {
    let before = std::mem::replace(&mut record.sealed, sealed(&app.vault, &record.id, secrets));
    record.overlap_until = secrets.old().iter().map(|old| old.valid_until).max();
    record.changed_at = now;
    let row = record.clone();
    let changed = app
        .store(environment)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let params = params![&row.id, before, row.sealed, row.overlap_until, now];
                tx.execute(&queries::SET_SECRETS, params).await
            })
        })
        .await?;
    if changed == 0 {
        return Err(WebhookError::ChangedMeanwhile);
    }
    dispatch::recall(app);
    Ok(manage::view(&record, now))
}
