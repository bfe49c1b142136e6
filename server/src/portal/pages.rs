//! Rendering a page: context in, complete HTML with its status and security headers out.

use app::{
    Portal as PortalView,
    api::{Answer, ApiBase, Caller, Issuer},
    load::PageStatus,
    outcome::Outcome,
    shell::shell,
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::problem::Code;
use leptos::{nonce::Nonce, prelude::*};

use super::{Portal, visitor};
use crate::{
    config::Config, http::problem::ApiError, identity::SESSION_COOKIE, rider_accounts::RIDER_COOKIE,
};

/// Pages that make sense only for somebody who is signed in.
const SIGNED_IN_ONLY: [&str; 7] =
    ["/account", "/keys", "/usage", "/admin", "/sandbox", "/webhooks", "/applications"];

/// The part of the account that is a rider's. The address above it shows the account of whoever is
/// signed in, member or rider.
const RIDERS_ONLY: [&str; 5] =
    ["/account/rider", "/account/journeys", "/account/apps", "/account/access-log", "/account/data"];

/// Larger than any page; a page beyond it is a fault.
const PAGE_BYTES_MAX: usize = 16 << 20;

/// Any page, by its path.
pub async fn show(State(portal): State<Portal>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let allow = HeaderValue::from_static("GET, HEAD");
        return ApiError::new(Code::MethodNotAllowed).header(header::ALLOW, allow).into_response();
    }
    let (parts, _) = request.into_parts();
    if let Some(redirect) = sign_in_first(&parts) {
        return redirect;
    }
    let page = parts.uri.clone();
    render(&portal, &parts, &page, None).await
}

/// Sends strangers to the sign-in page, and back to where they wanted to go.
fn sign_in_first(request: &Parts) -> Option<Response> {
    let has = |cookie| visitor::cookie(&request.headers, cookie).is_some();
    let may = lets_in(request.uri.path(), has(SESSION_COOKIE), has(RIDER_COOKIE));
    (!may).then(|| to_sign_in(&request.uri))
}

/// Whether a page is for somebody who is signed in as a member, as a rider, as both, or not at all.
fn lets_in(path: &str, member: bool, rider: bool) -> bool {
    if is_below(&RIDERS_ONLY, path) {
        return rider;
    }
    member || (rider && path == "/account") || !is_below(&SIGNED_IN_ONLY, path)
}

fn is_below(prefixes: &[&str], path: &str) -> bool {
    let rest = |prefix: &&str| path.strip_prefix(*prefix);
    prefixes.iter().filter_map(rest).any(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Redirect to the sign-in page that leads back to `page`.
pub fn to_sign_in(page: &Uri) -> Response {
    let next = page.path_and_query().map_or("/", |page| page.as_str());
    let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
    let door = if is_below(&RIDERS_ONLY, page.path()) { "/rider/sign-in" } else { "/sign-in" };
    Redirect::to(&format!("{door}?{query}")).into_response()
}

/// Renders the page at `page` for the visitor who sent `request`.
pub async fn render(portal: &Portal, request: &Parts, page: &Uri, outcome: Option<Outcome>) -> Response {
    render_with(portal, request, page, outcome, Forms::StayHere).await
}

/// Where what answers a page's forms may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forms {
    /// To pages of ours.
    StayHere,
    /// To an application, and on to wherever that sends its users: Chromium holds `form-action` against
    /// every redirect that follows a form, also those of others that nobody can list. So the policy of
    /// such a page has none; its forms are ours, and no script or base address of others gets in.
    LeadAway,
}

/// As [`render`], for a page with forms of this kind.
pub async fn render_with(
    portal: &Portal,
    request: &Parts,
    page: &Uri,
    outcome: Option<Outcome>,
    forms: Forms,
) -> Response {
    let visitor = visitor::identify(portal, request, page).await;
    let may = lets_in(page.path(), visitor.session.is_some(), visitor.rider.is_some());
    if !may && outcome.is_none() {
        // The cookie was there, but its session has ended.
        return to_sign_in(page);
    }
    let status = PageStatus::default();
    let nonce = Nonce::new();
    let policy = content_security_policy(&nonce, &portal.app.config, forms);
    let context = {
        let (portal, request, status) = (portal.clone(), request.clone(), status.clone());
        move || {
            provide_context(visitor.clone());
            provide_context(portal.site.assets.clone());
            provide_context(nonce.clone());
            provide_context(status.clone());
            provide_context(ApiBase(portal.app.config.api_url.clone()));
            provide_context(Issuer(portal.app.config.auth_url.clone()));
            provide_context(caller(portal.clone(), request.clone()));
            if let Some(outcome) = &outcome {
                provide_context(outcome.clone());
            }
        }
    };
    let handler = leptos_axum::render_app_async_with_context(context, || shell(|| view! { <PortalView/> }));
    let mut get = Request::new(Body::empty());
    *get.uri_mut() = page.clone();
    let response = handler(get).await;
    let Ok(html) = to_bytes(response.into_body(), PAGE_BYTES_MAX).await else {
        return ApiError::new(Code::Internal).into_response();
    };
    let status = StatusCode::from_u16(status.get()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::VARY, HeaderValue::from_static("cookie, accept-language")),
    ];
    (status, headers, html).into_response()
}

/// How the page's API client reaches the API.
fn caller(portal: Portal, request: Parts) -> Caller {
    Caller::new(move |path| {
        let (portal, request) = (portal.clone(), request.clone());
        async move {
            let answer = portal.api.get(&request, &path).await;
            Answer { status: answer.status.as_u16(), body: answer.body.to_vec() }
        }
    })
}

/// Only our own scripts, by nonce, which may call the API and the authorization server; nothing else
/// from other hosts; no frames. Style attributes are allowed
/// because the chart library's tooltips carry them.
fn content_security_policy(nonce: &Nonce, config: &Config, forms: Forms) -> HeaderValue {
    let Config { api_url, auth_url, .. } = config;
    let form_action = match forms {
        Forms::StayHere => "; form-action 'self'",
        Forms::LeadAway => "",
    };
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self' {api_url} {auth_url}; \
         object-src 'none'; base-uri 'none'; frame-ancestors 'none'{form_action}"
    );
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}
