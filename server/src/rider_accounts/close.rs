//! Deleting an account.
//!
//! What goes: name, address, number, password, sessions, cards (their next taps are nobody's), what
//! was allowed and every token that came of it. What stays: journeys with the kind of fare they were
//! rated by, transfers and accesses, under an id that leads to nobody, because the books and their
//! proofs must be kept. The cards in that history get new names, so that it can't be found by a card.
//!
//! Not while the wallet holds money, for it would be lost with nobody to claim it; nor while fares are
//! due; nor on a journey, whose tap-out would find no journey to end.

use domain::{ids::RiderId, realm::Realm, rider_accounts::DeleteRiderAccount};

use super::{AccountError, Rider, RiderDevice, password, queries, sessions};
use crate::{
    app::App,
    audit::{self, AuditContext},
    identity::{
        IdentityError,
        tokens::{self, Purpose},
    },
    journeys, ledger,
    mail::{self, rider_letters},
    oauth,
    store::{LockEach, Tx, params},
    webhooks::dispatch,
};

/// What is left of a name.
const NOBODY: &str = "–";

/// Deletes the account of a rider who knows its password.
///
/// # Errors
/// [`IdentityError::WrongPassword`], [`AccountError::BalanceLeft`], [`AccountError::DueLeft`],
/// [`AccountError::OnTheWay`].
pub async fn delete_account(
    app: &App,
    rider: &Rider,
    device: &RiderDevice,
    request: DeleteRiderAccount,
) -> Result<(), AccountError> {
    let account = password::confirmed(app, rider, device, request.password, "password").await?;
    let context = rider.audit(app);
    app.live
        .write::<_, AccountError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    hold(tx, &account.id).await?;
                    may_go(tx, &account.id).await?;
                    forget(tx, &app, &account.id, &context).await?;
                    if let Some(email) = &account.email {
                        mail::queue(tx, &app, &rider_letters::account_deleted(email, &account.name)).await?;
                        mail::forget(tx, email).await?;
                        tx.execute(&queries::DELETE_SIGN_UPS_OF, params![email.folded()]).await?;
                    }
                    Ok(())
                })
            }
        })
        .await?;
    dispatch::recall(app);
    app.outbox.ring();
    Ok(())
}

/// Keeps taps and top-ups away until it is decided.
async fn hold(tx: &mut Tx, rider: &RiderId) -> Result<(), AccountError> {
    let realm = Realm::Live;
    let rows = tx.rows(&queries::MEDIA_OF, params![&realm, rider]).await?;
    let media = rows.iter().map(|row| Ok(format!("{realm}/{}", row.get::<String>("id")?)));
    let media = media.collect::<Result<Vec<_>, AccountError>>()?;
    tx.lock_each(LockEach::Media, media.iter().map(String::as_str)).await?;
    tx.lock_each(LockEach::Riders, std::iter::once(rider.as_str())).await?;
    Ok(())
}

async fn may_go(tx: &mut Tx, rider: &RiderId) -> Result<(), AccountError> {
    let open = tx.row(&queries::IS_ON_THE_WAY, params![&Realm::Live, rider]).await?;
    if open.map_or(Ok(0), |row| row.get::<i64>("total"))? > 0 {
        return Err(AccountError::OnTheWay);
    }
    let balances = ledger::balances_in(tx, rider).await?.unwrap_or_default();
    if balances.due.0 > 0 {
        return Err(AccountError::DueLeft(balances.due));
    }
    if balances.balance.0 > 0 {
        return Err(AccountError::BalanceLeft(balances.balance));
    }
    Ok(())
}

async fn forget(tx: &mut Tx, app: &App, rider: &RiderId, context: &AuditContext) -> Result<(), AccountError> {
    let realm = Realm::Live;
    if tx.execute(&queries::DELETE_LOGIN, params![rider]).await? == 0 {
        return Err(IdentityError::NotFound.into());
    }
    oauth::withdraw_all(tx, &realm, rider, context.now).await?;
    sessions::end_all(tx, rider).await?;
    tokens::revoke(tx, rider, Purpose::ResetRider).await?;
    tx.execute(&queries::UNLINK_MEDIA, params![&realm, rider]).await?;
    journeys::forget_media(tx, &realm, rider, &app.random).await?;
    tx.execute(&queries::ANONYMISE, params![&realm, rider, NOBODY, context.now]).await?;
    Ok(audit::record(tx, context, "rider.delete", rider.as_str(), "").await?)
}
