//! Proofs of possession (RFC 9449): checked, and used once.
//!
//! A proof is used up in the transaction that does what it was sent for, in the store of what it does it
//! to: whoever has neither code nor token writes nothing. A code and a token are of one environment, and
//! so is every proof that anything came of.

use axum::http::{HeaderMap, HeaderName};
use domain::oauth::dpop::{DpopFault, Expected, Proof, ProofKey, Thumbprint};
use jiff::Timestamp;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};

use super::queries;
use crate::{
    app::App,
    store::{DbError, Tx, params},
};

pub(super) const DPOP: HeaderName = HeaderName::from_static("dpop");

/// The request that a proof has to be for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'r> {
    pub method: &'r str,
    pub path: &'r str,
    /// At a resource.
    pub access_token: Option<&'r str>,
}

/// A proof that is sound. It counts once [`spend`] took it.
#[derive(Debug, Clone)]
pub struct Proven {
    /// Of the key that its sender has.
    pub thumbprint: Thumbprint,
    id: [u8; 32],
    ends_at: Timestamp,
}

/// The proof that a request brings, if it does.
pub(super) fn prove(
    app: &App,
    headers: &HeaderMap,
    shown: Shown<'_>,
    now: Timestamp,
) -> Result<Option<Proven>, DpopFault> {
    let mut values = headers.get_all(DPOP).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(_), Some(_)) => return Err(DpopFault::Missing),
        (Some(value), None) => value.to_str().map_err(|_| DpopFault::Malformed)?,
    };
    let proof = Proof::read(value)?;
    let config = &app.config;
    proof.check(&Expected {
        method: shown.method,
        bases: &[&config.auth_url, &config.api_url, &config.portal_url],
        path: shown.path,
        access_token: shown.access_token,
        now_s: now.as_second(),
    })?;
    verify(&proof)?;
    let (id, ends_at) = (proof.id(), Timestamp::from_second(proof.ends_at_s()).unwrap_or(Timestamp::MAX));
    Ok(Some(Proven { thumbprint: proof.thumbprint, id, ends_at }))
}

/// Uses a proof up; false when it was before.
pub(super) async fn spend(tx: &mut Tx, proof: &Proven) -> Result<bool, DbError> {
    Ok(tx.execute(&queries::INSERT_PROOF, params![&proof.id, proof.ends_at]).await? > 0)
}

fn verify(proof: &Proof<'_>) -> Result<(), DpopFault> {
    let (algorithm, key): (&'static dyn VerificationAlgorithm, &[u8]) = match &proof.key {
        ProofKey::Es256(point) => (&ECDSA_P256_SHA256_FIXED, point),
        ProofKey::Ed25519(key) => (&ED25519, key),
    };
    UnparsedPublicKey::new(algorithm, key)
        .verify(proof.signed.as_bytes(), &proof.signature)
        .map_err(|_| DpopFault::Signature)
}
