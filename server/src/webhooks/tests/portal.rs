//! Webhooks through the portal's routes.

use axum::http::Method;
use domain::identity::OperatorRole;
use serde_json::{Value, json};

use super::support::Shop;
use crate::{
    identity::tests::support::{Browser, member, operator, owner},
    testing::TestApp,
};

const RANI: &str = "rani@travelku.example";

fn wanted() -> Value {
    json!({"environment": "test", "url": "http://hooks.example/kci", "events": ["gate.offline"]})
}

#[tokio::test]
async fn owners_and_developers_change_viewers_look_and_others_see_nothing() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let mut budi = member(app, &mut rani, "budi@travelku.example", "developer").await;
        let mut citra = member(app, &mut rani, "citra@travelku.example", "viewer").await;
        let mut stranger = owner(app, "dewi@lain.example").await;
        let mut staff = operator(app, "admin@kci.example", OperatorRole::Admin).await;
        let made = budi.post("/webhooks", wanted()).await;
        assert_eq!(made.status, 201, "{made:?}");
        assert!(made.body["secret"].is_string());
        let id = made.body["id"].as_str().unwrap().to_owned();
        let path = format!("/webhooks/{id}");
        assert_eq!(citra.get(&path).await.status, 200);
        assert_eq!(citra.get("/webhooks?environment=test").await.body["meta"]["total"], 1);
        assert_eq!(citra.get("/webhooks?environment=live").await.body["meta"]["total"], 0);
        let acts = [
            (Method::POST, "/webhooks".to_owned(), wanted()),
            (Method::PATCH, path.clone(), json!({"active": false})),
            (Method::POST, format!("{path}/rotate-secret"), json!({})),
            (Method::POST, format!("{path}/end-overlap"), json!({})),
            (Method::POST, format!("{path}/test"), json!({"event": "gate.offline"})),
            (Method::POST, format!("{path}/replay"), json!({})),
            (Method::DELETE, path.clone(), json!({})),
        ];
        for (method, path, body) in &acts {
            let answer = citra.send(method.clone(), path, Some(body.clone())).await;
            assert_eq!((answer.status, answer.code), (403, "not_allowed"), "{path}");
            if path != "/webhooks" {
                let answer = stranger.send(method.clone(), path, Some(body.clone())).await;
                assert_eq!((answer.status, answer.code), (404, "not_found"), "{path}");
            }
            assert_eq!(Browser::new(app).send(method.clone(), path, Some(body.clone())).await.status, 401);
            assert_eq!(staff.send(method.clone(), path, Some(body.clone())).await.status, 403);
        }
        assert_eq!(stranger.get(&path).await.status, 404);
        assert_eq!(rani.post(&format!("{path}/test"), json!({"event": "gate.offline"})).await.status, 202);
        let log = citra.get("/webhook-deliveries?environment=test").await.body;
        assert_eq!((&log["meta"]["total"], &log["data"][0]["test"]), (&json!(1), &json!(true)));
        let delivery = log["data"][0]["id"].as_str().unwrap();
        let one = format!("/webhook-deliveries/{delivery}");
        assert_eq!(citra.get(&one).await.status, 200);
        assert_eq!(stranger.get(&one).await.status, 404);
        assert_eq!(citra.post(&format!("{one}/replay"), json!({})).await.status, 403);
        let of = citra.get(&format!("/webhook-deliveries?environment=test&endpoint_id={id}")).await.body;
        assert_eq!(of["meta"]["total"], 1);
        assert_eq!(rani.send(Method::DELETE, &path, None).await.status, 204);
    }
}

#[tokio::test]
async fn what_members_do_is_on_record_and_no_secret_is() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let given = "rahasia-yang-dua-puluh-empat";
        let mut body = wanted();
        body["secret"] = json!(given);
        body["url"] = json!("http://hooks.example/kci?token=abc");
        let made = rani.post("/webhooks", body).await;
        assert!(made.body.get("secret").is_none());
        let path = format!("/webhooks/{}", made.body["id"].as_str().unwrap());
        let rotated = rani.post(&format!("{path}/rotate-secret"), json!({})).await.body;
        rani.send(Method::PATCH, &path, Some(json!({"active": false}))).await;
        rani.send(Method::DELETE, &path, None).await;
        let mut staff = operator(app, "admin@kci.example", OperatorRole::Admin).await;
        let log = staff.get("/admin/audit?limit=100").await.body;
        let rows: Vec<String> = log["data"].as_array().unwrap().iter().map(Value::to_string).collect();
        for action in ["webhook.create", "webhook.rotate_secret", "webhook.update", "webhook.delete"] {
            assert_eq!(rows.iter().filter(|row| row.contains(action)).count(), 1, "{action}");
        }
        let all = rows.join("\n");
        let made = rotated["secret"].as_str().unwrap();
        assert!(!all.contains(given) && !all.contains(made) && !all.contains("token=abc"));
    }
}

#[tokio::test]
async fn a_member_says_where_and_may_ask_for_a_first_test_event() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let mut nowhere = wanted();
        nowhere.as_object_mut().unwrap().remove("environment");
        let answer = rani.post("/webhooks", nowhere).await;
        assert_eq!(answer.fault, Some(("environment".to_owned(), "required".to_owned())));
        let mut live = wanted();
        live["environment"] = json!("live");
        assert_eq!(rani.post("/webhooks", live).await.code, "partner_not_active");
        let mut with_test = wanted();
        with_test["send_test"] = json!(true);
        let made = rani.post("/webhooks", with_test).await.body;
        let delivery = made["test"]["delivery_id"].as_str().unwrap();
        let shown = rani.get(&format!("/webhook-deliveries/{delivery}")).await.body;
        assert_eq!((&shown["event"], &shown["test"]), (&json!("gate.offline"), &json!(true)));
        // The catalogue is for members too.
        assert_eq!(rani.get("/event-catalogue").await.body["meta"]["total"], 6);
    }
}

#[tokio::test]
async fn after_a_step_down_endpoints_can_be_stopped_but_not_made() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, domain::tiers::Tier::Free).await;
        let answer = shop.post("/webhooks", wanted()).await;
        assert_eq!(answer.code(), (403, "tier_insufficient".to_owned()));
        let catalogue = test.anonymous().get(&super::support::at("/events/catalogue")).await;
        assert_eq!(catalogue.status, 200);
    }
}
