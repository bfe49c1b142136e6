//! Asking the doctor, as it stands on the wire.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{super::secret::SigningSecret, Diagnosis};
use crate::{ids::DeliveryId, lang::Lang};

/// What a receiver saw, as its owner pastes it. Prints nothing: it may hold a secret.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consult {
    /// Lines of `Name: value`.
    #[serde(default)]
    pub headers: String,
    /// The body as text.
    #[serde(default)]
    pub body: String,
    /// Or its very bytes, in base64.
    #[serde(default)]
    pub body_base64: Option<String>,
    /// One of the partner's endpoints: its secrets are used.
    #[serde(default)]
    pub endpoint_id: Option<String>,
    /// Or a secret, for this once.
    #[serde(default)]
    pub secret: Option<SigningSecret>,
}

/// What the doctor says, in the language of who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consultation {
    /// The delivery verifies.
    pub sound: bool,
    pub findings: Vec<Finding>,
    /// The delivery that the headers name, if it is one of the partner's.
    pub delivery_id: Option<DeliveryId>,
    pub examined_at: Timestamp,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable name, see [`super::Fault::code`].
    pub code: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Consultation {
    #[must_use]
    pub fn of(
        diagnosis: &Diagnosis,
        delivery_id: Option<DeliveryId>,
        examined_at: Timestamp,
        lang: Lang,
    ) -> Self {
        let finding =
            |fault: &super::Fault| Finding { code: fault.code().to_owned(), message: fault.explain(lang) };
        Self {
            sound: diagnosis.is_sound(),
            findings: diagnosis.faults.iter().map(finding).collect(),
            delivery_id,
            examined_at,
        }
    }
}
