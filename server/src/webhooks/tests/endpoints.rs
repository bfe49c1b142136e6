//! Registering, changing and deleting, by programs.

use domain::{events::EventKind, keys::Environment, tiers::Tier, webhooks::EndpointWithSecret};
use serde_json::{Value, json};

use super::support::{Shop, at};
use crate::{keys::tests::support::key_with, store::params, testing::TestApp, webhooks::dispatch};

const ABSENT: &str = "wh_00000000000000000000000000";

fn wanted() -> Value {
    json!({
        "url": "https://yourapp.com/webhooks/kci",
        "events": ["journey.completed", "fare_cap.reached", "station.crowded"],
    })
}

fn with(member: &str, value: Value) -> Value {
    let mut wanted = wanted();
    wanted[member] = value;
    wanted
}

#[tokio::test]
async fn a_webhook_is_registered_as_printed_and_its_secret_told_once() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let answer = shop.post("/webhooks", wanted()).await;
        assert_eq!(answer.status, 201);
        let made: Value = answer.read();
        assert!(made["id"].as_str().unwrap().starts_with("wh_"));
        // The members of the page, as they are printed there.
        for (member, value) in [
            ("url", json!("https://yourapp.com/webhooks/kci")),
            ("events", json!(["journey.completed", "fare_cap.reached", "station.crowded"])),
            ("active", json!(true)),
            ("created_at", json!("2026-03-08T08:41:00Z")),
        ] {
            assert_eq!(made[member], value, "{member}");
        }
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        let shown = shop.get(&format!("/webhooks/{}", made["id"].as_str().unwrap())).await;
        let listed = shop.get("/webhooks").await;
        assert!(shown.get("secret").is_none());
        assert_eq!((&listed["data"][0], &listed["meta"]["total"]), (&shown, &json!(1)));
        // One that the partner gave is not told again.
        let given = "your_webhook_secret_key_24";
        let answer = shop.post("/webhooks", with("secret", json!(given))).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains(given));
        assert!(answer.read::<Value>().get("secret").is_none());
        let paused: Value = shop.post("/webhooks", with("active", json!(false))).await.read();
        assert_eq!((&paused["active"], &paused["status"]), (&json!(false), &json!("paused")));
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_named() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        for (member, value, fault) in [
            ("url", json!("http://yourapp.com/kci"), ("url", "https_required")),
            ("url", json!("https://10.0.0.1/kci"), ("url", "address_not_allowed")),
            ("url", json!("https://0x7f.0.0.1/"), ("url", "malformed")),
            ("events", json!([]), ("events", "required")),
            ("events", json!(["gate.offline", "journey.started"]), ("events[1]", "unknown_value")),
            ("secret", json!("your_webhook_secret_key"), ("secret", "too_short")),
            ("description", json!("a\nb"), ("description", "forbidden_character")),
            ("application_id", json!("app_00000000000000000000000000"), ("application_id", "unknown_value")),
            ("environment", json!("live"), ("environment", "unknown_field")),
            ("send_test", json!(true), ("send_test", "unknown_field")),
            ("partner_id", json!("ptn_1"), ("partner_id", "unknown_field")),
        ] {
            let problem = shop.post("/webhooks", with(member, value)).await.problem();
            let named = problem.errors.first().map(|error| (&*error.field, &*error.code));
            assert_eq!((problem.status, named), (422, Some(fault)), "{member}");
        }
        assert_eq!(shop.get("/webhooks").await["meta"]["total"], 0);
        // The sandbox takes http, and in a demo this machine's own address is listed.
        for url in ["http://yourapp.com/kci", "http://127.0.0.1:9000/kci"] {
            assert_eq!(shop.test.post(&at("/webhooks"), with("url", json!(url))).await.status, 201);
        }
    }
}

#[tokio::test]
async fn each_tier_has_the_events_that_it_pays_for() {
    for test in TestApp::each().await {
        let all = json!(EventKind::ALL);
        let pro: Vec<_> = EventKind::ALL.iter().filter(|kind| **kind != EventKind::JourneyTapIn).collect();
        let (free, paying, whole) = (
            Shop::of(&test, Tier::Free).await,
            Shop::of(&test, Tier::Pro).await,
            Shop::of(&test, Tier::Enterprise).await,
        );
        let refused = free.post("/webhooks", wanted()).await;
        assert_eq!(refused.code(), (403, "tier_insufficient".to_owned()));
        assert_eq!(free.live.get(&at("/events")).await.code(), (403, "tier_insufficient".to_owned()));
        let english = paying.live.clone().header("accept-language", "en");
        let problem = english.post(&at("/webhooks"), with("events", all.clone())).await.problem();
        assert_eq!((problem.status, &*problem.code), (403, "tier_insufficient"));
        assert!(problem.detail.contains("journey.tap_in") && problem.detail.contains("Enterprise"));
        assert_eq!(paying.post("/webhooks", with("events", json!(pro))).await.status, 201);
        assert_eq!(whole.post("/webhooks", with("events", all.clone())).await.status, 201);
        // In the sandbox everybody has what Pro has.
        let sandbox = free.test.post(&at("/webhooks"), with("events", json!(pro))).await;
        assert_eq!(sandbox.status, 201);
        let sandbox = free.test.post(&at("/webhooks"), with("events", all)).await;
        assert_eq!(sandbox.code(), (403, "tier_insufficient".to_owned()));
    }
}

#[tokio::test]
async fn a_partner_has_twenty_endpoints_per_environment_and_no_more() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        for _ in 0..20 {
            assert_eq!(shop.post("/webhooks", wanted()).await.status, 201);
        }
        assert_eq!(shop.post("/webhooks", wanted()).await.code(), (409, "wrong_state".to_owned()));
        assert_eq!(shop.test.post(&at("/webhooks"), wanted()).await.status, 201);
        let page = shop.get("/webhooks?limit=7&page=3").await;
        assert_eq!((page["data"].as_array().unwrap().len(), &page["meta"]["total"]), (6, &json!(20)));
    }
}

#[tokio::test]
async fn a_registration_that_is_sent_twice_is_made_once() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let client = shop.live.clone().header("idempotency-key", "daftar-1");
        let (first, second) = (
            client.post(&at("/webhooks"), wanted()).await.read::<EndpointWithSecret>(),
            client.post(&at("/webhooks"), wanted()).await.read::<EndpointWithSecret>(),
        );
        // Who lost the first answer gets the secret all the same.
        assert_eq!(first, second);
        assert!(first.secret.is_some());
        assert_eq!(shop.get("/webhooks").await["meta"]["total"], 1);
        assert_eq!(client.post(&at("/webhooks"), with("active", json!(false))).await.status, 422);
    }
}

#[tokio::test]
async fn a_read_only_key_looks_and_changes_nothing() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let path = at(&format!("/webhooks/{}", endpoint["id"].as_str().unwrap()));
        let (_, secret) =
            key_with(&shop.app, &shop.partner, Environment::Live, json!({"read_only": true})).await;
        let reader = test.with_key(&secret);
        assert_eq!(reader.get(&path).await.status, 200);
        for answer in [
            reader.post(&at("/webhooks"), wanted()).await,
            reader.patch(&path, json!({"active": false})).await,
            reader.delete(&path).await,
            reader.post(&format!("{path}/rotate-secret"), json!({})).await,
            reader.post(&format!("{path}/test"), json!({"event": "gate.offline"})).await,
        ] {
            assert_eq!(answer.code(), (403, "not_allowed".to_owned()));
        }
        assert_eq!(
            shop.get("/webhooks").await["data"][0],
            shop.get(path.trim_start_matches("/open-api/v1")).await
        );
    }
}

#[tokio::test]
async fn what_is_anothers_is_as_absent_as_what_never_was() {
    for test in TestApp::each().await {
        let (mine, other) = (Shop::of(&test, Tier::Pro).await, Shop::of(&test, Tier::Pro).await);
        let own = mine.register(json!(["gate.offline"])).await;
        let theirs = other.register(json!(["gate.offline"])).await;
        let delivery = other.delivery(&theirs, EventKind::GateOffline, None).await;
        let (own, theirs) = (own["id"].as_str().unwrap(), theirs["id"].as_str().unwrap());
        let bodies = [
            mine.live.get(&at(&format!("/deliveries/{delivery}"))).await,
            mine.post(&format!("/deliveries/{delivery}/replay"), json!({})).await,
            // A live endpoint by a test key, though it is the partner's own.
            mine.test.get(&at(&format!("/webhooks/{own}"))).await,
            mine.test.delete(&at(&format!("/webhooks/{own}"))).await,
        ];
        for answer in bodies {
            assert_eq!(answer.code(), (404, "not_found".to_owned()));
        }
        for id in [theirs, ABSENT, "1", "%2e%2e", "wh_"] {
            let path = at(&format!("/webhooks/{id}"));
            for answer in [
                mine.live.get(&path).await,
                mine.live.patch(&path, json!({"active": false})).await,
                mine.live.delete(&path).await,
                mine.live.post(&format!("{path}/rotate-secret"), json!({})).await,
                mine.live.post(&format!("{path}/end-overlap"), json!({})).await,
                mine.live.post(&format!("{path}/test"), json!({"event": "gate.offline"})).await,
                mine.live.post(&format!("{path}/replay"), json!({})).await,
                mine.live.get(&format!("{path}/deliveries")).await,
            ] {
                assert_eq!(answer.code(), (404, "not_found".to_owned()), "{path}");
            }
        }
        // Nor is it a target of what is sent again.
        let to = mine.post(&format!("/webhooks/{own}/replay"), json!({"to_endpoint": theirs})).await;
        assert_eq!(to.problem().errors[0].field, "to_endpoint");
        let shown = other.get(&format!("/webhooks/{theirs}")).await;
        assert_eq!((&shown["active"], &shown["overlap_until"]), (&json!(true), &Value::Null));
        assert_eq!(other.get(&format!("/deliveries/{delivery}")).await["status"], "pending");
    }
}

#[tokio::test]
async fn an_endpoint_is_paused_changed_and_resumed() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let path = at(&format!("/webhooks/{}", endpoint["id"].as_str().unwrap()));
        let change = async |body: Value| shop.live.patch(&path, body).await;
        let paused: Value = change(json!({"active": false, "description": "Server Bogor"})).await.read();
        assert_eq!(
            (&paused["status"], &paused["description"], &paused["url"]),
            (&json!("paused"), &json!("Server Bogor"), &endpoint["url"])
        );
        let test_send = shop.live.post(&format!("{path}/test"), json!({"event": "gate.offline"})).await;
        assert_eq!(test_send.code(), (409, "wrong_state".to_owned()));
        let moved: Value = change(json!({
            "url": "https://hooks.travelku.example/baru", "events": ["gate.offline", "gate.offline"],
            "active": true, "description": null,
        }))
        .await
        .read();
        assert_eq!(
            (&moved["status"], &moved["description"], &moved["events"]),
            (&json!("active"), &Value::Null, &json!(["gate.offline"]))
        );
        for (body, field) in [
            (json!({"url": "https://a.localhost/"}), "url"),
            (json!({"events": []}), "events"),
            (json!({"secret": "x"}), "secret"),
        ] {
            assert_eq!(change(body).await.problem().errors[0].field, field);
        }
        assert_eq!(change(json!({"events": ["journey.tap_in"]})).await.code().0, 403);
        assert_eq!(shop.get("/webhooks").await["data"][0], moved);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_changed_at_the_same_time_holds_all_of_it() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let path = at(&format!("/webhooks/{}", endpoint["id"].as_str().unwrap()));
        // The clock stands still meanwhile.
        for round in 0..10 {
            assert_eq!(shop.live.patch(&path, json!({"active": true})).await.status, 200);
            let url = format!("https://hooks.travelku.example/{round}");
            let disable = params![endpoint["id"].as_str().unwrap(), "failing", shop.now()].to_vec();
            let (described, moved, ()) = tokio::join!(
                shop.live.patch(&path, json!({"description": format!("Putaran {round}")})),
                shop.live.patch(&path, json!({"url": url})),
                super::support::write(&shop.app.live, &dispatch::queries::DISABLE, disable),
            );
            assert_eq!((described.status.as_u16(), moved.status.as_u16()), (200, 200));
            let shown: Value = shop.live.get(&path).await.read();
            assert_eq!(shown["description"], format!("Putaran {round}"));
            assert_eq!(shown["url"], url);
            assert_eq!(
                (&shown["status"], &shown["disabled_reason"]),
                (&json!("disabled"), &json!("failing"))
            );
        }
    }
}

#[tokio::test]
async fn a_deleted_endpoint_is_sent_nothing_and_its_log_stays() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let waiting = shop.delivery(&endpoint, EventKind::GateOffline, None).await;
        let path = at(&format!("/webhooks/{}", endpoint["id"].as_str().unwrap()));
        let deleted = shop.live.delete(&path).await;
        assert_eq!((deleted.status.as_u16(), deleted.body.len()), (204, 0));
        assert_eq!(shop.live.delete(&path).await.status, 404);
        assert_eq!(shop.pending().await, 0);
        let shown = shop.get(&format!("/deliveries/{waiting}")).await;
        assert_eq!((&shown["status"], &shown["endpoint_url"]), (&json!("cancelled"), &Value::Null));
    }
}
