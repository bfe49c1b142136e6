//! The error codes of OAuth, and the status that each is answered with.

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal, $status:literal;)*) => {
        /// A code in the `error` member or parameter of an answer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $code,)* }

        impl ErrorCode {
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// As the RFCs spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// HTTP status where it is answered directly and not by a redirect.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$code => $status,)* }
            }
        }
    };
}

codes! {
    InvalidRequest = "invalid_request", 400;
    /// With `WWW-Authenticate: Basic` (RFC 6749 section 5.2).
    InvalidClient = "invalid_client", 401;
    InvalidGrant = "invalid_grant", 400;
    UnauthorizedClient = "unauthorized_client", 400;
    UnsupportedGrantType = "unsupported_grant_type", 400;
    UnsupportedResponseType = "unsupported_response_type", 400;
    InvalidScope = "invalid_scope", 400;
    AccessDenied = "access_denied", 403;
    ServerError = "server_error", 500;
    /// With `Retry-After`.
    TemporarilyUnavailable = "temporarily_unavailable", 503;
    /// RFC 9449 section 5.
    InvalidDpopProof = "invalid_dpop_proof", 400;
    /// At a resource, with `WWW-Authenticate: Bearer` (RFC 6750 section 3.1), as the next.
    InvalidToken = "invalid_token", 401;
    InsufficientScope = "insufficient_scope", 403;
}

/// Whether a text may stand in `error_description` (RFC 6749 section 4.1.2.1).
#[cfg(test)]
pub(super) fn is_description(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
