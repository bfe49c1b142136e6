//! Sparing an endpoint that fails, warning its owner, and giving it up.

use std::time::Duration;

use domain::{
    ids::UserId,
    webhooks::{DeliveryStatus, EndpointStatus},
};

use super::support::Rig;
use crate::{
    app::App,
    store::{DbError, params, sql},
    testing::TestApp,
    webhooks::receiver::{OK, Receiver, Reply},
};

sql! {
    INSERT_USER = "insert into users (id, email, email_folded, name, password_hash, partner_id, member_role,
            totp_step_last, created_at, verified_at)
        values ($1, $2, $2, 'Raka', 'x', $3, 'owner', 0, $4, $4)";
}

/// Somebody to write to.
pub async fn owner(app: &App, rig: &Rig) {
    let (id, now) = (app.random.id(app.clock.now(), UserId::new), app.clock.now());
    let email = format!("{}@travelku.example", id.as_str().to_lowercase());
    let params = params![&id, email, &rig.partner, now].to_vec();
    app.live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.execute(&INSERT_USER, &params).await.map(drop) })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn owners_are_warned_and_after_five_days_the_endpoint_is_disabled() {
    for test in TestApp::each().await {
        let rig = Rig::live(&test.app).await;
        let receiver = Receiver::start(|_, _| Reply::Status(500, "")).await;
        let endpoint = rig.endpoint(&receiver).await;
        owner(&test.app, &rig).await;
        let post = rig.post();
        let mut warnings = Vec::new();
        // Something happens every three hours.
        for hour in (0..=6 * 24).step_by(3) {
            rig.happen(1).await;
            post.deliver_due().await;
            let (status, reason, count) = rig.state(&endpoint).await;
            if warnings.last() != Some(&(status, count)) {
                warnings.push((status, count));
                let day = f64::from(hour) / 24.0;
                match (status, count) {
                    (EndpointStatus::Active, 0) => assert_eq!(hour, 0),
                    (EndpointStatus::Active, 1) => assert!((1.0..1.2).contains(&day), "{day}"),
                    (EndpointStatus::Active, 2) => assert!((4.0..4.2).contains(&day), "{day}"),
                    (EndpointStatus::Disabled, 2) => assert!((5.0..5.2).contains(&day), "{day}"),
                    other => panic!("{other:?}"),
                }
            }
            assert_eq!(reason.is_some(), status == EndpointStatus::Disabled);
            test.app.clock.advance(Duration::from_secs(3 * 3_600));
        }
        assert_eq!(warnings.len(), 4);
        assert_eq!(
            rig.mails().await,
            [
                "Endpoint webhook Anda gagal / Your webhook endpoint is failing",
                "Endpoint webhook Anda gagal / Your webhook endpoint is failing",
                "Endpoint webhook Anda dinonaktifkan / Your webhook endpoint was disabled",
            ]
        );
        let tried = receiver.count();
        test.app.clock.advance(Duration::from_secs(86_400));
        post.deliver_due().await;
        assert_eq!(receiver.count(), tried);
        // What waited is there still, for whoever makes it active again.
        assert!(rig.count(&endpoint, DeliveryStatus::Pending).await > 0);
    }
}

#[tokio::test]
async fn one_success_ends_a_time_of_failing() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = Receiver::start(|n, _| if n % 3 == 2 { OK } else { Reply::Status(500, "") }).await;
        let endpoint = rig.endpoint(&receiver).await;
        let post = rig.post();
        for _ in 0..8 {
            rig.happen(1).await;
            post.deliver_due().await;
            test.app.clock.advance(Duration::from_secs(86_400));
        }
        assert_eq!(rig.state(&endpoint).await.0, EndpointStatus::Active);
    }
}

#[tokio::test]
async fn an_owner_who_asks_has_one_attempt_at_once_while_the_endpoint_is_spared() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = Receiver::start(|_, _| Reply::Status(503, "retry-after: 86400\r\n")).await;
        let endpoint = rig.endpoint(&receiver).await;
        rig.happen(9).await;
        let post = rig.post();
        post.deliver_due().await;
        let first = receiver.count();
        // Also what this dispatcher is about to write down of its own does not undo it.
        post.lanes()[&endpoint].lock().is_dirty = true;
        rig.ask_to_probe(&endpoint).await;
        post.deliver_due().await;
        assert_eq!(receiver.count(), first + 1);
        post.deliver_due().await;
        assert_eq!(receiver.count(), first + 1, "one for each wish");
        rig.ask_to_probe(&endpoint).await;
        rig.post().deliver_due().await;
        assert_eq!(receiver.count(), first + 2, "a dispatcher that begins anew knows it");
    }
}

#[tokio::test]
async fn a_breaker_lets_one_attempt_through_and_what_it_holds_back_counts_for_nothing() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let is_well = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let receiver = Receiver::start({
            let is_well = is_well.clone();
            move |_, _| {
                if is_well.load(std::sync::atomic::Ordering::Relaxed) { OK } else { Reply::Status(500, "") }
            }
        })
        .await;
        let endpoint = rig.endpoint(&receiver).await;
        rig.happen(50).await;
        let post = rig.post();
        post.deliver_due().await;
        // Five failures open it; the others of the first four at once were under way.
        let first = receiver.count();
        assert!((5..=8).contains(&first), "{first}");
        let untouched = rig.deliveries(&endpoint).await.iter().filter(|(_, attempts)| *attempts == 0).count();
        assert_eq!(untouched, 50 - first);
        test.app.clock.advance(Duration::from_secs(29));
        post.deliver_due().await;
        assert_eq!(receiver.count(), first, "it is spared for 30 s");
        test.app.clock.advance(Duration::from_secs(1));
        post.deliver_due().await;
        assert_eq!(receiver.count(), first + 1, "one probe");
        // A dispatcher that begins anew knows it.
        let post = rig.post();
        test.app.clock.advance(Duration::from_secs(59));
        post.deliver_due().await;
        assert_eq!(receiver.count(), first + 1, "the wait has doubled");
        is_well.store(true, std::sync::atomic::Ordering::Relaxed);
        test.app.clock.advance(Duration::from_secs(1));
        post.deliver_due().await;
        test.app.clock.advance(Duration::from_secs(400));
        post.deliver_due().await;
        assert_eq!(rig.count(&endpoint, DeliveryStatus::Delivered).await, 50);
    }
}
