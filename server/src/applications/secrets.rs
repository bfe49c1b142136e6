//! Client secrets: told once, rotated with an overlap, ended.

use domain::{
    applications::{ApplicationView, ClientSecret, SecretCreated},
    ids::ApplicationId,
    keys::Overlap,
    oauth::{ClientType, Token, TokenKind},
};
use jiff::{SignedDuration, Timestamp};

use super::{ApplicationError, ApplicationRecord, SecretRecord, changeable, find_of, queries, write_down};
use crate::{
    app::App,
    keys::Keeper,
    store::{DbError, LockEach, Tx, params},
};

/// The secrets of an application that work now, the current one first.
pub(super) async fn valid(app: &App, record: &ApplicationRecord) -> Result<Vec<SecretRecord>, DbError> {
    let rows =
        app.store(record.environment()).rows(&queries::SECRETS, params![&record.id, app.clock.now()]).await?;
    rows.iter().map(SecretRecord::read).collect()
}

/// Makes the first secret, or one more.
pub(super) async fn insert(
    tx: &mut Tx,
    application: &ApplicationId,
    secret: &Token,
    now: Timestamp,
) -> Result<(), DbError> {
    let last4 = secret.expose().get(secret.expose().len().saturating_sub(4)..).unwrap_or_default();
    tx.execute(&queries::INSERT_SECRET, params![application, &secret.hash().0, last4, now]).await.map(drop)
}

pub(super) fn generate(app: &App) -> Token {
    Token::generate(TokenKind::ClientSecret, app.random.bytes())
}

/// Makes a new secret and lets the old one go on for a while.
///
/// # Errors
/// [`ApplicationError::NotFound`], [`ApplicationError::NoSecret`], [`ApplicationError::Disabled`].
pub async fn rotate_secret(
    app: &App,
    keeper: Keeper,
    id: ApplicationId,
    overlap: Overlap,
) -> Result<SecretCreated, ApplicationError> {
    let record = find_of(app, &keeper.partner.id, &id).await?;
    changeable(&record)?;
    if record.client_type == ClientType::Public {
        return Err(ApplicationError::NoSecret);
    }
    let now = keeper.audit.now;
    let until = now.checked_add(SignedDuration::from_hours(overlap.hours().into())).unwrap_or(now);
    let secret = generate(app);
    let made = secret.clone();
    app.store(record.environment())
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                // Whoever rotates at the same time waits here: one secret is the current one.
                tx.lock_each(LockEach::Applications, std::iter::once(id.as_str())).await?;
                tx.execute(&queries::REPLACE_SECRET, params![&id, until]).await?;
                insert(tx, &id, &made, now).await
            })
        })
        .await?;
    let detail = format!("{} h overlap", overlap.hours());
    write_down(app, keeper.audit, "application.rotate_secret", &record, detail).await?;
    let secrets = valid(app, &record).await?;
    Ok(SecretCreated {
        application: record.view(&secrets),
        client_secret: ClientSecret::new(secret.expose().to_owned()),
    })
}

/// Ends an old secret before its time.
///
/// # Errors
/// [`ApplicationError::NotFound`], also for the current secret: that one is rotated.
pub async fn end_secret(
    app: &App,
    keeper: Keeper,
    id: ApplicationId,
    number: u64,
) -> Result<ApplicationView, ApplicationError> {
    let record = find_of(app, &keeper.partner.id, &id).await?;
    let now = keeper.audit.now;
    let ended = app
        .store(record.environment())
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.execute(&queries::END_SECRET, params![&id, number, now]).await })
        })
        .await?;
    if ended == 0 {
        return Err(ApplicationError::NotFound);
    }
    write_down(app, keeper.audit, "application.end_secret", &record, format!("secret {number}")).await?;
    Ok(record.view(&valid(app, &record).await?))
}
