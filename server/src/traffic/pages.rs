//! The network as the map and the station pages show it: stations, gates, fares, crowding. All of it
//! public, from what is in memory; crowding from shown figures alone.

use domain::{
    fares::{QuoteRequest, Tariff, UserType, quote},
    network::{Line, StationRecord},
    realm::Realm,
    time::jakarta_day,
    traffic::{
        CrowdingView, FareTo, LineName, Neighbour, NetworkView, StationNow, StationPageView, StationsView,
    },
};

use super::views::crowding;
use crate::{
    app::{App, Environment},
    gates,
    store::DbError,
};

/// Destinations that fares are shown to: the ends of the lines and where most people change.
const DESTINATIONS: [&str; 9] = ["JAKK", "MGR", "THB", "DPK", "BOO", "BKS", "TNG", "TPK", "RK"];

/// The lines, and how full their stations are.
pub(super) async fn network(app: &App) -> Result<NetworkView, DbError> {
    Ok(NetworkView { lines: app.network.lines().to_vec(), crowding: crowding(app, &Realm::Live).await? })
}

/// Stations of a line and of a name.
pub(super) async fn stations(
    app: &App,
    line: Option<&str>,
    q: Option<&str>,
) -> Result<StationsView, DbError> {
    let crowding = crowding(app, &Realm::Live).await?;
    let gates = app.gates.of(Environment::Live);
    let now = |station: &StationRecord| {
        let (online, total) = gates::counts(&gates, station);
        let level = level(&crowding, station)?;
        Some(StationNow { station: station.wire(online, total), crowd_level: level })
    };
    let stations = app.network.list(line, q).into_iter().filter_map(now).collect();
    Ok(StationsView { stations, lines: app.network.lines().to_vec(), crowding })
}

/// One station.
pub(super) async fn station(app: &App, station: &StationRecord) -> Result<StationPageView, DbError> {
    let crowding = crowding(app, &Realm::Live).await?;
    let gates = app.gates.of(Environment::Live).get(&station.ix).cloned().unwrap_or_default();
    let calls_here = |line: &&Line| station.lines.contains(&line.id);
    // Some tariff holds on every day of the product's life; without one no fare is shown.
    let tariff = app.tariffs.choose(None, jakarta_day(app.clock.now())).ok().filter(|_| station.is_open());
    Ok(StationPageView {
        detail: app.network.detail(station.ix, gates),
        crowd_level: level(&crowding, station),
        crowding,
        lines: app.network.lines().iter().filter(calls_here).map(name).collect(),
        neighbours: neighbours(app, station),
        fares: tariff.map(|tariff| fares(app, tariff, station)).unwrap_or_default(),
        tariff: tariff.and_then(|tariff| Some(priced(app, tariff, station, station)?.tariff)),
    })
}

fn level(crowding: &CrowdingView, station: &StationRecord) -> Option<domain::crowding::CrowdLevel> {
    crowding.stations.iter().find(|one| one.station_id == station.id).map(|one| one.crowd_level)
}

fn name(line: &Line) -> LineName {
    LineName { id: line.id.clone(), name: line.name.clone(), colour: line.colour.clone() }
}

/// The stations before and after it, on each of its lines.
fn neighbours(app: &App, station: &StationRecord) -> Vec<Neighbour> {
    let mut neighbours = Vec::new();
    for line in app.network.lines() {
        let mut stops: Vec<_> = line.stations.iter().map(|stop| stop.id).collect();
        stops.extend(line.loops_back_to);
        for pair in stops.windows(2) {
            let next = match *pair {
                [from, to] if from == station.id => to,
                [from, to] if to == station.id => from,
                _ => continue,
            };
            let Some(next) = app.network.find(&next.to_string()) else { continue };
            neighbours.push(Neighbour {
                id: next.id,
                name: next.name.clone(),
                line: name(line),
                distance_km: domain::network::Km::from_metres(app.network.distance_m(station.ix, next.ix)),
            });
        }
    }
    neighbours
}

fn fares(app: &App, tariff: &Tariff, from: &StationRecord) -> Vec<FareTo> {
    let destinations = DESTINATIONS.iter().filter_map(|spelling| app.network.find(spelling));
    destinations
        .filter(|to| to.ix != from.ix && to.is_open())
        .filter_map(|to| {
            let quote = priced(app, tariff, from, to)?;
            Some(FareTo {
                id: to.id,
                name: to.name.clone(),
                distance_km: quote.distance_km,
                fare: quote.fare,
            })
        })
        .collect()
}

fn priced(
    app: &App,
    tariff: &Tariff,
    from: &StationRecord,
    to: &StationRecord,
) -> Option<domain::fares::Quote> {
    let request = QuoteRequest {
        from: from.ix,
        to: to.ix,
        user_type: UserType::Adult,
        payment_method: None,
        explain: false,
    };
    quote(&app.network, tariff, &request).ok()
}
