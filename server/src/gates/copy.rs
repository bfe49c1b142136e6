//! The gates in memory: what requests look at, so that answering never waits for a database.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use domain::network::{Gate, GateDirection, Network, StationIx, StationRecord};
use jiff::{SignedDuration, Timestamp};

use super::{record::GateRecord, signature::SigningKey};
use crate::{app::Environment, vault::Vault};

/// Gates by station.
pub type ByStation = HashMap<StationIx, Vec<Gate>>;

/// A sign of life is written down when the last one written is older than that.
const WRITTEN_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// What is known of the gates of both environments. Reading takes a lock for as long as it takes to
/// count a reference.
#[derive(Debug, Default)]
pub struct Gates {
    live: RwLock<Arc<Copy>>,
    sandbox: RwLock<Arc<Copy>>,
    /// Held while a copy is made anew, so that an older reading cannot replace a younger one.
    pub(super) renewing: tokio::sync::Mutex<()>,
}

/// The gates of a store, as last read.
#[derive(Debug, Default)]
struct Copy {
    by_station: Arc<ByStation>,
    by_id: HashMap<Arc<str>, Arc<KnownGate>>,
}

/// A gate that may send messages, or might have.
#[derive(Debug)]
pub struct KnownGate {
    pub id: Arc<str>,
    pub station: StationIx,
    pub direction: GateDirection,
    pub retired: bool,
    /// The present secret, and the one before it with the end of its time.
    pub(super) keys: Vec<(SigningKey, Option<Timestamp>)>,
    pub(super) life: Arc<Life>,
}

impl Gates {
    /// The gates as last read. Retired ones are not among them.
    #[must_use]
    pub fn of(&self, environment: Environment) -> Arc<ByStation> {
        self.copy(environment).by_station.clone()
    }

    /// One gate, retired or not.
    #[must_use]
    pub fn find(&self, environment: Environment, id: &str) -> Option<Arc<KnownGate>> {
        self.copy(environment).by_id.get(id).cloned()
    }

    /// All that a store has, retired ones too.
    pub(super) fn all(&self, environment: Environment) -> Vec<Arc<KnownGate>> {
        self.copy(environment).by_id.values().cloned().collect()
    }

    /// Takes what was read from a store. Signing keys that are known already are not opened again.
    pub(super) fn replace(
        &self,
        environment: Environment,
        records: &[GateRecord],
        network: &Network,
        vault: &Vault,
    ) {
        let before = self.copy(environment);
        let (mut by_station, mut by_id) = (ByStation::new(), HashMap::with_capacity(records.len()));
        for record in records {
            // One at a station that the network does not have is left out.
            let Some(station) = network.find(&record.station_id.to_string()) else { continue };
            if record.retired_at.is_none() {
                by_station.entry(station.ix).or_default().push(record.wire());
            }
            let known = before.by_id.get(record.id.as_str());
            let life = known.map_or_else(Arc::default, |known| known.life.clone());
            life.as_read(record);
            let gate = KnownGate {
                id: known.map_or_else(|| record.id.as_str().into(), |known| known.id.clone()),
                station: station.ix,
                direction: record.direction,
                retired: record.retired_at.is_some(),
                keys: record.signing_keys(known.map_or(&[], |known| &known.keys), vault),
                life,
            };
            by_id.insert(gate.id.clone(), Arc::new(gate));
        }
        self.put(environment, Copy { by_station: Arc::new(by_station), by_id });
    }

    /// Shows a gate as online that has just come back, ahead of the next reading.
    pub(super) fn show_online(&self, environment: Environment, gate: &KnownGate, now: Timestamp) {
        let before = self.copy(environment);
        let mut by_station = ByStation::clone(&before.by_station);
        let shown = by_station.get_mut(&gate.station).into_iter().flatten();
        for shown in shown.filter(|shown| shown.id == *gate.id) {
            (shown.online, shown.last_seen_at) = (true, Some(now));
        }
        self.put(environment, Copy { by_station: Arc::new(by_station), by_id: before.by_id.clone() });
    }

    fn copy(&self, environment: Environment) -> Arc<Copy> {
        self.place(environment).read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, environment: Environment, copy: Copy) {
        *self.place(environment).write().unwrap_or_else(PoisonError::into_inner) = Arc::new(copy);
    }

    fn place(&self, environment: Environment) -> &RwLock<Arc<Copy>> {
        match environment {
            Environment::Live => &self.live,
            Environment::Test => &self.sandbox,
        }
    }
}

/// What was last written down of a gate's signs of life: decides whether the next one is news.
#[derive(Debug, Default)]
pub(super) struct Life(Mutex<Written>);

#[derive(Debug, Default, Clone)]
struct Written {
    online: bool,
    at: Option<Timestamp>,
    firmware: Option<String>,
    /// Has sent something itself since the server runs.
    spoke: bool,
}

impl Life {
    fn as_read(&self, record: &GateRecord) {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (written.online, written.at) = (record.online, record.last_seen_at);
        written.firmware.clone_from(&record.firmware);
    }

    /// Notes that the gate has sent something itself.
    pub(super) fn speaks(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).spoke = true;
    }

    /// Was heard of before `then`, and has sent nothing itself since the server runs.
    pub(super) fn is_of_the_past(&self, then: Timestamp) -> bool {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.at.is_some_and(|at| at < then) && !written.spoke
    }

    /// Whether a sign of life at `now` has to be written down.
    pub(super) fn is_news(&self, now: Timestamp, firmware: Option<&str>) -> bool {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = written.at.is_some_and(|at| now.duration_since(at) < WRITTEN_EVERY);
        !(written.online && fresh) || firmware.is_some_and(|now| written.firmware.as_deref() != Some(now))
    }

    /// Notes what has been written down; tells whether the gate has come back by it.
    pub(super) fn note(&self, now: Timestamp, firmware: Option<&str>) -> bool {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let came_back = !written.online || written.at.is_none();
        (written.online, written.at) = (true, Some(now));
        if let Some(firmware) = firmware {
            written.firmware = Some(firmware.to_owned());
        }
        came_back
    }
}

/// How many gates of a station are online, and how many there are.
#[must_use]
pub fn counts(gates: &ByStation, station: &StationRecord) -> (u32, u32) {
    let gates = gates.get(&station.ix).map_or(&[][..], Vec::as_slice);
    let count = |gates: usize| u32::try_from(gates).unwrap_or(u32::MAX);
    (count(gates.iter().filter(|gate| gate.online).count()), count(gates.len()))
}

/// Gates as the data plans them: there and online, but never heard of.
#[must_use]
pub fn planned(network: &Network) -> ByStation {
    let gate = |planned: domain::network::PlannedGate| Gate {
        id: planned.id,
        direction: planned.direction,
        online: true,
        last_seen_at: None,
    };
    network
        .stations()
        .iter()
        .map(|station| (station.ix, station.planned_gates().map(gate).collect()))
        .collect()
}
