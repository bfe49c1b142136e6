//! A password forgotten, and a password changed. By the mailed link a rider whom the operator put on
//! the books takes their account over.

use domain::{
    identity::{ChangePassword, EmailAddress, ResetPassword},
    ids::RiderId,
    rider_accounts::RiderForgotPassword,
};

use super::{
    AccountError, Rider, RiderDevice,
    logins::{Account, set_password},
    sessions::{self, NewRiderSession},
    sign_in,
};
use crate::{
    app::App,
    audit::{self, Actor, AuditContext},
    identity::{
        IdentityError,
        throttle::Key,
        tokens::{self, Purpose},
    },
    mail::{self, rider_letters},
    store::Tx,
};

/// Mails a link for a new password, if the address is a rider's.
///
/// # Errors
/// When the store fails.
pub async fn forgot(app: &App, request: RiderForgotPassword) -> Result<(), AccountError> {
    let RiderForgotPassword { email, return_to } = request;
    if app.identity.throttle.count(&[Key::mail_to(&email)], app.clock.now()).is_err() {
        return Ok(());
    }
    app.live
        .write::<_, AccountError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let Some(rider) = Account::of_email_in(tx, &email).await? else { return Ok(()) };
                    let token = tokens::issue(tx, &app, &rider.id, Purpose::ResetRider).await?;
                    let url = &app.config.portal_url;
                    let letter = rider_letters::reset_password(&email, &rider.name, url, &token, &return_to);
                    mail::queue(tx, &app, &letter).await?;
                    Ok(())
                })
            }
        })
        .await?;
    app.outbox.ring();
    Ok(())
}

/// Sets a password with a mailed token and ends every session.
///
/// # Errors
/// [`IdentityError::TokenSpent`], [`IdentityError::Invalid`] for the password.
pub async fn reset(app: &App, device: &RiderDevice, request: ResetPassword) -> Result<(), AccountError> {
    // Looked at before hashing, so that made-up tokens cost nothing.
    let id: RiderId = tokens::look(&app.live, app, &request.token, Purpose::ResetRider).await?;
    let rider = Account::find(&app.live, &id).await?.ok_or(IdentityError::TokenSpent)?;
    let email = rider.email.clone().ok_or(IdentityError::TokenSpent)?;
    request.password.check_against(&email).map_err(IdentityError::invalid("password"))?;
    let hash = app.identity.passwords.hash(&app.random, request.password).await?;
    let context = device.device.audit(app, Actor::Rider(id.clone()));
    app.live
        .write::<_, AccountError, _>({
            let app = app.clone();
            let token = request.token;
            move |tx| {
                Box::pin(async move {
                    tokens::redeem::<RiderId>(tx, &app, &token, Purpose::ResetRider).await?;
                    keep(tx, &app, &context, &rider, &email, &hash, "rider.reset_password").await
                })
            }
        })
        .await?;
    app.identity.throttle.forget(&Key::rider(id.as_str()));
    app.outbox.ring();
    Ok(())
}

/// Changes the password of whoever knows the present one. Other sessions end, this browser gets a
/// new one.
///
/// # Errors
/// [`IdentityError::WrongPassword`], [`IdentityError::Invalid`], [`IdentityError::TooManyAttempts`].
pub async fn change(
    app: &App,
    rider: &Rider,
    device: &RiderDevice,
    request: ChangePassword,
) -> Result<NewRiderSession, AccountError> {
    let account = confirmed(app, rider, device, request.current_password, "current_password").await?;
    let email = account.email.clone().ok_or(IdentityError::NotFound)?;
    request.password.check_against(&email).map_err(IdentityError::invalid("password"))?;
    let hash = app.identity.passwords.hash(&app.random, request.password).await?;
    let (context, device) = (rider.audit(app), device.clone());
    let new = app
        .live
        .write::<_, AccountError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    keep(tx, &app, &context, &account, &email, &hash, "rider.change_password").await?;
                    Ok(sessions::open(tx, &app, &account.id, &device).await?)
                })
            }
        })
        .await?;
    app.outbox.ring();
    Ok(new)
}

/// The account of a rider who has just typed its password once more.
///
/// # Errors
/// [`IdentityError::WrongPassword`] for `field`, [`IdentityError::TooManyAttempts`].
pub(super) async fn confirmed(
    app: &App,
    rider: &Rider,
    device: &RiderDevice,
    password: domain::identity::PasswordAttempt,
    field: &'static str,
) -> Result<Account, AccountError> {
    let account = Account::find(&app.live, &rider.id).await?.ok_or(IdentityError::NotFound)?;
    let hash = account.password_hash.clone();
    match sign_in::check(app, device, rider.id.as_str(), password, hash).await {
        Ok(counted) => app.identity.throttle.take_back(&counted),
        Err(AccountError::Identity(IdentityError::WrongCredentials)) => {
            return Err(IdentityError::WrongPassword { field }.into());
        }
        Err(error) => return Err(error),
    }
    Ok(account)
}

async fn keep(
    tx: &mut Tx,
    app: &App,
    context: &AuditContext,
    rider: &Account,
    email: &EmailAddress,
    hash: &str,
    action: &'static str,
) -> Result<(), AccountError> {
    // Deleted a moment ago: there is nobody left to have one.
    Account::find_in(tx, &rider.id)
        .await?
        .filter(|now| now.email.is_some())
        .ok_or(IdentityError::NotFound)?;
    set_password(tx, &rider.id, hash, context.now).await?;
    tokens::revoke(tx, &rider.id, Purpose::ResetRider).await?;
    sessions::end_all(tx, &rider.id).await?;
    audit::record(tx, context, action, rider.id.as_str(), "").await?;
    mail::queue(tx, app, &rider_letters::password_changed(email, &rider.name, &app.config.portal_url))
        .await?;
    Ok(())
}
