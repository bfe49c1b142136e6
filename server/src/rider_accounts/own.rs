//! What riders see of what is kept about them, and of who read it.

use std::collections::HashMap;

use domain::{
    ids::{ApplicationId, RiderId},
    oauth::{Allowed, Scope, Span},
    page::{Page, PageRequest},
    realm::Realm,
    rider_accounts::{
        AccessRow, AllowedScope, ApplicationCard, ConnectedApplication, ReaderName, RiderAccesses,
        RiderJourneys, RiderOverview,
    },
};

use super::{AccountError, Rider, consent::station_names};
use crate::{
    app::App,
    applications::{self, ApplicationRecord},
    http::problem::ApiResult,
    journeys::journeys_of,
    oauth::{self, AccessEntry},
    partners, riders,
    store::DbError,
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
    let mut connected = Vec::new();
    for grant in oauth::grants_of(app, &Realm::Live, rider).await? {
        let Some(record) = applications::find(app, &grant.application_id).await? else { continue };
        connected.push(ConnectedApplication {
            grant_id: grant.id,
            last_access_at: oauth::last_access(&app.live, &Realm::Live, rider, &grant.application_id).await?,
            application: card(app, record).await?,
            scopes: grant.scopes.iter().filter_map(|scope| allowed_scope(grant.allowed, scope)).collect(),
            since: grant.created_at,
            changed_at: grant.changed_at,
            ends_at: grant.allowed.ends_at().unwrap_or(grant.changed_at),
        });
    }
    Ok(connected)
}

fn allowed_scope(allowed: Allowed, scope: Scope) -> Option<AllowedScope> {
    allowed.span(scope).map(|Span { since, until }| AllowedScope { scope, since, until })
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

/// A page of what was read of the rider's, newest first; by one application, if it is said.
///
/// # Errors
/// When the store fails.
pub async fn accesses(
    app: &App,
    rider: &RiderId,
    application: Option<&ApplicationId>,
    request: PageRequest,
) -> Result<RiderAccesses, AccountError> {
    let page = oauth::access_log_of(&app.live, &Realm::Live, rider, application, request).await?;
    let mut names = Names::default();
    let mut readers = Vec::new();
    for id in oauth::ever_allowed(&app.live, &Realm::Live, rider).await? {
        readers.push(ReaderName { name: names.of(app, &id).await?, id });
    }
    let mut data = Vec::with_capacity(page.data.len());
    for entry in page.data {
        data.push(names.row(app, entry).await?);
    }
    Ok(RiderAccesses { page: Page { data, meta: page.meta }, readers })
}

/// The applications that came up, by their names now.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<ApplicationId, String>);

impl Names {
    async fn of(&mut self, app: &App, id: &ApplicationId) -> Result<String, DbError> {
        if let Some(name) = self.0.get(id) {
            return Ok(name.clone());
        }
        let record = applications::find(app, id).await?;
        let name = record.map_or_else(|| id.to_string(), |record| record.name().to_string());
        self.0.insert(id.clone(), name.clone());
        Ok(name)
    }

    /// A read as its rider sees it.
    pub async fn row(&mut self, app: &App, entry: AccessEntry) -> Result<AccessRow, DbError> {
        Ok(AccessRow {
            at: entry.at,
            application: self.of(app, &entry.application_id).await?,
            application_id: entry.application_id.to_string(),
            operation: entry.operation.map(ToOwned::to_owned),
            scope: entry.scope,
            records: entry.records,
            ip: entry.ip,
        })
    }
}
