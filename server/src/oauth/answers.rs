//! What the endpoints answer: tokens, or a refusal in the form of RFC 6749 section 5.2.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    oauth::{Scopes, token::Refusal},
    problem::Code,
};
use serde::Serialize;

use super::{exchange::TokenError, families::Issued};
use crate::{http::problem::ApiError, store::DbError};

/// Tells programs how to prove who they are (RFC 9110 section 11.6.1).
const BASIC: HeaderValue = HeaderValue::from_static("Basic realm=\"nfcgate\", charset=\"UTF-8\"");

/// Why an endpoint does not do what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// By the rules of OAuth.
    Refused(Refusal),
    /// By those of the house; the edge writes it in the form of RFC 6749.
    Api(ApiError),
}

impl Failure {
    pub fn throttled(wait_s: u64) -> Self {
        Self::Api(ApiError::new(Code::TooManyAttempts).retry_after_s(wait_s))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::Api(error.into())
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Db(error) => error.into(),
            TokenError::Refused(refusal) => refusal.into(),
        }
    }
}

#[derive(Serialize)]
struct ErrorBody {
    error: &'static str,
    error_description: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let refusal = match self {
            Self::Api(error) => return error.into_response(),
            Self::Refused(refusal) => refusal,
        };
        let code = refusal.code();
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let body = ErrorBody { error: code.as_str(), error_description: refusal.to_string() };
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, BASIC);
        }
        tracing::info!(reason = ?refusal, code = code.as_str(), "oauth request refused");
        response
    }
}

/// RFC 6749 section 5.1.
#[derive(Serialize)]
pub(super) struct TokenBody {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    refresh_token: String,
    scope: Scopes,
}

impl From<Issued> for TokenBody {
    fn from(issued: Issued) -> Self {
        Self {
            access_token: issued.access.expose().to_owned(),
            token_type: if issued.is_bound { "DPoP" } else { "Bearer" },
            expires_in: issued.expires_in_s,
            refresh_token: issued.refresh.expose().to_owned(),
            scope: issued.scopes,
        }
    }
}
