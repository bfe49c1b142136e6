//! A test network at a glance, for the portal's page.

use axum::extract::State;
use domain::{
    page::PageRequest,
    sandbox::{SandboxView, StationChoice},
};

use super::{Tester, clock};
use crate::{
    app::App,
    events,
    http::{json::Json, problem::ApiResult},
    journeys, riders,
};

/// Riders, journeys and events that the page shows.
const SHOWN: u32 = 20;

pub(super) async fn get_sandbox(State(app): State<App>, tester: Tester) -> ApiResult<Json<SandboxView>> {
    let (db, realm, now) = (tester.db(&app), &tester.realm, tester.now(&app));
    let request = PageRequest::parse(None, None, SHOWN.into())?;
    let page = riders::list(db, realm, None, request, now).await?;
    let mut shown = Vec::with_capacity(page.data.len());
    for rider in page.data {
        shown.push(riders::find(db, realm, &rider.id, now).await?);
    }
    let stations = app.network.stations().iter().filter(|station| station.is_open());
    Ok(Json(SandboxView {
        clock: clock::view(&app, &tester),
        riders: shown,
        riders_total: page.meta.total,
        journeys: journeys::latest_journeys(db, realm, SHOWN).await?,
        events: events::latest(db, realm, SHOWN).await?,
        peak: app.testing_grounds.peak(&tester.partner),
        stations: stations
            .map(|station| StationChoice { id: station.id, name: station.name.clone() })
            .collect(),
    }))
}
