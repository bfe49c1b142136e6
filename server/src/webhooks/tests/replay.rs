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
async fn what_a_consent_covered_is_sent_again_until_the_consent_ends() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let application = shop.application().await;
        let rider = shop.consent(&application).await;
        let endpoint = shop.register(json!(["journey.completed"])).await;
        let about = Some((&rider, &application));
        shop.app.clock.advance(Duration::from_secs(30 * 24 * 3600 - 1));
        let [first, second] = [
            shop.delivery(&endpoint, EventKind::JourneyCompleted, about).await,
            shop.delivery(&endpoint, EventKind::JourneyCompleted, about).await,
        ];
        for of in [&first, &second] {
            shop.end(of, "exhausted", Some(500)).await;
        }
        assert_eq!(replay(&shop, &first, json!({})).await.status, 202);
        shop.app.clock.advance(Duration::from_secs(1));
        assert_eq!(replay(&shop, &second, json!({})).await.code(), (409, "wrong_state".to_owned()));
    }
}

#[tokio::test]
async fn a_consent_given_later_and_an_application_that_ended_have_nothing_sent_again() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let application = shop.application().await;
        let rider = shop.consent(&application).await;
        let endpoint = shop.register(json!(["journey.completed"])).await;
        let about = Some((&rider, &application));
        let before = shop.delivery(&endpoint, EventKind::JourneyCompleted, about).await;
        shop.end(&before, "delivered", Some(200)).await;
        shop.withdraw(&rider).await;
        shop.app.clock.advance(Duration::from_secs(60));
        shop.consent_of(&application, &rider).await;
        let after = shop.delivery(&endpoint, EventKind::JourneyCompleted, about).await;
        shop.end(&after, "delivered", Some(200)).await;
        // The new consent does not reach back.
        assert_eq!(replay(&shop, &before, json!({})).await.code(), (409, "wrong_state".to_owned()));
        assert_eq!(replay(&shop, &after, json!({})).await.status, 202);
        let path = format!("/webhooks/{}/replay", endpoint["id"].as_str().unwrap());
        let many = async || shop.post(&path, json!({"status": ["delivered"]})).await.read::<Value>();
        assert_eq!(many().await, json!({"count": 1, "skipped": 1, "more": false}));
        crate::store::sql! {
            SET_STATUS = "update applications set status = $2 where id = $1";
            DELETE = "update applications set deleted_at = $2 where id = $1";
        }
        let write = async |statement, value: crate::store::Value| {
            let params = vec![crate::store::Value::from(&application), value];
            super::support::write(&shop.app.live, statement, params).await;
        };
        for (statement, ended, back) in [
            (&SET_STATUS, "disabled".into(), "approved".into()),
            (&DELETE, shop.now().into(), None::<jiff::Timestamp>.into()),
        ] {
            write(statement, ended).await;
            assert_eq!(replay(&shop, &after, json!({})).await.code(), (409, "wrong_state".to_owned()));
            assert_eq!(many().await, json!({"count": 0, "skipped": 2, "more": false}));
            write(statement, back).await;
            assert_eq!(replay(&shop, &after, json!({})).await.status, 202);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawal_under_way_lets_nothing_be_sent_again_beside_it() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let application = shop.application().await;
        let rider = shop.consent(&application).await;
        let endpoint = shop.register(json!(["journey.completed"])).await;
        let of = shop.delivery(&endpoint, EventKind::JourneyCompleted, Some((&rider, &application))).await;
        shop.end(&of, "exhausted", Some(500)).await;
        crate::store::sql! {
            WITHDRAW = "update oauth_grants set withdrawn_at = $2 where rider_id = $1";
            // PostgreSQL alone: SQLite has one writer.
            WAITING = "select count(*) as total from pg_locks
                where not granted and transactionid = pg_current_xact_id()::xid";
        }
        let (withdrawn, has_withdrawn) = tokio::sync::oneshot::channel();
        let (replayed, mut has_replayed) = tokio::sync::oneshot::channel();
        let (db, now, can_wait) =
            (shop.app.live.clone(), shop.now(), shop.app.live.engine_name() != "sqlite");
        let withdrawing = tokio::spawn(async move {
            db.write::<_, crate::store::DbError, _>(move |tx| {
                Box::pin(async move {
                    tx.execute(&WITHDRAW, crate::store::params![&rider, now]).await?;
                    crate::webhooks::deliveries::rider_withdrew(tx, &application, &rider, now).await?;
                    withdrawn.send(()).unwrap();
                    // Not committed before the other has come as far as it can.
                    while can_wait && has_replayed.try_recv().is_err() {
                        let waiting = tx.row(&WAITING, &[]).await?.unwrap();
                        if waiting.get::<u64>("total")? > 0 {
                            break;
                        }
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
        });
        has_withdrawn.await.unwrap();
        let answer = replay(&shop, &of, json!({})).await;
        let _ = replayed.send(());
        withdrawing.await.unwrap();
        assert_eq!(answer.code(), (409, "wrong_state".to_owned()));
        assert_eq!(shop.pending().await, 0);
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

crate::store::sql! {
    // As many more like the first of them as `$1` says; ids sort as they are counted.
    MULTIPLY = "insert into webhook_deliveries (id, realm, partner_id, endpoint_id, event_id, audience, kind, status,
            test, replay_of, created_at)
        with recursive number(n) as (
            select cast(10001 as bigint) union all select n + 1 from number where n < 10000 + $1)
        select 'dlv_' || substr(id, 5, 20) || cast(n as text) || 'g', realm, partner_id, endpoint_id,
            'evt_' || substr(event_id, 5, 20) || cast(n as text) || 'g', audience, kind, status, test, replay_of,
            created_at
        from webhook_deliveries cross join number
        where id = (select min(id) from webhook_deliveries)";
    SET_ALL = "update webhook_deliveries set status = $1";
}

#[tokio::test]
async fn a_long_list_is_sent_again_in_parts_that_end() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let backup = shop.register(json!(["gate.offline"])).await;
        for _ in 0..3 {
            shop.delivery(&endpoint, EventKind::GateOffline, None).await;
        }
        super::support::write(&shop.app.live, &MULTIPLY, crate::store::params![10_098_i64].to_vec()).await;
        super::support::write(&shop.app.live, &SET_ALL, crate::store::params!["delivered"].to_vec()).await;
        let path = format!("/webhooks/{}/replay", endpoint["id"].as_str().unwrap());
        let ask = async |to: &Value, cursor: &Value| {
            let mut filter = json!({"status": ["delivered"], "to_endpoint": to["id"]});
            if !cursor.is_null() {
                filter["cursor"] = cursor.clone();
            }
            shop.post(&path, filter).await.read::<Value>()
        };
        let told = |part: &Value| (part["count"].as_u64().unwrap(), part["more"].as_bool().unwrap());
        // What arrived is sent to its own endpoint once in each round, part by part.
        let part = ask(&endpoint, &Value::Null).await;
        assert_eq!(told(&part), (10_000, true));
        let rest = ask(&endpoint, &part["next_cursor"]).await;
        assert_eq!(rest, json!({"count": 101, "skipped": 0, "more": false}));
        assert_eq!(shop.pending().await, 10_101);
        // To another endpoint what has not arrived there, with or without the cursor.
        assert_eq!(told(&ask(&backup, &Value::Null).await), (10_000, true));
        assert_eq!(ask(&backup, &Value::Null).await, json!({"count": 101, "skipped": 0, "more": false}));
        assert_eq!(ask(&backup, &Value::Null).await, json!({"count": 0, "skipped": 0, "more": false}));
        assert_eq!(shop.pending().await, 20_202);
        let refused = shop.post(&path, json!({"cursor": "evt_1"})).await;
        assert_eq!(refused.problem().errors[0].field, "cursor");
    }
}

#[tokio::test]
async fn no_more_replays_wait_at_an_endpoint_than_are_allowed() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        crate::store::sql! {
            SET_REPLAYS = "update webhook_deliveries set replay_of = id";
        }
        shop.delivery(&endpoint, EventKind::GateOffline, None).await;
        super::support::write(&shop.app.live, &SET_REPLAYS, Vec::new()).await;
        super::support::write(&shop.app.live, &MULTIPLY, crate::store::params![49_997_i64].to_vec()).await;
        let mut ended = Vec::new();
        for _ in 0..3 {
            shop.app.clock.advance(Duration::from_secs(1));
            let id = shop.delivery(&endpoint, EventKind::GateOffline, None).await;
            shop.end(&id, "exhausted", Some(500)).await;
            ended.push(id);
        }
        let path = format!("/webhooks/{}/replay", endpoint["id"].as_str().unwrap());
        let part: Value = shop.post(&path, json!({})).await.read();
        assert_eq!(part, json!({"count": 2, "skipped": 0, "more": true, "next_cursor": ended[1]}));
        let on = json!({"cursor": ended[1]});
        assert_eq!(shop.post(&path, on.clone()).await.code(), (409, "wrong_state".to_owned()));
        assert_eq!(replay(&shop, &ended[2], json!({})).await.code(), (409, "wrong_state".to_owned()));
        // Room again once they are sent.
        super::support::write(&shop.app.live, &SET_ALL, crate::store::params!["exhausted"].to_vec()).await;
        let part: Value = shop.post(&path, on).await.read();
        assert_eq!(part, json!({"count": 1, "skipped": 0, "more": false}));
    }
}
