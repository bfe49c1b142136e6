//! Many dispatchers, and dispatchers that are killed.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use domain::webhooks::DeliveryStatus;

use super::{super::Post, support::Rig};
use crate::{
    testing::TestApp,
    webhooks::receiver::{OK, Receiver, Reply},
};

/// How often each event was received.
fn receipts(receiver: &Receiver) -> BTreeMap<String, usize> {
    let mut receipts = BTreeMap::new();
    for seen in receiver.seen() {
        *receipts.entry(seen.header("webhook-id").to_owned()).or_default() += 1;
    }
    receipts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_dispatchers_send_each_delivery_once() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let mut receivers = Vec::new();
        for _ in 0..4 {
            let receiver = Receiver::start(|_, _| OK).await;
            rig.endpoint(&receiver).await;
            receivers.push(receiver);
        }
        rig.happen(500).await;
        let posts: Vec<Arc<Post>> = (0..4).map(|_| rig.post()).collect();
        let working: Vec<_> = posts
            .iter()
            .map(|post| {
                let post = post.clone();
                tokio::spawn(async move { post.deliver_due().await })
            })
            .collect();
        for working in working {
            working.await.unwrap();
        }
        for receiver in &receivers {
            let receipts = receipts(receiver);
            assert_eq!(receipts.len(), 500);
            assert!(receipts.values().all(|times| *times == 1));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_over_dispatchers_that_are_killed_while_receivers_fail() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        // Three of ten requests fail, each in another way; hanging ones hold an attempt for its time.
        let flaky = Receiver::start(|n, _| match n % 10 {
            2 => Reply::Status(500, ""),
            5 => Reply::Cut,
            8 if n % 50 == 8 => Reply::Hang,
            8 => Reply::Status(302, "location: http://127.0.0.2/\r\n"),
            _ => OK,
        })
        .await;
        let good = Receiver::start(|_, _| OK).await;
        let endpoints = [rig.endpoint(&flaky).await, rig.endpoint(&good).await];
        let mut kills = 0;
        for round in 0..10 {
            rig.happen(100).await;
            let post = rig.post();
            let working = tokio::spawn({
                let post = post.clone();
                async move { post.deliver_due().await }
            });
            // Killed at another point each time: before it has begun, in the middle, near the end.
            for _ in 0..round * 40 {
                tokio::task::yield_now().await;
            }
            post.kill();
            working.abort();
            kills += 1;
            test.app.clock.advance(Duration::from_secs(61));
        }
        assert_eq!(kills, 10);
        let post = rig.post();
        for _ in 0..200 {
            post.deliver_due().await;
            test.app.clock.advance(Duration::from_secs(600));
            let waiting = rig.count(&endpoints[0], DeliveryStatus::Pending).await;
            if waiting == 0 {
                break;
            }
        }
        for (receiver, endpoint) in [(&flaky, &endpoints[0]), (&good, &endpoints[1])] {
            assert_eq!(rig.count(endpoint, DeliveryStatus::Delivered).await, 1_000);
            assert_eq!(receipts(receiver).len(), 1_000);
        }
    }
}

#[tokio::test]
async fn what_a_killed_dispatcher_had_in_hand_is_sent_once_its_lease_has_ended() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = Receiver::start(|n, _| if n == 0 { Reply::Hang } else { OK }).await;
        let endpoint = rig.endpoint(&receiver).await;
        rig.happen(1).await;
        let lost = rig.post();
        while lost.publish().await.unwrap() {}
        assert_eq!(lost.round().await.unwrap(), 1);
        while receiver.count() == 0 {
            tokio::task::yield_now().await;
        }
        lost.kill();
        let post = rig.post();
        test.app.clock.advance(Duration::from_secs(59));
        post.deliver_due().await;
        assert_eq!(receiver.count(), 1, "it might still be at work");
        test.app.clock.advance(Duration::from_secs(1));
        post.deliver_due().await;
        assert_eq!(receiver.count(), 2);
        // The lost one left no trace, and counts for nothing.
        assert_eq!(rig.deliveries(&endpoint).await, [(DeliveryStatus::Delivered, 1)]);
    }
}

#[tokio::test]
async fn a_dispatcher_that_stops_gives_back_what_it_has_not_begun() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = Receiver::start(|_, _| OK).await;
        let endpoint = rig.endpoint(&receiver).await;
        rig.happen(30).await;
        let post = rig.post();
        while post.publish().await.unwrap() {}
        post.round().await.unwrap();
        post.stop(Duration::from_secs(10)).await;
        let begun = receiver.count();
        let finished = rig.count(&endpoint, DeliveryStatus::Delivered).await;
        assert_eq!(begun, finished, "what was under way came to its end");
        // Nobody has to wait for a lease.
        rig.post().deliver_due().await;
        assert_eq!((receiver.count(), receipts(&receiver).len()), (30, 30));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn order_can_be_rebuilt_from_the_sequence_of_each_journey() {
    use domain::events::EventKind;
    // The numbers themselves are given by `events::record`; here they only have to come through.
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = Receiver::start(|_, _| OK).await;
        rig.endpoint(&receiver).await;
        let journeys: Vec<_> =
            (0..20).map(|_| test.app.random.id(test.app.clock.now(), domain::ids::JourneyId::new)).collect();
        for _ in 0..5 {
            for journey in &journeys {
                rig.happen_in_journey(EventKind::GateOffline, journey).await;
            }
        }
        rig.post().deliver_due().await;
        let mut sequences: HashMap<String, Vec<i64>> = HashMap::new();
        for seen in receiver.seen() {
            let body = seen.json();
            let journey = body["data"]["journey_id"].as_str().unwrap().to_owned();
            sequences.entry(journey).or_default().push(body["sequence"].as_i64().unwrap());
        }
        assert_eq!(sequences.len(), 20);
        for sequence in sequences.values_mut() {
            sequence.sort_unstable();
            assert_eq!(*sequence, [1, 2, 3, 4, 5]);
        }
    }
}
