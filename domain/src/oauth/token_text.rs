//! What codes, tokens and client secrets look like, and how long they live.
//!
//! Opaque: a prefix that says what it is, and 32 random bytes in base64url. The stores keep the
//! SHA-256 of the whole text and nothing else. The text leaves the server once.
//!
//! | kind | prefix | lives |
//! | --- | --- | --- |
//! | authorization code | `nfcg_ac_` | 60 s, used once |
//! | access token | `nfcg_at_` | 10 min, never longer than its family |
//! | refresh token | `nfcg_rt_` | until used; its family 30 days from the consent |
//! | client secret | `nfcg_cs_` | until rotated |

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

pub const CODE_LIFETIME_S: i64 = 60;
pub const ACCESS_LIFETIME_S: i64 = 600;
/// Of a whole family, however often its tokens are exchanged.
pub const REFRESH_LIFETIME_S: i64 = 30 * 86_400;

const RANDOM_CHARS: usize = 43;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    Code,
    Access,
    Refresh,
    ClientSecret,
}

impl TokenKind {
    pub const ALL: [Self; 4] = [Self::Code, Self::Access, Self::Refresh, Self::ClientSecret];

    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Code => "nfcg_ac_",
            Self::Access => "nfcg_at_",
            Self::Refresh => "nfcg_rt_",
            Self::ClientSecret => "nfcg_cs_",
        }
    }
}

/// What the store keeps of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// The text has not the form of such a token, so there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token of this kind")]
pub struct NotAToken;

impl TokenHash {
    /// Checks the form of a token of this kind, and hashes it.
    ///
    /// # Errors
    /// [`NotAToken`] when it can't be one of ours.
    pub fn read(kind: TokenKind, text: &str) -> Result<Self, NotAToken> {
        let random = text.strip_prefix(kind.prefix()).filter(|random| random.len() == RANDOM_CHARS);
        match random.map(|random| BASE64URL_NOPAD.decode(random.as_bytes())) {
            Some(Ok(_)) => Ok(Self(Sha256::digest(text.as_bytes()).into())),
            Some(Err(_)) | None => Err(NotAToken),
        }
    }

    /// The same for a text whose kind is not known: it says so itself, no hint is needed.
    #[must_use]
    pub fn read_any(text: &str) -> Option<(TokenKind, Self)> {
        TokenKind::ALL.into_iter().find_map(|kind| Some((kind, Self::read(kind, text).ok()?)))
    }
}

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash")
    }
}

/// A new code, token or client secret, to hand out. Silent in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    #[must_use]
    pub fn generate(kind: TokenKind, random: [u8; 32]) -> Self {
        Self(format!("{}{}", kind.prefix(), BASE64URL_NOPAD.encode(&random)))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

/// When an access token that is issued at `now` ends.
#[must_use]
pub fn access_expires_at(now: Timestamp, family_expires_at: Timestamp) -> Timestamp {
    let own = now.saturating_add(SignedDuration::from_secs(ACCESS_LIFETIME_S)).unwrap_or(Timestamp::MAX);
    own.min(family_expires_at)
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_its_prefix_and_256_bits_and_is_kept_as_its_hash() {
        let token = Token::generate(TokenKind::Access, std::array::from_fn(|index| index as u8));
        // Python: base64.urlsafe_b64encode(bytes(range(32))), hashlib.sha256 of the whole text.
        assert_eq!(token.expose(), "nfcg_at_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        let hash = "545f8f761ad5c36d561a858bebdeba6c356ff74ec509352f6d0231eb862a8bdc";
        assert_eq!(HEXLOWER.encode(&token.hash().0), hash);
        assert_eq!(TokenHash::read(TokenKind::Access, token.expose()), Ok(token.hash()));
        assert_eq!(format!("{token:?} {:?}", token.hash()), "Token TokenHash");
    }

    #[test]
    fn what_is_no_token_is_not_looked_for() {
        let good = "nfcg_at_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        assert_eq!(TokenHash::read_any(good).map(|(kind, _)| kind), Some(TokenKind::Access));
        for kind in [TokenKind::Code, TokenKind::Refresh, TokenKind::ClientSecret] {
            assert_eq!(TokenHash::read(kind, good), Err(NotAToken));
        }
        for bad in [
            "",
            "nfcg_at_",
            &good[..50],
            &format!("{good}A"),
            &format!("{good}="),
            &format!(" {}", &good[..50]),
            &good.replace("Hh8", "Hh9"),
            &good.replace("Hh8", "H+8"),
            &good.replace("nfcg", "NFCG"),
        ] {
            assert_eq!(TokenHash::read_any(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_access_token_lives_ten_minutes_but_not_longer_than_its_family() {
        let at = |seconds| Timestamp::from_second(1_772_900_000 + seconds).unwrap();
        assert_eq!(access_expires_at(at(0), at(REFRESH_LIFETIME_S)), at(600));
        assert_eq!(access_expires_at(at(0), at(599)), at(599));
    }

    proptest! {
        #[test]
        fn every_token_reads_back_as_its_own_kind(random: [u8; 32], index in 0_usize..4) {
            let token = Token::generate(TokenKind::ALL[index], random);
            prop_assert_eq!(TokenHash::read_any(token.expose()), Some((TokenKind::ALL[index], token.hash())));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(nfcg_at_)?\\PC{0,50}") {
            let _ = TokenHash::read_any(&text);
        }
    }
}
