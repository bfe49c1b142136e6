//! Demonstrating Proof of Possession (RFC 9449): tokens that are bound to a key of the client's.
//!
//! With each request the client sends a proof: a JWT signed with its key, for this method and this
//! address, made just now, and at a resource for this token.
//!
//! | what is read | rule |
//! | --- | --- |
//! | header | `typ` is `dpop+jwt`, `alg` is ES256, EdDSA or Ed25519 (RFC 9864), `jwk` is a public key of that kind; no `crit` |
//! | `htm`, `htu` | the request's method and its address without query and fragment |
//! | `iat` | within 60 s of our clock |
//! | `jti` | 1 to 128 characters, not seen before with this key |
//! | `ath` | at a resource: base64url of the SHA-256 of the access token |
//!
//! Owns reading and judging; the server checks the signature, whose bytes [`Proof`] hands out, and
//! remembers which proofs were used.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// A proof is good for so long before and after its making, in seconds.
pub const WINDOW_S: i64 = 60;
/// Algorithms, as the metadata lists them.
pub const ALGORITHMS: [&str; 3] = ["ES256", "EdDSA", "Ed25519"];

const PROOF_BYTES_MAX: usize = 4_096;
const JTI_BYTES_MAX: usize = 128;

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

/// What is wrong with a proof. Printed for `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DpopFault {
    #[error("send one DPoP header with a proof")]
    Missing,
    #[error("the DPoP proof is not a JWT in compact form")]
    Malformed,
    #[error("the DPoP proof must have the type dpop+jwt")]
    Type,
    #[error("the DPoP proof must be signed with ES256, EdDSA or Ed25519")]
    Algorithm,
    #[error("the DPoP proof has crit: this server knows no extensions of JWS")]
    Critical,
    #[error("the jwk of the DPoP proof is not a public key for its algorithm")]
    Key,
    #[error("the DPoP proof needs jti, htm, htu and iat")]
    Claims,
    #[error("the signature of the DPoP proof is wrong")]
    Signature,
    #[error("htm of the DPoP proof is not the method of this request")]
    Method,
    #[error("htu of the DPoP proof is not the address of this request")]
    Address,
    #[error("iat of the DPoP proof is more than 60 s away from the time of this server")]
    Time,
    #[error("ath of the DPoP proof is not the hash of the access token")]
    Token,
    #[error("this DPoP proof was used before: make a new one for every request")]
    Replayed,
}

/// A public key that signs proofs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofKey {
    /// P-256: 0x04, x and y.
    Es256([u8; 65]),
    Ed25519([u8; 32]),
}

/// A proof that was read. Nothing of it is to be believed before its signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof<'a> {
    pub key: ProofKey,
    /// What is signed.
    pub signed: &'a str,
    pub signature: Vec<u8>,
    pub thumbprint: Thumbprint,
    jti: String,
    htm: String,
    htu: String,
    iat: i64,
    ath: Option<String>,
}

/// The request that a proof came with.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub method: &'a str,
    /// Addresses under which this server may have been called, without a slash at the end.
    pub bases: &'a [&'a str],
    pub path: &'a str,
    /// At a resource.
    pub access_token: Option<&'a str>,
    pub now_s: i64,
}

#[derive(Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: Jwk,
    /// Extensions that must be understood, and none is (RFC 7515 section 4.1.11).
    #[serde(default)]
    crit: Present,
}

/// Whether a member is there, whatever it holds.
#[derive(Default)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    #[serde(default)]
    y: Option<String>,
    /// A private key has no business here (RFC 9449 section 4.3).
    #[serde(default)]
    d: Present,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: serde_json::Number,
    #[serde(default)]
    ath: Option<String>,
}

impl<'a> Proof<'a> {
    /// Reads the value of a `DPoP` header.
    ///
    /// # Errors
    /// The [`DpopFault`].
    pub fn read(text: &'a str) -> Result<Self, DpopFault> {
        if text.len() > PROOF_BYTES_MAX {
            return Err(DpopFault::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(DpopFault::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(DpopFault::Malformed)?;
        let (header, claims) = (bytes(header)?, bytes(claims)?);
        let header: Header = serde_json::from_slice(&header).map_err(|_| DpopFault::Malformed)?;
        if header.typ != "dpop+jwt" {
            return Err(DpopFault::Type);
        }
        if header.crit.0 {
            return Err(DpopFault::Critical);
        }
        let (key, thumbprint) = header.jwk.public_key(&header.alg)?;
        let claims: Claims = serde_json::from_slice(&claims).map_err(|_| DpopFault::Claims)?;
        // Some libraries write a time with a fraction.
        let iat = claims.iat.as_i64().or_else(|| claims.iat.as_f64().map(|iat| iat as i64));
        let iat = iat.ok_or(DpopFault::Claims)?;
        if claims.jti.is_empty() || claims.jti.len() > JTI_BYTES_MAX {
            return Err(DpopFault::Claims);
        }
        let Claims { jti, htm, htu, ath, .. } = claims;
        Ok(Self { key, signed, signature: bytes(signature)?, thumbprint, jti, htm, htu, iat, ath })
    }

    /// Whether it was made for this request, just now.
    ///
    /// # Errors
    /// The [`DpopFault`].
    pub fn check(&self, expected: &Expected<'_>) -> Result<(), DpopFault> {
        if self.htm != expected.method {
            return Err(DpopFault::Method);
        }
        let sent = without_query(&self.htu);
        let is_ours = |base: &&str| {
            sent.split_at_checked(base.len())
                .is_some_and(|(host, path)| host.eq_ignore_ascii_case(base) && path == expected.path)
        };
        if !expected.bases.iter().any(is_ours) {
            return Err(DpopFault::Address);
        }
        if expected.now_s.abs_diff(self.iat) > WINDOW_S.unsigned_abs() {
            return Err(DpopFault::Time);
        }
        let hash = expected.access_token.map(|token| BASE64URL_NOPAD.encode(&Sha256::digest(token)));
        if hash.is_some() && self.ath != hash { Err(DpopFault::Token) } else { Ok(()) }
    }

    /// By which the server remembers that it was used.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        Sha256::digest(format!("{} {}", self.thumbprint.as_str(), self.jti)).into()
    }

    /// When it can't be used any more, whoever remembers it.
    #[must_use]
    pub fn ends_at_s(&self) -> i64 {
        self.iat.saturating_add(WINDOW_S + 1)
    }
}

impl Jwk {
    /// The key and its thumbprint over the members that RFC 7638 and RFC 8037 name.
    fn public_key(&self, alg: &str) -> Result<(ProofKey, Thumbprint), DpopFault> {
        if self.d.0 {
            return Err(DpopFault::Key);
        }
        let (crv, kty, x) = (&self.crv, &self.kty, &self.x);
        let (key, members) = match (alg, kty.as_str(), crv.as_str(), &self.y) {
            ("ES256", "EC", "P-256", Some(y)) => {
                let mut point = [4; 65];
                point[1..33].copy_from_slice(&coordinate(x)?);
                point[33..].copy_from_slice(&coordinate(y)?);
                (ProofKey::Es256(point), format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#))
            }
            // One algorithm by its old name, which leaves the curve to the key, and by its own.
            ("EdDSA" | "Ed25519", "OKP", "Ed25519", None) => {
                (ProofKey::Ed25519(coordinate(x)?), format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}"}}"#))
            }
            (alg, ..) if ALGORITHMS.contains(&alg) => return Err(DpopFault::Key),
            _ => return Err(DpopFault::Algorithm),
        };
        Ok((key, Thumbprint(BASE64URL_NOPAD.encode(&Sha256::digest(members)))))
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, DpopFault> {
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| DpopFault::Malformed)
}

fn coordinate(text: &str) -> Result<[u8; 32], DpopFault> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| DpopFault::Key)?;
    bytes.try_into().map_err(|_| DpopFault::Key)
}

fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
