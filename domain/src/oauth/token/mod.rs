//! Requests that a client sends by itself: for tokens, to revoke one (RFC 7009), to ask about one
//! (RFC 7662).
//!
//! | the client proves itself by | |
//! | --- | --- |
//! | HTTP Basic | id and secret, each form-encoded before the base64 (RFC 6749 section 2.3.1) |
//! | the body | `client_id` and `client_secret` |
//! | nothing but its id | public ones; PKCE proves that it is who asked |
//!
//! Not two at once, no parameter twice, none in the query, no other body than a form. Who asks is
//! settled before what for: [`TokenRequest::grant`] is looked at once the client is known.

mod refusal;
#[cfg(test)]
mod tests;

use data_encoding::BASE64;

pub use self::refusal::Refusal;
use super::{
    authorize::PARAMETERS,
    parameters::{Doubled, Parameters, decoded},
    pkce::{CodeVerifier, PkceError},
    redirect::ClientType,
    scope::{ScopeError, Scopes},
    token_text::{TokenHash, TokenKind},
};

/// Who a request says it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientClaim {
    /// Not checked.
    pub client_id: String,
    pub secret: Option<ClaimedSecret>,
    /// By HTTP Basic: the refusal then names that in `WWW-Authenticate`.
    pub by_basic: bool,
}

/// A client secret as sent: its hash, or that it can't be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedSecret(Option<TokenHash>);

impl ClientClaim {
    /// Checks the claim against the secrets of the client that it names: those that are valid now,
    /// more than one while one is rotated.
    ///
    /// # Errors
    /// The [`Refusal`].
    pub fn prove(&self, client_type: ClientType, valid: &[TokenHash]) -> Result<(), Refusal> {
        match (client_type, self.secret) {
            (ClientType::Public, None) => Ok(()),
            (ClientType::Public, Some(_)) => Err(Refusal::SecretUnexpected),
            (ClientType::Confidential, None) => Err(Refusal::SecretMissing),
            // Hashes of 256 random bits: how long comparing takes tells nothing of the secret.
            (ClientType::Confidential, Some(ClaimedSecret(Some(hash)))) if valid.contains(&hash) => Ok(()),
            (ClientType::Confidential, Some(_)) => Err(Refusal::SecretWrong),
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    Code {
        code: TokenHash,
        redirect_uri: String,
        verifier: CodeVerifier,
    },
    /// `scopes`: fewer than were granted; none for all of them.
    Refresh {
        token: TokenHash,
        scopes: Option<Scopes>,
    },
}

/// A request to `/oauth/token`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    pub client: ClientClaim,
    /// What it asks for, or why that can't be read.
    pub grant: Result<Grant, Refusal>,
}

impl TokenRequest {
    /// `authorization` is the header's value, `pairs` the decoded body.
    ///
    /// # Errors
    /// The [`Refusal`], where the client can't even be named.
    pub fn read(authorization: Option<&str>, pairs: &[(String, String)]) -> Result<Self, Refusal> {
        let client = read_client(authorization, pairs)?;
        Ok(Self { client, grant: read_grant(Parameters(pairs)) })
    }
}

/// A request to `/oauth/revoke` or `/oauth/introspect`. A hint of the token's type is passed over: the
/// token says itself what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenQuestion {
    pub client: ClientClaim,
    /// None where it is no token of ours: revoked as asked, and not active.
    pub token: Option<(TokenKind, TokenHash)>,
}

impl TokenQuestion {
    /// As [`TokenRequest::read`].
    ///
    /// # Errors
    /// The [`Refusal`].
    pub fn read(authorization: Option<&str>, pairs: &[(String, String)]) -> Result<Self, Refusal> {
        let client = read_client(authorization, pairs)?;
        let token = required(Parameters(pairs), "token")?;
        Ok(Self { client, token: TokenHash::read_any(token) })
    }
}

/// A request to `/oauth/par` (RFC 9126): an authorization request that comes ahead, from the client
/// itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedRequest {
    pub client: ClientClaim,
    /// The parameters as the authorization endpoint would get them, of those that it reads. Not checked.
    pub pairs: Vec<(String, String)>,
}

impl PushedRequest {
    /// As [`TokenRequest::read`].
    ///
    /// # Errors
    /// The [`Refusal`].
    pub fn read(authorization: Option<&str>, pairs: &[(String, String)]) -> Result<Self, Refusal> {
        let client = read_client(authorization, pairs)?;
        if one(Parameters(pairs), "request_uri")?.is_some() {
            return Err(Refusal::PushedTwice);
        }
        let mut pairs = pairs.to_vec();
        pairs.retain(|(name, _)| name != "client_id" && PARAMETERS.contains(&name.as_str()));
        pairs.insert(0, ("client_id".to_owned(), client.client_id.clone()));
        Ok(Self { client, pairs })
    }
}

fn read_client(authorization: Option<&str>, pairs: &[(String, String)]) -> Result<ClientClaim, Refusal> {
    let parameters = Parameters(pairs);
    parameters.check_doubled().map_err(|Doubled| Refusal::Doubled)?;
    let (named, secret) = (one(parameters, "client_id")?, one(parameters, "client_secret")?);
    let claim = |client_id: &str, secret: Option<&str>, by_basic| ClientClaim {
        client_id: client_id.to_owned(),
        secret: secret.map(|text| ClaimedSecret(TokenHash::read(TokenKind::ClientSecret, text).ok())),
        by_basic,
    };
    match (authorization, named, secret) {
        (Some(authorization), named, None) => {
            let (client_id, secret) = read_basic(authorization).ok_or(Refusal::AuthorizationUnreadable)?;
            // Many libraries repeat the id in the body; it only has to be the same.
            if named.is_some_and(|named| named != client_id) {
                return Err(Refusal::TwoClients);
            }
            Ok(claim(&client_id, Some(secret.as_str()).filter(|secret| !secret.is_empty()), true))
        }
        (Some(_), _, Some(_)) => Err(Refusal::TwoClients),
        (None, Some(named), secret) => Ok(claim(named, secret, false)),
        (None, None, _) => Err(Refusal::Missing("client_id")),
    }
}

fn read_basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64.decode(credentials.trim().as_bytes()).ok()?).ok()?;
    let (client_id, secret) = text.split_once(':')?;
    Some((decoded(client_id)?, decoded(secret)?)).filter(|(client_id, _)| !client_id.is_empty())
}

fn read_grant(parameters: Parameters<'_>) -> Result<Grant, Refusal> {
    match required(parameters, "grant_type")? {
        "authorization_code" => {
            let code = required(parameters, "code")?;
            let redirect_uri = required(parameters, "redirect_uri")?.to_owned();
            let verifier = one(parameters, "code_verifier")?.ok_or(PkceError::VerifierMissing)?;
            Ok(Grant::Code {
                verifier: verifier.parse().map_err(Refusal::Pkce)?,
                code: TokenHash::read(TokenKind::Code, code).map_err(|_| Refusal::CodeUnknown)?,
                redirect_uri,
            })
        }
        "refresh_token" => {
            let token = required(parameters, "refresh_token")?;
            let scopes = one(parameters, "scope")?.map(str::parse).transpose();
            Ok(Grant::Refresh {
                token: TokenHash::read(TokenKind::Refresh, token).map_err(|_| Refusal::RefreshUnknown)?,
                scopes: scopes.map_err(|error: ScopeError| Refusal::Scope(error))?,
            })
        }
        _ => Err(Refusal::GrantTypeUnknown),
    }
}

fn one<'a>(parameters: Parameters<'a>, name: &'static str) -> Result<Option<&'a str>, Refusal> {
    parameters.one(name).map_err(|Doubled| Refusal::Doubled)
}

fn required<'a>(parameters: Parameters<'a>, name: &'static str) -> Result<&'a str, Refusal> {
    one(parameters, name)?.ok_or(Refusal::Missing(name))
}
