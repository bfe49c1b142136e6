//! Who calls the public API, as handlers may know it.

use std::{net::IpAddr, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{
    ids::{KeyId, PartnerId},
    keys::Environment,
    problem::Code,
};

use super::{Credential, CredentialId};
use crate::{http::problem::ApiError, oauth::Access};

/// The caller of a public operation. Put into the request's extensions by `limits::layer`.
#[derive(Debug, Clone)]
pub struct Caller {
    pub ip: IpAddr,
    /// What the call acts on: the key's environment; live without one.
    pub environment: Environment,
    /// The key that was sent and found good; none for an anonymous call.
    pub credential: Option<Arc<Credential>>,
    /// What a rider allows, for a call with an access token; then the credential is its application's.
    pub access: Option<Arc<Access>>,
}

impl Caller {
    #[must_use]
    pub fn partner_id(&self) -> Option<&PartnerId> {
        self.credential.as_ref().map(|credential| &credential.partner_id)
    }

    #[must_use]
    pub fn key_id(&self) -> Option<&KeyId> {
        match self.credential.as_deref()?.id {
            CredentialId::Key(ref id) => Some(id),
            CredentialId::Application(_) => None,
        }
    }
}

/// A route outside of the limits' layer has no caller.
#[derive(Debug, thiserror::Error)]
#[error("the route is not behind limits::layer")]
struct NotLayered;

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let caller = parts.extensions.get().cloned();
        caller.ok_or_else(|| ApiError::new(Code::Internal).because(NotLayered))
    }
}
