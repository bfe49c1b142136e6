//! Changing secrets, and test events.

use std::time::Duration;

use domain::{
    ids::WebhookId,
    tiers::Tier,
    webhooks::{EndpointWithSecret, SecretSet},
};
use serde_json::{Value, json};

use super::support::{Shop, at};
use crate::{
    store::params,
    testing::TestApp,
    webhooks::{EndpointRecord, opened, queries},
};

async fn secrets(shop: &Shop, id: &WebhookId) -> SecretSet {
    let row = shop.app.live.row(&queries::FIND_ANY, params![id]).await.unwrap().unwrap();
    let record = EndpointRecord::read(&row).unwrap();
    opened(&shop.app.vault, id, &record.sealed, shop.now()).unwrap()
}

fn exposed(secrets: &SecretSet) -> Vec<String> {
    secrets.all().map(|secret| secret.expose().to_owned()).collect()
}

#[tokio::test]
async fn old_and_new_secret_are_valid_for_a_day_or_until_the_partner_ends_it() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let made: EndpointWithSecret =
            serde_json::from_value(shop.register(json!(["gate.offline"])).await).unwrap();
        let (id, first) = (made.endpoint.id, made.secret.unwrap());
        let path = format!("/webhooks/{id}/rotate-secret");
        // Nothing has to be said.
        let rotated: EndpointWithSecret =
            shop.live.call(axum::http::Method::POST, &at(&path), None::<()>).await.read();
        let second = rotated.secret.unwrap();
        assert_ne!(first, second);
        assert_eq!(rotated.endpoint.overlap_until.unwrap().to_string(), "2026-03-09T08:41:00Z");
        assert_eq!(exposed(&secrets(&shop, &id).await), [second.clone(), first.clone()]);
        shop.app.clock.advance(Duration::from_secs(24 * 3600 - 1));
        assert_eq!(secrets(&shop, &id).await.old().len(), 1);
        shop.app.clock.advance(Duration::from_secs(1));
        assert_eq!(exposed(&secrets(&shop, &id).await), std::slice::from_ref(&second));
        assert_eq!(shop.get(&format!("/webhooks/{id}")).await["overlap_until"], Value::Null);
        // One that the partner gives is not told again; the overlap can be ended.
        let given = "rahasia-baru-dua-puluh-empat";
        let answer = shop.post(&path, json!({"secret": given, "overlap_hours": 2})).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains(given));
        assert_eq!(exposed(&secrets(&shop, &id).await), [given.to_owned(), second]);
        let ended: Value = shop.post(&format!("/webhooks/{id}/end-overlap"), json!({})).await.read();
        assert_eq!(ended["overlap_until"], Value::Null);
        assert_eq!(exposed(&secrets(&shop, &id).await), [given]);
        // Without an overlap the old one ends at once.
        assert_eq!(shop.post(&path, json!({"overlap_hours": 0})).await.status, 200);
        assert_eq!(secrets(&shop, &id).await.old().len(), 0);
    }
}

#[tokio::test]
async fn at_most_three_old_secrets_are_valid_and_an_overlap_is_a_day_at_most() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let path = format!("/webhooks/{}/rotate-secret", endpoint["id"].as_str().unwrap());
        for _ in 0..3 {
            assert_eq!(shop.post(&path, json!({})).await.status, 200);
        }
        let fourth = shop.post(&path, json!({})).await;
        assert_eq!(fourth.code(), (409, "wrong_state".to_owned()));
        assert_eq!(fourth.text("retry-after"), "86400");
        let longer = shop.post(&path, json!({"overlap_hours": 25})).await.problem();
        assert_eq!((longer.status, &*longer.errors[0].field), (422, "overlap_hours"));
        let short = shop.post(&path, json!({"secret": "pendek"})).await.problem();
        assert_eq!(short.errors[0].code, "too_short");
    }
}

#[tokio::test]
async fn rotations_at_once_lose_no_secret_that_was_told() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let made: EndpointWithSecret =
            serde_json::from_value(shop.register(json!(["gate.offline"])).await).unwrap();
        let path = at(&format!("/webhooks/{}/rotate-secret", made.endpoint.id));
        let rotations = (0..3).map(|_| {
            let (client, path) = (shop.live.clone(), path.clone());
            tokio::spawn(async move { client.post(&path, json!({})).await })
        });
        let mut told = vec![made.secret.unwrap()];
        for rotation in rotations.collect::<Vec<_>>() {
            let answer = rotation.await.unwrap();
            if answer.status == 200 {
                told.extend(answer.read::<EndpointWithSecret>().secret);
            } else {
                assert_eq!(answer.code(), (409, "wrong_state".to_owned()));
            }
        }
        let mut valid = exposed(&secrets(&shop, &made.endpoint.id).await);
        told.sort();
        valid.sort();
        assert_eq!(valid, told);
    }
}

#[tokio::test]
async fn a_test_event_of_any_kind_goes_the_ordinary_way_and_is_marked() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let path = format!("/webhooks/{}/test", endpoint["id"].as_str().unwrap());
        for &kind in domain::events::EventKind::ALL {
            let answer = shop.post(&path, json!({"event": kind})).await;
            assert_eq!(answer.status, 202);
            let sent: Value = answer.read();
            let shown = shop.get(&format!("/deliveries/{}", sent["delivery_id"].as_str().unwrap())).await;
            assert_eq!((&shown["status"], &shown["test"]), (&json!("pending"), &json!(true)));
            let body: Value = serde_json::from_str(shown["body"].as_str().unwrap()).unwrap();
            assert_eq!(
                (&body["id"], &body["event"], &body["test"]),
                (&sent["event_id"], &json!(kind), &json!(true))
            );
            assert_eq!(body["timestamp"], "2026-03-08T08:41:00Z");
            assert_eq!(body["user_id"].is_string(), kind.is_about_a_rider());
        }
        let unknown = shop.post(&path, json!({"event": "journey.started"})).await.problem();
        assert_eq!((unknown.status, &*unknown.errors[0].field), (422, "event"));
        // It is no event: who pulls does not see it.
        assert_eq!(shop.get("/events").await["meta"]["total"], 0);
    }
}
