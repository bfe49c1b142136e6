//! Cookie surfaces take changes from our own pages only.
//!
//! The rule is Go 1.25's: `Sec-Fetch-Site` decides where a browser sends it; older browsers must
//! show an `Origin` that is the host they call or the portal's configured address (which matters
//! behind a proxy that rewrites `Host`); programs, which send neither, pass: no cookie is put into
//! their hands by somebody else's page.

use axum::response::{IntoResponse, Response};
use domain::problem::Code;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::problem::ApiError;
use crate::app::App;

/// The check, as a layer for `/portal-api` and the portal's pages.
pub fn layer(app: &App) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let portal_url = &app.config.portal_url;
    let layer = CsrfLayer::new().add_trusted_origin(portal_url).unwrap_or_else(|error| {
        tracing::warn!(%error, portal_url, "the portal's address is no origin; only requests to the same host are trusted");
        CsrfLayer::new()
    });
    layer.with_rejection_response(refuse as fn(ProtectionError) -> Response)
}

fn refuse(error: ProtectionError) -> Response {
    ApiError::new(Code::CrossOrigin).because(error).into_response()
}
