//! A password forgotten, and a password changed.

use domain::{
    identity::{ChangePassword, ForgotPassword, ResetPassword},
    ids::UserId,
};

use super::{
    Device, IdentityError, NewSession, Session, queries, sessions,
    throttle::{Key, Limited},
    tokens::{self, Purpose},
    totp::count_try,
    users::User,
};
use crate::{
    app::App,
    audit::{self, Actor, AuditContext},
    mail::{self, letters},
    store::{Tx, params},
};

/// Counts one client's requests, apart from the work, so that the answer can go out at once and
/// takes as long for any address.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`].
pub(crate) fn may_ask_for_mail(app: &App, device: &Device) -> Result<(), IdentityError> {
    let counted = app.identity.throttle.count(&[Key::client(Limited::MailFrom, device.ip)], app.clock.now());
    counted.map(drop).map_err(|wait| IdentityError::TooManyAttempts { wait })
}

/// Mails a link for a new password, if the address has an account.
///
/// # Errors
/// When the store fails.
pub async fn forgot_password(
    app: &App,
    device: &Device,
    request: ForgotPassword,
) -> Result<(), IdentityError> {
    let now = app.clock.now();
    if app.identity.throttle.count(&[Key::mail_to(&request.email)], now).is_err() {
        return Ok(());
    }
    let context = device.audit(app, Actor::Anonymous);
    app.live
        .write::<_, IdentityError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let Some(user) = User::account_in(tx, &request.email).await? else { return Ok(()) };
                    let token = tokens::issue(tx, &app, &user.id, Purpose::Reset).await?;
                    let letter =
                        letters::reset_password(&user.email, &user.name, &app.config.portal_url, &token);
                    mail::queue(tx, &app, &letter).await?;
                    audit::record(tx, &context, "user.forgot_password", user.id.as_str(), "").await?;
                    Ok(())
                })
            }
        })
        .await?;
    app.outbox.ring();
    Ok(())
}

/// Sets a new password with a mailed token and ends every session. It does not sign in: whoever has
/// a second step must still take it.
///
/// # Errors
/// [`IdentityError::TokenSpent`], [`IdentityError::Invalid`] for the password.
pub async fn reset_password(app: &App, device: &Device, request: ResetPassword) -> Result<(), IdentityError> {
    // Looked at before hashing, so that made-up tokens cost nothing.
    let id = tokens::look(&app.live, app, &request.token, Purpose::Reset).await?;
    let user = User::find(&app.live, &id).await.map_err(|error| match error {
        IdentityError::NotFound => IdentityError::TokenSpent,
        other => other,
    })?;
    request.password.check_against(&user.email).map_err(IdentityError::invalid("password"))?;
    let hash = app.identity.passwords.hash(&app.random, request.password).await?;
    let (account, context) = (Key::account(&user.email), device.audit(app, Actor::User(id)));
    app.live
        .write::<_, IdentityError, _>({
            let app = app.clone();
            let token = request.token;
            move |tx| {
                Box::pin(async move {
                    tokens::redeem::<UserId>(tx, &app, &token, Purpose::Reset).await?;
                    set_password(tx, &app, &context, &user, &hash, "user.reset_password").await
                })
            }
        })
        .await?;
    app.identity.throttle.forget(&account);
    app.outbox.ring();
    Ok(())
}

/// Changes the password of whoever knows the present one. Other sessions end, this browser gets a
/// new one.
///
/// # Errors
/// [`IdentityError::WrongPassword`], [`IdentityError::Invalid`], [`IdentityError::TooManyAttempts`].
pub async fn change_password(
    app: &App,
    session: &Session,
    device: &Device,
    request: ChangePassword,
) -> Result<NewSession, IdentityError> {
    let user = User::find(&app.live, &session.user_id).await?;
    request.password.check_against(&user.email).map_err(IdentityError::invalid("password"))?;
    let counted = count_try(app, &user)?;
    let passwords = &app.identity.passwords;
    if !passwords.verify(request.current_password, Some(user.password_hash.clone())).await? {
        return Err(IdentityError::WrongPassword { field: "current_password" });
    }
    app.identity.throttle.take_back(&counted);
    let hash = passwords.hash(&app.random, request.password).await?;
    let (context, device) = (session.audit(app), device.clone());
    let new = app
        .live
        .write::<_, IdentityError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    set_password(tx, &app, &context, &user, &hash, "user.change_password").await?;
                    Ok(sessions::open(tx, &app, &user.id, &device).await?)
                })
            }
        })
        .await?;
    app.outbox.ring();
    Ok(new)
}

async fn set_password(
    tx: &mut Tx,
    app: &App,
    context: &AuditContext,
    user: &User,
    hash: &str,
    action: &'static str,
) -> Result<(), IdentityError> {
    if tx.execute(&queries::SET_PASSWORD, params![&user.id, hash]).await? == 0 {
        return Err(IdentityError::NotFound);
    }
    tokens::revoke(tx, &user.id, Purpose::Reset).await?;
    sessions::end_sessions_of_user(tx, &user.id).await?;
    audit::record(tx, context, action, user.id.as_str(), "").await?;
    let letter = letters::password_changed(&user.email, &user.name, &app.config.portal_url);
    mail::queue(tx, app, &letter).await?;
    Ok(())
}
