//! Keys through the portal's routes.

use axum::http::Method;
use serde_json::json;

use super::support::Api;
use crate::{
    identity::tests::support::{mails_to, member, operator, owner, partner_id},
    testing::TestApp,
};

const RANI: &str = "rani@travelku.example";

#[tokio::test]
async fn an_owner_makes_a_key_in_the_portal_and_calls_with_it() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let id = partner_id(&mut rani).await;
        let refused = rani.post("/keys", json!({"name": "Server", "environment": "live"})).await;
        assert_eq!((refused.status, refused.code), (403, "partner_not_active"));
        let mut admin = operator(app, "admin@kci.example", domain::identity::OperatorRole::Admin).await;
        admin.post(&format!("/admin/partners/{id}/approve"), json!({"tier": "free"})).await;
        let made = rani.post("/keys", json!({"name": "Server", "environment": "live"})).await;
        assert_eq!(made.status, 201, "{made:?}");
        let secret = made.body["secret"].as_str().unwrap();
        assert_eq!(Api::new(app).fare(secret).await.status, 200);
        let list = rani.get("/keys?environment=live").await.body;
        assert_eq!((list["meta"]["total"].as_u64(), &list["data"][0]["name"]), (Some(1), &json!("Server")));
        assert!(!list.to_string().contains(secret));
    }
}

#[tokio::test]
async fn foreign_key_id_looks_absent() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let mut eve = owner(app, "eve@other.example").await;
        let made = rani.post("/keys", json!({"name": "Uji", "environment": "test"})).await;
        let key = made.body["key"]["id"].as_str().unwrap();
        for (method, act, body) in [
            (Method::GET, "", None),
            (Method::PATCH, "", Some(json!({"name": "x"}))),
            (Method::POST, "/rotate", Some(json!({"overlap_hours": 1}))),
            (Method::POST, "/revoke", Some(json!({}))),
        ] {
            for id in [key, "key_00000000000000000000000000", "nonsense"] {
                let reply = eve.send(method.clone(), &format!("/keys/{id}{act}"), body.clone()).await;
                assert_eq!((reply.status, reply.code), (404, "not_found"), "{method} {id}{act}");
            }
        }
        assert_eq!(eve.get("/keys").await.body["meta"]["total"], 0);
        assert_eq!(rani.get(&format!("/keys/{key}")).await.body["status"], "active");
    }
}

#[tokio::test]
async fn a_viewer_sees_keys_and_changes_none() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let mut budi = member(app, &mut rani, "budi@travelku.example", "viewer").await;
        let made = rani.post("/keys", json!({"name": "Uji", "environment": "test"})).await;
        let key = made.body["key"]["id"].as_str().unwrap().to_owned();
        assert_eq!(budi.get("/keys").await.body["meta"]["total"], 1);
        for (method, path, body) in [
            (Method::POST, "/keys".to_owned(), json!({"name": "Uji", "environment": "test"})),
            (Method::POST, "/console-key".to_owned(), json!({})),
            (Method::PATCH, format!("/keys/{key}"), json!({"name": "x"})),
            (Method::POST, format!("/keys/{key}/rotate"), json!({"overlap_hours": 1})),
            (Method::POST, format!("/keys/{key}/revoke"), json!({})),
        ] {
            let reply = budi.send(method, &path, Some(body)).await;
            assert_eq!((reply.status, reply.code), (403, "not_allowed"), "{path}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_named_by_its_field() {
    for test in TestApp::each().await {
        let mut rani = owner(&test.app, RANI).await;
        for (more, field, fault) in [
            (json!({"name": ""}), "name", "required"),
            (json!({"ip_allow": ["10.0.0.300"]}), "ip_allow", "malformed"),
            (json!({"origin": "ftp://example.com"}), "origin", "malformed"),
            (json!({"expires_at": "2020-01-01"}), "expires_at", "out_of_range"),
        ] {
            let mut wanted = json!({"name": "Uji", "environment": "test"});
            wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let reply = rani.post("/keys", wanted).await;
            assert_eq!(reply.status, 422, "{more}");
            assert_eq!(reply.fault, Some((field.to_owned(), fault.to_owned())), "{more}");
        }
        let reply =
            rani.post("/keys", json!({"name": "Uji", "environment": "test", "partner_id": "ptn_1"})).await;
        assert_eq!(reply.status, 422);
    }
}

#[tokio::test]
async fn whoever_holds_a_leaked_key_can_end_it_and_the_owner_is_told() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let mut finder = crate::identity::tests::support::Browser::at(app, "198.51.100.4");
        let made = rani.post("/keys", json!({"name": "Bocor", "environment": "test"})).await;
        let secret = made.body["secret"].as_str().unwrap().to_owned();
        let before = mails_to(app, RANI).await.len();
        let report = json!({"secret": secret});
        let reply = finder.post("/leaked-key", report.clone()).await;
        assert_eq!((reply.status, reply.body["last4"].as_str()), (200, Some(&secret[44..])), "{reply:?}");
        assert_eq!(Api::new(app).fare(&secret).await.code, "invalid_api_key");
        assert_eq!(finder.post("/leaked-key", report).await.body, reply.body);
        let mails = mails_to(app, RANI).await;
        assert_eq!(mails.len(), before + 1);
        assert!(!mails.last().unwrap().contains(&secret));
        for secret in ["nfcg_live_x", "nfcg_live_k7f2a9b3c4d5e6f7G8H9J0K1L2M3N4P51U1Pu6"] {
            let reply = finder.post("/leaked-key", json!({"secret": secret})).await;
            assert_eq!((reply.status, reply.fault.unwrap().0), (422, "secret".to_owned()));
        }
        for _ in 0..6 {
            finder.post("/leaked-key", json!({"secret": "nfcg_live_x"})).await;
        }
        let reply = finder.post("/leaked-key", json!({"secret": secret})).await;
        assert_eq!((reply.status, reply.code, reply.retry_after), (429, "too_many_attempts", Some(60)));
    }
}

#[tokio::test]
async fn operators_see_a_partners_keys_and_calls_and_members_see_their_own() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let id = partner_id(&mut rani).await;
        let made = rani.post("/keys", json!({"name": "Uji", "environment": "test"})).await;
        let secret = made.body["secret"].as_str().unwrap();
        assert_eq!(Api::new(app).fare(secret).await.status, 200);
        let mut admin = operator(app, "admin@kci.example", domain::identity::OperatorRole::Support).await;
        let (keys, usage) = (format!("/admin/partners/{id}/keys"), format!("/admin/partners/{id}/usage"));
        assert_eq!(admin.get(&keys).await.body["data"][0]["name"], "Uji");
        let seen = admin.get(&format!("{usage}?environment=test")).await.body;
        assert_eq!((&seen["today"]["calls"], &seen["today"]["remaining"]), (&json!(1), &json!(99_999)));
        assert_eq!(seen["days"].as_array().unwrap().len(), 30);
        assert_eq!(rani.get("/usage?environment=test").await.body, seen);
        assert_eq!(rani.get("/usage").await.body["today"]["calls"], 0);
        assert_eq!(rani.get("/usage?environment=moon").await.status, 400);
        for path in [&keys, &usage, "/admin/usage"] {
            assert_eq!(rani.get(path).await.status, 403, "{path}");
            assert_eq!(
                crate::identity::tests::support::Browser::new(app).get(path).await.status,
                401,
                "{path}"
            );
        }
        let absent = admin.get("/admin/partners/ptn_00000000000000000000000000/keys").await;
        assert_eq!(absent.code, "not_found");
    }
}
