//! Where endpoints, deliveries and attempts stand: closed lists of words.

use serde::{Deserialize, Serialize};

/// None of the words of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such word")]
pub struct UnknownWord;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal;)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$word_doc])* $variant,)* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Name on the wire and in the store.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$variant),)* _ => Err(UnknownWord) }
            }
        }
    )*};
}

words! {
    /// Where an endpoint stands.
    EndpointStatus {
        Active = "active";
        /// By its owner: deliveries wait.
        Paused = "paused";
        /// By the server; its owner can make it active again.
        Disabled = "disabled";
    }

    /// Why the server disabled an endpoint.
    DisabledReason {
        /// It failed for five days.
        Failing = "failing";
        /// It answered 410 Gone.
        Gone = "gone";
    }

    /// Where a delivery stands.
    DeliveryStatus {
        /// Waits for its first or next attempt.
        Pending = "pending";
        /// Was answered with 2xx.
        Delivered = "delivered";
        /// Every attempt failed.
        Exhausted = "exhausted";
        /// The receiver answered 410.
        Gone = "gone";
        /// The endpoint was deleted, or the rider has withdrawn the consent.
        Cancelled = "cancelled";
    }

    /// Why an attempt had no answer.
    AttemptError {
        /// The name has no address.
        DnsFailed = "dns_failed";
        /// Every address of the name is one that is not called.
        AddressNotAllowed = "address_not_allowed";
        ConnectFailed = "connect_failed";
        /// No TLS, or a certificate that does not hold.
        TlsFailed = "tls_failed";
        /// The whole attempt took longer than it may.
        TimedOut = "timed_out";
        /// The connection ended before the answer's head.
        ConnectionLost = "connection_lost";
        /// The answer is no HTTP, or its head is too large.
        BadAnswer = "bad_answer";
        /// The server could not make the request.
        NotSent = "not_sent";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_the_store_and_on_the_wire() {
        for &status in DeliveryStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        for &error in AttemptError::ALL {
            assert_eq!(serde_json::to_value(error).unwrap(), error.as_str());
        }
        assert_eq!("done".parse::<DeliveryStatus>(), Err(UnknownWord));
    }
}
