//! What clients can find out by themselves (RFC 8414).

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use domain::oauth::{Scope, dpop, pkce};
use serde_json::json;

use super::issuer;
use crate::app::App;

pub const PATH: &str = "/.well-known/oauth-authorization-server";

const FIVE_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The metadata: nothing stands here that is not served.
pub async fn show(State(app): State<App>) -> impl IntoResponse {
    let issuer = issuer(&app);
    let all = ["client_secret_basic", "client_secret_post", "none"];
    let body = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "introspection_endpoint": format!("{issuer}/oauth/introspect"),
        "pushed_authorization_request_endpoint": format!("{issuer}/oauth/par"),
        "require_pushed_authorization_requests": false,
        "dpop_signing_alg_values_supported": dpop::ALGORITHMS,
        "scopes_supported": Scope::ALL.map(Scope::as_str),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": [pkce::METHOD],
        "token_endpoint_auth_methods_supported": all,
        "revocation_endpoint_auth_methods_supported": all,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "authorization_response_iss_parameter_supported": true,
        "ui_locales_supported": ["id", "en"],
        "service_documentation": format!("{}/docs/authentication", app.config.portal_url),
    });
    ([(header::CACHE_CONTROL, FIVE_MINUTES)], axum::Json(body))
}
