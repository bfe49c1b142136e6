//! Whose applications they are, and who may have which.

use axum::http::Method;
use serde_json::json;

use super::{RANI, active_owner, client, register, wanted};
use crate::{
    identity::tests::support::{member, owner},
    testing::TestApp,
};

#[tokio::test]
async fn a_sandbox_application_works_at_once_and_its_secret_is_told_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let (id, secret) = register(&mut rani, json!({"auto_consent": true})).await;
        let secret = secret.unwrap();
        assert!(secret.starts_with("nfcg_cs_"), "{secret}");
        let known = client(app, &id).await.unwrap();
        assert!(known.client.may_ask && known.auto_consent && known.may_act());
        assert_eq!(known.client.scopes.to_string(), "journey:read profile:read");
        assert_eq!(known.secrets.len(), 1);
        let page = rani.get(&format!("/applications/{id}")).await;
        assert_eq!(page.body["secrets"][0]["last4"], secret[secret.len() - 4..]);
        assert!(!page.body.to_string().contains(&secret));
        let (public, none) = register(&mut rani, json!({"client_type": "public"})).await;
        assert_eq!(none, None);
        assert!(client(app, &public).await.unwrap().secrets.is_empty());
        assert_eq!(rani.get("/applications?environment=test").await.body["meta"]["total"], 2);
        assert_eq!(rani.get("/applications?environment=live").await.body["meta"]["total"], 0);
    }
}

#[tokio::test]
async fn live_applications_begin_with_pro_and_with_an_active_partner() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut eve = owner(app, "eve@other.example").await;
        let reply = eve.post("/applications", wanted(json!({"environment": "live"}))).await;
        assert_eq!((reply.status, reply.code), (403, "partner_not_active"));
        let (mut rani, mut admin) = active_owner(app, "free").await;
        let reply = rani.post("/applications", wanted(json!({"environment": "live"}))).await;
        assert_eq!((reply.status, reply.code), (403, "tier_insufficient"));
        let partner = crate::identity::tests::support::partner_id(&mut rani).await;
        admin.post(&format!("/admin/partners/{partner}/tier"), json!({"tier": "pro"})).await;
        let (id, _) = register(&mut rani, json!({"environment": "live"})).await;
        super::approve(&mut admin, &id).await;
        assert!(client(app, &id).await.unwrap().client.may_ask);
        // A partner that steps down to Free keeps the application, which then asks nobody.
        admin.post(&format!("/admin/partners/{partner}/tier"), json!({"tier": "free"})).await;
        assert!(!client(app, &id).await.unwrap().client.may_ask);
        admin.post(&format!("/admin/partners/{partner}/suspend"), json!({"reason": "x"})).await;
        assert!(!client(app, &id).await.unwrap().may_act());
    }
}

#[tokio::test]
async fn foreign_application_id_looks_absent() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let mut eve = owner(app, "eve@other.example").await;
        let (id, _) = register(&mut rani, json!({})).await;
        for (method, act, body) in [
            (Method::GET, "", None),
            (Method::PATCH, "", Some(json!({"name": "x"}))),
            (Method::DELETE, "", None),
            (Method::PUT, "/logo", Some(json!({"logo": "/9j/"}))),
            (Method::DELETE, "/logo", None),
            (Method::POST, "/secret/rotate", Some(json!({"overlap_hours": 1}))),
            (Method::POST, "/secrets/1/end", Some(json!({}))),
        ] {
            for id in [id.as_str(), "app_00000000000000000000000000", "nonsense"] {
                let reply = eve.send(method.clone(), &format!("/applications/{id}{act}"), body.clone()).await;
                assert_eq!((reply.status, reply.code), (404, "not_found"), "{method} {id}{act}");
            }
        }
        assert_eq!(eve.get("/applications").await.body["meta"]["total"], 0);
        assert!(client(app, &id).await.is_some());
    }
}

#[tokio::test]
async fn a_viewer_sees_applications_and_changes_none_and_a_developer_may() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let mut budi = member(app, &mut rani, "budi@travelku.example", "viewer").await;
        let mut dewi = member(app, &mut rani, "dewi@travelku.example", "developer").await;
        let (id, _) = register(&mut dewi, json!({})).await;
        assert_eq!(budi.get("/applications").await.body["meta"]["total"], 1);
        for (method, path, body) in [
            (Method::POST, "/applications".to_owned(), wanted(json!({}))),
            (Method::PATCH, format!("/applications/{id}"), json!({"name": "x"})),
            (Method::PUT, format!("/applications/{id}/logo"), json!({"logo": "/9j/"})),
            (Method::DELETE, format!("/applications/{id}/logo"), json!({})),
            (Method::POST, format!("/applications/{id}/secret/rotate"), json!({"overlap_hours": 1})),
            (Method::POST, format!("/applications/{id}/secrets/1/end"), json!({})),
            (Method::DELETE, format!("/applications/{id}"), json!({})),
        ] {
            let reply = budi.send(method, &path, Some(body)).await;
            assert_eq!((reply.status, reply.code), (403, "not_allowed"), "{path}");
        }
        for path in ["/admin/applications", &format!("/admin/applications/{id}")] {
            assert_eq!(rani.get(path).await.status, 403, "{path}");
        }
        assert_eq!(dewi.send(Method::DELETE, &format!("/applications/{id}"), None).await.status, 204);
        assert!(client(app, &id).await.is_none());
        assert_eq!(rani.get("/applications").await.body["meta"]["total"], 0);
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_application_is_named_by_its_field() {
    for test in TestApp::each().await {
        let mut rani = owner(&test.app, RANI).await;
        for (more, field, fault) in [
            (json!({"name": ""}), "name", "required"),
            (json!({"redirect_uris": []}), "redirect_uris", "required"),
            (json!({"redirect_uris": ["http://travelku.example/cb"]}), "redirect_uris", "https_required"),
            (json!({"redirect_uris": ["com.example.app:/cb"]}), "redirect_uris", "malformed"),
            (json!({"scopes": {}}), "scopes", "required"),
            (json!({"homepage": "http://travelku.example"}), "homepage", "https_required"),
            (json!({"environment": "live", "auto_consent": true}), "auto_consent", "unknown_value"),
        ] {
            let reply = rani.post("/applications", wanted(more.clone())).await;
            if more["environment"] == "live" {
                assert_eq!((reply.status, reply.code), (403, "partner_not_active"), "{more}");
                continue;
            }
            assert_eq!(reply.status, 422, "{more}");
            assert_eq!(reply.fault, Some((field.to_owned(), fault.to_owned())), "{more}");
        }
        let reply = rani.post("/applications", wanted(json!({"status": "approved"}))).await;
        assert_eq!(reply.status, 422);
    }
}

#[tokio::test]
async fn a_partner_has_twenty_applications_at_most() {
    for test in TestApp::each().await {
        let mut rani = owner(&test.app, RANI).await;
        for _ in 0..20 {
            register(&mut rani, json!({"client_type": "public"})).await;
        }
        let reply = rani.post("/applications", wanted(json!({}))).await;
        assert_eq!((reply.status, reply.code), (409, "wrong_state"));
    }
}

#[tokio::test]
async fn a_logo_is_a_picture_and_is_served_as_nothing_else() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let (id, _) = register(&mut rani, json!({})).await;
        let path = format!("/applications/{id}/logo");
        // "<svg/>", "", and what is no base64.
        for bad in ["PHN2Zy8+", "", "%%%"] {
            let reply = rani.send(Method::PUT, &path, Some(json!({"logo": bad}))).await;
            assert_eq!((reply.status, reply.fault.unwrap().0), (422, "logo".to_owned()), "{bad}");
        }
        // FF D8 FF E0: the beginning of a JPEG.
        let reply = rani.send(Method::PUT, &path, Some(json!({"logo": "/9j/4A=="}))).await;
        let logo = reply.body["registered"]["logo"].as_str().unwrap().to_owned();
        assert_eq!(client(app, &id).await.unwrap().logo.as_deref(), Some(&*logo));
        let seen = test.anonymous().get(&logo).await;
        assert_eq!((seen.status.as_u16(), seen.text("content-type")), (200, "image/jpeg"));
        assert_eq!(seen.text("x-content-type-options"), "nosniff");
        assert!(seen.text("content-security-policy").contains("sandbox"), "{seen:?}");
        rani.send(Method::DELETE, &path, None).await;
        assert_eq!(test.anonymous().get(&logo).await.status.as_u16(), 404);
        assert_eq!(client(app, &id).await.unwrap().logo, None);
    }
}
