//! `nfcgate admin gate provision-all`: first secrets for all gates that have none, into a file.

use std::{fs::OpenOptions, io::Write as _, path::Path};

use serde_json::json;
use server::{
    app::App,
    audit::{Actor, AuditContext},
    gates,
};

use super::Failure;

/// Gives the secrets and writes them as `{"gates": [{"id", "station_id", "direction", "secret"}]}`,
/// for the gates' installers and for `nfcgate simulate`.
pub async fn provision_all(app: &App, out: &Path) -> Result<(), Failure> {
    // Made first: a secret that is given and cannot be written down would be lost.
    let mut file = create(out).map_err(|error| format!("{} cannot be made: {error}", out.display()))?;
    let given = gates::provision_all(app, AuditContext::local(app, Actor::Console)).await?;
    let gates: Vec<_> = given
        .iter()
        .map(|given| {
            json!({
                "id": given.gate.id,
                "station_id": given.gate.station_id,
                "direction": given.gate.direction,
                "secret": given.secret.expose(),
            })
        })
        .collect();
    file.write_all(format!("{:#}\n", json!({ "gates": gates })).as_bytes())?;
    file.sync_all()?;
    println!("{} gates have their first secret now; they are in {}.", gates.len(), out.display());
    Ok(())
}

/// A new file that its owner alone can read.
fn create(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
