//! The signature on a gate's messages: HMAC-SHA256 over timestamp, full stop and body.

use axum::http::HeaderMap;
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use domain::{
    gates::{CLOCK_SKEW_MAX_S, HEADER_SIGNATURE, HEADER_TIMESTAMP},
    problem::Code,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use super::copy::KnownGate;
use crate::http::problem::{ApiError, ApiResult};

const SCHEME: &str = "sha256=";

/// A secret, ready to verify with. Silent in `Debug`.
#[derive(Clone)]
pub struct SigningKey {
    mac: Hmac<Sha256>,
    /// What it was opened from: tells whether it is still the one stored.
    sealed: Vec<u8>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    pub fn new(secret: &[u8], sealed: Vec<u8>) -> Self {
        let mac = Hmac::new_from_slice(secret).expect("HMAC takes keys of any length");
        Self { mac, sealed }
    }

    pub fn is_of(&self, sealed: &[u8]) -> bool {
        self.sealed == sealed
    }

    /// In constant time.
    fn signed(&self, timestamp: &str, body: &[u8], signature: &[u8]) -> bool {
        let mut mac = self.mac.clone();
        for part in [timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac.verify_slice(signature).is_ok()
    }
}

/// The time a message says it was sent, near enough to `now`.
///
/// # Errors
/// 401 `stale_timestamp`, also when there is none.
pub fn timestamp(headers: &HeaderMap, now: Timestamp) -> ApiResult<&str> {
    let text = headers.get(HEADER_TIMESTAMP).and_then(|value| value.to_str().ok()).ok_or_else(|| {
        ApiError::new(Code::StaleTimestamp).detail(
            "Header X-Gate-Timestamp tidak ada: kirim detik sejak 1970.",
            "The header X-Gate-Timestamp is missing: send the seconds since 1970.",
        )
    })?;
    let sent: i64 = text.parse().map_err(|_| {
        ApiError::new(Code::StaleTimestamp).detail(
            "X-Gate-Timestamp harus berupa detik sejak 1970, tanpa pecahan.",
            "X-Gate-Timestamp must be the seconds since 1970, without a fraction.",
        )
    })?;
    if now.as_second().abs_diff(sent) > CLOCK_SKEW_MAX_S.unsigned_abs() {
        return Err(ApiError::new(Code::StaleTimestamp));
    }
    Ok(text)
}

/// Checks that the gate has signed the message with a secret that holds at `now`.
///
/// # Errors
/// 401 `bad_signature`.
pub fn verify(
    gate: &KnownGate,
    headers: &HeaderMap,
    timestamp: &str,
    body: &[u8],
    now: Timestamp,
) -> ApiResult<()> {
    let signature = headers
        .get(HEADER_SIGNATURE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix(SCHEME))
        .and_then(|hex| HEX.decode(hex.as_bytes()).ok())
        .ok_or_else(|| {
            ApiError::new(Code::BadSignature).detail(
                "X-Gate-Signature harus berbentuk sha256= diikuti 64 angka heksadesimal.",
                "X-Gate-Signature must be sha256= and 64 hexadecimal digits.",
            )
        })?;
    let holds = |until: &Option<Timestamp>| until.is_none_or(|until| now < until);
    let mut keys = gate.keys.iter().filter(|(_, until)| holds(until));
    match keys.any(|(key, _)| key.signed(timestamp, body, &signature)) {
        true => Ok(()),
        false => Err(ApiError::new(Code::BadSignature)),
    }
}

#[cfg(test)]
mod tests {
    use domain::gates::signed_text;

    use super::*;

    /// Computed with `openssl dgst -sha256 -hmac KEY` over `TIMESTAMP.BODY`.
    #[test]
    fn signatures_of_another_tool_are_known() {
        for (secret, timestamp, body, hex) in VECTORS {
            let key = SigningKey::new(secret.as_bytes(), Vec::new());
            let signature = HEX.decode(hex.as_bytes()).unwrap();
            assert!(key.signed(timestamp, body.as_bytes(), &signature), "{body}");
            assert!(!key.signed(timestamp, b"{}x", &signature), "{body}");
            assert!(!key.signed("1772959261", body.as_bytes(), &signature), "{body}");
            assert!(!key.signed(timestamp, body.as_bytes(), &signature[..31]), "{body}");
            let mut whole = key.mac.clone();
            whole.update(&signed_text(timestamp, body.as_bytes()));
            assert!(whole.verify_slice(&signature).is_ok(), "the domain says the same of what is signed");
        }
    }

    const VECTORS: [(&str, &str, &str, &str); 3] = [
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "1772959260",
            r#"{"firmware":"1.4.2","sent_at":"2026-03-08T08:41:00Z"}"#,
            "5c7607213ac83bbdb954cb6b93b1da3dae33bc4fc5282ea9683a037ed1965729",
        ),
        (
            "c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeecafe",
            "1772959260",
            r#"{"taps":[{"sequence":1,"direction":"in","media":"kartu-é","payment_method":"qris_tap","tapped_at":"2026-03-08T08:40:59Z"}]}"#,
            "d412d6a11c0c75bf3ad9247c5cdd5aa75926203ebc9edfbc4767c589fc4a91a4",
        ),
        ("k", "0", "", "6b4a4b8b3c40f1e8f53a3d36682e5f99f7ad2ac1df1c93dfe336f329167641e7"),
    ];

    #[test]
    fn a_key_is_silent() {
        assert_eq!(format!("{:?}", SigningKey::new(b"secret", b"sealed".to_vec())), "SigningKey");
    }
}
