//! The endpoints that clients call by themselves. What riders see is `/oauth/authorize`, a page.

use std::net::IpAddr;

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::oauth::token::{Grant, PushedRequest, Refusal, TokenQuestion, TokenRequest};
use jiff::Timestamp;
use serde_json::json;

use super::{
    answers::{Failure, TokenBody},
    client,
    dpop::{self, Proven, Shown},
    exchange, introspect, metadata, pushed, revoke,
};
use crate::{
    app::App,
    http::{
        arrival::{self, Arrival},
        client_ip,
        json::read_body_up_to,
    },
};

/// No form of these endpoints is larger.
const FORM_BYTES_MAX: usize = 16 * 1024;

/// `/oauth/…` for programs, and the metadata.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/oauth/token", post(token))
        .route("/oauth/revoke", post(revoke_token))
        .route("/oauth/introspect", post(introspect_token))
        .route("/oauth/par", post(push))
        .route(metadata::PATH, get(metadata::show))
}

/// Methods of one of these routes, for browsers that ask before they send.
#[must_use]
pub fn methods(route: &str) -> Option<&'static str> {
    match route {
        "/oauth/token" | "/oauth/revoke" | "/oauth/introspect" | "/oauth/par" => Some("POST, OPTIONS"),
        metadata::PATH => Some("GET, HEAD, OPTIONS"),
        _ => None,
    }
}

/// A request as these endpoints take them: a form, and nothing in the address.
pub(super) struct Form {
    pub authorization: Option<String>,
    pub pairs: Vec<(String, String)>,
    pub ip: IpAddr,
    /// By the product's clock.
    pub now: Timestamp,
    headers: HeaderMap,
    path: String,
}

impl Form {
    async fn read(app: &App, request: Request) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let arrival = Arrival::of(&parts.extensions);
        let ip = arrival.map_or_else(
            || client_ip::of(arrival::peer(&parts.extensions), &parts.headers, &app.config.trusted_proxies),
            |arrival| arrival.client,
        );
        let now = arrival.map_or_else(|| app.clock.now(), |arrival| arrival.at);
        if parts.uri.query().is_some_and(|query| !query.is_empty()) {
            return Err(Refusal::InQuery.into());
        }
        if !is_form(&parts.headers) {
            return Err(Refusal::NotAForm.into());
        }
        let authorization = authorization(&parts.headers)?;
        let body = read_body_up_to(body, FORM_BYTES_MAX).await?;
        let pairs = form_urlencoded::parse(&body).into_owned().collect();
        let path = parts.uri.path().to_owned();
        Ok(Self { authorization, pairs, ip: ip.0, now, headers: parts.headers, path })
    }
}

impl Form {
    /// The proof that the request brings of having a key (RFC 9449).
    fn proof(&self, app: &App) -> Result<Option<Proven>, Refusal> {
        let shown = Shown { method: "POST", path: &self.path, access_token: None };
        Ok(dpop::prove(app, &self.headers, shown, self.now)?)
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn authorization(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(Refusal::AuthorizationUnreadable),
        (Some(value), None) => {
            let text = value.to_str().map_err(|_| Refusal::AuthorizationUnreadable)?;
            Ok(Some(text.to_owned()))
        }
    }
}

async fn token(State(app): State<App>, request: Request) -> Result<Json<TokenBody>, Failure> {
    let form = Form::read(&app, request).await?;
    let request = TokenRequest::read(form.authorization.as_deref(), &form.pairs)?;
    let client = client::authenticate(&app, &request.client, form.ip, form.now).await?;
    if !client.client.may_ask {
        return Err(Refusal::NotAllowed.into());
    }
    let grant = request.grant?;
    let proof = form.proof(&app)?;
    let issued = match grant {
        Grant::Code { code, redirect_uri, verifier } => {
            let presented = exchange::Presented { code, redirect_uri, verifier, proof };
            exchange::exchange_code(&app, &client, presented).await?
        }
        Grant::Refresh { token, scopes } => exchange::refresh(&app, &client, token, scopes, proof).await?,
    };
    Ok(Json(issued.into()))
}

/// RFC 9126.
async fn push(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let form = Form::read(&app, request).await?;
    let request = PushedRequest::read(form.authorization.as_deref(), &form.pairs)?;
    let client = client::authenticate(&app, &request.client, form.ip, form.now).await?;
    app.oauth.count_push(&client, form.ip, form.now).map_err(Failure::throttled)?;
    let request_uri = pushed::keep(&app, &client, request, form.proof(&app)?).await?;
    let body = json!({"request_uri": request_uri, "expires_in": pushed::LIFETIME_S});
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// RFC 7009: what is no token, or none any more, is revoked as asked. The answer says nothing, but in
/// JSON, since some libraries read every answer as such.
async fn revoke_token(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let form = Form::read(&app, request).await?;
    let question = TokenQuestion::read(form.authorization.as_deref(), &form.pairs)?;
    let client = client::authenticate(&app, &question.client, form.ip, form.now).await?;
    if let Some(token) = question.token {
        revoke::revoke(&app, &client, token).await?;
    }
    Ok((StatusCode::OK, Json(json!({}))).into_response())
}

/// RFC 7662, for confidential clients and their own tokens.
async fn introspect_token(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let form = Form::read(&app, request).await?;
    let question = TokenQuestion::read(form.authorization.as_deref(), &form.pairs)?;
    let client = client::authenticate(&app, &question.client, form.ip, form.now).await?;
    let told = introspect::introspect(&app, &client, question.token).await?;
    Ok(Json(told).into_response())
}
