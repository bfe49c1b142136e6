//! Demonstrating Proof of Possession (RFC 9449): tokens that are bound to a key of the client's.

use data_encoding::BASE64URL_NOPAD;

/// SHA-256 thumbprint of a public key (RFC 7638), in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Thumbprint(String);

/// The text is no thumbprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the base64url of a SHA-256")]
pub struct NotAThumbprint;

impl Thumbprint {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Thumbprint {
    type Err = NotAThumbprint;

    fn from_str(text: &str) -> Result<Self, NotAThumbprint> {
        match BASE64URL_NOPAD.decode(text.as_bytes()) {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(text.to_owned())),
            Ok(_) | Err(_) => Err(NotAThumbprint),
        }
    }
}
