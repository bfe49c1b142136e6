//! Signing up: an organisation and its first owner, and the link that proves the address.

use domain::{
    identity::{SignUp, SignUpView, VerifyEmail},
    ids::UserId,
    partners::{MemberRole, PartnerStep},
};

use super::{
    Device, IdentityError, NewSession, queries, sessions,
    throttle::{Key, Limited},
    tokens::{self, Purpose},
    users::{self, NewUser, User},
};
use crate::{
    app::App,
    audit::{self, Actor},
    mail::{self, letters},
    partners::{self, NewPartner},
    store::params,
};

/// Registers an organisation with its first owner, or, where the address has an account already,
/// tells its owner so by mail. Either way the answer is the same and takes as long.
///
/// # Errors
/// [`IdentityError::Invalid`] for the password, [`IdentityError::TooManyAttempts`].
pub async fn sign_up(app: &App, device: &Device, new: SignUp) -> Result<SignUpView, IdentityError> {
    new.password.check_against(&new.email).map_err(IdentityError::invalid("password"))?;
    let (throttle, now) = (&app.identity.throttle, app.clock.now());
    let too_many = |wait| IdentityError::TooManyAttempts { wait };
    let _ = throttle.count(&[Key::client(Limited::SignUp, device.ip)], now).map_err(too_many)?;
    let password_hash = app.identity.passwords.hash(&app.random, new.password.clone()).await?;
    let view = SignUpView { email: new.email.to_string() };
    // An address under a flood of mails gets no more of them. The sender does not learn that.
    if throttle.count(&[Key::mail_to(&new.email)], now).is_err() {
        return Ok(view);
    }
    let context = device.audit(app, Actor::Anonymous);
    app.live
        .write::<_, IdentityError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let portal_url = &app.config.portal_url;
                    if let Some(owner) = User::account_in(tx, &new.email).await? {
                        let letter = letters::signed_up_again(&owner.email, &owner.name, portal_url);
                        mail::queue(tx, &app, &letter).await?;
                        audit::record(tx, &context, "user.sign_up_again", owner.id.as_str(), "").await?;
                        return Ok(());
                    }
                    let partner = NewPartner {
                        name: new.organisation.to_string(),
                        legal_name: new.legal_name.to_string(),
                        description: new.description.to_string(),
                        is_demo: app.config.is_demo(),
                    };
                    let partner_id = partners::register(tx, &context, partner).await?;
                    let user_id = app.random.id(context.now, UserId::new);
                    let user = NewUser {
                        id: &user_id,
                        email: &new.email,
                        name: new.contact_name.as_str(),
                        password_hash: &password_hash,
                        member: Some((&partner_id, MemberRole::Owner)),
                        operator: None,
                        verified_at: None,
                    };
                    users::insert(tx, user, context.now).await?;
                    audit::record(tx, &context, "user.sign_up", user_id.as_str(), partner_id.as_str())
                        .await?;
                    let token = tokens::issue(tx, &app, &user_id, Purpose::Verify).await?;
                    let (name, organisation) = (new.contact_name.as_str(), new.organisation.as_str());
                    let letter = letters::verify_email(&new.email, name, organisation, portal_url, &token);
                    mail::queue(tx, &app, &letter).await?;
                    Ok(())
                })
            }
        })
        .await?;
    app.outbox.ring();
    Ok(view)
}

/// Opens the account whose address the link was sent to, puts its partner up for review, and signs
/// the browser in.
///
/// # Errors
/// [`IdentityError::TokenSpent`]; [`IdentityError::AddressTaken`] when another sign-up with the same
/// address was verified first.
pub async fn verify_email(
    app: &App,
    device: &Device,
    request: VerifyEmail,
) -> Result<NewSession, IdentityError> {
    let device = device.clone();
    app.live
        .write({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let id = tokens::redeem(tx, &app, &request.token, Purpose::Verify).await?;
                    let user = User::find_in(tx, &id).await?;
                    if User::account_in(tx, &user.email).await?.is_some() {
                        return Err(IdentityError::AddressTaken);
                    }
                    let context = device.audit(&app, Actor::User(id.clone()));
                    match tx.execute(&queries::SET_VERIFIED, params![&id, context.now]).await {
                        Ok(1) => {}
                        Ok(_) => return Err(IdentityError::TokenSpent),
                        Err(error) if error.is_unique_violation() => return Err(IdentityError::AddressTaken),
                        Err(error) => return Err(error.into()),
                    }
                    audit::record(tx, &context, "user.verify_email", id.as_str(), "").await?;
                    if let Some(partner) = &user.partner_id {
                        partners::step(tx, &context, partner, PartnerStep::VerifyMail, None).await?;
                    }
                    if let Some(earlier) = &device.session {
                        sessions::end(tx, earlier).await?;
                    }
                    Ok(sessions::open(tx, &app, &id, &device).await?)
                })
            }
        })
        .await
}
