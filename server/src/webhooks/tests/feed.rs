//! Events to pull, and the catalogue.

use std::{collections::BTreeSet, time::Duration};

use domain::{
    events::EventKind, ids::JourneyId, keys::Environment, realm::Realm, tiers::Tier, webhooks::Feed,
};
use serde_json::{Value, json};

use super::support::{Shop, at, happens};
use crate::{
    app::App,
    oauth,
    store::{params, sql},
    testing::{TestApp, client::Client},
    webhooks::dispatch,
};

async fn publish(app: &App, environment: Environment) {
    while dispatch::publish(app, environment).await.unwrap().events > 0 {}
}

async fn pull(client: &Client, query: &str) -> Feed {
    client.get(&at(&format!("/events?{query}"))).await.read()
}

#[tokio::test]
async fn a_cursor_goes_through_all_events_once_and_waits_at_the_end() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let mut written = Vec::new();
        for kind in [EventKind::GateOffline, EventKind::StationCrowded].repeat(4) {
            written.push(happens(&shop.app, &Realm::Live, kind, None, None).await);
        }
        assert!(pull(&shop.live, "").await.data.is_empty(), "not told yet");
        publish(&shop.app, Environment::Live).await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = pull(&shop.live, &format!("limit=3&cursor={cursor}")).await;
            assert_eq!(page.meta.total, 8 - seen.len() as u64);
            seen.extend(page.data.into_iter().map(|event| event.id));
            cursor = page.meta.next_cursor;
            if !page.meta.has_more {
                break;
            }
        }
        assert_eq!(seen, written);
        let waiting = pull(&shop.live, &format!("cursor={cursor}")).await;
        assert!(waiting.data.is_empty());
        let later = happens(&shop.app, &Realm::Live, EventKind::GateOffline, None, None).await;
        publish(&shop.app, Environment::Live).await;
        let page = pull(&shop.live, &format!("cursor={}", waiting.meta.next_cursor)).await;
        assert_eq!(page.data.into_iter().map(|event| event.id).collect::<Vec<_>>(), [later]);
        // By kind, and since a time.
        assert_eq!(pull(&shop.live, "events=station.crowded").await.meta.total, 4);
        assert_eq!(pull(&shop.live, "events=station.crowded,gate.offline&limit=1").await.meta.total, 9);
        assert_eq!(pull(&shop.live, "from=2026-03-08T08:41:00.000001Z").await.meta.total, 0);
        for bad in ["cursor=7", "cursor=cDE%3D", "events=x", "from=kemarin", "limit=0"] {
            assert_eq!(shop.live.get(&at(&format!("/events?{bad}"))).await.status, 400, "{bad}");
        }
    }
}

#[tokio::test]
async fn riders_are_told_of_by_their_consent_alone_and_by_the_id_of_the_application() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let other = Shop::of(&test, Tier::Pro).await;
        let (first, second) = (shop.application().await, shop.application().await);
        let rider = shop.consent(&second).await;
        // A microsecond later the same rider agrees to another application: the older consent counts.
        shop.app.clock.advance(Duration::from_secs(60));
        shop.consent_of(&first, &rider).await;
        let stranger = other.consent(&other.application().await).await;
        let (app, kind) = (&shop.app, EventKind::JourneyCompleted);
        let told = happens(app, &Realm::Live, kind, Some(&rider), None).await;
        happens(app, &Realm::Live, kind, Some(&stranger), None).await;
        happens(app, &Realm::Live, kind, None, None).await;
        // Above the tier.
        happens(app, &Realm::Live, EventKind::JourneyTapIn, Some(&rider), None).await;
        // Before the consent.
        let late = shop.consent(&first).await;
        sql! { BACK = "update events set occurred_at = occurred_at - 61000000 where rider_id = $1"; }
        happens(app, &Realm::Live, kind, Some(&late), None).await;
        super::support::write(&app.live, &BACK, params![&late].to_vec()).await;
        publish(app, Environment::Live).await;
        let page = pull(&shop.live, "").await;
        assert_eq!((page.data.len(), page.meta.total), (1, 1), "{page:?}");
        assert_eq!((&page.data[0].id, page.data[0].application_id.as_ref()), (&told, Some(&second)));
        assert_eq!(page.data[0].user_id, Some(oauth::usr_id(app, &second, &rider).to_string()));
        assert_eq!(pull(&other.live, "").await.meta.total, 1);
        // Withdrawn, nothing of the rider is told any more, be it as old as it may.
        shop.withdraw(&rider).await;
        assert_eq!(pull(&shop.live, "").await.meta.total, 0);
    }
}

#[tokio::test]
async fn each_network_has_its_own_feed_of_thirty_days() {
    for test in TestApp::each().await {
        let (shop, other) = (Shop::of(&test, Tier::Free).await, Shop::of(&test, Tier::Pro).await);
        let realm = shop.realm(Environment::Test);
        happens(&shop.app, &realm, EventKind::GateOffline, None, None).await;
        publish(&shop.app, Environment::Test).await;
        assert_eq!(pull(&shop.test, "").await.meta.total, 1);
        assert_eq!(pull(&other.test, "").await.meta.total, 0);
        assert_eq!(pull(&other.live, "").await.meta.total, 0);
        // Days are the network's own.
        let moved = shop.test.post(&at("/sandbox/clock"), json!({"advance_s": 30 * 86_400})).await;
        assert_eq!(moved.status, 200);
        assert_eq!(pull(&shop.test, "").await.meta.total, 1);
        shop.test.post(&at("/sandbox/clock"), json!({"advance_s": 1})).await;
        assert_eq!(pull(&shop.test, "").await.meta.total, 0);
        assert_eq!(pull(&shop.test, "from=2026-01-01").await.meta.total, 0);
    }
}

#[tokio::test]
async fn events_of_a_journey_are_counted_from_one() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Enterprise).await;
        let application = shop.application().await;
        let rider = shop.consent(&application).await;
        let journeys = [1, 2].map(|n| JourneyId::new(n, [7; 10]));
        for (kind, journey) in [
            (EventKind::JourneyTapIn, 0),
            (EventKind::JourneyTapIn, 1),
            (EventKind::JourneyCompleted, 0),
            (EventKind::FareCapReached, 0),
            (EventKind::JourneyCompleted, 1),
        ] {
            happens(&shop.app, &Realm::Live, kind, Some(&rider), Some(&journeys[journey])).await;
        }
        happens(&shop.app, &Realm::Live, EventKind::GateOffline, None, None).await;
        publish(&shop.app, Environment::Live).await;
        let numbers: Vec<_> =
            pull(&shop.live, "").await.data.into_iter().map(|event| event.sequence).collect();
        assert_eq!(numbers, [Some(1), Some(1), Some(2), Some(3), Some(2), None]);
    }
}

#[tokio::test]
async fn one_call_looks_so_far_and_the_cursor_moves_on_over_what_is_not_for_the_reader() {
    sql! {
        // Published after the last that is, as many as `$4`; about a rider who agreed to nothing.
        MANY = "insert into events (id, realm, kind, fact, rider_id, occurred_at, recorded_at, data, published)
            with recursive number(n) as (
                select cast($1 as bigint) + 1 union all select n + 1 from number where n < $1 + $4)
            select 'evt_' || n, 'live', 'journey.completed', 'fact ' || n, 'rdr_nobody', $2, $2, $3, n from number";
        SET_LAST = "update event_publications set last = $1 where id = 1";
    }
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let app = &shop.app;
        let many = async |last: i64, count: i64, at: jiff::Timestamp| {
            let params = params![last, at, "{}", count].to_vec();
            super::support::write(&app.live, &MANY, params).await;
            super::support::write(&app.live, &SET_LAST, params![last + count].to_vec()).await;
        };
        // Long ago, and no more than one look for a reader who begins now.
        many(0, 45_000, shop.now() - jiff::SignedDuration::from_hours(24 * 31)).await;
        let first = happens(app, &Realm::Live, EventKind::GateOffline, None, None).await;
        publish(app, Environment::Live).await;
        many(45_001, 20_010, shop.now()).await;
        let second = happens(app, &Realm::Live, EventKind::GateOffline, None, None).await;
        publish(app, Environment::Live).await;
        let page = pull(&shop.live, "").await;
        assert_eq!(page.data.into_iter().map(|event| event.id).collect::<Vec<_>>(), [first]);
        assert_eq!((page.meta.total, page.meta.has_more), (1, true));
        let page = pull(&shop.live, &format!("cursor={}", page.meta.next_cursor)).await;
        assert_eq!(page.data.into_iter().map(|event| event.id).collect::<Vec<_>>(), [second]);
        assert_eq!((page.meta.total, page.meta.has_more), (1, false));
        // With nothing for the reader in it, a page is empty and goes on.
        let page = pull(&shop.live, "events=journey.completed").await;
        assert_eq!((page.data.len(), page.meta.total, page.meta.has_more), (0, 0, true));
        let page =
            pull(&shop.live, &format!("events=journey.completed&cursor={}", page.meta.next_cursor)).await;
        assert_eq!((page.data.len(), page.meta.has_more), (0, false));
    }
}

/// Writers that commit in any order, a publisher, and a reader who polls: none is missed, none is seen
/// twice, and the order is that of publication.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_missed_while_many_write_at_once() {
    const WRITERS: usize = 6;
    const EACH: usize = 12;
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let writers = (0..WRITERS).map(|_| {
            let app = shop.app.clone();
            tokio::spawn(async move {
                let mut written = Vec::new();
                for _ in 0..EACH {
                    written.push(happens(&app, &Realm::Live, EventKind::GateOffline, None, None).await);
                }
                written
            })
        });
        let writers: Vec<_> = writers.collect();
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        while seen.len() < WRITERS * EACH {
            publish(&shop.app, Environment::Live).await;
            let page = pull(&shop.live, &format!("limit=7&cursor={cursor}")).await;
            seen.extend(page.data.into_iter().map(|event| event.id));
            cursor = page.meta.next_cursor;
        }
        let mut written = BTreeSet::new();
        for writer in writers {
            written.extend(writer.await.unwrap());
        }
        assert_eq!(seen.len(), WRITERS * EACH);
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), written);
    }
}

#[tokio::test]
async fn the_catalogue_has_a_schema_and_an_example_of_every_kind_for_everybody() {
    let test = TestApp::one().await;
    let answer = test.anonymous().get(&at("/events/catalogue")).await;
    let page: Value = answer.read();
    let kinds: Vec<_> = page["data"].as_array().unwrap().iter().map(|entry| entry["event"].clone()).collect();
    assert_eq!(json!(kinds), json!(EventKind::ALL));
    for entry in page["data"].as_array().unwrap() {
        assert_eq!(entry["schema"]["properties"]["event"]["const"], entry["event"]);
        // What the schema asks for is in the example, and nothing that it does not know.
        let known = entry["schema"]["properties"].as_object().unwrap();
        let example = entry["example"].as_object().unwrap();
        let required = entry["schema"]["required"].as_array().unwrap();
        assert!(required.iter().all(|name| example.contains_key(name.as_str().unwrap())), "{entry}");
        assert!(example.keys().all(|name| known.contains_key(name)), "{entry}");
    }
    let document = crate::http::openapi::document();
    assert_eq!(document["webhooks"].as_object().unwrap().len(), 6);
    for (name, item) in document["webhooks"].as_object().unwrap() {
        let data =
            &item["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]["data"];
        let named = data["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        assert!(document["components"]["schemas"][named].is_object(), "{name}");
    }
}
