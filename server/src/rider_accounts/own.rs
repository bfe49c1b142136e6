//! What riders see of what is kept about them.

use domain::{
    journeys::RecordedJourney,
    page::{Page, PageRequest},
    realm::Realm,
    rider_accounts::RiderOverview,
};

use super::{AccountError, Rider};
use crate::{app::App, http::problem::ApiResult, journeys, riders};

/// Journeys on the first page of the account.
const LATEST: &str = "5";

/// Wallet, caps, cards, and the latest journeys.
///
/// # Errors
/// When the store fails.
pub async fn overview(app: &App, rider: &Rider) -> ApiResult<RiderOverview> {
    let latest = PageRequest::parse(None, Some(LATEST), u64::MAX)?;
    Ok(RiderOverview {
        rider: riders::find(&app.live, &Realm::Live, &rider.id, app.clock.now()).await?,
        fare_cap: riders::fare_caps(app, &Realm::Live, &rider.id).await?,
        journeys: journeys(app, rider, latest).await?.data,
    })
}

/// A page of the rider's journeys, newest first.
///
/// # Errors
/// When the store fails.
pub async fn journeys(
    app: &App,
    rider: &Rider,
    request: PageRequest,
) -> Result<Page<RecordedJourney>, AccountError> {
    Ok(journeys::journeys_of(&app.live, &Realm::Live, rider.id.as_str(), request).await?)
}
