//! What riders allowed: seen by them alone, and taken back at once.

use axum::http::Method;
use domain::{keys::Environment, operations::Operation, realm::Realm};
use serde_json::json;

use super::support::{EMAIL, id_of, rider};
use crate::{
    app::App,
    identity::tests::support::Browser,
    oauth::{
        self, Read,
        tests::support::{Stage, door, post, refusal, text},
    },
    testing::TestApp,
};

const OTHER: &str = "budi@riders.example";

/// An application with tokens for all that a rider has.
async fn connected(test: &TestApp, browser: &mut Browser) -> (Stage, serde_json::Value) {
    let mut stage = Stage::new(&test.app, Environment::Live, "confidential").await;
    stage.rider = id_of(browser).await;
    let tokens = stage.tokens(test).await;
    (stage, tokens)
}

/// The application reads, as its operations do.
pub(super) async fn read(app: &App, stage: &Stage, operation: Operation, records: u64) {
    let grants = oauth::grants_of(app, &Realm::Live, &stage.rider).await.unwrap();
    let grant = grants.into_iter().find(|grant| grant.application_id.as_str() == stage.client_id).unwrap();
    let access = oauth::Access {
        application_id: grant.application_id,
        partner_id: grant.partner_id,
        rider_id: grant.rider_id,
        realm: Realm::Live,
        scopes: grant.scopes,
        family_id: app.random.id(app.clock.now(), domain::ids::FamilyId::new),
        grant_id: grant.id,
    };
    let domain::operations::Access::Scope(scope) = operation.access() else { panic!("{operation:?}") };
    let read = Read {
        operation,
        scope: scope.parse().unwrap(),
        records,
        ip: "198.51.100.9".parse().unwrap(),
        at: app.clock.now(),
    };
    app.live
        .write(move |tx| Box::pin(async move { oauth::log_access(tx, &access, read).await }))
        .await
        .unwrap();
}

async fn status_of_call(test: &TestApp, tokens: &serde_json::Value) -> (u16, &'static str) {
    let bearer = format!("Bearer {}", text(tokens, "access_token"));
    door(&test.app, "/user/profile", &[("authorization", &bearer)]).await.is()
}

/// O9: the token that worked a moment ago is refused, and so is its refresh token.
#[tokio::test]
async fn withdrawn_access_ends_with_the_answer() {
    for test in TestApp::each().await {
        let mut ayu = rider(&test.app, EMAIL).await;
        let (stage, tokens) = connected(&test, &mut ayu).await;
        assert_eq!(status_of_call(&test, &tokens).await.0, 200);
        let listed = ayu.get("/rider/applications").await.body;
        assert_eq!(listed["meta"]["total"], 1);
        let row = &listed["data"][0];
        assert_eq!((&row["application"]["name"], &row["last_access_at"]), (&json!("Rencana"), &json!(null)));
        let scope = |name: &str| json!({"scope": name, "since": "2026-03-08T08:41:01Z", "until": "2026-04-07T08:41:01Z"});
        assert_eq!(row["scopes"], json!(["journey:read", "profile:read", "balance:read"].map(scope)));
        assert_eq!(row["ends_at"], "2026-04-07T08:41:01Z");
        let path = format!("/rider/applications/{}", row["grant_id"].as_str().unwrap());
        assert_eq!(ayu.send(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(status_of_call(&test, &tokens).await, (401, "invalid_token"));
        let again = stage.refresh_form(text(&tokens, "refresh_token"));
        let again = post(&test.anonymous(), "/oauth/token", &again).await;
        assert_eq!(refusal(&again), (400, "invalid_grant".to_owned()));
        assert_eq!(ayu.get("/rider/applications").await.body["meta"]["total"], 0);
        assert_eq!(ayu.send(Method::DELETE, &path, None).await.status, 404);
    }
}

#[tokio::test]
async fn a_grant_of_another_rider_looks_absent() {
    for test in TestApp::each().await {
        let mut ayu = rider(&test.app, EMAIL).await;
        let mut budi = rider(&test.app, OTHER).await;
        let (stage, tokens) = connected(&test, &mut ayu).await;
        read(&test.app, &stage, Operation::GetBalance, 1).await;
        let grant = ayu.get("/rider/applications").await.body["data"][0]["grant_id"].clone();
        let foreign = format!("/rider/applications/{}", grant.as_str().unwrap());
        let unknown = "/rider/applications/grt_00000000000000000000000000";
        for path in [foreign.as_str(), unknown, "/rider/applications/x"] {
            let mut refused = budi.send(Method::DELETE, path, None).await;
            assert_eq!((refused.status, refused.code), (404, "not_found"), "{path}");
            let mut seen = budi.send(Method::DELETE, unknown, None).await.body;
            for body in [&mut refused.body, &mut seen] {
                body.as_object_mut().unwrap().remove("request_id");
            }
            assert_eq!(refused.body, seen, "{path}");
        }
        assert_eq!(budi.get("/rider/applications").await.body["meta"]["total"], 0);
        let log = budi.get(&format!("/rider/access-log?application={}", stage.client_id)).await.body;
        assert_eq!((&log["meta"]["total"], &log["readers"]), (&json!(0), &json!([])));
        assert_eq!(status_of_call(&test, &tokens).await.0, 200, "nothing was withdrawn");
        let mut stranger = Browser::new(&test.app);
        for path in ["applications", "access-log", "overview", "journeys", "export", "session"] {
            assert_eq!(stranger.get(&format!("/rider/{path}")).await.status, 401, "{path}");
        }
        assert_eq!(stranger.send(Method::DELETE, &foreign, None).await.status, 401);
    }
}

#[tokio::test]
async fn every_reading_is_shown_also_of_applications_that_were_withdrawn() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut ayu = rider(app, EMAIL).await;
        let (first, _) = connected(&test, &mut ayu).await;
        let (second, _) = connected(&test, &mut ayu).await;
        read(app, &first, Operation::ListJourneys, 20).await;
        read(app, &second, Operation::GetBalance, 1).await;
        read(app, &first, Operation::GetProfile, 1).await;
        for row in ayu.get("/rider/applications").await.body["data"].as_array().unwrap() {
            assert_eq!(row["last_access_at"], "2026-03-08T08:41:01Z");
            let path = format!("/rider/applications/{}", row["grant_id"].as_str().unwrap());
            assert_eq!(ayu.send(Method::DELETE, &path, None).await.status, 204);
        }
        let all = ayu.get("/rider/access-log?limit=2").await.body;
        assert_eq!((&all["meta"]["total"], all["readers"].as_array().unwrap().len()), (&json!(3), 2));
        let row = |row: &serde_json::Value| {
            format!("{} {} {}", text(row, "operation"), text(row, "scope"), row["records"])
        };
        let shown: Vec<_> = all["data"].as_array().unwrap().iter().map(row).collect();
        assert_eq!(shown, ["get_profile profile:read 1", "get_balance balance:read 1"]);
        let filtered = ayu.get(&format!("/rider/access-log?application={}", first.client_id)).await.body;
        let shown: Vec<_> = filtered["data"].as_array().unwrap().iter().map(row).collect();
        assert_eq!(shown, ["get_profile profile:read 1", "list_journeys journey:read 20"]);
        assert_eq!(filtered["meta"]["total"], 2);
        assert_eq!(ayu.get("/rider/access-log?application=x").await.status, 404);
    }
}
