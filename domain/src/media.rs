//! Media: the cards and phones that riders hold to a gate.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// A medium's name in the stores: `med_` and the first 16 bytes of the SHA-256 of its token, in hex.
/// The token itself is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MediaId(String);

impl MediaId {
    #[must_use]
    pub fn of_token(token: &str) -> Self {
        let digest = Sha256::digest(token.as_bytes());
        Self(format!("med_{}", HEXLOWER.encode(&digest[..16])))
    }

    /// A name that belongs to no token: made of `bytes`, which nobody else has.
    #[must_use]
    pub fn of_nobody(bytes: [u8; 16]) -> Self {
        Self(format!("med_{}", HEXLOWER.encode(&bytes)))
    }

    /// A name as the stores keep it; none of anything else.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let hash = name.strip_prefix("med_")?;
        let is_hex = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (hash.len() == 32 && is_hex).then(|| Self(name.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_always_has_the_same_name_that_does_not_tell_it() {
        // SHA-256 of "abc", FIPS 180-4.
        assert_eq!(MediaId::of_token("abc").as_str(), "med_ba7816bf8f01cfea414140de5dae2223");
    }
}
