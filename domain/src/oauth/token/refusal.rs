//! Why a token request is refused. The log tells the variant; the caller the code and, where that
//! helps an honest one and nobody else, what to change.

use super::super::{
    authorize, dpop::DpopFault, error::ErrorCode, family::RefreshRefusal, pkce::PkceError, scope::ScopeError,
};

/// Printed for `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("send the parameters as application/x-www-form-urlencoded in the body of a POST")]
    NotAForm,
    #[error("parameters of this request belong in the body: a URL is kept in logs")]
    InQuery,
    #[error("a parameter came more than once")]
    Doubled,
    #[error("the parameter {0} is missing")]
    Missing(&'static str),
    #[error("the client is named both by Authorization and in the body: use one of the two")]
    TwoClients,
    #[error("the Authorization header is not HTTP Basic with client_id and client_secret")]
    AuthorizationUnreadable,
    #[error("the client could not be authenticated")]
    ClientUnknown,
    #[error("the client could not be authenticated")]
    SecretWrong,
    #[error("this client is confidential: send its client_secret by HTTP Basic or in the body")]
    SecretMissing,
    #[error("this client is public and has no client_secret: leave it out")]
    SecretUnexpected,
    #[error("the client may not ask for tokens at present: see the developer portal")]
    NotAllowed,
    #[error("this server knows the grant types authorization_code and refresh_token")]
    GrantTypeUnknown,
    #[error("the code is unknown, expired or was used before")]
    CodeUnknown,
    #[error("the code is unknown, expired or was used before")]
    CodeExpired,
    #[error("the code is unknown, expired or was used before")]
    CodeUsed,
    #[error("the code is unknown, expired or was used before")]
    CodeOfAnother,
    #[error("redirect_uri is not the one of the authorization request")]
    RedirectDiffers,
    #[error(transparent)]
    Pkce(#[from] PkceError),
    #[error("the refresh token is unknown, expired, revoked or was used before")]
    RefreshUnknown,
    #[error("the refresh token is unknown, expired, revoked or was used before")]
    RefreshOfAnother,
    #[error("the refresh token is unknown, expired, revoked or was used before")]
    Refresh(RefreshRefusal),
    #[error("the code or token is bound to another key: send a DPoP proof made with that key")]
    KeyDiffers,
    #[error(transparent)]
    Dpop(#[from] DpopFault),
    #[error("a pushed request is not pushed again: leave out request_uri")]
    PushedTwice,
    #[error("redirect_uri is missing or not one that is registered for this client")]
    RedirectUnknown,
    /// A pushed request that the authorization endpoint would refuse.
    #[error(transparent)]
    Authorize(#[from] authorize::Refusal),
    #[error("the token was not issued to this client")]
    TokenOfAnother,
    #[error("introspection is for confidential clients: a public one cannot prove who asks")]
    IntrospectionPublic,
    #[error(transparent)]
    Scope(#[from] ScopeError),
}

impl Refusal {
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::NotAForm
            | Self::InQuery
            | Self::Doubled
            | Self::Missing(_)
            | Self::TwoClients
            | Self::PushedTwice
            | Self::RedirectUnknown => ErrorCode::InvalidRequest,
            Self::Dpop(_) => ErrorCode::InvalidDpopProof,
            Self::Authorize(refusal) => refusal.code(),
            Self::AuthorizationUnreadable
            | Self::ClientUnknown
            | Self::SecretWrong
            | Self::SecretMissing
            | Self::SecretUnexpected => ErrorCode::InvalidClient,
            Self::NotAllowed | Self::IntrospectionPublic => ErrorCode::UnauthorizedClient,
            Self::GrantTypeUnknown => ErrorCode::UnsupportedGrantType,
            Self::CodeUnknown
            | Self::CodeExpired
            | Self::CodeUsed
            | Self::CodeOfAnother
            | Self::RedirectDiffers
            | Self::RefreshUnknown
            | Self::RefreshOfAnother
            | Self::KeyDiffers
            | Self::TokenOfAnother
            | Self::Refresh(_) => ErrorCode::InvalidGrant,
            Self::Pkce(error) => match error {
                PkceError::VerifierWrong => ErrorCode::InvalidGrant,
                PkceError::ChallengeMissing
                | PkceError::MethodMissing
                | PkceError::MethodPlain
                | PkceError::MethodUnknown
                | PkceError::ChallengeMalformed
                | PkceError::VerifierMissing
                | PkceError::VerifierLength
                | PkceError::VerifierCharacter => ErrorCode::InvalidRequest,
            },
            Self::Scope(_) => ErrorCode::InvalidScope,
        }
    }
}
