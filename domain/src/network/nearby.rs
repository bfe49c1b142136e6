//! What lies around a station, as the crow flies.

use super::{Km, NearbyStation, Network, StationIx, StationRecord};

/// Radius and number of [`StationDetail::nearby`].
const NEARBY_M_MAX: u32 = 5_000;
const NEARBY_MAX: usize = 5;

impl Network {
    /// Open stations around one, nearest first.
    #[must_use]
    pub fn nearby(&self, of: StationIx) -> Vec<NearbyStation> {
        let here = self.station(of);
        let mut near: Vec<_> = self
            .open()
            .filter(|station| station.ix != of)
            .map(|station| (great_circle_m(here, station), station))
            .filter(|&(metres, _)| metres <= NEARBY_M_MAX)
            .collect();
        near.sort_by_key(|&(metres, station)| (metres, station.ix));
        near.truncate(NEARBY_MAX);
        near.into_iter()
            .map(|(metres, station)| NearbyStation {
                id: station.id,
                name: station.name.clone(),
                distance_km: Km::from_metres(metres),
            })
            .collect()
    }
}

/// Straight distance on a sphere (haversine, mean radius), to the metre.
pub(super) fn great_circle_m(a: &StationRecord, b: &StationRecord) -> u32 {
    const EARTH_RADIUS_M: f64 = 6_371_008.8;
    let (lat_a, lat_b) = (a.lat.to_radians(), b.lat.to_radians());
    let half_lat = ((lat_b - lat_a) / 2.0).sin();
    let half_lng = ((b.lng - a.lng).to_radians() / 2.0).sin();
    let chord = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lng * half_lng;
    let metres = 2.0 * EARTH_RADIUS_M * chord.sqrt().min(1.0).asin();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most half the Earth's girth; NaN becomes 0"
    )]
    let metres = metres.round() as u32;
    metres
}
