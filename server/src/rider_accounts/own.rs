//! What riders see of what is kept about them, and of who read it.

use std::collections::HashMap;

use domain::{
    ids::{ApplicationId, RiderId},
    page::{Page, PageRequest},
    realm::Realm,
    rider_accounts::{AccessRow, ApplicationCard, ConnectedApplication, RiderJourneys, RiderOverview},
};
use jiff::Timestamp;

use super::{AccountError, Rider, consent::station_names, queries};
use crate::{
    app::App,
    applications::{self, ApplicationRecord},
    http::problem::ApiResult,
    journeys::journeys_of,
    oauth, partners, riders,
    store::{DbError, params},
};

/// Journeys on the first page of the account.
const LATEST: &str = "5";

/// Wallet, caps, cards, and the latest journeys.
///
/// # Errors
/// When the store fails.
pub async fn overview(app: &App, rider: &Rider) -> ApiResult<RiderOverview> {
    let latest = PageRequest::parse(None, Some(LATEST), u64::MAX)?;
    let RiderJourneys { page, stations } = journeys(app, rider, latest).await?;
    Ok(RiderOverview {
        rider: riders::find(&app.live, &Realm::Live, &rider.id, app.clock.now()).await?,
        fare_cap: riders::fare_caps(app, &Realm::Live, &rider.id).await?,
        journeys: page.data,
        stations,
    })
}

/// A page of the rider's journeys, newest first.
///
/// # Errors
/// When the store fails.
pub async fn journeys(app: &App, rider: &Rider, request: PageRequest) -> Result<RiderJourneys, AccountError> {
    let page = journeys_of(&app.live, &Realm::Live, rider.id.as_str(), request).await?;
    let stations = station_names(app, page.data.iter());
    Ok(RiderJourneys { page, stations })
}

/// The applications that the rider allows something at present, newest first.
///
/// # Errors
/// When the store fails.
pub async fn applications(app: &App, rider: &RiderId) -> Result<Vec<ConnectedApplication>, AccountError> {
    let mut last: HashMap<String, Timestamp> = HashMap::new();
    for row in app.live.rows(&queries::LAST_ACCESSES, params![&Realm::Live, rider]).await? {
        last.insert(row.get("application_id")?, row.get("at")?);
    }
    let mut connected = Vec::new();
    for grant in oauth::grants_of(&app.live, &Realm::Live, rider).await? {
        let Some(record) = applications::find(app, &grant.application_id).await? else { continue };
        connected.push(ConnectedApplication {
            grant_id: grant.id,
            last_access_at: last.get(grant.application_id.as_str()).copied(),
            application: card(app, record).await?,
            scopes: grant.scopes.iter().collect(),
            since: grant.created_at,
            changed_at: grant.changed_at,
        });
    }
    Ok(connected)
}

async fn card(app: &App, record: ApplicationRecord) -> Result<ApplicationCard, DbError> {
    let partner = partners::find(&app.live, &record.partner_id).await?;
    Ok(ApplicationCard {
        name: record.name().to_string(),
        partner: partner.map_or_else(|| record.partner_id.to_string(), |partner| partner.name),
        homepage: record.registered.registration.homepage.as_ref().map(ToString::to_string),
        logo: record.logo(),
        id: record.id,
    })
}

/// A page of what was read of the rider's, newest first.
///
/// # Errors
/// When the store fails.
pub async fn accesses(
    app: &App,
    rider: &RiderId,
    request: PageRequest,
) -> Result<Page<AccessRow>, AccountError> {
    let Page { data, meta } = oauth::access_log_of(&app.live, &Realm::Live, rider, request).await?;
    let mut names: HashMap<ApplicationId, String> = HashMap::new();
    let mut rows = Vec::with_capacity(data.len());
    for entry in data {
        let id = &entry.application_id;
        if !names.contains_key(id) {
            let record = applications::find(app, id).await?;
            let name = record.map_or_else(|| id.to_string(), |record| record.name().to_string());
            names.insert(id.clone(), name);
        }
        rows.push(AccessRow {
            at: entry.at,
            application: names.get(id).cloned().unwrap_or_default(),
            application_id: id.to_string(),
            operation: entry.operation.map(|operation| operation.id().to_owned()),
            scope: entry.scope,
            records: entry.records,
            ip: entry.ip,
        });
    }
    Ok(Page { data: rows, meta })
}
