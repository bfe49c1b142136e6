//! What is forgotten, and when.

use std::time::Duration;

use domain::{
    events::EventKind,
    ids::{DeliveryId, EventId, WebhookId},
    keys::Environment,
    realm::Realm,
    tiers::Tier,
};
use serde_json::{Value, json};

use super::support::{Shop, Uncommitted, at};
use crate::{
    store::Lock,
    testing::TestApp,
    webhooks::{
        deliveries::{NewDelivery, enqueue},
        purge::{batch, purge},
    },
};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn deliveries_are_kept_for_thirty_days_and_a_body_as_long_as_it_is_needed() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let (old, replayed) = (
            shop.delivery(&endpoint, EventKind::GateOffline, None).await,
            shop.delivery(&endpoint, EventKind::GateOffline, None).await,
        );
        shop.end(&old, "delivered", Some(200)).await;
        shop.end(&replayed, "delivered", Some(200)).await;
        shop.app.clock.advance(29 * DAY);
        let again: Value = shop.post(&format!("/deliveries/{replayed}/replay"), json!({})).await.read();
        assert_eq!(purge(&shop.app, Environment::Live).await.unwrap(), 0);
        shop.app.clock.advance(DAY);
        assert_eq!(purge(&shop.app, Environment::Live).await.unwrap(), 0, "30 days to the microsecond");
        shop.app.clock.advance(Duration::from_micros(1));
        assert_eq!(purge(&shop.app, Environment::Live).await.unwrap(), 2);
        // The replay, and the body that it sends.
        assert_eq!(shop.rows().await, 2);
        let shown = shop.get(&format!("/deliveries/{}", again["delivery_id"].as_str().unwrap())).await;
        assert!(shown["body"].as_str().unwrap().contains("gate.offline"));
        shop.app.clock.advance(30 * DAY);
        assert_eq!(purge(&shop.app, Environment::Live).await.unwrap(), 1);
        assert_eq!(shop.rows().await, 0);
    }
}

#[tokio::test]
async fn a_body_stays_for_a_delivery_that_is_being_made_of_it() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let old = shop.delivery(&endpoint, EventKind::GateOffline, None).await;
        shop.end(&old, "delivered", Some(200)).await;
        let shown = shop.get(&format!("/deliveries/{old}")).await;
        let event_id: EventId = shown["event_id"].as_str().unwrap().parse().unwrap();
        let endpoint_id: WebhookId = endpoint["id"].as_str().unwrap().parse().unwrap();
        shop.app.clock.advance(30 * DAY + Duration::from_micros(1));
        let (partner_id, now) = (shop.partner.id.clone(), shop.now());
        let id = shop.app.random.id(now, DeliveryId::new);
        let again = id.clone();
        let replay = Uncommitted::of(&shop.app.live, move |tx| {
            Box::pin(async move {
                tx.share(Lock::Messages).await?;
                let delivery = NewDelivery {
                    id: &again,
                    realm: &Realm::Live,
                    partner_id: &partner_id,
                    endpoint_id: &endpoint_id,
                    event_id: &event_id,
                    audience: None,
                    kind: EventKind::GateOffline,
                    rider_id: None,
                    test: false,
                    now,
                };
                enqueue(tx, &delivery).await
            })
        });
        let purged = replay.await.beside(purge(&shop.app, Environment::Live)).await;
        assert_eq!(purged.unwrap(), 1);
        let shown = shop.get(&format!("/deliveries/{id}")).await;
        assert!(shown["body"].as_str().unwrap().contains("gate.offline"));
    }
}

#[tokio::test]
async fn what_is_being_deleted_is_not_sent_again() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let old = shop.delivery(&endpoint, EventKind::GateOffline, None).await;
        shop.end(&old, "exhausted", Some(500)).await;
        shop.app.clock.advance(30 * DAY + Duration::from_micros(1));
        // The key's use is written down, and with SQLite there is one writer.
        shop.get("/webhooks").await;
        let before = shop.now();
        let purge = Uncommitted::of(&shop.app.live, move |tx| {
            Box::pin(async move { batch(tx, &Realm::Live, before).await.map(drop) })
        });
        let path = format!("/deliveries/{old}/replay");
        assert_eq!(purge.await.beside(shop.post(&path, json!({}))).await.status, 404);
        assert_eq!(shop.rows().await, 0);
    }
}

#[tokio::test]
async fn what_is_published_while_its_endpoint_is_deleted_does_not_wait_for_it() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let endpoint_id: WebhookId = endpoint["id"].as_str().unwrap().parse().unwrap();
        let (partner_id, now, app) = (shop.partner.id.clone(), shop.now(), shop.app.clone());
        let of = endpoint_id.clone();
        let publishing = Uncommitted::of(&shop.app.live, move |tx| {
            Box::pin(async move {
                tx.lock(Lock::Publish).await?;
                let delivery = NewDelivery {
                    id: &app.random.id(now, DeliveryId::new),
                    realm: &Realm::Live,
                    partner_id: &partner_id,
                    endpoint_id: &of,
                    event_id: &app.random.id(now, EventId::new),
                    audience: None,
                    kind: EventKind::GateOffline,
                    rider_id: None,
                    test: false,
                    now,
                };
                enqueue(tx, &delivery).await
            })
        });
        let path = at(&format!("/webhooks/{endpoint_id}"));
        let deleted = shop.live.call(axum::http::Method::DELETE, &path, None::<()>);
        assert_eq!(publishing.await.beside(deleted).await.status, 204);
        assert_eq!((shop.pending().await, shop.rows().await), (0, 1));
    }
}

#[tokio::test]
async fn a_reset_of_the_sandbox_takes_its_deliveries_along_and_leaves_its_endpoints() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let other = Shop::of(&test, Tier::Pro).await;
        shop.test.post(&at("/sandbox/clock"), json!({"advance_s": 86_400})).await;
        let body = json!({"url": "http://a.example/", "events": ["gate.offline"]});
        for client in [&shop.test, &other.test] {
            let made: Value = client.post(&at("/webhooks"), body.clone()).await.read();
            let path = at(&format!("/webhooks/{}/test", made["id"].as_str().unwrap()));
            assert_eq!(client.post(&path, json!({"event": "gate.offline"})).await.status, 202);
        }
        assert_eq!(shop.test.post(&at("/sandbox/reset"), json!({})).await.status, 200);
        let total = async |client: &crate::testing::client::Client| {
            let listed: Value = client.get(&at("/webhooks")).await.read();
            let endpoint = listed["data"][0].clone();
            let path = at(&format!("/webhooks/{}/deliveries", endpoint["id"].as_str().unwrap()));
            let log: Value = client.get(&path).await.read();
            (endpoint["created_at"].as_str().unwrap().to_owned(), log["meta"]["total"].as_u64().unwrap())
        };
        // Made a day ahead: it must not wait until then for its first event.
        assert_eq!(total(&shop.test).await, ("2026-03-08T08:41:00Z".to_owned(), 0));
        assert_eq!(total(&other.test).await, ("2026-03-08T08:41:00Z".to_owned(), 1));
    }
}
