//! Typed identifiers: a prefix that tells the kind, then a UUIDv7 in base32.
//!
//! They sort by time of making, cannot be passed for one another, and say in a log line what they
//! name. Alphabet: base32hex in lower case (RFC 4648 section 7), whose order is byte order.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

/// Random bytes that an id needs beside the time of making.
pub type IdEntropy = [u8; 10];

static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghijklmnopqrstuv");
    specification.encoding().expect("a constant alphabet of 32 distinct symbols")
});

/// The text is no id of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_…")]
pub struct IdError {
    /// Prefix that the id should have had.
    pub prefix: &'static str,
}

fn render(prefix: &str, unix_ms: u64, entropy: IdEntropy) -> String {
    from_bytes(prefix, uuid::Builder::from_unix_timestamp_millis(unix_ms, &entropy).into_uuid().into_bytes())
}

/// Sixteen bytes in the form of an id, where the bytes are made otherwise.
pub(crate) fn from_bytes(prefix: &str, bytes: [u8; 16]) -> String {
    format!("{prefix}_{}", BASE32.encode(&bytes))
}

fn check(prefix: &'static str, text: &str) -> Result<(), IdError> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .and_then(|rest| BASE32.decode(rest.as_bytes()).ok())
        .filter(|bytes| bytes.len() == 16)
        .map(drop)
        .ok_or(IdError { prefix })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind starts with, before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, made at `unix_ms` (milliseconds since 1970) from fresh `entropy`.
            #[must_use]
            pub fn new(unix_ms: u64, entropy: IdEntropy) -> Self {
                Self(render($prefix, unix_ms, entropy))
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                check($prefix, text).map(|()| Self(text.to_owned()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-9a-v]{26}$")))
                    .into()
            }
        }
    )*};
}

ids! {
    /// An organisation that uses the API.
    PartnerId = "ptn";
    /// A person who signs in to the portal: member of a partner, or of the operator's staff.
    UserId = "usr";
    /// An API key (the record, not the secret).
    KeyId = "key";
    /// A signed-in browser.
    SessionId = "ses";
    /// A mail waiting to be sent, or sent.
    MailId = "mail";
    /// A row of the audit log.
    AuditId = "aud";
    /// One HTTP request.
    RequestId = "req";
    /// A rider with an account. Applications know a rider by another id, each by its own.
    RiderId = "rdr";
    /// A journey: made from its opening tap, so that rating again gives the same.
    JourneyId = "jrn";
    /// A transfer of the ledger.
    TransferId = "ldg";
    /// Something that happened and was told.
    EventId = "evt";
    /// A fraud finding.
    FindingId = "frd";
    /// An endpoint: a partner's webhook URL with what it subscribes to.
    WebhookId = "wh";
    /// One event on its way to one endpoint, over all attempts.
    DeliveryId = "dlv";
    /// A partner's OAuth client.
    ApplicationId = "app";
    /// What a rider allowed an application.
    GrantId = "grt";
    /// The refresh tokens that follow from one code.
    FamilyId = "fam";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_of_making() {
        let earlier = PartnerId::new(1_000, [255; 10]);
        let later = PartnerId::new(1_001, [0; 10]);
        assert!(earlier < later);
        assert_eq!(earlier.as_str().len(), "ptn_".len() + 26);
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let key = KeyId::new(1, [7; 10]);
        assert_eq!(key.as_str().parse::<KeyId>().as_ref(), Ok(&key));
        assert!(key.as_str().parse::<PartnerId>().is_err());
        for bad in ["", "key", "key_", "key_zzzz", "key_0000000000000000000000000!"] {
            assert!(bad.parse::<KeyId>().is_err(), "{bad}");
        }
    }
}
