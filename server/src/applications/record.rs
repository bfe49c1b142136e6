//! An application as the store keeps it.

use domain::{
    applications::{
        ApplicationStatus, ApplicationView, Registration, RegistrationView, SecretView, logo_path,
    },
    ids::{ApplicationId, PartnerId},
    keys::Environment,
    oauth::{ClientType, TokenHash},
    realm::Realm,
};
use jiff::{SignedDuration, Timestamp};

use crate::store::{DbError, Row};

/// What is registered or proposed, with the hash of its logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    pub registration: Registration,
    pub logo: Option<String>,
}

impl Registered {
    fn view(&self, id: &ApplicationId) -> RegistrationView {
        RegistrationView {
            registration: self.registration.clone(),
            logo: self.logo.as_deref().map(|hash| logo_path(id, hash)),
        }
    }
}

/// Why the portal made an application itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Playground,
    Console,
}

impl Purpose {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Playground => "playground",
            Self::Console => "console",
        }
    }
}

/// One row of `applications`.
#[derive(Debug, Clone)]
pub struct ApplicationRecord {
    pub id: ApplicationId,
    pub realm: Realm,
    pub partner_id: PartnerId,
    pub client_type: ClientType,
    pub status: ApplicationStatus,
    pub status_reason: Option<String>,
    pub status_since: Timestamp,
    /// What holds, or waits for its first review.
    pub registered: Registered,
    pub proposed: Option<Registered>,
    pub auto_consent: bool,
    /// The portal made it, and looks after it.
    pub is_portals_own: bool,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
}

impl ApplicationRecord {
    pub(super) fn read(row: &Row) -> Result<Self, DbError> {
        let json = |column: &str, text: &str| {
            serde_json::from_str(text).map_err(|_| DbError::Corrupt { column: column.to_owned() })
        };
        let registration = json("registration", &row.get::<String>("registration")?)?;
        let proposed = match row.get::<Option<String>>("proposed")? {
            None => None,
            Some(text) => {
                Some(Registered { registration: json("proposed", &text)?, logo: row.get("proposed_logo")? })
            }
        };
        let client_type: String = row.get("client_type")?;
        Ok(Self {
            id: row.parse("id")?,
            realm: row.parse("realm")?,
            partner_id: row.parse("partner_id")?,
            client_type: ClientType::from_name(&client_type)
                .ok_or_else(|| DbError::Corrupt { column: "client_type".to_owned() })?,
            status: row.parse("status")?,
            status_reason: row.get("status_reason")?,
            status_since: row.get("status_since")?,
            registered: Registered { registration, logo: row.get("logo")? },
            proposed,
            auto_consent: row.get("auto_consent")?,
            is_portals_own: row.get::<Option<String>>("purpose")?.is_some(),
            created_at: row.get("created_at")?,
            changed_at: row.get("changed_at")?,
            deleted_at: row.get("deleted_at")?,
        })
    }

    #[must_use]
    pub fn environment(&self) -> Environment {
        match self.realm {
            Realm::Live => Environment::Live,
            Realm::Sandbox(_) => Environment::Test,
        }
    }

    /// When a change of `now` is dated: no two have the same instant, so that it names one state.
    #[must_use]
    pub(super) fn changed_next(&self, now: Timestamp) -> Timestamp {
        self.changed_at.checked_add(SignedDuration::from_micros(1)).map_or(now, |next| next.max(now))
    }

    #[must_use]
    pub fn name(&self) -> &str {
        self.registered.registration.name.as_str()
    }

    /// Path of its logo.
    #[must_use]
    pub fn logo(&self) -> Option<String> {
        self.registered.logo.as_deref().map(|hash| logo_path(&self.id, hash))
    }

    /// What members see.
    #[must_use]
    pub fn view(&self, secrets: &[SecretRecord]) -> ApplicationView {
        ApplicationView {
            id: self.id.clone(),
            environment: self.environment(),
            client_type: self.client_type,
            status: self.status,
            status_reason: self.status_reason.clone(),
            status_since: self.status_since,
            registered: self.registered.view(&self.id),
            proposed: self.proposed.as_ref().map(|proposed| proposed.view(&self.id)),
            auto_consent: self.auto_consent,
            secrets: secrets.iter().map(SecretRecord::view).collect(),
            created_at: self.created_at,
            changed_at: self.changed_at,
        }
    }
}

/// One row of `application_secrets`.
#[derive(Debug, Clone)]
pub struct SecretRecord {
    pub number: u64,
    pub hash: TokenHash,
    pub last4: String,
    pub created_at: Timestamp,
    pub valid_until: Option<Timestamp>,
}

impl SecretRecord {
    pub(super) fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            number: row.get("number")?,
            hash: TokenHash(row.get("hash")?),
            last4: row.get("last4")?,
            created_at: row.get("created_at")?,
            valid_until: row.get("valid_until")?,
        })
    }

    fn view(&self) -> SecretView {
        SecretView {
            number: self.number,
            last4: self.last4.clone(),
            created_at: self.created_at,
            valid_until: self.valid_until,
        }
    }
}
