//! What is sent, to whom, and what is written down of it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use domain::{
    events::EventKind,
    ids::{EventId, RiderId},
    keys::Environment,
    realm::Realm,
    rider_accounts::SENT_BY_WEBHOOK,
    webhooks::{
        DeliveryStatus, EndpointStatus, OVERLAP, SecretSet, SigningSecret, body_signature, split_member,
        standard_signature,
    },
};
use jiff::SignedDuration;

use super::support::{Rig, SET_SECRETS};
use crate::{
    oauth,
    store::{params, sql},
    testing::TestApp,
    webhooks::{
        receiver::{OK, Receiver, Reply, Seen},
        secrets,
        tests::support::{approved_application, grant},
    },
};

sql! {
    PUBLISHED = "select published from events order by sequence";
}

async fn good() -> Receiver {
    Receiver::start(|_, _| OK).await
}

fn standard(seen: &Seen, secret: &SigningSecret) -> String {
    standard_signature(secret, seen.header("webhook-id"), seen.header("webhook-timestamp"), &seen.body)
}

#[tokio::test]
async fn an_event_arrives_signed_once_at_every_subscriber_and_the_log_says_so() {
    for test in TestApp::each().await {
        for rig in [Rig::sandbox(&test.app).await, Rig::live(&test.app).await] {
            let (one, other) = (good().await, good().await);
            let first = rig.endpoint(&one).await;
            rig.endpoint(&other).await;
            let unasked = rig.endpoint_at(&one.url(), &[EventKind::StationCrowded], None).await;
            rig.happen(3).await;
            let post = rig.post();
            post.deliver_due().await;
            assert_eq!((one.count(), other.count()), (3, 3));
            for seen in one.seen() {
                let body = seen.json();
                assert_eq!(seen.header("webhook-id"), body["id"].as_str().unwrap());
                assert_eq!((&body["event"], &body["sequence"]), (&"gate.offline".into(), &().into()));
                assert_eq!(body["data"]["gate_id"], "GATE_GMB_IN_01");
                assert_eq!(seen.header("webhook-timestamp"), test.app.clock.now().as_second().to_string());
                assert_eq!(seen.header("webhook-signature"), standard(&seen, &Rig::secret()));
                assert_eq!(seen.header("x-nfcg-signature"), body_signature(&Rig::secret(), &seen.body));
            }
            assert_eq!(rig.deliveries(&first).await, [(DeliveryStatus::Delivered, 1); 3]);
            assert_eq!(rig.deliveries(&unasked).await, []);
            let attempts = rig.attempts(&first).await;
            assert_eq!(attempts.len(), 3);
            let (seen, attempt) = (one.seen(), &attempts[0]);
            assert_eq!(attempt.get::<i64>("status").unwrap(), 200);
            assert_eq!(attempt.get::<String>("address").unwrap(), one.address.to_string());
            assert_eq!(attempt.get::<Vec<u8>>("response_body").unwrap(), b"ok");
            assert!(attempt.get::<String>("response_headers").unwrap().contains("content-length"));
            assert!(attempt.get::<i64>("total_us").unwrap() > 0);
            let headers: Vec<(String, String)> =
                serde_json::from_str(&attempt.get::<String>("request_headers").unwrap()).unwrap();
            let id = headers.iter().find(|(name, _)| name == "webhook-id").unwrap().1.clone();
            let sent = seen.iter().find(|seen| seen.header("webhook-id") == id).unwrap();
            for (name, value) in &headers {
                assert_eq!(sent.header(name), value, "{name}");
            }
            let (_, own) = split_member(&sent.body).unwrap();
            let hex: String = own.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(attempt.get::<String>("signature").unwrap(), format!("sha256={hex}"));
            // All told: nothing more to do.
            post.deliver_due().await;
            assert_eq!(one.count(), 3);
        }
    }
}

#[tokio::test]
async fn events_are_numbered_without_a_gap_in_the_order_of_their_publication() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        rig.happen(3).await;
        while super::super::publish(&test.app, Environment::Test).await.unwrap().events > 0 {}
        rig.happen(600).await;
        let steps = async {
            let mut events = Vec::new();
            loop {
                let step = super::super::publish(&test.app, Environment::Test).await.unwrap();
                if step.events == 0 {
                    return events;
                }
                events.push(step.events);
            }
        };
        assert_eq!(steps.await, [500, 100]);
        let rows = test.app.sandbox.rows(&PUBLISHED, &[]).await.unwrap();
        let numbers: Vec<i64> = rows.iter().map(|row| row.get("published").unwrap()).collect();
        assert_eq!(numbers, (1..=603).collect::<Vec<i64>>());
    }
}

#[tokio::test]
async fn an_endpoint_is_told_of_nothing_that_was_recorded_before_it_was_there() {
    for test in TestApp::each().await {
        let rig = Rig::live(&test.app).await;
        rig.happen(2).await;
        test.app.clock.advance(std::time::Duration::from_secs(1));
        let receiver = good().await;
        rig.endpoint(&receiver).await;
        rig.happen(1).await;
        rig.post().deliver_due().await;
        assert_eq!(receiver.count(), 1);
    }
}

#[tokio::test]
async fn events_about_a_rider_go_by_the_consent_that_was_there_before() {
    for test in TestApp::each().await {
        let rig = Rig::live(&test.app).await;
        let app = &test.app;
        let older = approved_application(app, &rig.partner).await;
        let newer = approved_application(app, &rig.partner).await;
        let rider = app.random.id(app.clock.now(), RiderId::new);
        let kinds = [EventKind::JourneyCompleted, EventKind::FareCapReached];
        let (any, bound, nobodys) = (good().await, good().await, good().await);
        rig.endpoint_at(&any.url(), &kinds, None).await;
        rig.endpoint_at(&bound.url(), &kinds, Some(&newer)).await;
        let other = Rig::live(app).await;
        other.endpoint_at(&nobodys.url(), &kinds, None).await;

        // Before any consent, and of somebody without an account.
        rig.happen_with(EventKind::JourneyCompleted, Some(&rider), 1).await;
        rig.happen_with(EventKind::JourneyCompleted, None, 1).await;
        app.clock.advance(std::time::Duration::from_secs(1));
        grant(app, &rig.partner, &older, &rider).await;
        app.clock.advance(std::time::Duration::from_secs(1));
        grant(app, &rig.partner, &newer, &rider).await;
        rig.post().deliver_due().await;
        assert_eq!((any.count(), bound.count()), (0, 0));

        rig.happen_with(EventKind::JourneyCompleted, Some(&rider), 2).await;
        // Pro does not cover it, whoever agrees.
        rig.happen_with(EventKind::JourneyTapIn, Some(&rider), 1).await;
        rig.post().deliver_due().await;
        assert_eq!((any.count(), bound.count(), nobodys.count()), (2, 2, 0));
        for (receiver, application) in [(&any, &older), (&bound, &newer)] {
            let body = receiver.seen()[0].json();
            assert_eq!(body["application_id"], application.as_str());
            assert_eq!(body["user_id"], oauth::usr_id(app, application, &rider).to_string());
            assert!(!body.to_string().contains(rider.as_str()));
        }
    }
}

#[tokio::test]
async fn a_secret_changes_without_a_gap() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = good().await;
        let endpoint = rig.endpoint(&receiver).await;
        let post = rig.post();
        let mut set = SecretSet::new(Rig::secret());
        let mut held = vec![Rig::secret()];
        for n in 1..=3_u8 {
            let new = SigningSecret::generate([n; 32]);
            set = set.rotated(new.clone(), rig.now(), OVERLAP).unwrap();
            held.push(new);
            let sealed = secrets::sealed(&test.app.vault, &endpoint, &set);
            let changed = rig.now() + SignedDuration::from_micros(i64::from(n));
            rig.execute(&SET_SECRETS, params![&endpoint, sealed, changed].to_vec()).await;
            rig.happen(2).await;
            post.deliver_due().await;
            let seen = receiver.seen().pop().unwrap();
            let signatures: Vec<&str> = seen.header("webhook-signature").split(' ').collect();
            assert_eq!(signatures.len(), usize::from(n) + 1);
            // Whoever holds any of them, the first still, finds theirs.
            for secret in &held {
                assert!(signatures.contains(&standard(&seen, secret).as_str()));
            }
            assert_eq!(seen.header("x-nfcg-signature"), body_signature(&held[0], &seen.body));
        }
        test.app.clock.advance(std::time::Duration::from_secs(24 * 3600));
        rig.happen(1).await;
        post.deliver_due().await;
        let seen = receiver.seen().pop().unwrap();
        assert_eq!(seen.header("webhook-signature"), standard(&seen, &held[3]));
        assert_eq!(seen.header("x-nfcg-signature"), body_signature(&held[3], &seen.body));
        assert_eq!(rig.count(&endpoint, DeliveryStatus::Delivered).await, 7);
    }
}

#[tokio::test]
async fn deliveries_of_a_paused_endpoint_wait_and_cancelled_ones_are_not_sent() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = good().await;
        let endpoint = rig.endpoint(&receiver).await;
        let post = rig.post();
        rig.happen(1).await;
        post.deliver_due().await;
        rig.set_status(&endpoint, EndpointStatus::Paused).await;
        rig.happen(5).await;
        post.deliver_due().await;
        assert_eq!((receiver.count(), rig.count(&endpoint, DeliveryStatus::Pending).await), (1, 5));
        rig.set_status(&endpoint, EndpointStatus::Active).await;
        post.deliver_due().await;
        assert_eq!((receiver.count(), rig.count(&endpoint, DeliveryStatus::Delivered).await), (6, 6));

        rig.set_status(&endpoint, EndpointStatus::Paused).await;
        rig.happen(2).await;
        post.deliver_due().await;
        rig.execute(&super::support::CANCEL, params![&endpoint].to_vec()).await;
        rig.set_status(&endpoint, EndpointStatus::Active).await;
        post.deliver_due().await;
        assert_eq!((receiver.count(), rig.count(&endpoint, DeliveryStatus::Cancelled).await), (6, 2));
    }
}

#[tokio::test]
async fn nothing_is_sent_for_a_suspended_partner_until_it_is_reinstated() {
    use domain::partners::PartnerStep;

    use crate::keys::tests::support::step;
    for test in TestApp::each().await {
        for rig in [Rig::sandbox(&test.app).await, Rig::live(&test.app).await] {
            let receiver = Receiver::start(|n, _| if n == 0 { Reply::Status(500, "") } else { OK }).await;
            let endpoint = rig.endpoint(&receiver).await;
            let post = rig.post();
            rig.happen(1).await;
            post.deliver_due().await;
            let partner = crate::partners::find(&test.app.live, &rig.partner).await.unwrap().unwrap();
            step(&test.app, &partner, PartnerStep::Suspend).await;
            test.app.clock.advance(std::time::Duration::from_secs(10));
            rig.happen(1).await;
            post.deliver_due().await;
            assert_eq!((receiver.count(), rig.deliveries(&endpoint).await.len()), (1, 1));
            let partner = crate::partners::find(&test.app.live, &rig.partner).await.unwrap().unwrap();
            step(&test.app, &partner, PartnerStep::Reinstate).await;
            post.deliver_due().await;
            assert_eq!((receiver.count(), rig.count(&endpoint, DeliveryStatus::Delivered).await), (2, 1));
        }
    }
}

#[tokio::test]
async fn the_event_id_is_the_same_over_all_attempts() {
    for test in TestApp::each().await {
        let rig = Rig::sandbox(&test.app).await;
        let receiver = Receiver::start(|n, _| if n < 2 { Reply::Status(503, "") } else { OK }).await;
        rig.endpoint(&receiver).await;
        rig.happen(1).await;
        let post = rig.post();
        for _ in 0..3 {
            post.deliver_due().await;
            test.app.clock.advance(std::time::Duration::from_secs(400));
        }
        let seen = receiver.seen();
        let ids: Vec<EventId> = seen.iter().map(|seen| seen.header("webhook-id").parse().unwrap()).collect();
        assert_eq!((ids.len(), &ids[0], &ids[1]), (3, &ids[1], &ids[2]));
        // Each says when it was sent, and is signed for that.
        assert_ne!(seen[0].header("webhook-timestamp"), seen[1].header("webhook-timestamp"));
        assert!(seen.iter().all(|seen| seen.header("webhook-signature") == standard(seen, &Rig::secret())));
    }
}

#[tokio::test]
async fn what_arrived_about_a_rider_stands_in_their_access_log_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        let rig = Rig::live(app).await;
        let is_well = Arc::new(AtomicBool::new(false));
        let shared = is_well.clone();
        let receiver =
            Receiver::start(
                move |_, _| {
                    if shared.load(Ordering::Relaxed) { OK } else { Reply::Status(500, "") }
                },
            )
            .await;
        let kinds = [EventKind::JourneyCompleted, EventKind::GateOffline];
        let endpoint = rig.endpoint_at(&receiver.url(), &kinds, None).await;
        let application = approved_application(app, &rig.partner).await;
        let rider = app.random.id(rig.now(), RiderId::new);
        grant(app, &rig.partner, &application, &rider).await;
        rig.happen_with(EventKind::JourneyCompleted, Some(&rider), 2).await;
        rig.happen(2).await;
        let post = rig.post();
        let log = async || oauth::accesses_after(&app.live, &Realm::Live, &rider, 0, 9).await.unwrap();
        post.deliver_due().await;
        assert!(log().await.is_empty(), "nothing has arrived");
        is_well.store(true, Ordering::Relaxed);
        for _ in 0..3 {
            app.clock.advance(std::time::Duration::from_secs(3600));
            post.deliver_due().await;
        }
        assert_eq!(rig.count(&endpoint, DeliveryStatus::Delivered).await, 4);
        let seen = log().await;
        assert_eq!(seen.len(), 2, "{seen:?}");
        for seen in seen {
            assert_eq!((seen.operation, seen.records), (Some(SENT_BY_WEBHOOK), 1));
            assert_eq!((seen.application_id, seen.partner_id), (application.clone(), rig.partner.clone()));
        }
    }
}
