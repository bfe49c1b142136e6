//! Gates' secrets and the signature that they make (contract section 9).

use std::{collections::HashMap, fmt, path::Path};

use data_encoding::HEXLOWER;
use domain::gates::signed_text;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// The secrets of gates, by id.
#[derive(Clone, Default)]
pub struct Secrets(HashMap<String, String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets of {} gates", self.0.len())
    }
}

/// Why there are no secrets.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error("{path} cannot be read")]
    Read {
        path: String,
        #[source]
        cause: std::io::Error,
    },
    #[error("{path} is not a list of gates: {{\"gates\": [{{\"id\": …, \"secret\": …}}]}}")]
    Shape {
        path: String,
        #[source]
        cause: serde_json::Error,
    },
}

/// A gate in the file; members beside these are left alone, so `demo.json` is such a file too.
#[derive(Serialize, Deserialize)]
struct Entry {
    id: String,
    secret: String,
}

#[derive(Serialize, Deserialize)]
struct File {
    gates: Vec<Entry>,
}

impl Secrets {
    /// Reads `{"gates": [{"id": …, "secret": …}]}`.
    ///
    /// # Errors
    /// A file that cannot be read or is not such a list.
    pub fn read(path: &Path) -> Result<Self, SecretsError> {
        let name = || path.display().to_string();
        let text = std::fs::read(path).map_err(|cause| SecretsError::Read { path: name(), cause })?;
        let file: File =
            serde_json::from_slice(&text).map_err(|cause| SecretsError::Shape { path: name(), cause })?;
        Ok(file.gates.into_iter().map(|gate| (gate.id, gate.secret)).collect())
    }

    #[must_use]
    pub fn knows(&self, gate: &str) -> bool {
        self.0.contains_key(gate)
    }

    /// `X-Gate-Signature` of a message; none for a gate whose secret is not known.
    #[must_use]
    pub fn signature(&self, gate: &str, timestamp: &str, body: &[u8]) -> Option<String> {
        self.0.get(gate).map(|secret| signature(secret, timestamp, body))
    }
}

impl FromIterator<(String, String)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(gates: I) -> Self {
        Self(gates.into_iter().collect())
    }
}

/// `sha256=` and the HMAC-SHA256 of timestamp, dot and body in lower-case hex.
#[must_use]
pub fn signature(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        // HMAC takes keys of any length.
        return String::new();
    };
    mac.update(&signed_text(timestamp, body));
    format!("sha256={}", HEXLOWER.encode(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_what_openssl_makes_of_it() {
        // printf '%s' '1772959260.{"taps":[]}' | openssl dgst -sha256 -hmac 'rahasia-gate'
        assert_eq!(
            signature("rahasia-gate", "1772959260", b"{\"taps\":[]}"),
            "sha256=f13cbf2a4502a39d96563f3e9864cb4592c4d76e348dd7dccf2522370ee274ad"
        );
    }
}
