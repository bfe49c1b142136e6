//! What a call for a rider's data hears that brings no token, or one that is no good: `WWW-Authenticate`
//! in the scheme it used (RFC 6750 section 3, RFC 9449 section 7.1).

use axum::http::{HeaderMap, HeaderValue, header};
use domain::{
    oauth::dpop::{self, DpopFault},
    problem::Code,
};

use crate::http::problem::ApiError;

/// How a token is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Bearer,
    /// With a proof of the key that the token is bound to.
    Dpop,
}

impl Scheme {
    const BOTH: [Self; 2] = [Self::Bearer, Self::Dpop];

    /// The scheme of an `Authorization` header, if it is one of a token's.
    #[must_use]
    pub fn of_value(value: &HeaderValue) -> Option<Self> {
        let name = value.as_bytes().split(|&byte| byte == b' ').next().unwrap_or_default();
        match name {
            name if name.eq_ignore_ascii_case(b"bearer") => Some(Self::Bearer),
            name if name.eq_ignore_ascii_case(b"dpop") => Some(Self::Dpop),
            _ => None,
        }
    }

    fn of(headers: &HeaderMap) -> Self {
        headers.get_all(header::AUTHORIZATION).iter().find_map(Self::of_value).unwrap_or(Self::Bearer)
    }

    /// `parameters`: those behind the realm, each with a comma before it.
    fn challenge(self, parameters: &str) -> HeaderValue {
        let text = match self {
            Self::Bearer => format!("Bearer realm=\"nfcgate\"{parameters}"),
            Self::Dpop => {
                format!("DPoP realm=\"nfcgate\"{parameters}, algs=\"{}\"", dpop::ALGORITHMS.join(" "))
            }
        };
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("Bearer"))
    }
}

fn challenged(error: ApiError, schemes: &[Scheme], parameters: &str) -> ApiError {
    schemes
        .iter()
        .fold(error, |error, scheme| error.header(header::WWW_AUTHENTICATE, scheme.challenge(parameters)))
}

const INVALID_TOKEN: &str =
    ", error=\"invalid_token\", error_description=\"the access token is unknown, expired or revoked\"";

/// 401 for a token that is unknown, expired, ended or of somebody who may not call: which of them is
/// nobody's business. `sent`: the headers of the call.
#[must_use]
pub fn invalid_token(sent: &HeaderMap) -> ApiError {
    challenged(ApiError::bare(Code::InvalidToken), &[Scheme::of(sent)], INVALID_TOKEN)
}

/// As [`invalid_token`], for one that ended while the call was answered.
#[must_use]
pub fn token_ended() -> ApiError {
    challenged(ApiError::bare(Code::InvalidToken), &Scheme::BOTH, INVALID_TOKEN)
}

/// 401 for a token that came without a proof of its key, or with a bad one.
#[must_use]
pub fn invalid_proof(fault: DpopFault) -> ApiError {
    let error = ApiError::bare(Code::InvalidToken)
        .detail(format!("Bukti DPoP ditolak: {fault}."), format!("The DPoP proof is refused: {fault}."));
    let parameters = format!(", error=\"invalid_dpop_proof\", error_description=\"{fault}\"");
    challenged(error, &[Scheme::Dpop], &parameters)
}

/// 401 for an operation of a rider's data without a token (RFC 6750 section 3: no error code then).
#[must_use]
pub fn no_token(scope: &str) -> ApiError {
    let error = ApiError::bare(Code::MissingCredential).detail(
        format!("Kirim access token OAuth 2.0 dengan scope {scope} di header Authorization."),
        format!("Send an OAuth 2.0 access token with the scope {scope} in the Authorization header."),
    );
    challenged(error, &Scheme::BOTH, &format!(", scope=\"{scope}\""))
}

/// 403 for a token that the rider allowed less than the operation needs.
#[must_use]
pub fn scope_insufficient(sent: &HeaderMap, scope: &str) -> ApiError {
    let error = ApiError::new(Code::ScopeInsufficient).detail(
        format!("Endpoint ini memerlukan scope {scope}, yang tidak diizinkan user untuk token ini."),
        format!("This endpoint needs the scope {scope}, which the user did not allow for this token."),
    );
    challenged(error, &[Scheme::of(sent)], &format!(", error=\"insufficient_scope\", scope=\"{scope}\""))
}
