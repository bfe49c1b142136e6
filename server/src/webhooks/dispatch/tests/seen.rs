//! Changes are seen in time, whatever else is going on.

use std::{sync::Arc, time::Duration};

use domain::webhooks::{DeliveryStatus, SecretSet, SigningSecret, standard_signature};
use jiff::SignedDuration;
use tokio::{sync::Notify, time::Instant};

use super::{
    super::{super::client::tests::support::local_client, claim::Claimed, recall},
    support::{DELETE_MESSAGES, Rig, SET_SECRETS, SET_URL},
};
use crate::{
    store::params,
    testing::TestApp,
    webhooks::{
        receiver::{OK, Receiver, Reply},
        secrets,
    },
};

const A_MOMENT: SignedDuration = SignedDuration::from_micros(1);

#[tokio::test]
async fn another_url_holds_for_the_attempt_after_the_one_under_way() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let told = Arc::new(Notify::new());
        let old = Receiver::start({
            let told = told.clone();
            move |n, _| if n == 0 { Reply::Held(told.clone()) } else { OK }
        })
        .await;
        let new = Receiver::start(|_, _| OK).await;
        let endpoint = rig.endpoint(&old).await;
        let post = rig.post_with(local_client(Duration::from_secs(30)));
        rig.happen(1).await;
        while post.publish().await.unwrap() {}
        post.round().await.unwrap();
        while old.count() == 0 {
            tokio::task::yield_now().await;
        }
        // The one worker that there may be holds a connection to the old URL.
        let lane = post.lanes()[&endpoint].clone();
        lane.lock().allowance = 1;
        rig.execute(&SET_URL, params![&endpoint, new.url(), rig.now() + A_MOMENT].to_vec()).await;
        recall(&test.app);
        rig.happen(1).await;
        while post.publish().await.unwrap() {}
        post.round().await.unwrap();
        told.notify_one();
        post.deliver_due().await;
        assert_eq!((old.count(), new.count()), (1, 1));
        assert_eq!(rig.deliveries(&endpoint).await, [(DeliveryStatus::Delivered, 1); 2]);
        assert_eq!(new.seen()[0].header("host"), new.address.to_string());
    }
}

#[tokio::test]
async fn steady_traffic_does_not_put_off_what_has_become_due() {
    for test in TestApp::each().await {
        let rig = Rig::live(&test.app).await;
        let receiver = Receiver::start(|n, _| if n == 0 { Reply::Status(500, "") } else { OK }).await;
        rig.endpoint(&receiver).await;
        rig.happen(1).await;
        let post = rig.post();
        post.deliver_due().await;
        let claiming = tokio::spawn(post.clone().keep_claiming());
        let ring = async || {
            post.bell.notify_one();
            tokio::task::yield_now().await;
        };
        for _ in 0..100 {
            ring().await;
        }
        test.app.clock.advance(Duration::from_secs(7));
        let started = Instant::now();
        while receiver.count() < 2 {
            assert!(started.elapsed() < Duration::from_secs(20), "its retry is due");
            ring().await;
        }
        post.stopping.cancel();
        claiming.await.unwrap();
    }
}

#[tokio::test]
async fn what_is_published_while_a_claim_ends_is_claimed_next() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = Receiver::start(|_, _| OK).await;
        rig.endpoint(&receiver).await;
        let (post, other) = (rig.post(), rig.post());
        post.deliver_due().await;
        rig.happen(1).await;
        while post.publish().await.unwrap() {}
        let wishes = post.wishes();
        assert_eq!(wishes.len(), 1);
        // Another node was quicker: the claim finds nothing. Before that is told, an event comes.
        other.deliver_due().await;
        rig.happen(1).await;
        while post.publish().await.unwrap() {}
        assert_eq!(post.take(&wishes[0], Claimed::default()), 0);
        assert_eq!(post.round().await.unwrap(), 1);
        post.idle().await;
        assert_eq!(receiver.count(), 2);
    }
}

#[tokio::test]
async fn after_a_recall_nothing_is_signed_with_what_was_known_before() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = Receiver::start(|_, _| OK).await;
        let endpoint = rig.endpoint(&receiver).await;
        rig.happen(1).await;
        let post = rig.post();
        post.deliver_due().await;
        let secret = SigningSecret::generate([7; 32]);
        let sealed = secrets::sealed(&test.app.vault, &endpoint, &SecretSet::new(secret.clone()));
        rig.execute(&SET_SECRETS, params![&endpoint, sealed, rig.now() + A_MOMENT].to_vec()).await;
        recall(&test.app);
        rig.happen(1).await;
        while post.publish().await.unwrap() {}
        // Nobody asked for a look.
        assert_eq!(post.round().await.unwrap(), 1);
        post.idle().await;
        let seen = receiver.seen().remove(1);
        let (id, timestamp) = (seen.header("webhook-id"), seen.header("webhook-timestamp"));
        assert_eq!(seen.header("webhook-signature"), standard_signature(&secret, id, timestamp, &seen.body));
    }
}

#[tokio::test]
async fn a_delivery_that_cannot_be_sent_ends_and_holds_up_no_other() {
    for test in TestApp::each().await {
        let rigs = [Rig::sandbox(&test.app).await, Rig::sandbox(&test.app).await];
        let mut made = Vec::new();
        for rig in &rigs {
            let receiver = Receiver::start(|_, _| OK).await;
            made.push((rig.endpoint(&receiver).await, receiver));
            rig.happen(3).await;
        }
        let post = rigs[0].post();
        while post.publish().await.unwrap() {}
        // The body of one has gone.
        rigs[0].execute(&DELETE_MESSAGES, params![&made[0].0].to_vec()).await;
        post.deliver_due().await;
        assert_eq!((made[0].1.count(), made[1].1.count()), (2, 3));
        assert_eq!(rigs[0].count(&made[0].0, DeliveryStatus::Cancelled).await, 1);
        assert_eq!(rigs[0].count(&made[0].0, DeliveryStatus::Delivered).await, 2);
    }
}
