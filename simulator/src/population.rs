//! The people: where they live and work, what they are in the habit of, what they tap with.

use std::sync::Arc;

use domain::{
    fares::{PaymentMethod, UserType},
    network::{GateDirection, Network, StationIx},
};

use crate::{
    chance::{Chance, Weights, mix},
    demand::Demand,
};

/// What somebody's days are like. Shares and hours are modelled, so that the sum comes near the
/// published shares of a day's boardings (see the tests).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Habit {
    /// To work in the morning, back in the evening, Monday to Friday.
    Commuter,
    /// To school or university and back.
    Student,
    /// Works early, late or at night, on five days of seven.
    Shift,
    /// Shops, visits, errands: some days, mostly after nine.
    Errands,
}

/// Of a hundred riders.
const HABITS: [(Habit, u64); 4] =
    [(Habit::Commuter, 47), (Habit::Student, 12), (Habit::Shift, 11), (Habit::Errands, 30)];

/// Of a hundred media. Modelled: nobody publishes it.
const METHODS: [(PaymentMethod, u64); 6] = [
    (PaymentMethod::KciPay, 46),
    (PaymentMethod::QrisTap, 24),
    (PaymentMethod::EmvMc, 10),
    (PaymentMethod::EmvVisa, 8),
    (PaymentMethod::GooglePay, 8),
    (PaymentMethod::ApplePay, 4),
];

/// Of a thousand riders.
const SECOND_MEDIUM: u64 = 120;
const DISABLED: u64 = 15;

/// Somebody.
#[derive(Debug, Clone, Copy)]
pub struct Rider {
    pub habit: Habit,
    /// For whoever makes an account for this rider: a gate does not know it.
    pub user_type: UserType,
    /// Places in [`Demand`].
    pub(crate) home: u16,
    pub(crate) work: u16,
    /// Of shift workers.
    pub(crate) shift: u8,
    methods: [PaymentMethod; 2],
    media: u8,
}

impl Rider {
    /// How many cards and phones.
    #[must_use]
    pub fn media(&self) -> u8 {
        self.media
    }

    /// What a medium is.
    #[must_use]
    pub fn method(&self, medium: u8) -> PaymentMethod {
        self.methods[usize::from(medium) % 2]
    }
}

/// A gate that taps come from.
#[derive(Debug, Clone)]
pub struct GatePost {
    pub id: Arc<str>,
    pub station: StationIx,
    pub direction: GateDirection,
}

/// Place of a gate in [`Population::gates`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GateNo(pub(crate) u16);

/// Riders of a network. The same network, size and seed are the same people for ever.
#[derive(Debug, Clone)]
pub struct Population {
    pub(crate) seed: u64,
    pub(crate) demand: Demand,
    riders: Vec<Rider>,
    gates: Vec<GatePost>,
    /// By place of the station: its gates in, its gates out.
    posts: Vec<[Vec<GateNo>; 2]>,
}

impl Population {
    #[must_use]
    pub fn new(network: &Network, riders: u32, seed: u64) -> Self {
        Self::around(network, usize::MAX, riders, seed)
    }

    /// Riders who live, work and go around the busiest stations only, at least two.
    #[must_use]
    pub fn around(network: &Network, stations: usize, riders: u32, seed: u64) -> Self {
        let demand = Demand::of(network, stations.max(2));
        let habits = Weights::of(HABITS.map(|(_, weight)| weight));
        let methods = Weights::of(METHODS.map(|(_, weight)| weight));
        let riders = (0..riders)
            .map(|number| {
                let mut chance = Chance::of(&[seed, 1, u64::from(number)]);
                let habit = HABITS[chance.weighted(&habits)].0;
                let home = demand.home(&mut chance);
                let work = demand.workplace(home, &mut chance);
                let user_type = match habit {
                    Habit::Student => UserType::Student,
                    _ if chance.per_mille(DISABLED) => UserType::Disabled,
                    _ => UserType::Adult,
                };
                Rider {
                    habit,
                    user_type,
                    home: u16::try_from(home).unwrap_or(0),
                    work: u16::try_from(work).unwrap_or(0),
                    shift: u8::try_from(chance.below(3)).unwrap_or(0),
                    methods: std::array::from_fn(|_| METHODS[chance.weighted(&methods)].0),
                    media: if chance.per_mille(SECOND_MEDIUM) { 2 } else { 1 },
                }
            })
            .collect();
        let mut gates = Vec::new();
        let mut posts = Vec::new();
        for place in &demand.places {
            let mut own = [Vec::new(), Vec::new()];
            for gate in network.station(place.station).planned_gates() {
                let number = GateNo(u16::try_from(gates.len()).unwrap_or(u16::MAX));
                own[usize::from(gate.direction == GateDirection::Out)].push(number);
                gates.push(GatePost {
                    id: gate.id.into(),
                    station: place.station,
                    direction: gate.direction,
                });
            }
            posts.push(own);
        }
        Self { seed, demand, riders, gates, posts }
    }

    /// The same people, who keep away from some gates: only those for which `used` holds are tapped
    /// at, unless a station would be left without any in that direction.
    #[must_use]
    pub fn only_at(mut self, used: impl Fn(&str) -> bool) -> Self {
        for post in self.posts.iter_mut().flatten() {
            let gates = &self.gates;
            let left: Vec<_> =
                post.iter().copied().filter(|gate| used(&gates[usize::from(gate.0)].id)).collect();
            if !left.is_empty() {
                *post = left;
            }
        }
        self
    }

    /// Tells one choice of gates from another.
    #[must_use]
    pub fn gates_digest(&self) -> u64 {
        let posts = self.posts.iter().flatten();
        posts.fold(0, |digest, post| {
            post.iter().fold(mix(digest ^ 1), |digest, gate| mix(digest ^ u64::from(gate.0) << 1))
        })
    }

    #[must_use]
    pub fn riders(&self) -> &[Rider] {
        &self.riders
    }

    /// All gates of the network, by station.
    #[must_use]
    pub fn gates(&self) -> &[GatePost] {
        &self.gates
    }

    #[must_use]
    pub fn gate(&self, number: GateNo) -> &GatePost {
        &self.gates[usize::from(number.0)]
    }

    /// Gates of a place in one direction; never empty, as every open station has both.
    pub(crate) fn posts(&self, place: usize, direction: GateDirection) -> &[GateNo] {
        &self.posts[place][usize::from(direction == GateDirection::Out)]
    }

    /// What a rider's medium shows to a gate: an opaque token.
    #[must_use]
    pub fn token(&self, rider: u32, medium: u8) -> String {
        let number = mix(mix(self.seed ^ 0x6d65_6469) ^ (u64::from(rider) << 8 | u64::from(medium)));
        format!("med_sim_{number:016x}")
    }
}
