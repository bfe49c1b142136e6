//! The secret that an endpoint's deliveries are signed with, and the two keys made of it.

use data_encoding::BASE64;

use crate::invalid::{Invalid, Rule};

/// What stands before a secret in base64 (Standard Webhooks).
pub const SECRET_PREFIX: &str = "whsec_";
pub const SECRET_BYTES_MIN: usize = 24;
pub const SECRET_BYTES_MAX: usize = 64;

/// A signing secret: 24 to 64 bytes, or `whsec_` and the base64 of so many. Silent in `Debug`.
///
/// | key of | is |
/// | --- | --- |
/// | `X-NFCG-Signature`, and the body's `signature` | the bytes of the whole text |
/// | `webhook-signature` | the bytes in base64 behind `whsec_`, else the bytes of the whole text |
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret {
    text: String,
    /// The bytes behind `whsec_`.
    decoded: Option<Vec<u8>>,
}

impl SigningSecret {
    /// A new secret of 256 random bits, in the form that libraries know.
    #[must_use]
    pub fn generate(random: [u8; 32]) -> Self {
        Self { text: format!("{SECRET_PREFIX}{}", BASE64.encode(&random)), decoded: Some(random.to_vec()) }
    }

    /// The secret itself, to hand to its owner or to be sealed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Key of `X-NFCG-Signature` and of the body's own signature.
    #[must_use]
    pub fn body_key(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Key of `webhook-signature`.
    #[must_use]
    pub fn standard_key(&self) -> &[u8] {
        self.decoded.as_deref().unwrap_or(self.text.as_bytes())
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret")
    }
}

impl TryFrom<String> for SigningSecret {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::required());
        }
        // A space at the end is a slip of the hand that would be looked for for hours.
        if text.chars().any(char::is_control) || text.trim() != text {
            return Err(Invalid::forbidden_character());
        }
        let decoded = match text.strip_prefix(SECRET_PREFIX) {
            None => None,
            Some(base64) => Some(BASE64.decode(base64.as_bytes()).map_err(|_| {
                Invalid::new(
                    Rule::Malformed,
                    "Setelah whsec_ harus ada base64 standar, dengan = di akhir bila perlu",
                    "After whsec_ there must be standard base64, padded with = where needed",
                )
            })?),
        };
        let bytes = decoded.as_ref().map_or(text.len(), Vec::len);
        if bytes < SECRET_BYTES_MIN {
            return Err(Invalid::new(
                Rule::TooShort,
                format!("Paling sedikit {SECRET_BYTES_MIN} byte"),
                format!("At least {SECRET_BYTES_MIN} bytes"),
            ));
        }
        if bytes > SECRET_BYTES_MAX {
            return Err(Invalid::new(
                Rule::TooLong,
                format!("Paling banyak {SECRET_BYTES_MAX} byte"),
                format!("At most {SECRET_BYTES_MAX} bytes"),
            ));
        }
        Ok(Self { text, decoded })
    }
}

impl std::str::FromStr for SigningSecret {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::try_from(text.to_owned())
    }
}

impl<'de> serde::Deserialize<'de> for SigningSecret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(Invalid::into_serde)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(usize, usize), &'static str> {
        let secret = text.parse::<SigningSecret>().map_err(|invalid| invalid.rule.code())?;
        Ok((secret.body_key().len(), secret.standard_key().len()))
    }

    #[test]
    fn a_secret_is_24_to_64_bytes_counted_where_its_key_is() {
        assert_eq!(read(&"a".repeat(23)), Err("too_short"));
        assert_eq!(read("your_webhook_secret_key"), Err("too_short"), "the sample of the old page");
        assert_eq!(read(&"a".repeat(24)), Ok((24, 24)));
        assert_eq!(read(&"é".repeat(12)), Ok((24, 24)), "bytes, not characters");
        assert_eq!(read(&"a".repeat(64)), Ok((64, 64)));
        assert_eq!(read(&"a".repeat(65)), Err("too_long"));
        assert_eq!(read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), Ok((38, 24)));
        let with = |bytes: usize| format!("whsec_{}", BASE64.encode(&vec![7; bytes]));
        assert_eq!(read(&with(23)), Err("too_short"));
        assert_eq!(read(&with(64)), Ok((94, 64)));
        assert_eq!(read(&with(65)), Err("too_long"));
    }

    #[test]
    fn what_would_be_read_differently_by_others_is_refused() {
        for (text, code) in [
            ("", "required"),
            ("whsec_", "too_short"),
            ("whsec_not-base64-at-all-but-long-enough!", "malformed"),
            ("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "malformed"),
            ("whsec_-_ECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "malformed"),
            ("a_secret_that_is_long_enough\n", "forbidden_character"),
            (" a_secret_that_is_long_enough", "forbidden_character"),
            ("a_secret_that\0_is_long_enough", "forbidden_character"),
        ] {
            assert_eq!(read(text), Err(code), "{text:?}");
        }
    }

    #[test]
    fn a_made_secret_reads_back_and_prints_nothing() {
        let bytes: [u8; 32] = std::array::from_fn(|index| index as u8);
        let secret = SigningSecret::generate(bytes);
        // Python: base64.b64encode(bytes(range(32)))
        assert_eq!(secret.expose(), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        assert_eq!(secret.expose().parse::<SigningSecret>().unwrap(), secret);
        assert_eq!(secret.standard_key(), bytes);
        assert_eq!(format!("{secret:?}"), "SigningSecret");
    }
}
