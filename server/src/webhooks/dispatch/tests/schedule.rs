//! When it is sent again, by the injected clock.

use std::time::Duration;

use domain::{
    realm::Realm,
    webhooks::{
        DeliveryStatus, EndpointStatus,
        schedule::{ATTEMPTS_MAX, RETRY_AFTER_S},
    },
};

use super::support::Rig;
use crate::{
    realms,
    testing::TestApp,
    webhooks::receiver::{OK, Receiver, Reply},
};

#[tokio::test]
async fn an_endpoint_that_always_fails_is_tried_by_the_table_and_then_no_more() {
    for test in TestApp::each().await {
        let rig = Rig::live(&test.app).await;
        let receiver = Receiver::start(|_, _| Reply::Status(500, "")).await;
        let endpoint = rig.endpoint(&receiver).await;
        rig.happen(1).await;
        let post = rig.post();
        post.deliver_due().await;
        for (n, wait_s) in RETRY_AFTER_S.into_iter().enumerate() {
            assert_eq!(receiver.count(), n + 1);
            let due_at = rig.due_at(&endpoint).await.unwrap();
            let wait_ms = due_at.duration_since(rig.now()).as_millis();
            let table_ms = i128::from(wait_s) * 1_000;
            assert!((table_ms * 4 / 5..=table_ms * 6 / 5).contains(&wait_ms), "{n}: {wait_ms} of {table_ms}");
            // Not a moment before.
            test.app.clock.advance_to(due_at - jiff::SignedDuration::from_micros(1));
            post.deliver_due().await;
            assert_eq!(receiver.count(), n + 1);
            test.app.clock.advance_to(due_at);
            // The breaker, if it is open, waits five minutes at most.
            post.deliver_due().await;
            if receiver.count() == n + 1 {
                test.app.clock.advance(Duration::from_secs(300));
                post.deliver_due().await;
            }
        }
        assert_eq!(receiver.count(), ATTEMPTS_MAX as usize);
        assert_eq!(rig.deliveries(&endpoint).await, [(DeliveryStatus::Exhausted, 10)]);
        assert_eq!(rig.due_at(&endpoint).await, None);
        test.app.clock.advance(Duration::from_secs(10 * 86_400));
        post.deliver_due().await;
        assert_eq!(receiver.count(), ATTEMPTS_MAX as usize);
        let numbers: Vec<i64> =
            rig.attempts(&endpoint).await.iter().map(|row| row.get("number").unwrap()).collect();
        assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_test_networks_clock_moves_its_retries_and_no_others() {
    for test in TestApp::each().await {
        let rigs = [Rig::sandbox(&test.app).await, Rig::sandbox(&test.app).await];
        let mut made = Vec::new();
        for rig in &rigs {
            let receiver = Receiver::start(|n, _| if n == 0 { Reply::Status(500, "") } else { OK }).await;
            rig.endpoint(&receiver).await;
            rig.happen(1).await;
            made.push(receiver);
        }
        let post = rigs[0].post();
        post.deliver_due().await;
        let Realm::Sandbox(partner) = &rigs[0].realm else { panic!("a test network") };
        realms::advance(&test.app, partner, Duration::from_secs(7)).await.unwrap();
        post.deliver_due().await;
        assert_eq!((made[0].count(), made[1].count()), (2, 1));
        // Receivers compare with their own clocks: what is sent is of the product's time.
        let now = test.app.clock.now().as_second().to_string();
        assert!(made[0].seen().iter().all(|seen| seen.header("webhook-timestamp") == now));
    }
}

#[tokio::test]
async fn a_receiver_that_asks_to_wait_is_obeyed() {
    for test in TestApp::each().await {
        for (status, header) in
            [(429, "retry-after: 3600\r\n"), (503, "retry-after: Sun, 08 Mar 2026 09:41:00 GMT\r\n")]
        {
            let rig = Rig::sandbox(&test.app).await;
            // The moment of the test's clock, to which the date above is an hour.
            let start = rig.now();
            let receiver =
                Receiver::start(move |n, _| if n == 0 { Reply::Status(status, header) } else { OK }).await;
            let endpoint = rig.endpoint(&receiver).await;
            rig.happen(1).await;
            let post = rig.post();
            post.deliver_due().await;
            let due_at = rig.due_at(&endpoint).await.unwrap();
            assert_eq!(due_at.duration_since(start).as_secs(), 3_600, "{status}");
            let Realm::Sandbox(partner) = &rig.realm else { panic!("a test network") };
            realms::advance(&test.app, partner, Duration::from_secs(1_800)).await.unwrap();
            // What happens meanwhile waits too.
            rig.happen(1).await;
            post.deliver_due().await;
            assert_eq!(receiver.count(), 1);
            realms::advance(&test.app, partner, Duration::from_secs(1_799)).await.unwrap();
            post.deliver_due().await;
            assert_eq!(receiver.count(), 1);
            realms::advance(&test.app, partner, Duration::from_secs(1)).await.unwrap();
            post.deliver_due().await;
            let delivered = DeliveryStatus::Delivered;
            assert_eq!(rig.deliveries(&endpoint).await, [(delivered, 2), (delivered, 1)]);
        }
    }
}

#[tokio::test]
async fn gone_ends_the_delivery_and_disables_the_endpoint() {
    for test in TestApp::each().await {
        for rig in [Rig::live(&test.app).await, Rig::sandbox(&test.app).await] {
            let mails = rig.mails().await.len();
            let receiver = Receiver::start(|_, _| Reply::Status(410, "")).await;
            let endpoint = rig.endpoint(&receiver).await;
            super::health::owner(&test.app, &rig).await;
            rig.happen(1).await;
            let post = rig.post();
            post.deliver_due().await;
            assert_eq!(rig.deliveries(&endpoint).await, [(DeliveryStatus::Gone, 1)]);
            assert_eq!(rig.state(&endpoint).await, (EndpointStatus::Disabled, Some("gone".to_owned()), 0));
            let told = rig.mails().await.split_off(mails);
            assert_eq!(told, ["Endpoint webhook Anda dinonaktifkan / Your webhook endpoint was disabled"]);
            // What happens from now on is not for it.
            rig.happen(1).await;
            test.app.clock.advance(Duration::from_secs(86_400));
            post.deliver_due().await;
            assert_eq!(receiver.count(), 1);
        }
    }
}
