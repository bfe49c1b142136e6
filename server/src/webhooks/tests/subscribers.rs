//! Whom events are told.

use domain::{
    events::EventKind, keys::Environment, partners::PartnerStep, realm::Realm, tiers::Tier,
    webhooks::EndpointStatus,
};
use serde_json::json;

use super::support::{Shop, at};
use crate::{
    keys::tests::support::{set_terms, step},
    partners::Terms,
    store::DbError,
    testing::TestApp,
    webhooks::endpoints::subscribers,
};

/// What each of them is told.
async fn told(shop: &Shop, realm: &Realm) -> Vec<Vec<EventKind>> {
    let (app, realm) = (shop.app.clone(), realm.clone());
    let environment = if realm == Realm::Live { Environment::Live } else { Environment::Test };
    let found = shop
        .app
        .store(environment)
        .write::<_, DbError, _>(move |tx| Box::pin(async move { subscribers(&app, tx, &realm).await }))
        .await
        .unwrap();
    found.into_iter().map(|subscriber| subscriber.events).collect()
}

#[tokio::test]
async fn a_suspended_partner_is_told_nothing_and_a_smaller_tier_what_it_covers() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Enterprise).await;
        let sandbox = shop.realm(Environment::Test);
        shop.register(json!(["journey.tap_in", "gate.offline"])).await;
        shop.register(json!(["journey.tap_in"])).await;
        let body = json!({"url": "http://a.example/", "events": ["gate.offline"]});
        assert_eq!(shop.test.post(&at("/webhooks"), body).await.status, 201);
        let both = vec![EventKind::JourneyTapIn, EventKind::GateOffline];
        assert_eq!(told(&shop, &Realm::Live).await, [both.clone(), vec![EventKind::JourneyTapIn]]);
        let terms = |tier| Terms { tier, quota_per_day: None, burst_per_minute: None };
        set_terms(&shop.app, &shop.partner, terms(Tier::Pro)).await;
        assert_eq!(told(&shop, &Realm::Live).await, [vec![EventKind::GateOffline]]);
        set_terms(&shop.app, &shop.partner, terms(Tier::Free)).await;
        assert!(told(&shop, &Realm::Live).await.is_empty());
        assert_eq!(told(&shop, &sandbox).await, [vec![EventKind::GateOffline]], "as with Pro");
        set_terms(&shop.app, &shop.partner, terms(Tier::Enterprise)).await;
        step(&shop.app, &shop.partner, PartnerStep::Suspend).await;
        assert!(told(&shop, &Realm::Live).await.is_empty() && told(&shop, &sandbox).await.is_empty());
        step(&shop.app, &shop.partner, PartnerStep::Reinstate).await;
        assert_eq!(told(&shop, &Realm::Live).await.len(), 2);
    }
}

#[tokio::test]
async fn a_paused_endpoint_collects_and_a_disabled_one_does_not() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let path = at(&format!("/webhooks/{}", endpoint["id"].as_str().unwrap()));
        shop.live.patch(&path, json!({"active": false})).await;
        assert_eq!(told(&shop, &Realm::Live).await.len(), 1);
        crate::store::sql! {
            DISABLE = "update webhook_endpoints set status = 'disabled', disabled_reason = 'failing', failing_since = 1,
                warnings = 2, breaker_failures = 3";
        }
        super::support::write(&shop.app.live, &DISABLE, Vec::new()).await;
        assert!(told(&shop, &Realm::Live).await.is_empty());
        // Its owner makes it active again, with a clean record.
        let again: domain::webhooks::EndpointView =
            shop.live.patch(&path, json!({"active": true})).await.read();
        assert_eq!((again.status, again.disabled_reason), (EndpointStatus::Active, None));
        assert_eq!(again.failing_since, None);
        assert_eq!(told(&shop, &Realm::Live).await.len(), 1);
    }
}
