//! Keys on the wire of the portal API.

use jiff::{Timestamp, ToSpan, civil};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Environment, IpAllow, KeySecret, Origin};
use crate::{
    ids::KeyId,
    invalid::{Invalid, Rule},
    text::DisplayName,
    time::day_start,
};

/// What can be done with a key now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyStatus {
    Active,
    /// Replaced by another one, and still valid until the overlap ends.
    Rotating,
    Expired,
    Revoked,
}

/// `GET keys`: a key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    pub id: KeyId,
    pub name: String,
    pub environment: Environment,
    /// First characters of the secret: `nfcg_live_k7f2a9`.
    pub prefix: String,
    /// Last four characters of the secret.
    pub last4: String,
    pub status: KeyStatus,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// The key that took its place.
    pub replaced_by: Option<KeyId>,
    /// Until when a replaced key goes on working.
    pub overlap_until: Option<Timestamp>,
    /// Addresses and networks it may be used from; empty: anywhere.
    pub ip_allow: IpAllow,
    /// Web origin it may be used from; without one a live key is refused from browsers.
    pub origin: Option<String>,
    /// Reads only: any method besides GET and HEAD is refused.
    pub read_only: bool,
    pub last_used_at: Option<Timestamp>,
    pub last_used_ip: Option<String>,
}

impl KeyView {
    /// True while programs can use it.
    #[must_use]
    pub fn works(&self) -> bool {
        matches!(self.status, KeyStatus::Active | KeyStatus::Rotating)
    }
}

/// `POST keys`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    pub name: DisplayName,
    pub environment: Environment,
    #[serde(default, deserialize_with = "optional")]
    pub expires_at: Option<Expiry>,
    #[serde(default)]
    pub ip_allow: IpAllow,
    #[serde(default, deserialize_with = "optional")]
    pub origin: Option<Origin>,
    #[serde(default, deserialize_with = "flag")]
    pub read_only: bool,
}

/// `PATCH keys/{id}`. What is absent stays; `null` (or an empty text) takes a condition away.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateKey {
    #[serde(default)]
    pub name: Option<DisplayName>,
    #[serde(default, deserialize_with = "present")]
    pub expires_at: Option<Option<Expiry>>,
    #[serde(default)]
    pub ip_allow: Option<IpAllow>,
    #[serde(default, deserialize_with = "present")]
    pub origin: Option<Option<Origin>>,
    #[serde(default, deserialize_with = "present_flag")]
    pub read_only: Option<bool>,
}

/// `POST keys/{id}/rotate`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotateKey {
    /// How long the old key goes on working.
    pub overlap_hours: Overlap,
}

/// Answer of creating and rotating: the only time that the secret is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCreated {
    pub key: KeyView,
    pub secret: KeySecret,
}

/// `POST leaked-key`: whoever holds a key may end it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeakedKey {
    pub secret: KeySecret,
}

impl std::fmt::Debug for LeakedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LeakedKey(…)")
    }
}

/// What the finder of a leaked key is told: no more than they knew, and that it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeakedKeyView {
    pub prefix: String,
    pub last4: String,
    pub environment: Environment,
    pub revoked_at: Timestamp,
}

/// When a key stops working: an instant, or a day in Jakarta through whose end it still works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry(Timestamp);

impl Expiry {
    #[must_use]
    pub fn at(self) -> Timestamp {
        self.0
    }
}

impl From<Timestamp> for Expiry {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl std::str::FromStr for Expiry {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Self(at));
        }
        // Just the date: jiff would also read a date out of longer texts.
        let day = if text.len() == 10 { text.parse::<civil::Date>().ok() } else { None };
        day.and_then(|day| day.checked_add(1.day()).ok()).map(|next| Self(day_start(next))).ok_or_else(|| {
            Invalid::new(
                Rule::Malformed,
                "Isi tanggal (2026-12-31) atau waktu RFC 3339",
                "Give a date (2026-12-31) or an RFC 3339 time",
            )
        })
    }
}

impl<'de> Deserialize<'de> for Expiry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(Invalid::into_serde)
    }
}

/// Hours of overlap when a key is rotated: 0 (the old one ends at once) to 168 (seven days).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap(u16);

impl Overlap {
    pub const HOURS_MAX: u16 = 7 * 24;

    #[must_use]
    pub fn hours(self) -> u16 {
        self.0
    }
}

impl TryFrom<u64> for Overlap {
    type Error = Invalid;

    fn try_from(hours: u64) -> Result<Self, Invalid> {
        u16::try_from(hours).ok().filter(|hours| *hours <= Self::HOURS_MAX).map(Self).ok_or_else(|| {
            Invalid::new(Rule::OutOfRange, "Bilangan bulat 0 sampai 168", "A whole number from 0 to 168")
        })
    }
}

impl<'de> Deserialize<'de> for Overlap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Input {
            Number(u64),
            Text(String),
            Other(serde::de::IgnoredAny),
        }
        let hours = match Input::deserialize(deserializer)? {
            Input::Number(hours) => hours,
            Input::Text(text) => text.trim().parse().unwrap_or(u64::MAX),
            Input::Other(_) => u64::MAX,
        };
        Self::try_from(hours).map_err(Invalid::into_serde)
    }
}

/// `null` and an empty text both mean none, since a form can't leave a field out.
fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err = Invalid>,
{
    match Option::<String>::deserialize(deserializer)? {
        Some(text) if !text.trim().is_empty() => text.parse().map(Some).map_err(Invalid::into_serde),
        _ => Ok(None),
    }
}

/// As [`optional`], telling an absent member from one that is there.
fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err = Invalid>,
{
    optional(deserializer).map(Some)
}

/// A truth value, or a form's check box.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Input {
        Bool(bool),
        Text(String),
        Other(serde::de::IgnoredAny),
    }
    match Input::deserialize(deserializer)? {
        Input::Bool(value) => Ok(value),
        Input::Text(text) if matches!(&*text, "true" | "on" | "1") => Ok(true),
        Input::Text(text) if matches!(&*text, "false" | "off" | "0" | "") => Ok(false),
        Input::Text(_) | Input::Other(_) => {
            Err(Invalid::new(Rule::UnknownValue, "Isi true atau false", "Give true or false").into_serde())
        }
    }
}

fn present_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    flag(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(json: serde_json::Value) -> Result<CreateKey, Option<&'static str>> {
        serde_json::from_value(json).map_err(|error: serde_json::Error| {
            Invalid::from_serde(&error.to_string()).map(|e| e.rule.code())
        })
    }

    #[test]
    fn a_key_is_asked_for_by_a_program_or_by_a_form() {
        let bare = create(serde_json::json!({"name": "Server", "environment": "live"})).unwrap();
        assert!(bare.expires_at.is_none() && bare.ip_allow.rules().is_empty() && !bare.read_only);
        let form = create(serde_json::json!({
            "name": "Peta", "environment": "test", "expires_at": "2026-03-31", "ip_allow": "10.0.0.1 10.0.0.2",
            "origin": "", "read_only": "on",
        }))
        .unwrap();
        // Through the end of 31 March in Jakarta.
        assert_eq!(form.expires_at.unwrap().at().to_string(), "2026-03-31T17:00:00Z");
        assert_eq!((form.ip_allow.rules().len(), form.origin, form.read_only), (2, None, true));
    }

    #[test]
    fn what_breaks_a_rule_names_the_rule() {
        let with = |field: &str, value: serde_json::Value| {
            let mut json = serde_json::json!({"name": "Server", "environment": "live"});
            json[field] = value;
            create(json).map(drop)
        };
        assert_eq!(with("name", "".into()), Err(Some("required")));
        assert_eq!(with("expires_at", "tomorrow".into()), Err(Some("malformed")));
        assert_eq!(with("ip_allow", "10.0.0.300".into()), Err(Some("malformed")));
        assert_eq!(with("origin", "http://example.com".into()), Err(Some("malformed")));
        assert_eq!(with("read_only", "maybe".into()), Err(Some("unknown_value")));
        assert_eq!(with("partner_id", "ptn_1".into()), Err(None));
    }

    #[test]
    fn an_overlap_is_a_week_at_most() {
        let hours = |json: &str| serde_json::from_str::<Overlap>(json).map(Overlap::hours).ok();
        assert_eq!((hours("0"), hours("168"), hours("\"24\"")), (Some(0), Some(168), Some(24)));
        for bad in ["169", "-1", "1.5", "\"\"", "null", "true"] {
            assert_eq!(hours(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_update_tells_absent_from_null() {
        let update: UpdateKey = serde_json::from_str(r#"{"expires_at": null}"#).unwrap();
        assert_eq!((update.expires_at, update.origin), (Some(None), None));
        let update: UpdateKey = serde_json::from_str(r#"{"origin": "https://a.example"}"#).unwrap();
        assert_eq!(update.origin.flatten().unwrap().as_str(), "https://a.example");
        assert!(update.expires_at.is_none());
    }
}
