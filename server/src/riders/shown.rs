//! What an application may be shown of a rider. The scoped endpoints, the consent page and the
//! rider's own pages all read it here.

use domain::{
    ids::RiderId,
    money::Rupiah,
    realm::Realm,
    scoped::{BalanceView, FareCapView, ProfileView, TRANSACTION_LIMIT},
    time::jakarta_day,
};

use super::{RiderError, find};
use crate::{app::App, journeys, ledger, realms, store::DbError};

/// The rider, masked, as the application knows them that calls them `usr_id`.
///
/// # Errors
/// [`RiderError::NotFound`].
pub async fn profile(
    app: &App,
    realm: &Realm,
    rider: &RiderId,
    usr_id: String,
) -> Result<ProfileView, RiderError> {
    let view = find(realms::store(app, realm), realm, rider, realms::now(app, realm)).await?;
    Ok(ProfileView::new(usr_id, view.rider))
}

/// The rider's wallet and caps.
///
/// # Errors
/// When the store fails.
pub async fn balance(app: &App, realm: &Realm, rider: &RiderId) -> Result<BalanceView, DbError> {
    let balances = ledger::balances(realms::store(app, realm), rider).await?;
    Ok(BalanceView {
        balance: balances.map_or(Rupiah::ZERO, |balances| balances.balance),
        currency: "IDR".to_owned(),
        fare_cap: fare_caps(app, realm, rider).await?,
        transaction_limit: TRANSACTION_LIMIT,
    })
}

/// What the rider was charged this day, week and month by the realm's clock, and the caps of the
/// tariff in force.
///
/// # Errors
/// When the store fails.
pub async fn fare_caps(app: &App, realm: &Realm, rider: &RiderId) -> Result<FareCapView, DbError> {
    let today = jakarta_day(realms::now(app, realm));
    let spent = journeys::spent(realms::store(app, realm), realm, rider.as_str(), today).await?;
    let caps = app.tariffs.in_force(today).map(|tariff| &tariff.caps);
    Ok(FareCapView {
        daily_spent: spent.daily,
        daily_limit: caps.and_then(|caps| caps.daily),
        weekly_spent: spent.weekly,
        weekly_limit: caps.and_then(|caps| caps.weekly),
        monthly_spent: spent.monthly,
        monthly_limit: caps.and_then(|caps| caps.monthly),
    })
}
