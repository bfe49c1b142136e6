//! Signing in, by e-mail address or telephone number.

use domain::{
    identity::{EmailAddress, PasswordAttempt},
    ids::RiderId,
    return_to::ReturnTo,
    rider_accounts::{Login, RiderSignIn},
};

use super::{
    AccountError, RiderDevice,
    logins::Account,
    queries,
    sessions::{self, NewRiderSession},
    sign_up,
};
use crate::{
    app::App,
    identity::{
        IdentityError,
        throttle::{Counted, Key, Limited},
    },
    store::params,
};

/// Checks who it is and opens a session with a new id.
///
/// # Errors
/// [`IdentityError::WrongCredentials`] for an unknown login and a wrong password alike, after the
/// same work; [`IdentityError::TooManyAttempts`]; [`IdentityError::NotVerified`] only to those who
/// know the password of a sign-up.
pub async fn sign_in(
    app: &App,
    device: &RiderDevice,
    request: RiderSignIn,
) -> Result<NewRiderSession, AccountError> {
    let account = Account::of_login(&app.live, &request.login).await?;
    let account = account.filter(|account| account.password_hash.is_some());
    let claim = match (&account, &request.login) {
        (None, Login::Email(email)) => Claim::of(app, email).await?,
        _ => None,
    };
    let throttled = account.as_ref().map_or_else(|| request.login.folded(), |found| found.id.to_string());
    let hash = match (&account, &claim) {
        (Some(account), _) => account.password_hash.clone(),
        (None, Some(claim)) => Some(claim.password_hash.clone()),
        (None, None) => None,
    };
    let counted = check(app, device, &throttled, request.password, hash.clone()).await?;
    if let Some(claim) = claim {
        app.identity.throttle.take_back(&counted);
        claim.send_link_again(app, request.return_to).await?;
        return Err(IdentityError::NotVerified.into());
    }
    let account = account.ok_or(IdentityError::WrongCredentials)?;
    let session = open(app, device, account.id, hash).await?;
    app.identity.throttle.take_back(&counted);
    Ok(session)
}

/// Checks a password against its hash. The try stays counted until it is taken back. Without a hash
/// the answer is no, after the same work.
///
/// # Errors
/// [`IdentityError::WrongCredentials`], [`IdentityError::TooManyAttempts`].
pub(super) async fn check(
    app: &App,
    device: &RiderDevice,
    account: &str,
    password: PasswordAttempt,
    hash: Option<String>,
) -> Result<Counted, AccountError> {
    let tries = [Key::rider(account), Key::client(Limited::Client, device.device.ip)];
    let counted = app.identity.throttle.count(&tries, app.clock.now());
    let counted = counted.map_err(|wait| IdentityError::TooManyAttempts { wait })?;
    if !app.identity.passwords.verify(password, hash).await? {
        tracing::info!(client.ip = %device.device.ip, "a rider's sign-in was refused");
        return Err(IdentityError::WrongCredentials.into());
    }
    Ok(counted)
}

async fn open(
    app: &App,
    device: &RiderDevice,
    rider: RiderId,
    hash: Option<String>,
) -> Result<NewRiderSession, AccountError> {
    let device = device.clone();
    app.live
        .write({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    // The account may have been deleted, or its password changed, a moment ago.
                    let now = Account::find_in(tx, &rider).await?;
                    if now.is_none_or(|now| now.password_hash != hash) {
                        return Err(IdentityError::WrongCredentials.into());
                    }
                    Ok(sessions::open(tx, &app, &rider, &device).await?)
                })
            }
        })
        .await
}

/// A sign-up whose link was not opened yet.
struct Claim {
    id: RiderId,
    email: EmailAddress,
    name: String,
    password_hash: String,
}

impl Claim {
    async fn of(app: &App, email: &EmailAddress) -> Result<Option<Self>, AccountError> {
        let params = params![email.folded(), sign_up::oldest(app.clock.now())];
        let Some(row) = app.live.row(&queries::FIND_SIGN_UP, params).await? else { return Ok(None) };
        Ok(Some(Self {
            id: row.parse("rider_id")?,
            email: row.parse("email")?,
            name: row.get("name")?,
            password_hash: row.get("password_hash")?,
        }))
    }

    /// They know the password of a sign-up whose link they lost.
    async fn send_link_again(self, app: &App, return_to: ReturnTo) -> Result<(), AccountError> {
        if app.identity.throttle.count(&[Key::mail_to(&self.email)], app.clock.now()).is_err() {
            return Ok(());
        }
        app.live
            .write({
                let app = app.clone();
                move |tx| {
                    Box::pin(async move {
                        sign_up::send_link(tx, &app, &self.id, (&self.email, &self.name), &return_to).await
                    })
                }
            })
            .await?;
        app.outbox.ring();
        Ok(())
    }
}
