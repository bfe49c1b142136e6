//! Signing in.

use std::net::IpAddr;

use domain::identity::{EmailAddress, OneTimeCode, OperatorRole, PasswordAttempt, SignIn};

use super::{
    Device, IdentityError, NewSession, sessions,
    throttle::{Counted, Key, Limited},
    tokens::{self, Purpose},
    totp,
    users::User,
};
use crate::{
    app::App,
    audit::{self, Actor},
    mail::{self, letters},
    partners,
};

/// Checks address, password and, where it is on, the second step; opens a session with a new id and
/// ends the one the browser had.
///
/// # Errors
/// [`IdentityError::WrongCredentials`] for an unknown address, a wrong password and a wrong code
/// alike, after the same work; [`IdentityError::TooManyAttempts`]; [`IdentityError::TotpRequired`]
/// and [`IdentityError::NotVerified`] only to those who know the password.
pub async fn sign_in(app: &App, device: &Device, request: SignIn) -> Result<NewSession, IdentityError> {
    let throttle = &app.identity.throttle;
    let (user, counted) = check_password(app, device.ip, &request.email, request.password).await?;
    if user.verified_at.is_none() {
        throttle.take_back(&counted);
        send_link_again(app, user).await?;
        return Err(IdentityError::NotVerified);
    }
    if user.totp_secret.is_some() && request.totp.is_none() {
        throttle.take_back(&counted);
        return Err(IdentityError::TotpRequired);
    }
    let session = open(app, device, user, request.totp).await?;
    throttle.take_back(&counted);
    Ok(session)
}

/// The operator behind an address and a password, for the few machine surfaces that take both with
/// every request. Throttled like signing in; an account with a second step has to use that.
///
/// # Errors
/// As [`sign_in`]; [`IdentityError::WrongCredentials`] for a partner's member too.
pub async fn operator_by_password(
    app: &App,
    client: IpAddr,
    email: &EmailAddress,
    password: PasswordAttempt,
) -> Result<OperatorRole, IdentityError> {
    let (user, counted) = check_password(app, client, email, password).await?;
    let role = user.operator_role.ok_or(IdentityError::WrongCredentials)?;
    app.identity.throttle.take_back(&counted);
    if user.totp_secret.is_some() {
        return Err(IdentityError::TotpRequired);
    }
    Ok(role)
}

/// Finds the account if the password is its own. The try stays counted until it is taken back.
async fn check_password(
    app: &App,
    client: IpAddr,
    email: &EmailAddress,
    password: PasswordAttempt,
) -> Result<(User, Counted), IdentityError> {
    let tries = [Key::account(email), Key::client(Limited::Client, client)];
    let counted = app
        .identity
        .throttle
        .count(&tries, app.clock.now())
        .map_err(|wait| IdentityError::TooManyAttempts { wait })?;
    let user = User::of_address(&app.live, email).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let fits = app.identity.passwords.verify(password, hash).await?;
    let Some(user) = user.filter(|_| fits) else {
        tracing::info!(client.ip = %client, "a sign-in was refused");
        return Err(IdentityError::WrongCredentials);
    };
    Ok((user, counted))
}

async fn open(
    app: &App,
    device: &Device,
    user: User,
    code: Option<OneTimeCode>,
) -> Result<NewSession, IdentityError> {
    let (app, device) = (app.clone(), device.clone());
    app.live
        .clone()
        .write(move |tx| {
            Box::pin(async move {
                let context = device.audit(&app, Actor::User(user.id.clone()));
                // The account may have been closed, or its second step turned on, a moment ago.
                let now = User::find_in(tx, &user.id).await?;
                if now.password_hash != user.password_hash {
                    return Err(IdentityError::WrongCredentials);
                }
                if now.totp_secret.is_some() {
                    let code = code.ok_or(IdentityError::TotpRequired)?;
                    if !totp::use_code(tx, &app, &context, &now, &code).await? {
                        return Err(IdentityError::WrongCredentials);
                    }
                }
                if let Some(earlier) = &device.session {
                    sessions::end(tx, earlier).await?;
                }
                let session = sessions::open(tx, &app, &user.id, &device).await?;
                audit::record(tx, &context, "session.open", session.id.as_str(), device.ip.to_string())
                    .await?;
                Ok(session)
            })
        })
        .await
}

/// They know the password of a sign-up whose link they lost.
async fn send_link_again(app: &App, user: User) -> Result<(), IdentityError> {
    if app.identity.throttle.count(&[Key::mail_to(&user.email)], app.clock.now()).is_err() {
        return Ok(());
    }
    let partner = match &user.partner_id {
        Some(id) => partners::find(&app.live, id).await?,
        None => None,
    };
    let organisation = partner.map_or_else(|| user.name.clone(), |partner| partner.name);
    app.live
        .write::<_, IdentityError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let token = tokens::issue(tx, &app, &user.id, Purpose::Verify).await?;
                    let portal_url = &app.config.portal_url;
                    let letter =
                        letters::verify_email(&user.email, &user.name, &organisation, portal_url, &token);
                    mail::queue(tx, &app, &letter).await?;
                    Ok(())
                })
            }
        })
        .await?;
    app.outbox.ring();
    Ok(())
}
