//! The demo's gates: all get their secrets; some are for people and scripts to play with.

use domain::{gates::GateCreated, network::GateDirection};
use serde_json::{Value, json};

use super::DemoError;
use crate::{
    app::App,
    audit::{Actor, AuditContext},
    gates,
};

/// An entry and an exit at each of these stand in `demo.json`: journeys between them have fares that differ.
const STATIONS: [&str; 5] = ["STN_GMB", "STN_MGR", "STN_DPK", "STN_BOO", "STN_JAKK"];

/// Gives every planned gate its secret. First come those for `demo.json`: nothing of the demo taps at
/// them, so that their sequences are free. Then those for the demo's own riders.
///
/// # Errors
/// When the store fails, or the network lacks a station of [`STATIONS`].
pub async fn provision(app: &App) -> Result<(Vec<GateCreated>, Vec<GateCreated>), DemoError> {
    let given = gates::provision_all(app, AuditContext::local(app, Actor::Console)).await;
    let mut own = given.map_err(|cause| DemoError::Gates(Box::new(cause)))?;
    let mut handed_out = Vec::new();
    for station in STATIONS {
        for direction in [GateDirection::In, GateDirection::Out] {
            let first = own.iter().position(|given| {
                given.gate.station_id.to_string() == station && given.gate.direction == direction
            });
            let first = first.ok_or_else(|| DemoError::Unexpected(format!("a gate at {station}")))?;
            handed_out.push(own.remove(first));
        }
    }
    Ok((handed_out, own))
}

/// Whether only the demo's own riders tap at a gate. Nobody stands at it afterwards, so the server
/// keeps it alive until somebody sends for it, as `nfcgate simulate` does.
#[must_use]
pub fn is_tapped_by_the_demo(gate: &str) -> bool {
    let handed_out = STATIONS.iter().any(|station| {
        let code = station.trim_start_matches("STN_");
        [GateDirection::In, GateDirection::Out]
            .iter()
            .any(|direction| gate == format!("GATE_{code}_{}_01", direction.as_str().to_uppercase()))
    });
    !handed_out
}

/// As `demo.json` lists it.
pub fn listed(created: &GateCreated) -> Value {
    json!({
        "id": created.gate.id,
        "station_id": created.gate.station_id,
        "direction": created.gate.direction,
        "secret": created.secret.expose(),
    })
}
