//! A key as the store keeps it.

use domain::{
    ids::{KeyId, PartnerId, UserId},
    keys::{Environment, IpAllow, KeyStatus, KeyView},
};
use jiff::Timestamp;

use super::cache::SecretHash;
use crate::store::{DbError, Row};

/// One row of `api_keys`.
#[derive(Debug, Clone)]
pub struct KeyRecord {
    pub id: KeyId,
    pub partner_id: PartnerId,
    pub name: String,
    pub secret_hash: SecretHash,
    pub prefix: String,
    pub last4: String,
    pub ip_allow: IpAllow,
    pub origin: Option<String>,
    pub read_only: bool,
    /// The member whose try-it console it was made for.
    pub console_user_id: Option<UserId>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub replaced_by: Option<KeyId>,
    pub overlap_until: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    pub last_used_ip: Option<String>,
}

impl KeyRecord {
    pub(super) fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.parse("id")?,
            partner_id: row.parse("partner_id")?,
            name: row.get("name")?,
            secret_hash: row.get("secret_hash")?,
            prefix: row.get("prefix")?,
            last4: row.get("last4")?,
            ip_allow: row.parse("ip_allow")?,
            origin: row.get("origin")?,
            read_only: row.get("read_only")?,
            console_user_id: row.parse_opt("console_user_id")?,
            created_at: row.get("created_at")?,
            expires_at: row.get("expires_at")?,
            revoked_at: row.get("revoked_at")?,
            replaced_by: row.parse_opt("replaced_by")?,
            overlap_until: row.get("overlap_until")?,
            last_used_at: row.get("last_used_at")?,
            last_used_ip: row.get("last_used_ip")?,
        })
    }

    /// What can be done with it at `now`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> KeyStatus {
        let ended = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
        if self.revoked_at.is_some() {
            KeyStatus::Revoked
        } else if ended(self.expires_at) || ended(self.overlap_until) {
            KeyStatus::Expired
        } else if self.replaced_by.is_some() {
            KeyStatus::Rotating
        } else {
            KeyStatus::Active
        }
    }

    /// What members see.
    #[must_use]
    pub fn view(&self, environment: Environment, now: Timestamp) -> KeyView {
        KeyView {
            id: self.id.clone(),
            name: self.name.clone(),
            environment,
            prefix: self.prefix.clone(),
            last4: self.last4.clone(),
            status: self.status(now),
            created_at: self.created_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
            replaced_by: self.replaced_by.clone(),
            overlap_until: self.overlap_until,
            ip_allow: self.ip_allow.clone(),
            origin: self.origin.clone(),
            read_only: self.read_only,
            last_used_at: self.last_used_at,
            last_used_ip: self.last_used_ip.clone(),
        }
    }
}
