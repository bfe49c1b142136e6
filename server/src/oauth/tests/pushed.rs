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
