//! Figures in the forms that pages and the API show them.

use domain::{
    network::{Network, StationIx, StationRecord},
    page::PageRequest,
    realm::Realm,
    traffic::{
        Count, CrowdingView, Granularity, NetworkDayView, NetworkDaysView, Shown, StationCrowding,
        StationRows, TrafficRow, TrafficView, crowd_level, crowd_level_so_far,
    },
};
use jiff::ToSpan;

use super::{
    Figures,
    figures::{figures, today},
};
use crate::{app::App, store::DbError};

/// One station's day.
pub(super) fn of_station(
    network: &Network,
    figures: &Figures,
    granularity: Granularity,
    station: StationIx,
) -> TrafficView {
    let station = network.station(station);
    TrafficView {
        station_id: Some(station.id),
        date: figures.day,
        granularity,
        data: Some(rows(figures, granularity, station)),
        stations: None,
        meta: None,
    }
}

/// A page of all stations.
pub(super) fn of_all(
    network: &Network,
    figures: &Figures,
    granularity: Granularity,
    page: PageRequest,
) -> TrafficView {
    let page = page.of(network
        .list(None, None)
        .into_iter()
        .map(|station| StationRows { station_id: station.id, data: rows(figures, granularity, station) }));
    TrafficView {
        station_id: None,
        date: figures.day,
        granularity,
        data: None,
        stations: Some(page.data),
        meta: Some(page.meta),
    }
}

fn rows(figures: &Figures, granularity: Granularity, station: &StationRecord) -> Vec<TrafficRow> {
    let (shown, capacity) = (figures.station(station.ix), station.capacity_per_hour);
    match granularity {
        Granularity::Hourly => shown.hourly(figures.hours, capacity),
        Granularity::Daily => vec![shown.daily(capacity)],
    }
}

/// The network's last `days` days, today included.
pub(super) async fn network_days(app: &App, realm: &Realm, days: u32) -> Result<NetworkDaysView, DbError> {
    let today = today(app, realm);
    let mut views = Vec::new();
    let mut at = app.clock.now();
    for back in (0..days).rev() {
        let day = today.saturating_sub(i64::from(back).days());
        let figures = figures(app, realm, day).await?;
        at = figures.at;
        let least = |of: fn(&Shown) -> &[Count; 24]| {
            figures.stations().flat_map(&of).filter_map(|count| count.shown()).sum()
        };
        views.push(NetworkDayView {
            day,
            tap_in: figures.network_in.shown(),
            tap_out: figures.network_out.shown(),
            tap_in_min: least(|shown| &shown.tap_in.hours),
            tap_out_min: least(|shown| &shown.tap_out.hours),
            running: figures.is_running(),
        });
    }
    Ok(NetworkDaysView { days: views, at })
}

/// How full every station is: in the running hour from quarter past on, before that in the hour that
/// ended last. From shown figures alone, as everybody with a key sees them.
pub(super) async fn crowding(app: &App, realm: &Realm) -> Result<CrowdingView, DbError> {
    let today = figures(app, realm, today(app, realm)).await?;
    let stations = app.network.list(None, None);
    let running = today.hours.saturating_sub(1);
    let elapsed_s = u32::try_from(today.at.as_second().rem_euclid(3_600)).unwrap_or(0);
    let so_far = stations.iter().map(|station| {
        let (tap_in, tap_out) = hour(&today, station.ix, running);
        let level = crowd_level_so_far(tap_in, tap_out, elapsed_s, station.capacity_per_hour)?;
        Some(StationCrowding { station_id: station.id, crowd_level: level })
    });
    if let Some(stations) = so_far.collect() {
        return Ok(CrowdingView { stations, hour: running, running: true, at: today.at });
    }
    let (figures, last) = match running.checked_sub(1) {
        Some(last) => (today, last),
        None => (figures(app, realm, today.day.saturating_sub(1.day())).await?, 23),
    };
    let level = |station: &StationRecord| {
        let (tap_in, tap_out) = hour(&figures, station.ix, last);
        crowd_level(tap_in, tap_out, station.capacity_per_hour)
    };
    let levels =
        |station: &&StationRecord| StationCrowding { station_id: station.id, crowd_level: level(station) };
    Ok(CrowdingView {
        stations: stations.iter().map(levels).collect(),
        hour: last,
        running: false,
        at: figures.at,
    })
}

fn hour(figures: &Figures, station: StationIx, hour: u8) -> (Count, Count) {
    let (shown, hour) = (figures.station(station), usize::from(hour));
    (shown.tap_in.hours[hour], shown.tap_out.hours[hour])
}
