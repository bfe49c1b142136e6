//! Keys that must not open anything.

use std::time::Duration;

use axum::http::{Method, header};
use domain::{
    keys::{Environment, KeyText, Overlap},
    partners::PartnerStep,
    tiers::Tier,
};
use serde_json::json;

use super::support::{Api, IP, keeper, key_with, live_key, partner, step};
use crate::{
    keys::{self, changes, queries},
    store::{DbError, params},
    testing::TestApp,
};

const REFUSED: (u16, &str) = (401, "invalid_api_key");

#[tokio::test]
async fn revoked_key_is_refused_at_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let (key, secret) = key_with(app, &travelku, Environment::Live, json!({})).await;
        assert_eq!(api.fare(&secret).await.status, 200);
        keys::revoke_key(app, keeper(app, &travelku), key.id).await.unwrap();
        assert_eq!(api.fare(&secret).await.is(), REFUSED);
    }
}

/// While many callers use the key, nothing they send after the acknowledgement is let in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_begun_after_the_acknowledgement_is_served() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (super::support::partner_with(app, None, Some(1_000_000)).await, Api::new(app));
        let (key, secret) = key_with(app, &travelku, Environment::Live, json!({})).await;
        let acknowledged = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let callers: Vec<_> = (0..64)
            .map(|_| {
                let (api, secret, acknowledged) = (api.clone(), secret.clone(), acknowledged.clone());
                tokio::spawn(async move {
                    let mut served = 0;
                    loop {
                        let late = acknowledged.load(std::sync::atomic::Ordering::SeqCst);
                        let status = api.fare(&secret).await.status;
                        assert!(!(late && status == 200), "served after the acknowledgement");
                        served += u32::from(status == 200);
                        if late {
                            return served;
                        }
                        tokio::task::yield_now().await;
                    }
                })
            })
            .collect();
        while api.fare(&secret).await.status != 200 {}
        keys::revoke_key(app, keeper(app, &travelku), key.id).await.unwrap();
        acknowledged.store(true, std::sync::atomic::Ordering::SeqCst);
        for caller in callers {
            caller.await.unwrap();
        }
    }
}

#[tokio::test]
async fn expired_unknown_and_revoked_keys_are_answered_alike() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let soon = json!({"expires_at": "2026-03-08T09:00:00Z"});
        let (_, expiring) = key_with(app, &travelku, Environment::Live, soon).await;
        let (key, revoked) = key_with(app, &travelku, Environment::Live, json!({})).await;
        keys::revoke_key(app, keeper(app, &travelku), key.id).await.unwrap();
        assert_eq!(api.fare(&expiring).await.status, 200);
        app.clock.advance(Duration::from_secs(19 * 60 - 1));
        assert_eq!(api.fare(&expiring).await.status, 200);
        app.clock.advance(Duration::from_secs(1));
        // Made elsewhere, with a right checksum.
        let unknown = "nfcg_live_k7f2a9b3c4d5e6f7G8H9J0K1L2M3N4P51U1Pu6";
        let mut answers = Vec::new();
        for secret in [expiring.as_str(), unknown, &revoked, "nfcg_live_x", ""] {
            let reply = api.fare(secret).await;
            assert_eq!(reply.is(), REFUSED, "{secret}");
            answers.push((reply.headers, reply.body));
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    }
}

#[tokio::test]
async fn wrong_checksum_makes_zero_db_reads() {
    for test in TestApp::each().await {
        let app = &test.app;
        let api = Api::new(app);
        let before = app.live.statements_run() + app.sandbox.statements_run();
        for n in 0..200 {
            let secret = format!("nfcg_live_k7f2a9b3c4d5e6f7G8H9J0K1L2M3N4P5{n:06}");
            assert!(KeyText::parse(&secret).is_err());
            assert_eq!(api.fare(&secret).await.is(), REFUSED);
        }
        assert_eq!(app.live.statements_run() + app.sandbox.statements_run(), before);
    }
}

#[tokio::test]
async fn guessing_is_cut_off_after_thirty_tries_a_minute_and_disturbs_nobody_with_a_key() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let good = live_key(app, &travelku).await;
        assert_eq!(api.fare(&good).await.status, 200);
        let guess = || domain::keys::KeySecret::generate(Environment::Live, |bytes| app.random.fill(bytes));
        for _ in 0..30 {
            assert_eq!(api.fare(guess().expose()).await.is(), REFUSED);
        }
        let before = app.live.statements_run();
        let cut_off = api.fare(guess().expose()).await;
        assert_eq!((cut_off.is(), cut_off.number("retry-after")), ((429, "too_many_attempts"), 60));
        assert_eq!(app.live.statements_run(), before);
        // The same address, with a key that is known to be good; and another address.
        assert_eq!(api.fare(&good).await.status, 200);
        let elsewhere = Api::request(Method::GET, "/fare/calculate", Some(guess().expose()), "198.51.100.9");
        assert_eq!(api.send(elsewhere).await.is(), REFUSED);
        app.clock.advance(Duration::from_secs(60));
        assert_eq!(api.fare(guess().expose()).await.is(), REFUSED);
    }
}

#[tokio::test]
async fn one_unknown_key_sent_again_is_looked_up_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        let api = Api::new(app);
        let secret = domain::keys::KeySecret::generate(Environment::Live, |bytes| app.random.fill(bytes));
        assert_eq!(api.fare(secret.expose()).await.is(), REFUSED);
        let before = app.live.statements_run();
        assert_eq!(api.fare(secret.expose()).await.is(), REFUSED);
        assert_eq!(app.live.statements_run(), before);
    }
}

#[tokio::test]
async fn a_suspended_partners_keys_are_refused_until_it_is_reinstated() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let live = live_key(app, &travelku).await;
        let (_, test_key) = key_with(app, &travelku, Environment::Test, json!({})).await;
        for secret in [&live, &test_key] {
            assert_eq!(api.fare(secret).await.status, 200);
        }
        step(app, &travelku, PartnerStep::Suspend).await;
        for secret in [&live, &test_key] {
            assert_eq!(api.fare(secret).await.is(), (403, "partner_suspended"));
        }
        step(app, &travelku, PartnerStep::Reinstate).await;
        assert_eq!(api.fare(&live).await.status, 200);
    }
}

#[tokio::test]
async fn a_key_with_an_ip_list_works_from_there_only() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let list = json!({"ip_allow": ["203.0.113.0/24", "2001:db8:7::/48"]});
        let (_, secret) = key_with(app, &travelku, Environment::Live, list).await;
        for (ip, expected) in [
            (IP, (200, "")),
            ("203.0.114.1", (403, "ip_not_allowed")),
            ("2001:db8:7:1::9", (200, "")),
            ("2001:db8:8::9", (403, "ip_not_allowed")),
        ] {
            let reply = api.send(Api::request(Method::GET, "/fare/calculate", Some(&secret), ip)).await;
            assert_eq!(reply.is(), expected, "{ip}");
        }
    }
}

#[tokio::test]
async fn a_live_key_is_refused_from_browsers_unless_it_is_locked_to_their_origin() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let open = live_key(app, &travelku).await;
        let locked = json!({"origin": "https://app.travelku.example"});
        let (_, locked) = key_with(app, &travelku, Environment::Live, locked).await;
        let (_, sandbox) = key_with(app, &travelku, Environment::Test, json!({})).await;
        let refused = (403, "browser_key_refused");
        for (secret, origin, expected) in [
            (&open, None, (200, "")),
            (&open, Some("https://app.travelku.example"), refused),
            (&open, Some("null"), refused),
            (&locked, Some("https://app.travelku.example"), (200, "")),
            (&locked, Some("https://app.travelku.example.evil.example"), refused),
            (&locked, Some("http://app.travelku.example"), refused),
            (&locked, None, refused),
            (&sandbox, Some("https://anywhere.example"), (200, "")),
        ] {
            let mut request = Api::request(Method::GET, "/fare/calculate", Some(secret), IP);
            if let Some(origin) = origin {
                request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(api.send(request).await.is(), expected, "{origin:?}");
        }
    }
}

#[tokio::test]
async fn a_read_only_key_reads_and_two_keys_at_once_are_none() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let (_, reader) = key_with(app, &travelku, Environment::Live, json!({"read_only": true})).await;
        let post = |key: &str| Api::request(Method::POST, "/webhooks", Some(key), IP);
        assert_eq!(api.fare(&reader).await.status, 200);
        assert_eq!(api.send(post(&reader)).await.is(), (403, "not_allowed"));
        assert_eq!(api.send(post(&live_key(app, &travelku).await)).await.status, 201);
        let mut twice = Api::request(Method::GET, "/stations", Some(&reader), IP);
        twice.headers_mut().append("x-api-key", reader.parse().unwrap());
        assert_eq!(api.send(twice).await.is(), REFUSED);
    }
}

#[tokio::test]
async fn a_rotated_key_works_through_the_overlap_and_no_longer() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let (key, old) = key_with(app, &travelku, Environment::Live, json!({})).await;
        let overlap = Overlap::try_from(24).unwrap();
        let made = keys::rotate_key(app, keeper(app, &travelku), key.id.clone(), overlap).await.unwrap();
        let again = keys::rotate_key(app, keeper(app, &travelku), key.id.clone(), overlap).await;
        assert!(matches!(again, Err(keys::KeyError::Ended { .. })), "{again:?}");
        app.clock.advance(Duration::from_secs(24 * 3600 - 1));
        assert_eq!((api.fare(&old).await.status, api.fare(made.secret.expose()).await.status), (200, 200));
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(api.fare(&old).await.is(), REFUSED);
        assert_eq!(api.fare(made.secret.expose()).await.status, 200);
        let at_once = Overlap::try_from(0).unwrap();
        keys::rotate_key(app, keeper(app, &travelku), made.key.id, at_once).await.unwrap();
        assert_eq!(api.fare(made.secret.expose()).await.is(), REFUSED);
    }
}

/// Another node has changed the facts; this one reads of it and refuses.
#[tokio::test]
async fn what_another_node_has_changed_is_heard_of() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let (key, secret) = key_with(app, &travelku, Environment::Live, json!({})).await;
        let mut reader = changes::Reader::begin(app, Environment::Live).await.unwrap();
        assert_eq!(api.fare(&secret).await.status, 200);
        let (now, id, hash) = (app.clock.now(), key.id.clone(), KeyText::parse(&secret).unwrap().sha256());
        app.live
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    tx.execute(&queries::REVOKE, params![&id, now]).await?;
                    changes::record_key(tx, now, &hash).await
                })
            })
            .await
            .unwrap();
        assert_eq!(api.fare(&secret).await.status, 200, "not heard of yet");
        reader.round(app).await.unwrap();
        assert_eq!(api.fare(&secret).await.is(), REFUSED);
    }
}

/// Facts that were read before a change must not be kept after it, however slow the reader was.
#[tokio::test]
async fn a_fact_read_before_a_change_is_not_kept() {
    for test in TestApp::each().await {
        let app = &test.app;
        let travelku = partner(app, Tier::Pro).await;
        let (key, secret) = key_with(app, &travelku, Environment::Live, json!({})).await;
        let (hash, now) = (KeyText::parse(&secret).unwrap().sha256(), app.clock.now());
        let asked = app.keys.generation();
        let (_, record) = keys::find_key(app, &travelku.id, &key.id).await.unwrap();
        let quota = app.keys.quota(Environment::Live, &travelku.id);
        let read = keys::Credential::new(Environment::Live, record, &travelku, app.keys.trail(&hash), quota);
        keys::revoke_key(app, keeper(app, &travelku), key.id).await.unwrap();
        app.keys.keep(asked, &hash, read, now.as_second());
        assert!(matches!(app.keys.find(&hash, now.as_microsecond()), keys::Found::Miss));
    }
}
