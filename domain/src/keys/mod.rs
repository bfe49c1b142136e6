//! API keys: what a key looks like, what it may be bound to, and what the portal tells of it.
//!
//! A **key** is a record with a name and conditions; its **secret** is the text that programs send
//! in `X-API-Key`. The secret is shown once, when the key is made; afterwards a key is recognised by
//! its **prefix** and its last four characters. Each key belongs to one **environment**.

mod ip_rule;
mod origin;
mod secret;
mod views;

pub use self::{
    ip_rule::{IpAllow, IpRule},
    origin::Origin,
    secret::{KeyFormatError, KeySecret, KeyText},
    views::{
        CreateKey, Expiry, KeyCreated, KeyStatus, KeyView, LeakedKey, LeakedKeyView, Overlap, RotateKey,
        UpdateKey,
    },
};

use serde::{Deserialize, Serialize};

/// Keys of one partner and environment that can be in use at the same time.
pub const ACTIVE_KEYS_MAX: u64 = 50;

/// Name of the key that the portal makes for a member's try-it console.
pub const CONSOLE_KEY_NAME: &str = "Konsol";

/// Hours that the try-it console's key lives.
pub const CONSOLE_KEY_HOURS: i64 = 8;

/// What a key acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// The real railway.
    Live,
    /// The sandbox: its own database, riders and gates.
    Test,
}

impl Environment {
    pub const ALL: [Self; 2] = [Self::Live, Self::Test];

    /// Name on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    /// What secrets of this environment begin with.
    #[must_use]
    pub const fn key_prefix(self) -> &'static str {
        match self {
            Self::Live => "nfcg_live_",
            Self::Test => "nfcg_test_",
        }
    }
}

impl std::fmt::Display for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No environment goes by this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such environment")]
pub struct UnknownEnvironment;

impl std::str::FromStr for Environment {
    type Err = UnknownEnvironment;

    fn from_str(text: &str) -> Result<Self, UnknownEnvironment> {
        Self::ALL.into_iter().find(|environment| environment.as_str() == text).ok_or(UnknownEnvironment)
    }
}
