//! Asking about tokens, and handing them back.

use std::time::Duration;

use domain::{keys::Environment, partners::PartnerStep};
use serde_json::json;

use super::support::{ALL, Stage, call, post, refusal, text};
use crate::{keys::tests::support, oauth, testing::TestApp};

const LIMITS: &str = "/open-api/v1/limits";

#[tokio::test]
async fn a_confidential_client_learns_of_its_own_tokens_and_of_no_others() {
    for test in TestApp::each().await {
        let app = &test.app;
        let stage = Stage::new(app, Environment::Live, "confidential").await;
        let other = Stage::new(app, Environment::Live, "confidential").await;
        let public = Stage::new(app, Environment::Live, "public").await;
        let tokens = stage.tokens_for(&test, "journey:read profile:read").await;
        let ask = async |of: &Stage, token: &str| {
            post(&test.anonymous(), "/oauth/introspect", &of.token_form(token)).await
        };
        let now = app.clock.now().as_second();
        let sub = oauth::usr_id(app, &stage.client_id.parse().unwrap(), &stage.rider).to_string();
        let told = ask(&stage, text(&tokens, "access_token")).await;
        assert_eq!(told.text("cache-control"), "no-store");
        let expected = json!({
            "active": true, "scope": "journey:read profile:read", "client_id": stage.client_id, "token_type": "Bearer",
            "exp": now + 600, "iat": now, "sub": sub, "iss": "http://127.0.0.1:3000",
        });
        assert_eq!(told.json(), expected);
        let told = ask(&stage, text(&tokens, "refresh_token")).await.json();
        assert_eq!((&told["active"], told["exp"].as_i64()), (&json!(true), Some(now + 30 * 86_400)));
        let not_active = json!({"active": false});
        for token in [
            "nonsense",
            "nfcg_at_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            stage.secret.as_deref().unwrap(),
        ] {
            assert_eq!(ask(&stage, token).await.json(), not_active);
        }
        for name in ["access_token", "refresh_token"] {
            assert_eq!(ask(&other, text(&tokens, name)).await.json(), not_active);
        }
        let own = public.tokens(&test).await;
        assert_eq!(
            refusal(&ask(&public, text(&own, "access_token")).await),
            (400, "unauthorized_client".to_owned())
        );

        // A narrower consent narrows what was given before.
        stage.consent(app, ALL, "profile:read").await;
        let told = ask(&stage, text(&tokens, "access_token")).await.json();
        assert_eq!(text(&told, "scope"), "profile:read");
        test.app.clock.advance(Duration::from_secs(600));
        assert_eq!(ask(&stage, text(&tokens, "access_token")).await.json(), not_active);
        support::step(app, &stage.partner, PartnerStep::Suspend).await;
        assert_eq!(ask(&stage, text(&tokens, "refresh_token")).await.json(), not_active);
    }
}

#[tokio::test]
async fn what_is_handed_back_is_refused_at_once() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        let other = Stage::new(&test.app, Environment::Live, "public").await;
        let revoke = async |of: &Stage, token: &str| {
            post(&test.anonymous(), "/oauth/revoke", &of.token_form(token)).await
        };
        let tokens = stage.tokens(&test).await;
        let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
        for token in [access, refresh] {
            assert_eq!(refusal(&revoke(&other, token).await), (400, "invalid_grant".to_owned()));
        }
        assert_eq!(call(&test, LIMITS, access).await.status, 200);
        // An access token goes alone.
        assert_eq!(revoke(&stage, access).await.status, 200);
        assert_eq!(call(&test, LIMITS, access).await.status, 401);
        let next = post(&test.anonymous(), "/oauth/token", &stage.refresh_form(refresh)).await.json();
        // A refresh token takes all with it.
        assert_eq!(revoke(&stage, text(&next, "refresh_token")).await.status, 200);
        assert_eq!(call(&test, LIMITS, text(&next, "access_token")).await.status, 401);
        let again =
            post(&test.anonymous(), "/oauth/token", &stage.refresh_form(text(&next, "refresh_token"))).await;
        assert_eq!(refusal(&again), (400, "invalid_grant".to_owned()));
        // What is unknown or ended is revoked as asked (RFC 7009 section 2.2).
        for token in [access, text(&next, "refresh_token"), "nonsense"] {
            assert_eq!(revoke(&stage, token).await.status, 200);
        }
    }
}
