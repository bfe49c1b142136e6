//! Authorization requests that come ahead (RFC 9126).

use std::time::Duration;

use domain::keys::Environment;

use super::support::{REDIRECT, Stage, pairs, post, refusal, text, with};
use crate::{oauth, testing::TestApp};

/// RFC 7636 appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn form(stage: &Stage) -> Vec<(String, String)> {
    let mut form = pairs(&[
        ("client_id", &stage.client_id),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "journey:read"),
        ("state", "xyz"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    form.extend(stage.secret.as_deref().map(|secret| ("client_secret".to_owned(), secret.to_owned())));
    form
}

#[tokio::test]
async fn a_pushed_request_is_opened_once_by_its_client_within_ninety_seconds() {
    for test in TestApp::each().await {
        for (environment, client_type) in [(Environment::Live, "confidential"), (Environment::Test, "public")]
        {
            let stage = Stage::new(&test.app, environment, client_type).await;
            let other = Stage::new(&test.app, environment, client_type).await;
            let push = async || {
                let reply = post(&test.anonymous(), "/oauth/par", &form(&stage)).await;
                assert_eq!((reply.status.as_u16(), reply.text("cache-control")), (201, "no-store"));
                assert_eq!(reply.json()["expires_in"], 90);
                text(&reply.json(), "request_uri").to_owned()
            };
            let open =
                async |client_id: &str, uri: &str| oauth::pushed(&test.app, client_id, uri).await.unwrap();
            let uri = push().await;
            assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"));
            assert_eq!(open(&other.client_id, &uri).await, None);
            let expected: Vec<_> =
                form(&stage).into_iter().filter(|(name, _)| name != "client_secret").collect();
            assert_eq!(open(&stage.client_id, &uri).await, Some(expected));
            assert_eq!(open(&stage.client_id, &uri).await, None, "once");
            let uri = push().await;
            test.app.clock.advance(Duration::from_secs(90));
            assert_eq!(open(&stage.client_id, &uri).await, None, "late");
            for uri in ["", "https://evil.example/request", &format!("{uri}x")] {
                assert_eq!(open(&stage.client_id, uri).await, None);
            }
        }
    }
}

#[tokio::test]
async fn of_a_pushed_request_only_what_will_be_read_is_kept() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        let padded = [form(&stage), pairs(&[("nonce", &"n".repeat(9_000)), ("login_hint", "ani")])].concat();
        let reply = post(&test.anonymous(), "/oauth/par", &padded).await.json();
        let kept = oauth::pushed(&test.app, &stage.client_id, text(&reply, "request_uri")).await.unwrap();
        assert_eq!(kept, Some([form(&stage), pairs(&[("login_hint", "ani")])].concat()));
        // What no address could carry is refused now, and not when the rider comes with it.
        let scope = vec!["journey:read"; 300].join(" ");
        let long = post(&test.anonymous(), "/oauth/par", &with(&form(&stage), "scope", Some(&scope))).await;
        assert_eq!(refusal(&long), (400, "invalid_request".to_owned()));
    }
}

/// RFC 9126 section 2.3. Anybody can name a public client.
#[tokio::test]
async fn who_pushes_without_end_waits_and_nobody_waits_for_others() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        let push = async |stage: &Stage| post(&test.anonymous(), "/oauth/par", &form(stage)).await;
        for _ in 0..300 {
            assert_eq!(push(&stage).await.status, 201);
        }
        let reply = push(&stage).await;
        assert_eq!(refusal(&reply), (429, "temporarily_unavailable".to_owned()));
        assert_eq!(reply.text("retry-after"), "60");
        let back_end = Stage::new(&test.app, Environment::Live, "confidential").await;
        assert_eq!(push(&back_end).await.status, 201, "it has proven who it is");
        test.app.clock.advance(Duration::from_secs(60));
        assert_eq!(push(&stage).await.status, 201);
    }
}

#[tokio::test]
async fn a_client_hears_at_once_what_is_wrong_with_its_request() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "confidential").await;
        let form = form(&stage);
        for (name, value, status, error) in [
            ("client_secret", None, 401, "invalid_client"),
            ("redirect_uri", Some("https://evil.example/cb"), 400, "invalid_request"),
            ("redirect_uri", None, 400, "invalid_request"),
            ("request_uri", Some("urn:ietf:params:oauth:request_uri:x"), 400, "invalid_request"),
            ("code_challenge_method", Some("plain"), 400, "invalid_request"),
            ("code_challenge", None, 400, "invalid_request"),
            ("response_type", Some("token"), 400, "unsupported_response_type"),
            ("scope", Some("openid"), 400, "invalid_scope"),
        ] {
            let reply = post(&test.anonymous(), "/oauth/par", &with(&form, name, value)).await;
            assert_eq!(refusal(&reply), (status, error.to_owned()), "{name} {value:?}");
        }
    }
}
