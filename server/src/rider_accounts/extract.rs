//! Who asks: a rider who is signed in, or the browser of one who is not yet.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
};
use domain::{
    ids::{RiderId, SessionId},
    problem::Code,
    rider_accounts::{RIDER_COOKIE, RiderSession},
};

use super::sessions;
use crate::{
    app::App,
    audit::{Actor, AuditContext},
    http::{
        arrival::Arrival,
        cookie,
        problem::{ApiError, ApiResult},
    },
    identity::{Device, tokens},
};

/// A rider of the live network, signed in.
#[derive(Debug, Clone)]
pub struct Rider {
    pub id: RiderId,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub session_id: SessionId,
    pub(super) token_hash: [u8; 32],
    request_id: Option<String>,
}

impl Rider {
    /// What is written down beside what they do.
    #[must_use]
    pub fn audit(&self, app: &App) -> AuditContext {
        AuditContext::new(app, Actor::Rider(self.id.clone()), self.request_id.clone())
    }

    /// What the portal shows them about it.
    #[must_use]
    pub fn view(&self) -> RiderSession {
        RiderSession {
            id: self.id.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
        }
    }
}

impl FromRequestParts<App> for Rider {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let not_signed_in = || ApiError::new(Code::NotSignedIn);
        let secret = cookie::find(&parts.headers, RIDER_COOKIE).ok_or_else(not_signed_in)?;
        let token_hash = tokens::hash(secret);
        let found = sessions::find(app, token_hash).await?.ok_or_else(not_signed_in)?;
        Ok(Self {
            id: found.rider_id,
            name: found.name,
            email: found.email,
            phone: found.phone,
            session_id: found.id,
            token_hash,
            request_id: Arrival::of(&parts.extensions).map(|arrival| arrival.request_id.to_string()),
        })
    }
}

impl OptionalFromRequestParts<App> for Rider {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Option<Self>> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(rider) => Ok(Some(rider)),
            Err(error) if error.code() == Code::NotSignedIn => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The browser a request comes from, and the rider's session it already has: whoever signs in gives
/// that one up.
#[derive(Debug, Clone)]
pub struct RiderDevice {
    pub device: Device,
    pub(super) session: Option<[u8; 32]>,
}

impl FromRequestParts<App> for RiderDevice {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let Ok(device) = Device::from_request_parts(parts, app).await;
        Ok(Self { device, session: cookie::find(&parts.headers, RIDER_COOKIE).map(tokens::hash) })
    }
}
