//! An answer as it lies in the store: sealed, so that only who asked can read it.

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, KeyInit, Payload},
};
use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use data_encoding::BASE64;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::IDEMPOTENCY_REPLAYED;
use crate::{
    app::App,
    http::problem::{ApiError, ApiResult},
};

/// Answers to POSTs are small; a larger one is passed on but can't be given again.
const ANSWER_BYTES_MAX: usize = 1 << 20;
const NONCE_BYTES: usize = 12;

/// Headers that belong to an answer and are given again with it.
const KEPT_HEADERS: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::CONTENT_LANGUAGE,
    header::LOCATION,
    header::ALLOW,
    header::WWW_AUTHENTICATE,
];

/// Names an attempt in the store.
pub type Lookup = [u8; 32];

/// An answer as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    /// Base64.
    body: String,
}

impl Answer {
    /// Reads the answer off a response; none if it is too large to keep.
    pub async fn take(response: Response) -> ApiResult<(Response, Option<Self>)> {
        let (parts, body) = response.into_parts();
        let known_size = HttpBody::size_hint(&body).upper();
        if known_size.is_none_or(|size| size > ANSWER_BYTES_MAX as u64) {
            return Ok((Response::from_parts(parts, body), None));
        }
        let body = to_bytes(body, ANSWER_BYTES_MAX).await.map_err(ApiError::internal)?;
        let headers = KEPT_HEADERS
            .iter()
            .filter_map(|name| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned())))
            .collect();
        let answer = Self { status: parts.status.as_u16(), headers, body: BASE64.encode(&body) };
        Ok((Response::from_parts(parts, Body::from(body)), Some(answer)))
    }

    pub fn has_body(&self) -> bool {
        !self.body.is_empty()
    }

    pub fn respond(self) -> ApiResult<Response> {
        let body = BASE64.decode(self.body.as_bytes()).map_err(ApiError::internal)?;
        let mut response = Response::new(Body::from(Bytes::from(body)));
        *response.status_mut() = StatusCode::from_u16(self.status).map_err(ApiError::internal)?;
        for (name, value) in self.headers {
            let name = HeaderName::try_from(name).map_err(ApiError::internal)?;
            response.headers_mut().insert(name, HeaderValue::try_from(value).map_err(ApiError::internal)?);
        }
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        Ok(response)
    }
}

/// Everything derived from the caller's credential and the key; both are forgotten after.
pub struct Seal {
    pub lookup: Lookup,
    key: [u8; 32],
}

/// The answer in the store can't be read.
#[derive(Debug, thiserror::Error)]
#[error("a stored answer can't be unsealed")]
struct Unsealable;

impl Seal {
    pub fn new(key: &str, scope: &[u8]) -> Self {
        let mut lookup = Sha256::new();
        lookup.update(b"nfcgate idempotency lookup\0");
        lookup.update((scope.len() as u64).to_be_bytes());
        lookup.update(scope);
        lookup.update(key);
        let key = mac(key.as_bytes(), &[b"nfcgate idempotency seal\0", scope]);
        Self { lookup: lookup.finalize().into(), key }
    }

    pub fn fingerprint(&self, path: &str, body: &[u8]) -> Lookup {
        mac(&self.key, &[b"POST ", path.as_bytes(), b"\0", body])
    }

    pub fn close(&self, app: &App, answer: &Answer) -> ApiResult<Vec<u8>> {
        let plain = serde_json::to_vec(answer).map_err(ApiError::internal)?;
        let nonce = app.random.bytes::<NONCE_BYTES>();
        let payload = Payload { msg: &plain, aad: &self.lookup };
        let sealed =
            self.cipher().encrypt(&nonce.into(), payload).map_err(|_| ApiError::internal(Unsealable))?;
        Ok([&nonce[..], &sealed].concat())
    }

    pub fn open(&self, sealed: &[u8]) -> ApiResult<Answer> {
        let unsealable = || ApiError::internal(Unsealable);
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(unsealable)?;
        let payload = Payload { msg: sealed, aad: &self.lookup };
        let plain = self.cipher().decrypt(&(*nonce).into(), payload).map_err(|_| unsealable())?;
        serde_json::from_slice(&plain).map_err(ApiError::internal)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&self.key.into())
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
