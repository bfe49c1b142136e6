//! Making and keeping keys.

use std::time::Duration;

use domain::{
    keys::{Environment, KeyStatus, Overlap},
    page::PageRequest,
    partners::PartnerStep,
    tiers::Tier,
};
use serde_json::json;

use super::support::{Api, keeper, key_with, live_key, partner, partner_in_review, step, try_key};
use crate::{
    keys::{self, KeyError, KeyRecord, queries},
    store::params,
    testing::TestApp,
    usage,
};

fn all() -> PageRequest {
    PageRequest::parse(None, Some("200"), 200).unwrap()
}

#[tokio::test]
async fn live_keys_come_with_approval_and_test_keys_before() {
    for test in TestApp::each().await {
        let app = &test.app;
        let waiting = partner_in_review(app).await;
        let live = try_key(app, &waiting, Environment::Live, json!({})).await;
        assert!(matches!(live, Err(KeyError::PartnerNotActive { .. })));
        let (_, secret) = key_with(app, &waiting, Environment::Test, json!({})).await;
        assert!(secret.starts_with("nfcg_test_"));
        assert_eq!(Api::new(app).fare(&secret).await.status, 200);
        let active = step(app, &waiting, PartnerStep::Approve).await;
        assert!(live_key(app, &active).await.starts_with("nfcg_live_"));
        let suspended = step(app, &active, PartnerStep::Suspend).await;
        let refused = try_key(app, &suspended, Environment::Test, json!({})).await;
        assert!(matches!(refused, Err(KeyError::PartnerSuspended)));
    }
}

#[tokio::test]
async fn a_key_lives_in_the_store_of_its_environment_and_only_its_hash_is_kept() {
    for test in TestApp::each().await {
        let app = &test.app;
        let travelku = partner(app, Tier::Pro).await;
        for (environment, other) in [(&app.live, &app.sandbox), (&app.sandbox, &app.live)]
            .iter()
            .zip([Environment::Live, Environment::Test])
            .map(|((own, other), environment)| ((environment, *own), *other))
        {
            let (environment, own) = environment;
            let (view, secret) = key_with(app, &travelku, environment, json!({})).await;
            let find = async |db: &crate::store::Db| {
                db.row(&queries::FIND, params![&view.id, &travelku.id]).await.unwrap()
            };
            let row = find(own).await.expect("the key is there");
            assert!(find(other).await.is_none());
            let record = KeyRecord::read(&row).unwrap();
            assert!(!format!("{record:?}").contains(&secret[16..44]));
            assert_eq!((&*record.prefix, &*record.last4), (&secret[..16], &secret[44..]));
        }
    }
}

#[tokio::test]
async fn a_partner_has_fifty_active_keys_at_most() {
    for test in TestApp::each().await {
        let app = &test.app;
        let travelku = partner(app, Tier::Pro).await;
        let (first, _) = key_with(app, &travelku, Environment::Live, json!({})).await;
        for _ in 1..50 {
            live_key(app, &travelku).await;
        }
        let one_more = async || try_key(app, &travelku, Environment::Live, json!({})).await;
        assert!(matches!(one_more().await, Err(KeyError::TooManyKeys)));
        assert!(try_key(app, &travelku, Environment::Test, json!({})).await.is_ok());
        // Rotation needs no room of its own; revocation makes some.
        keys::rotate_key(app, keeper(app, &travelku), first.id.clone(), Overlap::try_from(1).unwrap())
            .await
            .unwrap();
        assert!(matches!(one_more().await, Err(KeyError::TooManyKeys)));
        let listed = keys::list_keys(app, &travelku.id, Some(Environment::Live), all()).await.unwrap();
        assert_eq!(listed.meta.total, 51);
        keys::revoke_key(app, keeper(app, &travelku), listed.data[0].id.clone()).await.unwrap();
        assert!(one_more().await.is_ok());
    }
}

#[tokio::test]
async fn a_changed_condition_holds_for_the_next_call() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let (key, secret) =
            key_with(app, &travelku, Environment::Live, json!({"expires_at": "2026-12-31"})).await;
        assert_eq!(api.fare(&secret).await.status, 200);
        let update = async |json: serde_json::Value| {
            let update = serde_json::from_value(json).unwrap();
            keys::update_key(app, keeper(app, &travelku), key.id.clone(), update).await
        };
        let view = update(json!({"name": "Server Bogor", "ip_allow": ["192.0.2.1"]})).await.unwrap();
        assert_eq!((&*view.name, view.ip_allow.to_string()), ("Server Bogor", "192.0.2.1".to_owned()));
        assert_eq!(view.expires_at, key.expires_at);
        assert_eq!(api.fare(&secret).await.code, "ip_not_allowed");
        let view = update(json!({"ip_allow": [], "expires_at": null})).await.unwrap();
        assert_eq!(view.expires_at, None);
        assert_eq!(api.fare(&secret).await.status, 200);
        assert!(matches!(
            update(json!({"expires_at": "2026-03-08T08:41:00Z"})).await,
            Err(KeyError::ExpiryInPast)
        ));
        keys::revoke_key(app, keeper(app, &travelku), key.id.clone()).await.unwrap();
        let ended = update(json!({"name": "x"})).await;
        assert!(matches!(ended, Err(KeyError::Ended { status: KeyStatus::Revoked })));
    }
}

#[tokio::test]
async fn the_burst_window_survives_a_change_of_the_key() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Free).await, Api::new(app));
        let (key, secret) = key_with(app, &travelku, Environment::Live, json!({})).await;
        for _ in 0..120 {
            assert_eq!(api.fare(&secret).await.status, 200);
        }
        let update = serde_json::from_value(json!({"name": "Baru"})).unwrap();
        keys::update_key(app, keeper(app, &travelku), key.id, update).await.unwrap();
        assert_eq!(api.fare(&secret).await.is(), (429, "rate_limited"));
    }
}

#[tokio::test]
async fn a_key_remembers_when_and_from_where_it_was_last_used() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let (key, secret) = key_with(app, &travelku, Environment::Live, json!({})).await;
        api.fare(&secret).await;
        app.clock.advance(Duration::from_secs(90));
        api.fare(&secret).await;
        let used_at = app.clock.now();
        app.clock.advance(Duration::from_secs(90));
        usage::try_flush(app).await.unwrap();
        let (_, record) = keys::find_key(app, &travelku.id, &key.id).await.unwrap();
        assert_eq!(
            (record.last_used_at, record.last_used_ip.as_deref()),
            (Some(used_at), Some("203.0.113.5"))
        );
    }
}

#[tokio::test]
async fn a_new_console_key_ends_the_members_old_one_and_no_other() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner_in_review(app).await, Api::new(app));
        let (rani, budi) = (keeper(app, &travelku), keeper(app, &travelku));
        let console = async |keeper: &keys::Keeper| {
            let keeper = keys::Keeper {
                audit: crate::audit::AuditContext { now: app.clock.now(), ..keeper.audit.clone() },
                ..keeper.clone()
            };
            keys::create_console_key(app, keeper).await.unwrap().secret.expose().to_owned()
        };
        let (first, other) = (console(&rani).await, console(&budi).await);
        assert_eq!(api.fare(&first).await.status, 200);
        let second = console(&rani).await;
        assert_eq!(api.fare(&first).await.code, "invalid_api_key");
        assert_eq!((api.fare(&second).await.status, api.fare(&other).await.status), (200, 200));
        app.clock.advance(Duration::from_secs(8 * 3600));
        assert_eq!(api.fare(&second).await.code, "invalid_api_key");
    }
}
