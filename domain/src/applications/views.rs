//! What members and operators see of applications.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ApplicationStatus, Registration, Step};
use crate::{
    ids::{ApplicationId, PartnerId, RiderId},
    keys::{Environment, Overlap},
    oauth::ClientType,
    text::Sentences,
    tiers::Tier,
};

/// What is registered or proposed, with its logo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationView {
    #[serde(flatten)]
    pub registration: Registration,
    /// Path of the picture.
    pub logo: Option<String>,
}

/// A client secret as it is known afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretView {
    /// Counted from 1 within its application.
    pub number: u64,
    pub last4: String,
    pub created_at: Timestamp,
    /// None for the one that is current.
    pub valid_until: Option<Timestamp>,
}

/// An application as its partner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationView {
    pub id: ApplicationId,
    pub environment: Environment,
    pub client_type: ClientType,
    pub status: ApplicationStatus,
    /// Why it was rejected or disabled, or why the last change was not approved.
    pub status_reason: Option<String>,
    pub status_since: Timestamp,
    /// What holds, or waits for its first review.
    pub registered: RegistrationView,
    /// What waits for review while `registered` holds.
    pub proposed: Option<RegistrationView>,
    pub auto_consent: bool,
    /// Those that still work, the current one first; none for a public one.
    pub secrets: Vec<SecretView>,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

/// A client secret, on its one way out. Silent in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientSecret(String);

impl ClientSecret {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecret")
    }
}

/// Answer of registering: the only time that the secret is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationCreated {
    pub application: ApplicationView,
    /// None for a public one.
    pub client_secret: Option<ClientSecret>,
}

/// `POST applications/{id}/secret/rotate`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// How long the old secret goes on working.
    pub overlap_hours: Overlap,
}

/// Answer of rotating: the only time that the secret is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretCreated {
    pub application: ApplicationView,
    pub client_secret: ClientSecret,
}

/// An application in the operator's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminApplicationRow {
    pub id: ApplicationId,
    pub name: String,
    pub partner_id: PartnerId,
    pub partner_name: String,
    pub client_type: ClientType,
    pub status: ApplicationStatus,
    /// A change waits for review.
    pub has_proposal: bool,
    pub changed_at: Timestamp,
}

/// An application as the operator's staff sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminApplicationView {
    pub application: ApplicationView,
    pub partner_id: PartnerId,
    pub partner_name: String,
    pub partner_tier: Tier,
    /// Riders whose consent holds now.
    pub riders: u64,
    /// What this member of the staff may decide now.
    pub steps: Vec<Step>,
}

/// `POST admin/applications/{id}/approve`. What was changed since is not what the operator approves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApproveApplication {
    /// `changed_at` of what was looked at.
    pub seen: Timestamp,
}

/// `POST admin/applications/{id}/reject`: the partner reads the reason.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RejectApplication {
    pub seen: Timestamp,
    pub reason: Sentences,
}

/// A test rider to act as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestRiderChoice {
    pub id: RiderId,
    pub name: String,
}

/// Answer of `POST playground`: what the PKCE playground works with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playground {
    pub client_id: ApplicationId,
    pub redirect_uri: String,
    pub scope: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub revocation_endpoint: String,
    pub profile_endpoint: String,
}

/// Answer of `POST console-token`: an access token of a test rider. Silent in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleToken {
    pub access_token: String,
    pub scope: String,
    pub rider: TestRiderChoice,
    pub expires_in: i64,
}

impl std::fmt::Debug for ConsoleToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsoleToken").field("rider", &self.rider.id).finish_non_exhaustive()
    }
}
