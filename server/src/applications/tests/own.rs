//! The applications that the portal makes for a partner itself.

use axum::http::Method;
use serde_json::json;

use super::{RANI, register, wanted};
use crate::{
    identity::tests::support::{member, owner},
    testing::TestApp,
};

const PLAYGROUND: &str = "/playground";
const TOKEN: &str = "/console-token";

#[tokio::test]
async fn the_playground_and_the_console_have_an_application_each_which_is_nobodys_to_change() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        for _ in 0..domain::applications::APPLICATIONS_MAX {
            register(&mut rani, json!({})).await;
        }
        let one_more = rani.post("/applications", wanted(json!({}))).await;
        assert_eq!(one_more.code, "wrong_state", "{one_more:?}");

        let made = rani.post(PLAYGROUND, json!({})).await;
        assert_eq!(made.status, 200, "{made:?}");
        let id = made.body["client_id"].as_str().unwrap().to_owned();
        assert_eq!(rani.post(PLAYGROUND, json!({})).await.body, made.body);
        let issuer = &app.config.auth_url;
        assert_eq!(made.body["authorization_endpoint"], format!("{issuer}/oauth/authorize"));
        assert_eq!(made.body["token_endpoint"], format!("{issuer}/oauth/token"));
        assert_eq!(made.body["revocation_endpoint"], format!("{issuer}/oauth/revoke"));
        let callback = format!("{}/docs/authentication/callback", app.config.portal_url);
        assert_eq!(made.body["redirect_uri"], callback);

        let listed = rani.get("/applications?limit=100").await.body;
        assert_eq!(listed["meta"]["total"], domain::applications::APPLICATIONS_MAX);
        assert!(!listed.to_string().contains(&id));
        let path = format!("/applications/{id}");
        assert_eq!(rani.get(&path).await.status, 404);
        assert_eq!(rani.send(Method::PATCH, &path, Some(json!({"name": "Lain"}))).await.status, 404);
        assert_eq!(rani.send(Method::DELETE, &path, None).await.status, 404);
    }
}

#[tokio::test]
async fn a_console_token_reads_a_test_rider_and_only_who_may_write_gets_one() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let token = rani.post(TOKEN, json!({})).await;
        assert_eq!(token.status, 201, "{token:?}");
        let secret = token.body["access_token"].as_str().unwrap();
        assert_eq!(token.body["scope"], "journey:read profile:read balance:read");
        let program = test.anonymous().header("authorization", &format!("Bearer {secret}"));
        for path in ["/user/profile", "/user/balance", "/journeys"] {
            assert_eq!(program.get(&format!("/open-api/v1{path}")).await.status, 200, "{path}");
        }
        let mut viewer = member(app, &mut rani, "lia@travelku.example", "viewer").await;
        for path in [PLAYGROUND, TOKEN] {
            assert_eq!(viewer.post(path, json!({})).await.code, "not_allowed", "{path}");
        }
    }
}
