//! Bad receivers harm themselves alone.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use domain::{events::EventKind, webhooks::DeliveryStatus};
use tokio::{sync::Semaphore, time::Instant};

use super::{
    super::{
        super::client::tests::support::{SILENT, Slow, client, local_client},
        SLOTS,
    },
    support::Rig,
};
use crate::{
    testing::TestApp,
    webhooks::{
        client::ANSWER_BYTES_MAX,
        receiver::{OK, Receiver, Reply},
    },
};

/// How long an attempt may take among many.
const PATIENCE: Duration = Duration::from_secs(3);

/// W8, in sizes and isolation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receivers_that_hang_drip_or_pour_leave_the_good_ones_alone() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let mut bad = Vec::new();
        for reply in std::iter::repeat_n(Reply::Hang, 50)
            .chain(std::iter::repeat_n(Reply::DripHead, 50))
            .chain(std::iter::repeat_n(Reply::EndlessHead, 5))
            .chain(std::iter::repeat_n(Reply::EndlessBody, 5))
        {
            let receiver = Receiver::start({
                let reply = reply.clone();
                move |_, _| reply.clone()
            })
            .await;
            let endpoint = rig.endpoint(&receiver).await;
            bad.push((reply, receiver, endpoint));
        }
        let mut good = Vec::new();
        for _ in 0..100 {
            let receiver = Receiver::start(|_, _| OK).await;
            good.push((rig.endpoint(&receiver).await, receiver));
        }
        rig.happen(10).await;
        // So many at once are slow on a busy machine: a good one is to have the time that it needs.
        let post = rig.post_with(local_client(PATIENCE));
        while post.publish().await.unwrap() {}
        post.round().await.unwrap();
        let started = Instant::now();
        // All claims are made while the bad ones hold what they can.
        for (endpoint, receiver) in &good {
            while rig.count(endpoint, DeliveryStatus::Delivered).await < 10 {
                assert!(started.elapsed() < Duration::from_secs(20), "good receivers wait");
                post.look.store(true, Ordering::Relaxed);
                post.round().await.unwrap();
                tokio::task::yield_now().await;
            }
            assert_eq!(receiver.count(), 10);
        }
        // Who pours a body has answered and may have all its deliveries under way.
        let held = bad.iter().map(|(reply, ..)| if matches!(reply, Reply::EndlessBody) { 10 } else { 4 });
        assert!(post.slots.available_permits() >= SLOTS - held.sum::<usize>());
        post.idle().await;
        for (reply, receiver, endpoint) in &bad {
            for attempt in rig.attempts(endpoint).await {
                let total_us: i64 = attempt.get("total_us").unwrap();
                assert!(total_us < (PATIENCE + Duration::from_secs(5)).as_micros() as i64, "{reply:?}");
                let body: Option<Vec<u8>> = attempt.get("response_body").unwrap();
                assert!(body.is_none_or(|body| body.len() <= ANSWER_BYTES_MAX));
            }
            // Those that only pour too much have answered; the others have not.
            let delivered = rig.count(endpoint, DeliveryStatus::Delivered).await;
            assert_eq!(delivered > 0, matches!(reply, Reply::EndlessBody), "{reply:?}");
            assert!(receiver.written() < 100 << 20);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_backlog_of_one_does_not_hold_up_another() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let other = Rig::sandbox(&test.app).await;
        // Far more than is claimed at once.
        let slow = Receiver::start(|_, _| OK).await;
        let quick = Receiver::start(|_, _| OK).await;
        let behind = rig.endpoint(&slow).await;
        other.endpoint(&quick).await;
        rig.happen(3_000).await;
        let post = rig.post();
        while post.publish().await.unwrap() {}
        other.happen(5).await;
        while post.publish().await.unwrap() {}
        // One round takes some of each.
        post.look.store(true, Ordering::Relaxed);
        post.round().await.unwrap();
        post.idle().await;
        assert_eq!(quick.count(), 5);
        assert!(rig.count(&behind, DeliveryStatus::Pending).await > 2_500);
    }
}

#[tokio::test]
async fn what_waits_for_a_look_up_of_ours_is_not_held_against_the_endpoint() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = Receiver::start(|_, _| OK).await;
        let url = format!("http://{SILENT}:{}/hook", receiver.address.port());
        let events = [EventKind::GateOffline];
        let endpoints =
            [rig.endpoint_at(&url, &events, None).await, rig.endpoint_at(&url, &events, None).await];
        let gate = Arc::new(Semaphore::new(0));
        let post = rig.post_with(client(Box::new(Slow(gate.clone())), PATIENCE));
        rig.happen(4).await;
        while post.publish().await.unwrap() {}
        assert_eq!(post.round().await.unwrap(), 8);
        post.idle().await;
        let all = async || {
            let mut all = rig.deliveries(&endpoints[0]).await;
            all.extend(rig.deliveries(&endpoints[1]).await);
            all.sort_unstable_by_key(|(status, attempts)| (status.as_str(), *attempts));
            all
        };
        // Four had their turn, and no answer. The others were given back as they were.
        let (tried, untried) = ((DeliveryStatus::Pending, 1), (DeliveryStatus::Pending, 0));
        assert_eq!(all().await, [[untried; 4], [tried; 4]].concat());
        gate.add_permits(1);
        post.deliver_due().await;
        let delivered = (DeliveryStatus::Delivered, 1);
        assert_eq!(all().await, [[delivered; 4], [tried; 4]].concat());
    }
}

#[tokio::test]
async fn a_recall_keeps_what_was_claimed_from_being_sent_unseen() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = Receiver::start(|n, _| if n < 4 { Reply::Hang } else { OK }).await;
        let endpoint = rig.endpoint(&receiver).await;
        rig.happen(16).await;
        let post = rig.post();
        while post.publish().await.unwrap() {}
        assert_eq!(post.round().await.unwrap(), 16);
        // Four are under way; twelve lie claimed. Then the rider withdraws.
        while receiver.count() < 4 {
            tokio::task::yield_now().await;
        }
        rig.execute(&super::support::CANCEL, crate::store::params![&endpoint].to_vec()).await;
        super::super::recall(&test.app);
        post.deliver_due().await;
        assert_eq!(receiver.count(), 4);
        assert_eq!(rig.count(&endpoint, DeliveryStatus::Cancelled).await, 16);
    }
}
