//! The crate `oauth2`, which knows nothing of us, goes the whole way: discovery, code with PKCE,
//! refresh, revoke.

use axum::body::Body;
use domain::keys::Environment;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse,
    PkceCodeChallenge, RedirectUrl, RevocationUrl, Scope, StandardRevocableToken, TokenResponse as _,
    TokenUrl, basic::BasicClient,
};

use super::support::{REDIRECT, Stage, text};
use crate::testing::{TestApp, client::Client};

const ISSUER: &str = "https://auth.kci-nfc.co.id";

/// Its requests go to the router instead of the network.
async fn send(client: Client, request: HttpRequest) -> Result<HttpResponse, std::convert::Infallible> {
    let (mut parts, body) = request.into_parts();
    assert_eq!((parts.uri.scheme_str(), parts.uri.host()), (Some("https"), Some("auth.kci-nfc.co.id")));
    parts.uri = parts.uri.path().parse().unwrap();
    let reply = client.send(axum::http::Request::from_parts(parts, Body::from(body))).await;
    let mut response = axum::http::Response::new(reply.body.to_vec());
    (*response.status_mut(), *response.headers_mut()) = (reply.status, reply.headers);
    Ok(response)
}

#[tokio::test]
async fn a_client_library_goes_the_whole_way() {
    for test in TestApp::each().await {
        for (client_type, auth_type) in [
            ("public", AuthType::RequestBody),
            ("confidential", AuthType::RequestBody),
            ("confidential", AuthType::BasicAuth),
        ] {
            let app = test.app_with(|config| config.auth_url = ISSUER.to_owned());
            let server = test.with_config(|config| config.auth_url = ISSUER.to_owned());
            let stage = Stage::new(&app, Environment::Test, client_type).await;
            let rider = stage.auto_consent(&app).await;
            let metadata = server.get("/.well-known/oauth-authorization-server").await.json();
            let url = |name: &str| text(&metadata, name).to_owned();
            let mut client = BasicClient::new(ClientId::new(stage.client_id.clone()))
                .set_auth_uri(AuthUrl::new(url("authorization_endpoint")).unwrap())
                .set_token_uri(TokenUrl::new(url("token_endpoint")).unwrap())
                .set_revocation_url(RevocationUrl::new(url("revocation_endpoint")).unwrap())
                .set_redirect_uri(RedirectUrl::new(REDIRECT.to_owned()).unwrap())
                .set_auth_type(auth_type);
            if let Some(secret) = &stage.secret {
                client = client.set_client_secret(ClientSecret::new(secret.clone()));
            }
            let http = |request| send(server.clone(), request);

            let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
            let (address, state) = client
                .authorize_url(CsrfToken::new_random)
                .add_scope(Scope::new("journey:read".to_owned()))
                .add_scope(Scope::new("balance:read".to_owned()))
                .add_extra_param("login_hint", rider.as_str())
                .set_pkce_challenge(challenge)
                .url();
            let reply = server.get(&format!("{}?{}", address.path(), address.query().unwrap())).await;
            assert_eq!(reply.status, 303, "{:?}", reply.body);
            let answer = reply.text("location").strip_prefix(&format!("{REDIRECT}?")).unwrap();
            let answer: Vec<(String, String)> = serde_urlencoded::from_str(answer).unwrap();
            let one = |name: &str| answer.iter().find(|(other, _)| other == name).unwrap().1.clone();
            assert_eq!((one("state"), one("iss")), (state.secret().clone(), ISSUER.to_owned()));

            let exchange =
                client.exchange_code(AuthorizationCode::new(one("code"))).set_pkce_verifier(verifier);
            let tokens = exchange.request_async(&http).await.unwrap();
            let scopes: Vec<_> = tokens.scopes().unwrap().iter().map(|scope| scope.as_str()).collect();
            assert_eq!(
                (scopes, tokens.expires_in().unwrap().as_secs()),
                (vec!["journey:read", "balance:read"], 600)
            );
            let refresh = tokens.refresh_token().unwrap();
            let next = client.exchange_refresh_token(refresh).request_async(&http).await.unwrap();
            assert_ne!(next.access_token().secret(), tokens.access_token().secret());
            let bearer = format!("Bearer {}", next.access_token().secret());
            let caller = server.clone().header("authorization", &bearer);
            assert_eq!(caller.get("/open-api/v1/limits").await.status, 200);
            let revocable: StandardRevocableToken = next.refresh_token().unwrap().into();
            client.revoke_token(revocable).unwrap().request_async(&http).await.unwrap();
            assert_eq!(caller.get("/open-api/v1/limits").await.status, 401);
        }
    }
}
