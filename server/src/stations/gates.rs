//! The gates table, and its copy in memory.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::network::{Gate, Network, StationId, StationIx, StationRecord};

use super::queries::{INSERT_GATE, SELECT_GATES};
use crate::{
    app::Environment,
    store::{Db, DbError, params},
};

/// Gates by station.
pub type ByStation = HashMap<StationIx, Vec<Gate>>;

/// What is known of the gates of both environments. Reading takes a lock for as long as it takes to
/// count a reference.
#[derive(Debug, Default)]
pub struct Gates {
    live: RwLock<Arc<ByStation>>,
    sandbox: RwLock<Arc<ByStation>>,
}

impl Gates {
    /// The gates as last read.
    #[must_use]
    pub fn of(&self, environment: Environment) -> Arc<ByStation> {
        self.place(environment).read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn replace(&self, environment: Environment, gates: ByStation) {
        *self.place(environment).write().unwrap_or_else(PoisonError::into_inner) = Arc::new(gates);
    }

    fn place(&self, environment: Environment) -> &RwLock<Arc<ByStation>> {
        match environment {
            Environment::Live => &self.live,
            Environment::Test => &self.sandbox,
        }
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

/// Fills an empty table with the planned gates.
pub(super) async fn provision(db: &Db, network: &Network) -> Result<(), DbError> {
    if db.row(&SELECT_GATES, &[]).await?.is_some() {
        return Ok(());
    }
    let mut rows = Vec::new();
    for (station, gates) in planned(network) {
        let station_id = network.station(station).id.to_string();
        rows.extend(gates.into_iter().map(|gate| (station_id.clone(), gate)));
    }
    db.write::<_, DbError, _>(move |tx| {
        Box::pin(async move {
            for (station_id, gate) in &rows {
                let values =
                    params![&gate.id, station_id, gate.direction.as_str(), gate.online, gate.last_seen_at];
                tx.execute(&INSERT_GATE, values).await?;
            }
            Ok(())
        })
    })
    .await
}

/// All gates of a store. One at a station that the network does not have is left out.
pub(super) async fn read(db: &Db, network: &Network) -> Result<ByStation, DbError> {
    let mut gates = ByStation::new();
    for row in db.rows(&SELECT_GATES, &[]).await? {
        let station: StationId = row.parse("station_id")?;
        let Some(station) = network.find(&station.to_string()) else { continue };
        gates.entry(station.ix).or_default().push(Gate {
            id: row.get("id")?,
            direction: row.parse("direction")?,
            online: row.get("online")?,
            last_seen_at: row.get("last_seen_at")?,
        });
    }
    Ok(gates)
}
