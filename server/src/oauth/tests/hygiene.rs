//! O10: what the endpoints refuse, and that nothing is kept by anybody.

use axum::{
    body::Body,
    http::{Method, Request},
};
use domain::keys::Environment;

use super::support::{ALL, Stage, encoded, post, refusal, request, text, with};
use crate::testing::TestApp;

#[tokio::test]
async fn only_a_form_in_the_body_of_a_post_is_read() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "confidential").await;
        let code = stage.consent(&test.app, ALL, ALL).await;
        let form = stage.exchange_form(&code);
        let client = test.anonymous();
        let send = async |method: Method, path: &str, kind: &str, body: String| {
            let request = Request::builder().method(method).uri(path).header("content-type", kind);
            client.send(request.body(Body::from(body)).unwrap()).await
        };
        const FORM: &str = "application/x-www-form-urlencoded";
        for path in ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par"] {
            for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::PATCH] {
                let reply = send(method.clone(), path, FORM, String::new()).await;
                assert_eq!((reply.status.as_u16(), reply.text("allow")), (405, "POST"), "{method} {path}");
                assert_eq!((reply.text("cache-control"), reply.text("pragma")), ("no-store", "no-cache"));
            }
            let in_query = format!("{path}?{}", encoded(&form));
            let json = serde_json::json!({"grant_type": "authorization_code"}).to_string();
            for reply in [
                send(Method::POST, &in_query, FORM, String::new()).await,
                send(Method::POST, &format!("{path}?x=1"), FORM, encoded(&form)).await,
                send(Method::POST, path, "application/json", json).await,
                send(Method::POST, path, "text/plain", encoded(&form)).await,
                send(Method::POST, path, "multipart/form-data", encoded(&form)).await,
                send(Method::POST, path, FORM, String::new()).await,
                send(Method::POST, path, FORM, format!("{}&client_id=x", encoded(&form))).await,
                send(Method::POST, path, FORM, format!("{}&unheard=1&unheard=2", encoded(&form))).await,
            ] {
                assert_eq!(refusal(&reply), (400, "invalid_request".to_owned()), "{path} {:?}", reply.body);
            }
        }
        let huge = format!("{}&pad={}", encoded(&form), "a".repeat(70_000));
        assert_eq!(refusal(&send(Method::POST, "/oauth/token", FORM, huge).await).0, 413);
        assert_eq!(
            refusal(&send(Method::GET, "/oauth/nothing", FORM, String::new()).await),
            (404, "invalid_request".to_owned())
        );
        // Nothing of that touched the code.
        assert_eq!(post(&client, "/oauth/token", &form).await.status, 200);
    }
}

#[tokio::test]
async fn a_client_proves_itself_by_basic_or_by_the_body_and_a_public_one_by_pkce_alone() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "confidential").await;
        let code = stage.consent(&test.app, ALL, ALL).await;
        let in_body = stage.exchange_form(&code);
        let bare = with(&with(&in_body, "client_secret", None), "client_id", None);
        let wrong = "nfcg_cs_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        let by_basic = test.anonymous().header("authorization", &stage.basic());
        for (client, form, expected) in [
            (test.anonymous(), with(&in_body, "client_secret", None), (401, "invalid_client")),
            (test.anonymous(), with(&in_body, "client_secret", Some(wrong)), (401, "invalid_client")),
            (test.anonymous(), with(&in_body, "client_secret", Some("guess")), (401, "invalid_client")),
            (
                test.anonymous(),
                with(&in_body, "client_id", Some("app_068o40khj1u00000000000001g")),
                (401, "invalid_client"),
            ),
            (test.anonymous(), bare.clone(), (400, "invalid_request")),
            (by_basic.clone(), in_body.clone(), (400, "invalid_request")),
            (
                by_basic.clone(),
                with(&bare, "client_id", Some("app_068o40khj1u00000000000001g")),
                (400, "invalid_request"),
            ),
            (test.anonymous().header("authorization", "Basic !!!"), bare.clone(), (401, "invalid_client")),
            (test.anonymous().header("authorization", "Bearer x"), bare.clone(), (401, "invalid_client")),
        ] {
            let reply = post(&client, "/oauth/token", &form).await;
            assert_eq!(refusal(&reply), (expected.0, expected.1.to_owned()), "{form:?}");
            assert_eq!(reply.headers.contains_key("www-authenticate"), expected.0 == 401);
        }
        assert_eq!(post(&by_basic, "/oauth/token", &bare).await.status, 200);

        let public = Stage::new(&test.app, Environment::Live, "public").await;
        let code = public.consent(&test.app, ALL, ALL).await;
        let form = with(&public.exchange_form(&code), "client_secret", Some(wrong));
        assert_eq!(
            refusal(&post(&test.anonymous(), "/oauth/token", &form).await),
            (401, "invalid_client".to_owned())
        );
    }
}

#[tokio::test]
async fn the_thirty_first_wrong_secret_of_a_minute_waits() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "confidential").await;
        let form = with(&stage.token_form("x"), "client_secret", Some("guess"));
        for _ in 0..30 {
            assert_eq!(refusal(&post(&test.anonymous(), "/oauth/introspect", &form).await).0, 401);
        }
        // Now even the right one has to wait, from there.
        let reply = post(&test.anonymous(), "/oauth/token", &stage.refresh_form("x")).await;
        assert_eq!(refusal(&reply), (429, "temporarily_unavailable".to_owned()));
        assert_eq!(reply.text("retry-after"), "60");
        let mut elsewhere = request("/oauth/introspect", &stage.token_form("x"));
        elsewhere
            .extensions_mut()
            .insert(axum::extract::ConnectInfo(std::net::SocketAddr::from(([203, 0, 113, 6], 1))));
        assert_eq!(test.anonymous().send(elsewhere).await.status, 200);
        // A public client behind the same address has nothing that could be guessed.
        let public = Stage::new(&test.app, Environment::Live, "public").await;
        let code = public.consent(&test.app, ALL, ALL).await;
        assert_eq!(post(&test.anonymous(), "/oauth/token", &public.exchange_form(&code)).await.status, 200);
    }
}

#[tokio::test]
async fn browsers_of_other_origins_may_call_and_nothing_of_it_is_a_page() {
    let test = TestApp::one().await;
    let browser = test.anonymous().header("origin", "https://spa.travelku.co.id");
    let asked = browser.call(Method::OPTIONS, "/oauth/token", None::<()>).await;
    assert_eq!((asked.status.as_u16(), asked.text("access-control-allow-methods")), (204, "POST, OPTIONS"));
    assert_eq!(asked.text("access-control-allow-origin"), "*");
    let stage = Stage::new(&test.app, Environment::Live, "public").await;
    let code = stage.consent(&test.app, ALL, ALL).await;
    let reply = post(&browser, "/oauth/token", &stage.exchange_form(&code)).await;
    assert_eq!((reply.status.as_u16(), reply.text("access-control-allow-origin")), (200, "*"));
    assert!(!reply.headers.contains_key("set-cookie"));
    let html = browser.header("accept", "text/html").get("/oauth/token").await;
    assert_eq!(html.text("content-type"), "application/json");
}

#[tokio::test]
async fn the_metadata_names_what_is_served() {
    let test = TestApp::one().await;
    let reply = test.anonymous().get("/.well-known/oauth-authorization-server").await;
    let metadata = reply.json();
    let issuer = text(&metadata, "issuer");
    assert_eq!((issuer, reply.text("cache-control")), ("http://127.0.0.1:3000", "public, max-age=300"));
    for name in metadata.as_object().unwrap().keys().filter(|name| name.ends_with("_endpoint")) {
        let path = text(&metadata, name).strip_prefix(issuer).unwrap();
        if path != "/oauth/authorize" {
            let reply = post(&test.anonymous(), path, &[]).await;
            assert_eq!(refusal(&reply), (400, "invalid_request".to_owned()), "{name}");
        }
    }
    assert_eq!(metadata["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    assert_eq!(
        metadata["dpop_signing_alg_values_supported"],
        serde_json::json!(["ES256", "EdDSA", "Ed25519"])
    );
    // A cache that has it from a program gives it to a browser.
    assert_eq!(reply.text("access-control-allow-origin"), "*");
}
