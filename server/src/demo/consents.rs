//! A rider of the demo who lets an application see their journeys, as riders do: signed in, on the
//! consent page, and the application exchanges its code and reads. So connected applications, access
//! logs and webhooks about riders have something true to show.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use domain::{
    oauth::{Scope, pkce::CodeVerifier},
    operations::{BASE, Operation},
};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{DemoError, applications::ApplicationAccount, browser::Browser, commuters::RiderAccount, text};
use crate::random::Random;

const ANSWER_BYTES_MAX: usize = 1 << 20;
const ALLOWED: [Scope; 2] = [Scope::JourneyRead, Scope::ProfileRead];
const READS: [Operation; 2] = [Operation::ListJourneys, Operation::GetProfile];

/// The rider agrees, and the application reads what it may.
pub async fn give(
    router: &Router,
    random: &Random,
    rider: &RiderAccount,
    application: &ApplicationAccount,
) -> Result<(), DemoError> {
    let mut browser = Browser::new(router.clone());
    let credentials = json!({"login": rider.email(), "password": rider.password});
    browser.post("rider's sign-in", "/portal-api/v1/rider/sign-in", credentials).await?;

    let verifier = CodeVerifier::generate(random.bytes());
    let scopes = ALLOWED.map(Scope::as_str);
    let query = encoded(&[
        ("response_type", "code"),
        ("client_id", &application.client_id),
        ("redirect_uri", application.redirect_uri),
        ("scope", &scopes.join(" ")),
        ("code_challenge", &verifier.challenge().to_string()),
        ("code_challenge_method", "S256"),
    ])?;
    let authorize = "/portal-api/v1/rider/authorize";
    let asked = browser.get("consent page", &format!("{authorize}?{query}")).await?;
    let answer = json!({
        "request": text(&asked, "/request")?, "form": text(&asked, "/form")?,
        "scopes": scopes, "decision": "allow",
    });
    let to = text(&browser.post("consent", authorize, answer).await?, "/to")?;
    let code = to.split(['?', '&']).find_map(|pair| pair.strip_prefix("code="));
    let code = code.ok_or_else(|| DemoError::Unexpected(format!("a code in {to}")))?;

    let exchange = encoded(&[
        ("grant_type", "authorization_code"),
        ("client_id", &application.client_id),
        ("client_secret", application.client_secret.as_deref().unwrap_or_default()),
        ("redirect_uri", application.redirect_uri),
        ("code", code),
        ("code_verifier", verifier.expose()),
    ])?;
    let exchange = Request::post("/oauth/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(exchange));
    let token = text(&send(router, "tokens for a code", exchange).await?, "/access_token")?;
    for operation in READS {
        let read = Request::get(format!("{BASE}{}", operation.path()))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty());
        send(router, "an application's read", read).await?;
    }
    Ok(())
}

fn encoded(pairs: &[(&str, &str)]) -> Result<String, DemoError> {
    serde_urlencoded::to_string(pairs).map_err(|error| DemoError::Unexpected(error.to_string()))
}

async fn send(
    router: &Router,
    act: &str,
    request: Result<Request<Body>, axum::http::Error>,
) -> Result<Value, DemoError> {
    let request = request.map_err(|error| DemoError::Unexpected(error.to_string()))?;
    let Ok(response) = router.clone().oneshot(request).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
    if !status.is_success() {
        let body = String::from_utf8_lossy(&body).into_owned();
        return Err(DemoError::Refused { act: act.to_owned(), status: status.as_u16(), body });
    }
    Ok(serde_json::from_slice(&body).unwrap_or(Value::Null))
}
