//! The text of a key: `nfcg_live_` or `nfcg_test_`, 32 random base62 characters, and 6 more that are
//! the CRC-32 of everything before.
//!
//! The checksum lets a scanner tell a key from a look-alike, and a server refuse a mistyped one
//! without asking a database. It protects nothing: the 190 bits of randomness do.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Environment;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX_LEN: usize = 10;
const RANDOM_LEN: usize = 32;
const CHECKSUM_LEN: usize = 6;
const LEN: usize = PREFIX_LEN + RANDOM_LEN + CHECKSUM_LEN;
/// Characters of randomness that are shown with the prefix, so that people tell their keys apart.
const SHOWN_LEN: usize = 6;

/// The text is no key: wrong prefix, length, alphabet or checksum. Which, is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key")]
pub struct KeyFormatError;

/// Borrowed text that has the form of a key and the right checksum. Whether such a key exists is
/// another question.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyText<'a> {
    text: &'a str,
    environment: Environment,
}

impl std::fmt::Debug for KeyText<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyText(…)")
    }
}

impl<'a> KeyText<'a> {
    /// Checks form and checksum, without allocating.
    ///
    /// # Errors
    /// [`KeyFormatError`] when anything is not as it should be.
    pub fn parse(text: &'a str) -> Result<Self, KeyFormatError> {
        if text.len() != LEN || !text.is_ascii() {
            return Err(KeyFormatError);
        }
        let (prefix, rest) = text.split_at(PREFIX_LEN);
        let environment = Environment::ALL
            .into_iter()
            .find(|environment| environment.key_prefix() == prefix)
            .ok_or(KeyFormatError)?;
        let (body, checksum) = text.split_at(PREFIX_LEN + RANDOM_LEN);
        let in_alphabet = rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !in_alphabet || checksum.as_bytes() != checksum_of(body) {
            return Err(KeyFormatError);
        }
        Ok(Self { text, environment })
    }

    #[must_use]
    pub fn environment(self) -> Environment {
        self.environment
    }

    /// What may be shown of it: `nfcg_live_k7f2a9`.
    #[must_use]
    pub fn prefix(self) -> &'a str {
        &self.text[..PREFIX_LEN + SHOWN_LEN]
    }

    #[must_use]
    pub fn last4(self) -> &'a str {
        &self.text[LEN - 4..]
    }

    /// What the store keeps instead of the text.
    #[must_use]
    pub fn sha256(self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }
}

/// CRC-32 (ISO-HDLC, as in zlib) in base62, most significant digit first, padded with zeros.
fn checksum_of(body: &str) -> [u8; CHECKSUM_LEN] {
    let mut crc = crc32fast::hash(body.as_bytes());
    let mut digits = [ALPHABET[0]; CHECKSUM_LEN];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(crc % 62) as usize];
        crc /= 62;
    }
    digits
}

/// A key's secret. `Debug` tells nothing of it; it leaves the server once, in [`super::KeyCreated`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeySecret(String);

impl KeySecret {
    /// A new secret. `fill` fills a slice with fresh random bytes; it is called until enough of them
    /// fall inside the alphabet, so that every character is equally likely.
    pub fn generate(environment: Environment, mut fill: impl FnMut(&mut [u8])) -> Self {
        let mut text = String::with_capacity(LEN);
        text.push_str(environment.key_prefix());
        while text.len() < PREFIX_LEN + RANDOM_LEN {
            let mut bytes = [0; RANDOM_LEN];
            fill(&mut bytes);
            // Six bits give 64 values; the two that are no characters are drawn again.
            let characters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 63)));
            let missing = PREFIX_LEN + RANDOM_LEN - text.len();
            text.extend(characters.take(missing).map(|byte| char::from(*byte)));
        }
        for byte in checksum_of(&text) {
            text.push(char::from(byte));
        }
        Self(text)
    }

    /// The secret itself, to hand to its owner.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret's checked parts.
    ///
    /// # Errors
    /// [`KeyFormatError`] when this one was read from outside and is no key.
    pub fn text(&self) -> Result<KeyText<'_>, KeyFormatError> {
        KeyText::parse(&self.0)
    }
}

impl std::fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeySecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Computed with Python: `zlib.crc32` over the first 42 characters, written in base 62.
    const VECTORS: [(&str, Environment); 3] = [
        ("nfcg_live_000000000000000000000000000000002Nm1S7", Environment::Live),
        ("nfcg_live_k7f2a9b3c4d5e6f7G8H9J0K1L2M3N4P51U1Pu6", Environment::Live),
        ("nfcg_test_ZyXwVuTsRqPoNmLkJiHgFeDcBa987654327azM", Environment::Test),
    ];

    #[test]
    fn keys_made_elsewhere_are_read() {
        for (text, environment) in VECTORS {
            let key = KeyText::parse(text).unwrap();
            assert_eq!(key.environment(), environment);
            assert_eq!(key.prefix(), &text[..16]);
            assert_eq!(key.last4(), &text[44..]);
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let good = VECTORS[1].0;
        assert!(KeyText::parse(&good.replace("live", "test")).is_err());
        assert!(KeyText::parse(&good.replace("nfcg", "NFCG")).is_err());
        for bad in ["", "nfcg_live_", &good[..47], &format!("{good}0"), &format!(" {}", &good[1..])] {
            assert!(KeyText::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_secret_does_not_show_in_debug_output() {
        let secret = KeySecret::generate(Environment::Live, |bytes| bytes.fill(9));
        assert!(!format!("{secret:?} {:?}", secret.text()).contains("nfcg"));
    }

    #[test]
    fn every_character_is_equally_likely() {
        let mut counts = [0_u32; 62];
        let mut state = 1_u64;
        for _ in 0..2_000 {
            let secret = KeySecret::generate(Environment::Test, |bytes| {
                for byte in bytes {
                    // SplitMix64, so that the test needs no generator of its own.
                    state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                    let mut z = state;
                    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                    *byte = (z ^ (z >> 31)) as u8;
                }
            });
            for byte in &secret.expose().as_bytes()[PREFIX_LEN..PREFIX_LEN + RANDOM_LEN] {
                counts[ALPHABET.iter().position(|c| c == byte).unwrap()] += 1;
            }
        }
        // 64,000 draws, 1,032 expected each, standard deviation 32: six of them either way.
        assert!(counts.iter().all(|count| (840..1_224).contains(count)), "{counts:?}");
    }

    proptest! {
        #[test]
        fn what_is_made_is_read_back(live: bool, seed: [u8; 32]) {
            let environment = if live { Environment::Live } else { Environment::Test };
            let mut next = 0_u8;
            let secret = KeySecret::generate(environment, |bytes| {
                for (byte, seed) in bytes.iter_mut().zip(seed) {
                    next = next.wrapping_add(1);
                    *byte = seed ^ next;
                }
            });
            let text = secret.text().unwrap();
            prop_assert_eq!(text.environment(), environment);
            prop_assert_eq!(secret.expose().len(), 48);
        }

        #[test]
        fn one_wrong_character_is_noticed(at in 0_usize..48, to in "[0-9A-Za-z_]") {
            let mut text = VECTORS[1].0.to_owned();
            prop_assume!(text[at..=at] != to);
            text.replace_range(at..=at, &to);
            prop_assert!(KeyText::parse(&text).is_err());
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
            let _ = KeyText::parse(&text);
        }
    }
}
