//! Who calls the public API, as handlers may know it.

use std::{net::IpAddr, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{
    ids::{KeyId, PartnerId},
    keys::Environment,
    problem::Code,
};

use super::Credential;
use crate::http::problem::ApiError;

/// The caller of a public operation. Put into the request's extensions by `limits::layer`.
#[derive(Debug, Clone)]
pub struct Caller {
    pub ip: IpAddr,
    /// What the call acts on: the key's environment; live without one.
    pub environment: Environment,
    /// The key that was sent and found good; none for an anonymous call.
    pub credential: Option<Arc<Credential>>,
}

impl Caller {
    #[must_use]
    pub fn partner_id(&self) -> Option<&PartnerId> {
        self.credential.as_ref().map(|credential| &credential.partner_id)
    }

    #[must_use]
    pub fn key_id(&self) -> Option<&KeyId> {
        self.credential.as_ref().map(|credential| &credential.key_id)
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
