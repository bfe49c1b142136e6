//! Sending again.

use std::time::Duration;

use domain::{events::EventKind, ids::DeliveryId, tiers::Tier};
use serde_json::{Value, json};

use super::support::{Shop, at};
use crate::testing::TestApp;

async fn replay(shop: &Shop, id: &DeliveryId, body: Value) -> crate::testing::client::Reply {
    shop.post(&format!("/deliveries/{id}/replay"), body).await
}

#[tokio::test]
async fn a_delivery_is_sent_again_in_the_same_body_to_its_own_or_another_endpoint() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let other = shop.register(json!(["station.crowded"])).await;
        let of = shop.delivery(&endpoint, EventKind::GateOffline, None).await;
        shop.end(&of, "delivered", Some(200)).await;
        let before = shop.get(&format!("/deliveries/{of}")).await;
        for (body, target) in [(json!({}), &endpoint), (json!({"to_endpoint": other["id"]}), &other)] {
            let answer = replay(&shop, &of, body).await;
            assert_eq!(answer.status, 202);
            let made: Value = answer.read();
            let shown = shop.get(&format!("/deliveries/{}", made["delivery_id"].as_str().unwrap())).await;
            assert_eq!((&made["endpoint_id"], &shown["endpoint_id"]), (&target["id"], &target["id"]));
            assert_eq!((&shown["replay_of"], &shown["status"]), (&json!(of), &json!("pending")));
            assert_eq!((&shown["event_id"], &shown["body"]), (&before["event_id"], &before["body"]));
        }
        assert_eq!(shop.get(&format!("/deliveries/{of}")).await, before);
        // No body at all is as good as an empty one.
        let path = at(&format!("/deliveries/{of}/replay"));
        assert_eq!(shop.live.call(axum::http::Method::POST, &path, None::<()>).await.status, 202);
        let refused = replay(&shop, &of, json!({"to_endpoint": "wh_00000000000000000000000000"})).await;
        assert_eq!(refused.problem().errors[0].field, "to_endpoint");
    }
}

#[tokio::test]
async fn one_that_waits_for_its_next_attempt_is_due_at_once() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let of = shop.delivery(&endpoint, EventKind::GateOffline, None).await;
        let later = shop.now() + jiff::SignedDuration::from_hours(2);
        crate::store::sql! {
            PUT_OFF = "update webhook_deliveries set next_attempt_at = $2 where id = $1";
        }
        let params = crate::store::params![&of, later].to_vec();
        super::support::write(&shop.app.live, &PUT_OFF, params).await;
        let made: Value = replay(&shop, &of, json!({})).await.read();
        assert_eq!(made["delivery_id"], json!(of));
        let shown = shop.get(&format!("/deliveries/{of}")).await;
        assert_eq!(shown["next_attempt_at"], "2026-03-08T08:41:00Z");
        assert_eq!(shop.pending().await, 1);
    }
}

#[tokio::test]
async fn an_endpoint_that_is_spared_is_tried_at_once_when_its_owner_asks() {
    crate::store::sql! {
        SPARE = "update webhook_endpoints set breaker_until = $1, breaker_wait_s = 300";
    }
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let id = endpoint["id"].as_str().unwrap();
        let ended = shop.delivery(&endpoint, EventKind::GateOffline, None).await;
        shop.end(&ended, "exhausted", Some(500)).await;
        let waiting = shop.delivery(&endpoint, EventKind::GateOffline, None).await;
        for (path, body) in [
            (format!("/deliveries/{waiting}/replay"), json!({})),
            (format!("/webhooks/{id}/replay"), json!({})),
            (format!("/deliveries/{ended}/replay"), json!({})),
            (format!("/webhooks/{id}/test"), json!({"event": "gate.offline"})),
        ] {
            let until = shop.now() + jiff::SignedDuration::from_secs(300);
            super::support::write(&shop.app.live, &SPARE, crate::store::params![until].to_vec()).await;
            assert_ne!(shop.get(&format!("/webhooks/{id}")).await["spared_until"], Value::Null);
            let answer = shop.post(&path, body).await;
            assert_eq!(answer.status, 202, "{path}");
            if path.contains(waiting.as_str()) {
                let made: Value = answer.read();
                assert_eq!(made["delivery_id"], json!(waiting), "it is due, and on its way as it is");
            }
            assert_eq!(shop.get(&format!("/webhooks/{id}")).await["spared_until"], Value::Null, "{path}");
        }
        assert_eq!(shop.pending().await, 4);
    }
}

#[tokio::test]
async fn what_is_about_a_rider_is_sent_again_only_while_the_consent_stands() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let (application, another) = (shop.application().await, shop.application().await);
        let rider = shop.consent(&application).await;
        let endpoint = shop.register(json!(["journey.completed"])).await;
        let bound =
            json!({"url": "https://a.example/", "events": ["journey.completed"], "application_id": another});
        let bound: Value = shop.post("/webhooks", bound).await.read();
        let about = Some((&rider, &application));
        let of = shop.delivery(&endpoint, EventKind::JourneyCompleted, about).await;
        shop.end(&of, "exhausted", Some(500)).await;
        // Bound to an application that the rider has not let see the journeys.
        let elsewhere = replay(&shop, &of, json!({"to_endpoint": bound["id"]})).await;
        assert_eq!(elsewhere.code(), (409, "wrong_state".to_owned()));
        assert_eq!(replay(&shop, &of, json!({})).await.status, 202);
        shop.withdraw(&rider).await;
        assert_eq!(replay(&shop, &of, json!({})).await.code(), (409, "wrong_state".to_owned()));
        let path = format!("/webhooks/{}/replay", endpoint["id"].as_str().unwrap());
        let many: Value = shop.post(&path, json!({"status": ["exhausted", "delivered"]})).await.read();
        assert_eq!(many, json!({"count": 0, "skipped": 1, "more": false}));
    }
}

#[tokio::test]
async fn failed_deliveries_of_a_time_are_sent_again_once_and_the_count_is_told() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline", "station.crowded"])).await;
        let backup = shop.register(json!(["gate.offline"])).await;
        // Minute by minute: gate failed, gate delivered, station failed, gate failed.
        for (kind, status) in [
            (EventKind::GateOffline, "exhausted"),
            (EventKind::GateOffline, "delivered"),
            (EventKind::StationCrowded, "gone"),
            (EventKind::GateOffline, "exhausted"),
        ] {
            let id = shop.delivery(&endpoint, kind, None).await;
            shop.end(&id, status, Some(500)).await;
            shop.app.clock.advance(Duration::from_secs(60));
        }
        let path = format!("/webhooks/{}/replay", endpoint["id"].as_str().unwrap());
        let count = async |filter: Value| {
            let answer = shop.post(&path, filter).await;
            assert_eq!(answer.status, 202, "{:?}", answer.body);
            answer.read::<Value>()["count"].as_u64().unwrap()
        };
        let early = json!({"from": "2026-03-08T08:41:00Z", "to": "2026-03-08T08:42:00Z"});
        assert_eq!(count(early.clone()).await, 1);
        assert_eq!(count(early).await, 0, "it is on its way");
        assert_eq!(count(json!({"events": ["station.crowded"]})).await, 1);
        assert_eq!(count(json!({})).await, 1, "the last of the three that failed");
        assert_eq!(count(json!({})).await, 0);
        // Another endpoint has had none of them.
        assert_eq!(count(json!({"to_endpoint": backup["id"]})).await, 3);
        assert_eq!(count(json!({"to_endpoint": backup["id"]})).await, 0);
        // What arrived is sent again if it is asked for.
        assert_eq!(count(json!({"status": ["delivered"]})).await, 1);
        assert_eq!(count(json!({"status": ["delivered"]})).await, 1);
        for (body, field) in [
            (json!({"status": ["pending"]}), "status"),
            (json!({"status": ["done"]}), "status[0]"),
            (json!({"events": ["x"]}), "events[0]"),
            (json!({"from": "2026-03-08T09:00:00Z", "to": "2026-03-08T09:00:00Z"}), "to"),
        ] {
            assert_eq!(shop.post(&path, body).await.problem().errors[0].field, field);
        }
    }
}

#[tokio::test]
async fn a_long_list_is_sent_again_in_several_transactions() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        for _ in 0..3 {
            shop.delivery(&endpoint, EventKind::GateOffline, None).await;
        }
        crate::store::sql! {
            // 1,100 more like one of them; ids sort as they are counted.
            MULTIPLY = "insert into webhook_deliveries (id, realm, partner_id, endpoint_id, event_id, audience, kind, status,
                    test, created_at)
                with recursive number(n) as (select cast(1000 as bigint) union all select n + 1 from number where n < 2099)
                select 'dlv_' || substr(id, 5, 21) || cast(n as text) || 'g', realm, partner_id, endpoint_id,
                    'evt_' || substr(event_id, 5, 21) || cast(n as text) || 'g', audience, kind, status, test, created_at
                from webhook_deliveries cross join number
                where id = (select min(id) from webhook_deliveries)";
            FAIL = "update webhook_deliveries set status = 'exhausted'";
        }
        super::support::write(&shop.app.live, &MULTIPLY, Vec::new()).await;
        super::support::write(&shop.app.live, &FAIL, Vec::new()).await;
        let path = format!("/webhooks/{}/replay", endpoint["id"].as_str().unwrap());
        let many: Value = shop.post(&path, json!({})).await.read();
        assert_eq!(many, json!({"count": 1103, "skipped": 0, "more": false}));
        assert_eq!(shop.pending().await, 1103);
    }
}
