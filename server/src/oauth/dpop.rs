//! Proofs of possession (RFC 9449): checked, and used once.
//!
//! Proofs are remembered in the live store, whatever environment the token is of: one is good for one
//! request, not for one request in each.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use domain::{
    oauth::{
        dpop::{DpopFault, Expected, Proof, ProofKey, Thumbprint},
        token::Refusal,
    },
    problem::Code,
};
use jiff::Timestamp;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};

use super::{answers::Failure, queries};
use crate::{
    app::App,
    http::problem::ApiError,
    store::{DbError, params},
};

pub(super) const DPOP: HeaderName = HeaderName::from_static("dpop");

/// Why a proof is worth nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProofError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Fault(#[from] DpopFault),
}

impl From<ProofError> for Failure {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Db(error) => error.into(),
            ProofError::Fault(fault) => Refusal::Dpop(fault).into(),
        }
    }
}

/// The request that a proof has to be for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'r> {
    pub method: &'r str,
    pub path: &'r str,
    /// At a resource.
    pub access_token: Option<&'r str>,
}

/// The key that a request proves to have; none when it brings no proof.
pub(super) async fn prove(
    app: &App,
    headers: &HeaderMap,
    shown: Shown<'_>,
    now: Timestamp,
) -> Result<Option<Thumbprint>, ProofError> {
    let mut values = headers.get_all(DPOP).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(_), Some(_)) => return Err(DpopFault::Missing.into()),
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
    let is_new = app
        .live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { Ok(tx.execute(&queries::INSERT_PROOF, params![&id, ends_at]).await? > 0) })
        })
        .await?;
    if is_new { Ok(Some(proof.thumbprint)) } else { Err(DpopFault::Replayed.into()) }
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

/// 401 for a token that came without a proof of its key, or with a bad one.
#[must_use]
pub fn invalid_proof(fault: DpopFault) -> ApiError {
    let text = format!(
        "DPoP realm=\"nfcgate\", error=\"invalid_dpop_proof\", error_description=\"{fault}\", algs=\"ES256 EdDSA\""
    );
    let challenge = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("DPoP"));
    ApiError::bare(Code::InvalidToken)
        .detail(format!("Bukti DPoP ditolak: {fault}."), format!("The DPoP proof is refused: {fault}."))
        .header(header::WWW_AUTHENTICATE, challenge)
}
