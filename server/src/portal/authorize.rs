//! `/oauth/authorize`: the page that applications send riders to, and its form.
//!
//! What comes next is the API's to say; here it becomes a redirect, always by 303, or a page. Only
//! the question itself has a form whose answer may lead to another origin.

use std::collections::HashMap;

use app::outcome::Outcome;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    problem::{Code, Problem},
    rider_accounts::AuthorizeStep,
};
use serde_json::json;

use super::{
    Portal,
    own_api::Answer,
    pages::{self, Forms},
};
use crate::http::{
    json::read_body,
    problem::{ApiError, ApiResult},
};

/// Path of the page.
const PAGE: &str = "/oauth/authorize";
/// What answers it in the API.
const API: &str = "/portal-api/v1/rider/authorize";
const FIELDS_MAX: usize = 20;

/// An application sends a rider here.
pub async fn show(State(portal): State<Portal>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let answer = portal.api.get(&parts, &with_query(API, query)).await;
    follow(&portal, &parts, query, &answer).await
}

/// The rider answers.
pub async fn decide(State(portal): State<Portal>, request: Request) -> ApiResult<Response> {
    let (parts, body) = request.into_parts();
    let body = read_body(body).await?;
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&body)
        .map_err(|error| ApiError::new(Code::MalformedRequest).because(error))?;
    if fields.len() > FIELDS_MAX {
        return Err(ApiError::new(Code::BodyTooLarge));
    }
    let one =
        |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let ticked = fields.iter().filter(|(field, _)| field == "scope").map(|(_, value)| value);
    let answer = json!({
        "request": one("request"),
        "form": one("form"),
        "scopes": ticked.collect::<Vec<_>>(),
        "decision": one("decision"),
    });
    let request = one("request");
    let answer = portal.api.call(&parts, Method::POST, API, HeaderMap::new(), Some(answer)).await;
    Ok(follow(&portal, &parts, request, &answer).await)
}

async fn follow(portal: &Portal, parts: &Parts, query: &str, answer: &Answer) -> Response {
    let mut response = match answer.read::<AuthorizeStep>() {
        Ok(AuthorizeStep::Redirect { to }) => return see_other(&to),
        Ok(AuthorizeStep::SignIn { login_hint, request }) => {
            return to_sign_in(request.as_deref().unwrap_or(query), login_hint.as_deref());
        }
        Ok(step) => {
            let mut response = page(portal, parts, query, Ok(&step)).await;
            if matches!(step, AuthorizeStep::PageError { .. } | AuthorizeStep::Leave(_)) {
                *response.status_mut() = StatusCode::BAD_REQUEST;
            }
            response
        }
        Err(Some(problem)) => {
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = page(portal, parts, query, Err(*problem)).await;
            *response.status_mut() = status;
            response
        }
        Err(None) => ApiError::new(Code::Internal).into_response(),
    };
    let sent = response.headers_mut();
    sent.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The address has the request in it: for nobody else.
    sent.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// The page with what the API said.
async fn page(
    portal: &Portal,
    parts: &Parts,
    query: &str,
    said: Result<&AuthorizeStep, Problem>,
) -> Response {
    let Ok(page) = with_query(PAGE, query).parse::<Uri>() else {
        return ApiError::new(Code::MalformedRequest).into_response();
    };
    let forms = match &said {
        Ok(AuthorizeStep::Consent(_)) => Forms::LeadAway,
        _ => Forms::StayHere,
    };
    let result = match said.map(serde_json::to_value) {
        Ok(Ok(step)) => Ok(step),
        Ok(Err(cause)) => return ApiError::internal(cause).into_response(),
        Err(problem) => Err(problem),
    };
    let outcome = Outcome::new(PAGE.to_owned(), HashMap::new(), result);
    pages::render_with(portal, parts, &page, Some(outcome), forms).await
}

/// Away from here. The address that the rider comes from is not told.
fn see_other(to: &str) -> Response {
    let referrer = HeaderValue::from_static("no-referrer");
    let no_store = HeaderValue::from_static("no-store");
    let headers = [(header::REFERRER_POLICY, referrer), (header::CACHE_CONTROL, no_store)];
    (headers, Redirect::to(to)).into_response()
}

/// To the sign-in page of riders, which leads back to this request.
fn to_sign_in(query: &str, login_hint: Option<&str>) -> Response {
    let next = with_query(PAGE, query);
    let mut fields = vec![("next", next.as_str())];
    fields.extend(login_hint.map(|hint| ("login_hint", hint)));
    let query = serde_urlencoded::to_string(fields).unwrap_or_default();
    see_other(&format!("/rider/sign-in?{query}"))
}

fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
