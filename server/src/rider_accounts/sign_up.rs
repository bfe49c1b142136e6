//! Signing up, and the link that proves the address.

use domain::{
    fares::UserType,
    identity::{EmailAddress, VerifyEmail},
    ids::RiderId,
    realm::Realm,
    return_to::ReturnTo,
    rider_accounts::{RiderSignUp, RiderSignedUp},
    riders::{CreateRider, KycStatus, PhoneNumber},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    AccountError, RiderDevice,
    logins::{Account, set_password},
    queries,
    sessions::{self, NewRiderSession},
};
use crate::{
    app::App,
    audit::{self, Actor},
    identity::{
        IdentityError,
        throttle::{Key, Limited},
        tokens::{self, Purpose},
    },
    mail::{self, rider_letters},
    riders::{self, Place, RiderError},
    store::{Row, Tx, params},
};

/// As long as the link works.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Sign-ups from then on still count.
pub(super) fn oldest(now: Timestamp) -> Timestamp {
    now.checked_sub(KEPT).unwrap_or(Timestamp::MIN)
}

/// Keeps a sign-up and mails the link, or, where the address is a rider's already, tells them so by
/// mail. Either way the answer is the same and takes as long.
///
/// # Errors
/// [`IdentityError::Invalid`] for the password, [`IdentityError::TooManyAttempts`].
pub async fn sign_up(
    app: &App,
    device: &RiderDevice,
    new: RiderSignUp,
) -> Result<RiderSignedUp, AccountError> {
    new.password.check_against(&new.email).map_err(IdentityError::invalid("password"))?;
    let (throttle, now) = (&app.identity.throttle, app.clock.now());
    let too_many = |wait| IdentityError::TooManyAttempts { wait };
    let _ = throttle.count(&[Key::client(Limited::SignUp, device.device.ip)], now).map_err(too_many)?;
    let hash = app.identity.passwords.hash(&app.random, new.password.clone()).await?;
    let view = RiderSignedUp { email: new.email.to_string() };
    // An address under a flood of mails gets no more of them. The sender does not learn that.
    if throttle.count(&[Key::mail_to(&new.email)], now).is_err() {
        return Ok(view);
    }
    let context = device.device.audit(app, Actor::Anonymous);
    app.live
        .write::<_, AccountError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let portal_url = &app.config.portal_url;
                    if let Some(rider) = Account::of_email_in(tx, &new.email).await? {
                        let letter = rider_letters::signed_up_again(
                            &new.email,
                            &rider.name,
                            portal_url,
                            &new.return_to,
                        );
                        mail::queue(tx, &app, &letter).await?;
                        return Ok(());
                    }
                    tx.execute(&queries::DELETE_OLD_SIGN_UPS, params![oldest(now)]).await?;
                    let id = app.random.id(now, RiderId::new);
                    let phone = new.phone.as_ref().map(ToString::to_string);
                    let (email, name) = (new.email.as_str(), new.name.as_str());
                    let values = params![&id, email, new.email.folded(), name, phone, &hash, now];
                    tx.execute(&queries::INSERT_SIGN_UP, values).await?;
                    audit::record(tx, &context, "rider.sign_up", id.as_str(), "").await?;
                    send_link(tx, &app, &id, (&new.email, name), &new.return_to).await
                })
            }
        })
        .await?;
    app.outbox.ring();
    Ok(view)
}

/// Mails the link that opens the account.
pub(super) async fn send_link(
    tx: &mut Tx,
    app: &App,
    id: &RiderId,
    (email, name): (&EmailAddress, &str),
    return_to: &ReturnTo,
) -> Result<(), AccountError> {
    let token = tokens::issue(tx, app, id, Purpose::VerifyRider).await?;
    let letter = rider_letters::verify_email(email, name, &app.config.portal_url, &token, return_to);
    mail::queue(tx, app, &letter).await?;
    Ok(())
}

/// Opens the account whose address the link was sent to, and signs the browser in.
///
/// # Errors
/// [`IdentityError::TokenSpent`]; [`IdentityError::AddressTaken`] when the address became a rider's
/// meanwhile.
pub async fn confirm_email(
    app: &App,
    device: &RiderDevice,
    request: VerifyEmail,
) -> Result<NewRiderSession, AccountError> {
    let device = device.clone();
    app.live
        .write({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let id: RiderId = tokens::redeem(tx, &app, &request.token, Purpose::VerifyRider).await?;
                    let row = tx.row(&queries::TAKE_SIGN_UP, params![&id]).await?;
                    let new = row.as_ref().map(SignUp::read).transpose()?.ok_or(IdentityError::TokenSpent)?;
                    open_account(tx, &app, &id, &new).await?;
                    let context = device.device.audit(&app, Actor::Rider(id.clone()));
                    audit::record(tx, &context, "rider.confirm_email", id.as_str(), "").await?;
                    Ok(sessions::open(tx, &app, &id, &device).await?)
                })
            }
        })
        .await
}

/// A sign-up that waited for its link.
struct SignUp {
    name: String,
    email: EmailAddress,
    phone: Option<PhoneNumber>,
    password_hash: String,
}

impl SignUp {
    fn read(row: &Row) -> Result<Self, AccountError> {
        Ok(Self {
            name: row.get("name")?,
            email: row.parse("email")?,
            phone: row.parse_opt("phone")?,
            password_hash: row.get("password_hash")?,
        })
    }
}

async fn open_account(tx: &mut Tx, app: &App, id: &RiderId, new: &SignUp) -> Result<(), AccountError> {
    let now = app.clock.now();
    let place = Place { realm: Realm::Live, now, random: app.random.clone() };
    let mut rider = CreateRider {
        name: new.name.parse().map_err(IdentityError::invalid("name"))?,
        email: Some(new.email.clone()),
        phone: new.phone.clone(),
        user_type: UserType::Adult,
        kyc_status: KycStatus::None,
    };
    let mut made = riders::create_as(tx, &place, id, &rider).await;
    if matches!(made, Err(RiderError::Taken { field: "phone" })) {
        // Whose it is was confirmed by nobody; that it is somebody's is not told to anybody.
        rider.phone = None;
        made = riders::create_as(tx, &place, id, &rider).await;
    }
    match made {
        Ok(()) => {}
        Err(RiderError::Taken { .. }) => return Err(IdentityError::AddressTaken.into()),
        Err(error) => return Err(error.into()),
    }
    tx.execute(&queries::DELETE_SIGN_UPS_OF, params![new.email.folded()]).await?;
    Ok(set_password(tx, id, &new.password_hash, now).await?)
}
