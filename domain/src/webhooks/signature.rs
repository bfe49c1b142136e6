//! Signing a delivery, in the two ways that receivers check it.

use data_encoding::{BASE64, HEXLOWER};

use super::{secret::SigningSecret, secrets::SecretSet};
use crate::mac;

pub const HEADER_SIGNATURE: &str = "x-nfcg-signature";
pub const HEADER_ID: &str = "webhook-id";
pub const HEADER_TIMESTAMP: &str = "webhook-timestamp";
pub const HEADER_STANDARD: &str = "webhook-signature";

/// Before the hex digits of `X-NFCG-Signature` and of the body's `signature`.
pub const SCHEME: &str = "sha256=";
/// Before the base64 of each signature in `webhook-signature`.
pub const STANDARD_VERSION: &str = "v1,";

/// What stands in a body before its own signature.
pub(super) const MEMBER: &str = ",\"signature\":\"sha256=";
/// Length of a body's end: the member, 64 digits, `"}`.
pub(super) const TAIL_BYTES: usize = MEMBER.len() + 64 + 2;

/// What is sent: these bytes, with these headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedMessage {
    pub body: Vec<u8>,
    /// `webhook-id`, `webhook-timestamp`, `webhook-signature`, `x-nfcg-signature`.
    pub headers: [(&'static str, String); 4],
}

/// The body is no JSON object with a member, and so has no place for a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not a compact JSON object with at least one member")]
pub struct Unsignable;

/// Signs `unsigned`, a compact JSON object, for sending at `sent_at_s` (seconds since 1970).
///
/// `id` is the event's, the same over all retries. During an overlap `webhook-signature` carries one
/// signature for each secret, the newest first; the places that hold only one keep the oldest.
///
/// # Errors
/// [`Unsignable`] when `unsigned` is something else.
pub fn sign(
    secrets: &SecretSet,
    id: &str,
    sent_at_s: i64,
    unsigned: &str,
) -> Result<SignedMessage, Unsignable> {
    let body = sealed(secrets.single(), unsigned)?;
    let timestamp = sent_at_s.to_string();
    let standard: Vec<_> =
        secrets.all().map(|secret| standard_signature(secret, id, &timestamp, &body)).collect();
    let signature = body_signature(secrets.single(), &body);
    Ok(SignedMessage {
        body,
        headers: [
            (HEADER_ID, id.to_owned()),
            (HEADER_TIMESTAMP, timestamp),
            (HEADER_STANDARD, standard.join(" ")),
            (HEADER_SIGNATURE, signature),
        ],
    })
}

/// The body with its own `signature` as its last member: the HMAC of the body without it.
fn sealed(secret: &SigningSecret, unsigned: &str) -> Result<Vec<u8>, Unsignable> {
    let inner = unsigned.strip_suffix('}').filter(|inner| inner.len() > 1 && inner.starts_with('{'));
    let inner = inner.ok_or(Unsignable)?;
    let digits = HEXLOWER.encode(&mac::sign(secret.body_key(), &[unsigned.as_bytes()]));
    let mut body = Vec::with_capacity(inner.len() + TAIL_BYTES);
    for part in [inner, MEMBER, &digits, "\"}"] {
        body.extend_from_slice(part.as_bytes());
    }
    Ok(body)
}

/// `sha256=` and the HMAC-SHA256 of the raw bytes in lower-case hex.
#[must_use]
pub fn body_signature(secret: &SigningSecret, body: &[u8]) -> String {
    format!("{SCHEME}{}", HEXLOWER.encode(&mac::sign(secret.body_key(), &[body])))
}

/// `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64.
#[must_use]
pub fn standard_signature(secret: &SigningSecret, id: &str, timestamp: &str, body: &[u8]) -> String {
    let parts = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    format!("{STANDARD_VERSION}{}", BASE64.encode(&mac::sign(secret.standard_key(), &parts)))
}

/// A body that ends in its own signature, taken apart: the body without it, and its 32 bytes.
#[must_use]
pub fn split_member(body: &[u8]) -> Option<(Vec<u8>, [u8; 32])> {
    let (inner, tail) = body.split_at_checked(body.len().checked_sub(TAIL_BYTES)?)?;
    let digits = tail.strip_prefix(MEMBER.as_bytes())?.strip_suffix(b"\"}")?;
    let signature = HEXLOWER.decode(digits).ok()?.try_into().ok()?;
    Some(([inner, b"}"].concat(), signature))
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    const ID: &str = "evt_068o40khj1u0000000000000g0";
    const SENT_AT_S: i64 = 1_772_980_327;
    const UNSIGNED: &str = r#"{"id":"evt_068o40khj1u0000000000000g0","event":"journey.completed","timestamp":"2026-03-08T14:32:07Z","data":{"fare":5000,"note":"Gambir – Manggarai"}}"#;

    /// Computed with Python's hmac, hashlib and base64: secret, the body's own signature,
    /// `X-NFCG-Signature`, `webhook-signature`.
    const VECTORS: [(&str, &str, &str, &str); 2] = [
        (
            "your_webhook_secret_key_2026",
            "33ed5dbcad78ca560095fa7e5b1ae14314a11c1e6e40cb02ecefb8b6af95d433",
            "7cf1c0e8263c7d416d5b1b43cc91093609dde074f7c5178d63850245670aa2ca",
            "5930UAveMHfWganDo0sQJu5NyCyVr/dSkFEhI3lVELc=",
        ),
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "d475f66937bf259e8fe6e0b5efa7dff8b4f84eab1b731eb962826d92858ac687",
            "95261334337af39b19e1cba05a29e8614bdacf11b3bd0e35f169364e27aa432f",
            "aa9yyXZfPN6isqBgXHq00FI5fx9ko5dzELMnORfYZXE=",
        ),
    ];

    fn secret(text: &str) -> SigningSecret {
        text.parse().unwrap()
    }

    #[test]
    fn a_message_is_signed_as_another_program_computes_it() {
        for (text, member, header, standard) in VECTORS {
            let message = sign(&SecretSet::new(secret(text)), ID, SENT_AT_S, UNSIGNED).unwrap();
            let body = String::from_utf8(message.body.clone()).unwrap();
            let inner = UNSIGNED.strip_suffix('}').unwrap();
            assert_eq!(body, format!("{inner},\"signature\":\"sha256={member}\"}}"));
            let expected =
                [ID.into(), SENT_AT_S.to_string(), format!("v1,{standard}"), format!("sha256={header}")];
            assert_eq!(message.headers.map(|(_, value)| value), expected);
            let (without, signature) = split_member(body.as_bytes()).unwrap();
            assert_eq!(without, UNSIGNED.as_bytes());
            assert_eq!(HEXLOWER.encode(&signature), member);
        }
    }

    #[test]
    fn the_published_example_of_the_scheme_is_met() {
        // From the documentation of Svix, which became Standard Webhooks.
        let signature = standard_signature(
            &secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn during_an_overlap_both_stand_where_two_fit_and_the_old_one_elsewhere() {
        let now = Timestamp::from_second(SENT_AT_S).unwrap();
        let rotated = SecretSet::new(secret("old_webhook_secret_key_2025x"))
            .rotated(secret("your_webhook_secret_key_2026"), now, SignedDuration::from_hours(24))
            .unwrap();
        let [_, _, (_, standard), (_, header)] = sign(&rotated, ID, SENT_AT_S, UNSIGNED).unwrap().headers;
        assert_eq!(
            standard,
            "v1,GP7Jby6oUK2q1KiqW3rVJRQN6W2qL3x3DHWk+utMDh4= v1,c5+UcLuXGAx7FJC1ZTKbyPRHKu1RIj6aOJ7WmuDwaiQ="
        );
        assert_eq!(header, "sha256=a8f404f9c26bd9200d5f4f09b08970422263ef07321a280166244318cc7f050a");
    }

    #[test]
    fn only_an_object_with_members_has_room_for_a_signature() {
        let secrets = SecretSet::new(secret("your_webhook_secret_key_2026"));
        for body in ["", "{}", "}", "[]", "null", "{\"a\":1} ", "\"{}\""] {
            assert_eq!(sign(&secrets, ID, 0, body), Err(Unsignable), "{body}");
        }
        for body in ["", "{}", "{\"a\":1}", ",\"signature\":\"sha256=\"}"] {
            assert_eq!(split_member(body.as_bytes()), None, "{body}");
        }
    }
}
