//! Proof Key for Code Exchange (RFC 7636), with S256 and nothing else.
//!
//! | who | sends | rule |
//! | --- | --- | --- |
//! | authorization request | `code_challenge` | base64url of 32 bytes, 43 characters without padding |
//! | | `code_challenge_method` | `S256`; left out it would mean `plain`, which is refused |
//! | token request | `code_verifier` | 43 to 128 characters of `A-Z a-z 0-9 - . _ ~` |

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// The method that there is.
pub const METHOD: &str = "S256";
pub const VERIFIER_CHARS_MIN: usize = 43;
pub const VERIFIER_CHARS_MAX: usize = 128;

/// What is wrong with a proof. Printed for `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    #[error(
        "code_challenge is missing: send BASE64URL(SHA256(code_verifier)) and code_challenge_method=S256"
    )]
    ChallengeMissing,
    #[error("code_challenge_method is missing, which would mean plain: send code_challenge_method=S256")]
    MethodMissing,
    #[error(
        "code_challenge_method plain is not accepted: send S256, and BASE64URL(SHA256(code_verifier)) as code_challenge"
    )]
    MethodPlain,
    #[error("code_challenge_method is unknown: send S256, in this spelling")]
    MethodUnknown,
    #[error("code_challenge is not the base64url of a SHA-256: it has 43 characters and no padding")]
    ChallengeMalformed,
    #[error("code_verifier is missing: send the text that code_challenge was made of")]
    VerifierMissing,
    #[error("code_verifier must have 43 to 128 characters")]
    VerifierLength,
    #[error("code_verifier may contain letters, digits and - . _ ~ only")]
    VerifierCharacter,
    #[error("code_verifier does not belong to the code_challenge of the authorization request")]
    VerifierWrong,
}

/// The secret of one authorization, made by the client. Silent in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeVerifier(String);

impl CodeVerifier {
    /// As RFC 7636 section 4.1 recommends: base64url of 32 random bytes, 43 characters.
    #[must_use]
    pub fn generate(random: [u8; 32]) -> Self {
        Self(BASE64URL_NOPAD.encode(&random))
    }

    /// What is sent ahead of it.
    #[must_use]
    pub fn challenge(&self) -> CodeChallenge {
        CodeChallenge(Sha256::digest(self.0.as_bytes()).into())
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for CodeVerifier {
    type Err = PkceError;

    fn from_str(text: &str) -> Result<Self, PkceError> {
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if !text.bytes().all(is_unreserved) {
            return Err(PkceError::VerifierCharacter);
        }
        if !(VERIFIER_CHARS_MIN..=VERIFIER_CHARS_MAX).contains(&text.len()) {
            return Err(PkceError::VerifierLength);
        }
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeVerifier")
    }
}

/// SHA-256 of a verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeChallenge([u8; 32]);

impl CodeChallenge {
    /// Reads the two parameters of an authorization request.
    ///
    /// # Errors
    /// [`PkceError`], saying what to send instead.
    pub fn read(challenge: Option<&str>, method: Option<&str>) -> Result<Self, PkceError> {
        let Some(challenge) = challenge else { return Err(PkceError::ChallengeMissing) };
        match method {
            Some(METHOD) => challenge.parse(),
            None => Err(PkceError::MethodMissing),
            Some("plain") => Err(PkceError::MethodPlain),
            Some(_) => Err(PkceError::MethodUnknown),
        }
    }

    /// Checks a verifier against it.
    ///
    /// # Errors
    /// [`PkceError::VerifierWrong`] when it is another's.
    pub fn prove(self, verifier: &CodeVerifier) -> Result<(), PkceError> {
        if verifier.challenge() == self { Ok(()) } else { Err(PkceError::VerifierWrong) }
    }
}

impl std::str::FromStr for CodeChallenge {
    type Err = PkceError;

    fn from_str(text: &str) -> Result<Self, PkceError> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(PkceError::ChallengeMalformed)
    }
}

impl std::fmt::Display for CodeChallenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 7636 appendix B.
    const OCTETS: [u8; 32] = [
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105,
        214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ];
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_holds() {
        let verifier = CodeVerifier::generate(OCTETS);
        assert_eq!(verifier.expose(), VERIFIER);
        assert_eq!(verifier.challenge().to_string(), CHALLENGE);
        let challenge = CodeChallenge::read(Some(CHALLENGE), Some("S256")).unwrap();
        assert_eq!(challenge.prove(&VERIFIER.parse().unwrap()), Ok(()));
        assert!(!format!("{verifier:?}").contains("dBj"));
    }

    #[test]
    fn anything_but_s256_is_refused_and_the_refusal_says_what_to_send() {
        use PkceError::{ChallengeMalformed, ChallengeMissing, MethodMissing, MethodPlain, MethodUnknown};
        let padded = format!("{CHALLENGE}=");
        // The last character of 43 carries four bits: "N" sets one that is dropped.
        let loose = CHALLENGE.replace("-cM", "-cN");
        let standard = CHALLENGE.replace('-', "+");
        for (challenge, method, error) in [
            (None, None, ChallengeMissing),
            (None, Some("S256"), ChallengeMissing),
            (None, Some("plain"), ChallengeMissing),
            (Some(CHALLENGE), None, MethodMissing),
            (Some(CHALLENGE), Some("plain"), MethodPlain),
            (Some(VERIFIER), Some("plain"), MethodPlain),
            (Some(CHALLENGE), Some("s256"), MethodUnknown),
            (Some(CHALLENGE), Some("S512"), MethodUnknown),
            (Some(CHALLENGE), Some("S256 "), MethodUnknown),
            (Some(""), Some("S256"), ChallengeMalformed),
            (Some(&CHALLENGE[..42]), Some("S256"), ChallengeMalformed),
            (Some(padded.as_str()), Some("S256"), ChallengeMalformed),
            (Some(loose.as_str()), Some("S256"), ChallengeMalformed),
            (Some(standard.as_str()), Some("S256"), ChallengeMalformed),
            (
                Some("13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3"),
                Some("S256"),
                ChallengeMalformed,
            ),
        ] {
            assert_eq!(CodeChallenge::read(challenge, method), Err(error), "{challenge:?} {method:?}");
            assert!(super::super::error::is_description(&error.to_string()));
        }
    }

    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        let read = |text: &str| text.parse::<CodeVerifier>().map(drop);
        assert_eq!(read(&"a".repeat(42)), Err(PkceError::VerifierLength));
        assert_eq!(read(&"a".repeat(43)), Ok(()));
        assert_eq!(read(&"-._~09azAZ".repeat(5)), Ok(()));
        assert_eq!(read(&"a".repeat(128)), Ok(()));
        assert_eq!(read(&"a".repeat(129)), Err(PkceError::VerifierLength));
        assert_eq!(read(""), Err(PkceError::VerifierLength));
        for odd in ["+", "/", "=", " ", "%", "é", "\0", "\n", "!"] {
            assert_eq!(
                read(&format!("{}{odd}", "a".repeat(50))),
                Err(PkceError::VerifierCharacter),
                "{odd:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_challenge_is_met_by_its_own_verifier_alone(one: [u8; 32], other: [u8; 32]) {
            let (verifier, stranger) = (CodeVerifier::generate(one), CodeVerifier::generate(other));
            let challenge: CodeChallenge = verifier.challenge().to_string().parse().unwrap();
            prop_assert_eq!(challenge.prove(&verifier), Ok(()));
            prop_assert_eq!(challenge.prove(&stranger).is_ok(), one == other);
        }
    }
}
