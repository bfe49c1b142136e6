//! What riders allowed ends: for what is pushed, for what waits, and for what is pulled.

use std::time::Duration;

use domain::{events::EventKind, keys::Environment, oauth::Scope, realm::Realm, tiers::Tier};
use serde_json::json;

use super::support::{Shop, at, happens};
use crate::{oauth, store::DbError, testing::TestApp, webhooks::dispatch};

const DAY: Duration = Duration::from_secs(24 * 3600);
const KIND: EventKind = EventKind::JourneyCompleted;

/// Events that can be pulled.
async fn pulled(shop: &Shop) -> usize {
    shop.get("/events").await["data"].as_array().unwrap().len()
}

async fn published(shop: &Shop) -> usize {
    dispatch::publish(&shop.app, Environment::Live).await.unwrap().deliveries
}

#[tokio::test]
async fn nothing_is_told_of_a_rider_whose_consent_has_run_out() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        shop.register(json!(["journey.completed"])).await;
        let application = shop.application().await;
        let rider = shop.consent(&application).await;
        shop.app.clock.advance(15 * DAY);
        happens(&shop.app, &Realm::Live, KIND, Some(&rider), None).await;
        assert_eq!((published(&shop).await, pulled(&shop).await), (1, 1));
        shop.app.clock.advance(15 * DAY - Duration::from_micros(1));
        assert_eq!(pulled(&shop).await, 1);
        // Written before the end, published after it.
        happens(&shop.app, &Realm::Live, KIND, Some(&rider), None).await;
        shop.app.clock.advance(Duration::from_micros(1));
        assert_eq!((published(&shop).await, pulled(&shop).await), (0, 0), "to the instant");
        // What waits is taken back with it.
        assert_eq!(shop.pending().await, 1);
        assert_eq!(oauth::clear_lapsed(&shop.app).await.unwrap(), 1);
        assert_eq!(shop.pending().await, 0);
        // A new consent does not bring it back.
        shop.consent_of(&application, &rider).await;
        assert_eq!(pulled(&shop).await, 0);
    }
}

#[tokio::test]
async fn riders_see_what_was_pulled_of_them() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let application = shop.application().await;
        let (ayu, budi) = (shop.consent(&application).await, shop.consent(&application).await);
        for rider in [Some(&ayu), Some(&budi), Some(&ayu), None] {
            let kind = if rider.is_some() { KIND } else { EventKind::GateOffline };
            happens(&shop.app, &Realm::Live, kind, rider, None).await;
        }
        published(&shop).await;
        assert_eq!(shop.get("/events").await["data"].as_array().unwrap().len(), 4);
        assert_eq!(shop.get("/events?events=gate.offline").await["data"].as_array().unwrap().len(), 1);
        for (rider, records) in [(&ayu, 2), (&budi, 1)] {
            let seen = oauth::accesses_after(&shop.app.live, &Realm::Live, rider, 0, 9).await.unwrap();
            let [seen] = &seen[..] else { panic!("{seen:?}") };
            assert_eq!((seen.operation, seen.records), (Some("list_events"), records));
            assert_eq!((&seen.application_id, seen.scope), (&application, Scope::JourneyRead));
            assert_eq!(seen.at, shop.now());
        }
    }
}

#[tokio::test]
async fn an_application_that_loses_the_journeys_is_told_of_none() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["journey.completed", "gate.offline"])).await;
        let (narrowed, other) = (shop.application().await, shop.application().await);
        let rider = shop.consent(&narrowed).await;
        let stranger = shop.consent(&other).await;
        shop.delivery(&endpoint, KIND, Some((&rider, &narrowed))).await;
        shop.delivery(&endpoint, KIND, Some((&stranger, &other))).await;
        shop.delivery(&endpoint, EventKind::GateOffline, None).await;
        happens(&shop.app, &Realm::Live, KIND, Some(&rider), None).await;
        let (now, id) = (shop.now(), narrowed.clone());
        shop.app
            .live
            .write::<_, DbError, _>(move |tx| {
                let kept = [Scope::ProfileRead].into_iter().collect();
                Box::pin(async move { oauth::narrow(tx, &id, kept, now).await })
            })
            .await
            .unwrap();
        assert_eq!(shop.pending().await, 2);
        published(&shop).await;
        let told = shop.get("/events").await["data"].to_string();
        assert!(told.contains(other.as_str()) && !told.contains(narrowed.as_str()), "{told}");
        assert!(oauth::grants_of(&shop.app, &Realm::Live, &rider).await.unwrap().is_empty());
        assert_eq!(oauth::grants_of(&shop.app, &Realm::Live, &stranger).await.unwrap().len(), 1);
        assert_eq!(shop.live.get(&at("/events")).await.status, 200);
    }
}
