//! A row of the gates table.

use domain::{
    gates::{GateSecret, GateState, GateView},
    network::{Gate, GateDirection, Network, StationId},
};
use jiff::Timestamp;

use super::signature::SigningKey;
use crate::{
    store::{DbError, Row},
    vault::Vault,
};

/// A gate as it is stored. Its secrets are sealed.
#[derive(Debug, Clone)]
pub struct GateRecord {
    pub id: String,
    pub station_id: StationId,
    pub direction: GateDirection,
    pub online: bool,
    pub last_seen_at: Option<Timestamp>,
    pub firmware: Option<String>,
    pub provisioned_at: Option<Timestamp>,
    pub retired_at: Option<Timestamp>,
    pub offline_since: Option<Timestamp>,
    secret: Option<Vec<u8>>,
    earlier_secret: Option<Vec<u8>>,
    earlier_secret_until: Option<Timestamp>,
}

/// What a gate's secret is sealed for.
fn sealed_for(gate: &str) -> String {
    format!("gate:{gate}")
}

/// A secret as it is stored.
pub fn seal(vault: &Vault, gate: &str, secret: &GateSecret) -> Vec<u8> {
    vault.seal(&sealed_for(gate), secret.expose().as_bytes())
}

impl GateRecord {
    pub fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            station_id: row.parse("station_id")?,
            direction: row.parse("direction")?,
            online: row.get("online")?,
            last_seen_at: row.get("last_seen_at")?,
            firmware: row.get("firmware")?,
            provisioned_at: row.get("provisioned_at")?,
            retired_at: row.get("retired_at")?,
            offline_since: row.get("offline_since")?,
            secret: row.get("secret")?,
            earlier_secret: row.get("earlier_secret")?,
            earlier_secret_until: row.get("earlier_secret_until")?,
        })
    }

    pub fn has_secret(&self) -> bool {
        self.secret.is_some()
    }

    #[must_use]
    pub fn state(&self) -> GateState {
        match (self.retired_at, self.last_seen_at) {
            (Some(_), _) => GateState::Retired,
            (None, None) => GateState::Unheard,
            (None, Some(_)) if self.online => GateState::Online,
            (None, Some(_)) => GateState::Offline,
        }
    }

    /// As the stations API shows it.
    pub fn wire(&self) -> Gate {
        Gate {
            id: self.id.clone(),
            direction: self.direction,
            online: self.online,
            last_seen_at: self.last_seen_at,
        }
    }

    /// As operators see it.
    #[must_use]
    pub fn view(&self, network: &Network, now: Timestamp) -> GateView {
        let station = network.find(&self.station_id.to_string());
        GateView {
            id: self.id.clone(),
            station_id: self.station_id,
            station_name: station.map_or_else(|| self.station_id.to_string(), |station| station.name.clone()),
            direction: self.direction,
            state: self.state(),
            last_seen_at: self.last_seen_at,
            firmware: self.firmware.clone(),
            provisioned_at: self.provisioned_at,
            earlier_secret_until: self.earlier_secret_until.filter(|until| *until > now),
            offline_since: self.offline_since,
            retired_at: self.retired_at,
        }
    }

    /// The keys that the gate may sign with, each with the end of its time. Those in `known` are
    /// taken from there.
    pub fn signing_keys(
        &self,
        known: &[(SigningKey, Option<Timestamp>)],
        vault: &Vault,
    ) -> Vec<(SigningKey, Option<Timestamp>)> {
        let earlier = self.earlier_secret.as_ref().zip(self.earlier_secret_until);
        let sealed = self
            .secret
            .iter()
            .map(|sealed| (sealed, None))
            .chain(earlier.map(|(sealed, until)| (sealed, Some(until))));
        let keys = sealed.filter_map(|(sealed, until)| {
            if let Some((key, _)) = known.iter().find(|(key, _)| key.is_of(sealed)) {
                return Some((key.clone(), until));
            }
            match vault.open_sealed(&sealed_for(&self.id), sealed) {
                Ok(secret) => Some((SigningKey::new(&secret, sealed.clone()), until)),
                Err(error) => {
                    tracing::error!(%error, gate = self.id, "a gate's secret cannot be used");
                    None
                }
            }
        });
        keys.collect()
    }
}
