//! Signs of life of all gates, but for one that is silent.

use std::{sync::Arc, time::Duration};

use domain::gates::Heartbeat;

use super::{Run, connection::Connection};
use crate::GateNo;

const PATH: &str = "/gate/v1/heartbeats";
const FIRMWARE: &str = concat!("simulator-", env!("CARGO_PKG_VERSION"));
/// A gate is offline after 60 s.
const EVERY: Duration = Duration::from_secs(20);

/// Sends heartbeats until the run stops. One that is lost is not repeated: the next one comes soon.
pub(super) async fn keep(run: Arc<Run>) {
    let mut connection = Connection::new(run.address.clone());
    let mut rounds = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = run.stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        for (number, gate) in (0..).map(GateNo).zip(run.plan.population().gates()) {
            if run.stop.is_cancelled() {
                return;
            }
            let silent = run.plan.silence.is_some_and(|silence| silence.covers(number, run.simulated_at()));
            if !silent && run.settings.secrets.knows(&gate.id) {
                beat(&run, number, &gate.id, &mut connection).await;
            }
        }
    }
}

async fn beat(run: &Run, number: GateNo, gate: &str, connection: &mut Connection) {
    let heartbeat = Heartbeat { firmware: FIRMWARE.to_owned(), sent_at: run.settings.now() };
    let Ok(body) = serde_json::to_vec(&heartbeat) else { return };
    let timestamp = run.gate_time(number);
    if let Some(signature) = run.settings.secrets.signature(gate, &timestamp, &body) {
        let _ = connection.post(PATH, gate, &timestamp, &signature, body).await;
    }
}
