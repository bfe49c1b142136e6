//! Applications that end while riders' events wait.

use domain::{
    events::EventKind, identity::OperatorRole, ids::RiderId, realm::Realm, webhooks::DeliveryStatus,
};
use serde_json::json;

use super::support::Rig;
use crate::{
    identity::tests::support::{operator, owner, partner_id},
    testing::TestApp,
    webhooks::{
        receiver::{OK, Receiver, Reply},
        tests::support::{approved_application, grant},
    },
};

#[tokio::test]
async fn what_waits_by_consent_to_an_application_is_not_sent_once_it_is_disabled_or_deleted() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, "rani@travelku.example").await;
        let mut admin = operator(app, "admin@kci.example", OperatorRole::Admin).await;
        let partner = partner_id(&mut rani).await;
        admin.post(&format!("/admin/partners/{partner}/approve"), json!({"tier": "pro"})).await;
        let rig = Rig { app: app.clone(), realm: Realm::Live, partner: partner.parse().unwrap() };
        for ending in ["disabled", "deleted"] {
            let application = approved_application(app, &rig.partner).await;
            let rider = app.random.id(app.clock.now(), RiderId::new);
            grant(app, &rig.partner, &application, &rider).await;
            let receiver = Receiver::start(|n, _| if n < 4 { Reply::Hang } else { OK }).await;
            let kinds = [EventKind::JourneyCompleted, EventKind::GateOffline];
            let endpoint = rig.endpoint_at(&receiver.url(), &kinds, Some(&application)).await;
            rig.happen_with(EventKind::JourneyCompleted, Some(&rider), 12).await;
            let post = rig.post();
            while post.publish().await.unwrap() {}
            assert_eq!(post.round().await.unwrap(), 12);
            while receiver.count() < 4 {
                tokio::task::yield_now().await;
            }
            // Four are under way; eight lie claimed. What is about nobody goes on.
            rig.happen(1).await;
            let ended = if ending == "disabled" {
                let reason = json!({"reason": "Penyalahgunaan"});
                admin.post(&format!("/admin/applications/{application}/disable"), reason).await
            } else {
                let path = format!("/applications/{application}");
                rani.send(axum::http::Method::DELETE, &path, None).await
            };
            assert!(ended.status < 300, "{ended:?}");
            post.deliver_due().await;
            assert_eq!(rig.count(&endpoint, DeliveryStatus::Cancelled).await, 12, "{ending}");
            assert_eq!(rig.count(&endpoint, DeliveryStatus::Delivered).await, 1, "{ending}");
            assert_eq!(receiver.count(), 5, "{ending}");
        }
    }
}
