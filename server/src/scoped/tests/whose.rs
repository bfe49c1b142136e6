//! Who may see what of whom, and who is told.

use domain::{page::PageRequest, realm::Realm};
use serde_json::{Value, json};

use super::{ALL, Lab, OPERATIONS, application, call};
use crate::{oauth, realms, testing::TestApp};

fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn sorted<'m>(members: &[&'m str]) -> Vec<&'m str> {
    let mut members = members.to_vec();
    members.sort_unstable();
    members
}

#[tokio::test]
async fn a_profile_has_the_printed_members_and_no_address_or_number_in_clear() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        let reply = call(&test, "/open-api/v1/user/profile", &lab.token(&test.app, ALL).await).await;
        let profile: Value = reply.read();
        let printed = ["id", "name", "email", "phone", "kyc_status", "user_type", "registered_at"];
        assert_eq!(sorted(&members(&profile)), sorted(&printed));
        assert_eq!(profile["email"], "a***@email.com");
        assert_eq!(profile["phone"], "+62 812-****-7890");
        assert_eq!((&profile["kyc_status"], &profile["user_type"]), (&json!("verified"), &json!("adult")));
        assert!(profile["id"].as_str().unwrap().starts_with("usr_"));
        let body = String::from_utf8_lossy(&reply.body).into_owned();
        for raw in ["ani.wulandari", "3456", lab.rider.as_str()] {
            assert!(!body.contains(raw), "{raw} in {body}");
        }
        assert_eq!(reply.text("cache-control"), "private, no-store");
    }
}

#[tokio::test]
async fn two_applications_know_a_rider_by_different_ids_and_each_always_by_the_same() {
    for test in TestApp::each().await {
        let (app, lab) = (&test.app, Lab::of(&test).await);
        let other = application(app, &lab.partner, "Dua").await;
        let mut ids = Vec::new();
        for application in [&lab.application, &lab.application, &other] {
            let token = lab.token_of(app, application, "profile:read").await;
            let profile: Value = call(&test, "/open-api/v1/user/profile", &token).await.read();
            ids.push(profile["id"].as_str().unwrap().to_owned());
        }
        assert_eq!(ids[0], ids[1]);
        assert_ne!(ids[0], ids[2]);
    }
}

#[tokio::test]
async fn a_balance_is_of_the_wallet_and_of_the_caps_by_the_test_clock() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        // Sunday 8 March 2026, 15:41 in Jakarta; an hour later.
        lab.advance(3_600).await;
        // Gambir to Depok: 29 km by track, Rp 5.000 up to 10 km and Rp 1.500 per started 10 km after.
        lab.taps(&[
            ("STN_GMB", "in", "kci_pay", "2026-03-08T08:50:00Z"),
            ("STN_DPK", "out", "kci_pay", "2026-03-08T09:35:00Z"),
        ])
        .await;
        let token = lab.token(&test.app, ALL).await;
        let balance: Value = call(&test, "/open-api/v1/user/balance", &token).await.read();
        assert_eq!(
            balance,
            json!({
                "balance": 92_000, "currency": "IDR",
                "fare_cap": {
                    "daily_spent": 8_000, "daily_limit": 10_000, "weekly_spent": 8_000, "weekly_limit": 50_000,
                    "monthly_spent": 8_000, "monthly_limit": 150_000
                },
                "transaction_limit": 2_000_000
            })
        );
        // The next day is Monday: a new day and a new week, the same month.
        lab.advance(86_400).await;
        let token = lab.token(&test.app, ALL).await;
        let later: Value = call(&test, "/open-api/v1/user/balance", &token).await.read();
        let spent = ["daily_spent", "weekly_spent", "monthly_spent"].map(|member| &later["fare_cap"][member]);
        assert_eq!(spent, [&json!(0), &json!(0), &json!(8_000)]);
    }
}

#[tokio::test]
async fn a_scope_opens_its_own_operation_and_no_other() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        for scopes in [
            "journey:read",
            "profile:read",
            "balance:read",
            "journey:read balance:read",
            "profile:read balance:read",
            ALL,
        ] {
            // Another application each time: what is unticked later goes out of a grant.
            let application = application(&test.app, &lab.partner, scopes).await;
            let token = lab.token_of(&test.app, &application, scopes).await;
            for (path, needed) in OPERATIONS {
                let reply = call(&test, path, &token).await;
                if scopes.contains(needed) {
                    assert_eq!(reply.status.as_u16(), 200, "{scopes}: {path} {:?}", reply.body);
                } else {
                    assert_eq!(reply.code(), (403, "scope_insufficient".to_owned()), "{scopes}: {path}");
                }
            }
        }
    }
}

#[tokio::test]
async fn every_read_is_told_to_the_rider_and_none_is_answered_once_they_withdrew() {
    for test in TestApp::each().await {
        let (app, lab) = (&test.app, Lab::of(&test).await);
        let realm = Realm::Sandbox(lab.partner.id.clone());
        let token = lab.token(app, ALL).await;
        for (path, _) in OPERATIONS {
            assert_eq!(call(&test, path, &token).await.status.as_u16(), 200, "{path}");
        }
        // What is refused is no read.
        assert_eq!(call(&test, "/open-api/v1/journeys?limit=0", &token).await.status.as_u16(), 400);
        let page = || PageRequest::parse(None, None, 100).unwrap();
        let log = oauth::access_log_of(&app.sandbox, &realm, &lab.rider, None, page()).await.unwrap();
        let read: Vec<_> = log.data.iter().map(|entry| (entry.scope.as_str(), entry.records)).collect();
        assert_eq!(read, [("balance:read", 1), ("profile:read", 1), ("journey:read", 0)]);
        assert!(log.data.iter().all(|entry| entry.application_id.as_str() == lab.application));
        assert!(log.data.iter().all(|entry| entry.at == realms::now(app, &realm)));
        let grant = oauth::grants_of(app, &realm, &lab.rider).await.unwrap()[0].id.clone();
        oauth::withdraw(app, &realm, &lab.rider, &grant).await.unwrap();
        for (path, _) in OPERATIONS {
            assert_eq!(call(&test, path, &token).await.code(), (401, "invalid_token".to_owned()), "{path}");
        }
        let log = oauth::access_log_of(&app.sandbox, &realm, &lab.rider, None, page()).await.unwrap();
        assert_eq!(log.meta.total, 3);
    }
}

#[tokio::test]
async fn a_key_opens_no_riders_data() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        for (path, _) in OPERATIONS {
            let reply = lab.key.get(path).await;
            assert_eq!(reply.code(), (401, "missing_credential".to_owned()), "{path}");
            assert!(reply.text("www-authenticate").starts_with("Bearer"), "{path}");
        }
    }
}
