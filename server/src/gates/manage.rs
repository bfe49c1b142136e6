//! Making gates, giving them secrets, retiring them.

use std::collections::HashMap;

use domain::{
    gates::{
        GateCreated, GateId, GateSecret, GateState, GateStation, GateView, GatesOverview, OVERLAP_HOURS_MAX,
    },
    network::{GateDirection, Network, StationId, StationStatus},
    page::{Page, PageRequest},
};
use jiff::SignedDuration;

use super::{GateError, GateRecord, queries, record, refresh};
use crate::{
    app::App,
    audit::{self, AuditContext},
    store::{Db, DbError, Tx, params},
};

/// A gate to be made.
#[derive(Debug, Clone)]
pub struct NewGate {
    /// Any spelling of the station's id.
    pub station: String,
    pub direction: GateDirection,
    /// None: the next number.
    pub id: Option<GateId>,
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct GateFilter {
    pub station: Option<StationId>,
    pub state: Option<GateState>,
}

/// Makes a gate of the live network. The secret is in the answer and nowhere else.
///
/// # Errors
/// [`GateError::NoSuchStation`], [`GateError::Taken`].
pub async fn create(app: &App, context: AuditContext, new: NewGate) -> Result<GateCreated, GateError> {
    let station = app.network.find(&new.station).ok_or(GateError::NoSuchStation(new.station))?.id;
    let (direction, id) = (new.direction, new.id);
    let secret = GateSecret::new(app.random.bytes());
    let record = app
        .live
        .write::<_, GateError, _>({
            let (vault, secret) = (app.clone(), secret.clone());
            move |tx| {
                Box::pin(async move {
                    let id = match id {
                        Some(id) => id,
                        None => next_id(tx, station, direction).await?,
                    };
                    let sealed = record::seal(&vault.vault, id.as_str(), &secret);
                    let values =
                        params![id.as_str(), station.to_string(), direction.as_str(), sealed, context.now];
                    if tx.execute(&queries::INSERT, values).await? == 0 {
                        return Err(GateError::Taken(id));
                    }
                    let detail = format!("{station} {}", direction.as_str());
                    audit::record(tx, &context, "gate.create", id.as_str(), detail).await?;
                    one(tx, id.as_str()).await
                })
            }
        })
        .await?;
    refresh(app).await?;
    Ok(GateCreated { gate: record.view(&app.network, app.clock.now()), secret })
}

/// The name after the highest number at the station and direction, as the data numbers its own.
async fn next_id(tx: &mut Tx, station: StationId, direction: GateDirection) -> Result<GateId, GateError> {
    let prefix = format!("GATE_{}_{}_", station.code(), direction.as_str().to_uppercase());
    let mut highest = 0;
    for row in tx.rows(&queries::ALL, &[]).await? {
        let id: String = row.get("id")?;
        let number = id.strip_prefix(&prefix).and_then(|number| number.parse::<u32>().ok());
        highest = highest.max(number.unwrap_or(0));
    }
    let id = format!("{prefix}{:02}", highest.saturating_add(1));
    // A station's code has eight letters at most, so that the name always fits.
    id.parse().map_err(|_| GateError::NotFound)
}

/// Gives a gate a new secret; the one before holds for `overlap_hours` more.
///
/// # Errors
/// [`GateError::NotFound`], [`GateError::Retired`], [`GateError::OverlapTooLong`].
pub async fn rotate(
    app: &App,
    context: AuditContext,
    id: &str,
    overlap_hours: Option<u8>,
) -> Result<GateCreated, GateError> {
    let hours = overlap_hours.unwrap_or(OVERLAP_HOURS_MAX);
    if hours > OVERLAP_HOURS_MAX {
        return Err(GateError::OverlapTooLong);
    }
    let until = context.now.saturating_add(SignedDuration::from_hours(i64::from(hours)));
    let until = until.ok().filter(|_| hours > 0);
    let secret = GateSecret::new(app.random.bytes());
    let sealed = record::seal(&app.vault, id, &secret);
    let id = id.to_owned();
    let record = app
        .live
        .write::<_, GateError, _>(move |tx| {
            Box::pin(async move {
                let values = params![&id, sealed, context.now, until];
                if tx.execute(&queries::SET_SECRET, values).await? == 0 {
                    return Err(why_not(tx, &id).await?);
                }
                let detail = format!("overlap {hours} h");
                audit::record(tx, &context, "gate.rotate", &id, detail).await?;
                one(tx, &id).await
            })
        })
        .await?;
    refresh(app).await?;
    Ok(GateCreated { gate: record.view(&app.network, app.clock.now()), secret })
}

/// Ends a gate: its messages are refused and it is counted no more.
///
/// # Errors
/// [`GateError::NotFound`], [`GateError::Retired`].
pub async fn retire(app: &App, context: AuditContext, id: &str) -> Result<GateView, GateError> {
    let id = id.to_owned();
    let record = app
        .live
        .write::<_, GateError, _>(move |tx| {
            Box::pin(async move {
                if tx.execute(&queries::RETIRE, params![&id, context.now]).await? == 0 {
                    return Err(why_not(tx, &id).await?);
                }
                audit::record(tx, &context, "gate.retire", &id, "").await?;
                one(tx, &id).await
            })
        })
        .await?;
    refresh(app).await?;
    Ok(record.view(&app.network, app.clock.now()))
}

/// Gives every gate of the live network that has none its first secret. Those that have one are not
/// in the answer: theirs was told already.
///
/// # Errors
/// When the store fails.
pub async fn provision_all(app: &App, context: AuditContext) -> Result<Vec<GateCreated>, GateError> {
    let fresh = read_all(&app.live).await?.into_iter();
    let fresh: Vec<_> = fresh
        .filter(|gate| !gate.has_secret() && gate.retired_at.is_none())
        .map(|gate| (gate, GateSecret::new(app.random.bytes())))
        .collect();
    let given = app
        .live
        .write::<_, GateError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let mut given = Vec::with_capacity(fresh.len());
                    for (gate, secret) in fresh {
                        let sealed = record::seal(&app.vault, &gate.id, &secret);
                        let values = params![&gate.id, sealed, context.now];
                        // Somebody else may have been quicker.
                        if tx.execute(&queries::SET_FIRST_SECRET, values).await? == 1 {
                            let mut gate = gate;
                            gate.provisioned_at = Some(context.now);
                            given.push(GateCreated { gate: gate.view(&app.network, context.now), secret });
                        }
                    }
                    let detail = format!("{} gates", given.len());
                    audit::record(tx, &context, "gate.provision_all", "gates", detail).await?;
                    Ok(given)
                })
            }
        })
        .await?;
    refresh(app).await?;
    Ok(given)
}

/// A page of the live network's gates, by station and name.
///
/// # Errors
/// When the store fails.
pub async fn list(app: &App, filter: GateFilter, request: PageRequest) -> Result<Page<GateView>, DbError> {
    let mut gates = read_all(&app.live).await?;
    gates.retain(|gate| {
        filter.station.is_none_or(|station| gate.station_id == station)
            && filter.state.is_none_or(|state| gate.state() == state)
    });
    let now = app.clock.now();
    Ok(request.of(gates.iter().map(|gate| gate.view(&app.network, now))))
}

/// The live network's gates in figures.
///
/// # Errors
/// When the store fails.
pub async fn overview(app: &App) -> Result<GatesOverview, DbError> {
    let mut overview = GatesOverview::default();
    let mut at: HashMap<StationId, u64> = HashMap::new();
    for gate in read_all(&app.live).await? {
        let state = gate.state();
        match state {
            GateState::Online => overview.online += 1,
            GateState::Offline => overview.offline += 1,
            GateState::Unheard => overview.unheard += 1,
            GateState::Retired => overview.retired += 1,
        }
        *at.entry(gate.station_id).or_default() += u64::from(state != GateState::Retired);
    }
    let stations = app.network.stations().iter().filter_map(|station| {
        let gates = at.get(&station.id).copied();
        (gates.is_some() || station.status == StationStatus::Open).then(|| GateStation {
            id: station.id,
            name: station.name.clone(),
            gates: gates.unwrap_or(0),
        })
    });
    overview.stations = stations.collect();
    overview.stations.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(overview)
}

/// The live network's gates, a printable line each.
///
/// # Errors
/// [`GateError::NoSuchStation`].
pub async fn list_all(app: &App, station: Option<&str>) -> Result<Vec<String>, GateError> {
    let station = station
        .map(|text| app.network.find(text).ok_or_else(|| GateError::NoSuchStation(text.to_owned())))
        .transpose()?;
    let gates = read_all(&app.live).await?.into_iter();
    let gates = gates.filter(|gate| station.is_none_or(|station| gate.station_id == station.id));
    let line = |gate: GateRecord| {
        let seen = gate.last_seen_at.map_or_else(|| "never seen".to_owned(), |at| at.to_string());
        let firmware = gate.firmware.as_deref().unwrap_or("-");
        let secret = if gate.has_secret() { "" } else { "  no secret" };
        let (id, state) = (&gate.id, gate.state().as_str());
        format!("{id}  {}  {}  {state}  {seen}  {firmware}{secret}", gate.station_id, gate.direction.as_str())
    };
    Ok(gates.map(line).collect())
}

/// One gate of the live network.
///
/// # Errors
/// When the store fails.
pub async fn find(app: &App, id: &str) -> Result<Option<GateView>, DbError> {
    let row = app.live.row(&queries::ONE, params![id]).await?;
    let record = row.as_ref().map(GateRecord::read).transpose()?;
    Ok(record.map(|record| record.view(&app.network, app.clock.now())))
}

/// Fills an empty table with the planned gates.
pub(super) async fn provision_planned(db: &Db, network: &Network) -> Result<(), DbError> {
    if db.row(&queries::ANY, &[]).await?.is_some() {
        return Ok(());
    }
    let rows: Vec<_> = network
        .stations()
        .iter()
        .flat_map(|station| station.planned_gates().map(|gate| (station.id.to_string(), gate)))
        .collect();
    db.write::<_, DbError, _>(move |tx| {
        Box::pin(async move {
            for (station_id, gate) in &rows {
                let values = params![&gate.id, station_id, gate.direction.as_str()];
                tx.execute(&queries::INSERT_PLANNED, values).await?;
            }
            Ok(())
        })
    })
    .await
}

pub(super) async fn read_all(db: &Db) -> Result<Vec<GateRecord>, DbError> {
    db.rows(&queries::ALL, &[]).await?.iter().map(GateRecord::read).collect()
}

async fn one(tx: &mut Tx, id: &str) -> Result<GateRecord, GateError> {
    let row = tx.row(&queries::ONE, params![id]).await?.ok_or(GateError::NotFound)?;
    Ok(GateRecord::read(&row)?)
}

/// Why a change touched no gate.
async fn why_not(tx: &mut Tx, id: &str) -> Result<GateError, DbError> {
    match tx.row(&queries::ONE, params![id]).await? {
        Some(_) => Ok(GateError::Retired),
        None => Ok(GateError::NotFound),
    }
}
