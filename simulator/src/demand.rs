//! What draws riders where, and when: the modelled part of the modelled part.
//!
//! | from the data (`data/SOURCES.md`) | modelled here |
//! | --- | --- |
//! | taps a day at each station (published for some twenty, else its line's share) | how much of that is homes and how much is work: by the distance from the centre (Gambir) |
//! | the hourly boarding curve, shares by 10, 11 and 13 o'clock, Saturday 0.80, Sunday 0.70 | who travels in which hours ([`Habit`](crate::Habit)) |
//! | track distances | time on the way: 36 km/h, walking and waiting on top |
//!
//! Whole numbers only, so that every machine draws the same.

use domain::network::{Network, StationIx};

use crate::chance::{Chance, Weights};

/// Boardings by hour in Jakarta, per ten thousand: `network/NOTES.md`, hourly boarding share.
const CURVE: [u64; 24] = [
    5, 0, 0, 19, 90, 310, 650, 710, 560, 480, 460, 430, 450, 430, 440, 520, 690, 910, 820, 650, 530, 420,
    350, 80,
];

/// Where work is.
const CENTRE: &str = "STN_GMB";
/// Distance at which half of those who could go somewhere still do, in metres.
const REACH_M: u64 = 16_000;

/// A station that riders use, and its pull.
#[derive(Debug, Clone)]
pub struct Place {
    pub station: StationIx,
    daily_taps: u64,
    /// Share of the taps that belong to workplaces, per mille.
    work: u64,
}

/// Places and what pulls between them.
#[derive(Debug, Clone)]
pub struct Demand {
    pub places: Vec<Place>,
    homes: Weights,
    /// By place of the home.
    workplaces: Vec<Weights>,
    outings: Vec<Weights>,
    distances: Vec<u32>,
}

impl Demand {
    /// Between the busiest stations, as many as asked for.
    pub fn of(network: &Network, stations: usize) -> Self {
        let centre = network.find(CENTRE).map_or(network.stations()[0].ix, |station| station.ix);
        let open = network.stations().iter().filter(|station| station.is_open());
        let mut places: Vec<Place> = open
            .map(|station| Place {
                station: station.ix,
                daily_taps: u64::from(station.daily_taps.unwrap_or(0)),
                work: work_share(u64::from(network.straight_m(station.ix, centre))),
            })
            .collect();
        places.sort_by_key(|place| std::cmp::Reverse(place.daily_taps));
        places.truncate(stations);
        let distances = places
            .iter()
            .flat_map(|from| places.iter().map(|to| network.distance_m(from.station, to.station)))
            .collect();
        let mut demand = Self {
            homes: Weights::of(places.iter().map(|place| place.daily_taps * (1_000 - place.work))),
            workplaces: Vec::new(),
            outings: Vec::new(),
            distances,
            places,
        };
        let pulls = |weight: fn(&Place) -> u64| {
            let from = 0..demand.places.len();
            from.map(|from| demand.pull_from(from, weight)).collect::<Vec<_>>()
        };
        (demand.workplaces, demand.outings) =
            (pulls(|place| place.daily_taps * place.work), pulls(|place| place.daily_taps * 500));
        demand
    }

    /// Gravity: what a place weighs, less the farther it is. Never the place itself.
    fn pull_from(&self, from: usize, weight: fn(&Place) -> u64) -> Weights {
        Weights::of(self.places.iter().enumerate().map(|(to, place)| {
            let far = u64::from(self.distance_m(from, to)) * 1_000 / REACH_M;
            if from == to { 0 } else { weight(place) * 1_000 / (1_000_000 + far * far) }
        }))
    }

    pub fn distance_m(&self, from: usize, to: usize) -> u32 {
        self.distances[from * self.places.len() + to]
    }

    pub fn home(&self, chance: &mut Chance) -> usize {
        chance.weighted(&self.homes)
    }

    pub fn workplace(&self, home: usize, chance: &mut Chance) -> usize {
        chance.weighted(&self.workplaces[home])
    }

    pub fn outing(&self, from: usize, chance: &mut Chance) -> usize {
        chance.weighted(&self.outings[from])
    }

    /// From gate to gate, in milliseconds.
    pub fn travel_ms(&self, from: usize, to: usize, chance: &mut Chance) -> i64 {
        let ride_ms = i64::from(self.distance_m(from, to)) * 100;
        ride_ms + ride_ms * chance.between(0, 120) / 1_000 + chance.between(240_000, 660_000)
    }
}

/// A moment of the day between two full hours, as the boarding curve has it, in milliseconds.
pub fn moment_ms(hours: std::ops::Range<usize>, chance: &mut Chance) -> i64 {
    let weights = Weights::of(CURVE[hours.clone()].iter().copied());
    let hour = hours.start + chance.weighted(&weights);
    i64::try_from(hour).unwrap_or(0) * 3_600_000 + chance.between(0, 3_599_999)
}

/// From 880 in the centre down to 120 in the suburbs, per mille.
fn work_share(from_centre_m: u64) -> u64 {
    880_u64.saturating_sub(from_centre_m.saturating_sub(4_000) * 45 / 1_000).max(120)
}
