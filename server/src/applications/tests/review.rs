//! The operator's review of live applications.

use axum::http::Method;
use domain::identity::OperatorRole;
use serde_json::json;

use super::{CALLBACK, RANI, active_owner, approve, client, decide, register};
use crate::{
    identity::tests::support::{mails_to, operator},
    testing::TestApp,
};

#[tokio::test]
async fn a_live_application_asks_nobody_before_it_is_approved() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (mut rani, mut admin) = active_owner(app, "pro").await;
        let (id, _) = register(&mut rani, json!({"environment": "live"})).await;
        assert!(!client(app, &id).await.unwrap().client.may_ask);
        let list = admin.get("/admin/applications?status=waiting").await.body;
        assert_eq!((&list["meta"]["total"], &list["data"][0]["id"]), (&json!(1), &json!(id)));
        let page = admin.get(&format!("/admin/applications/{id}")).await.body;
        assert_eq!(page["steps"], json!(["approve", "reject", "disable"]));
        assert_eq!(page["application"]["registered"]["scopes"]["journey:read"], "Menampilkan riwayat");
        // Finance looks and decides nothing.
        let mut finance = operator(app, "finance@kci.example", OperatorRole::Finance).await;
        assert_eq!(finance.get(&format!("/admin/applications/{id}")).await.body["steps"], json!([]));
        assert_eq!(decide(&mut finance, &id, "approve", json!({})).await, 403);
        approve(&mut admin, &id).await;
        assert!(client(app, &id).await.unwrap().client.may_ask);
        assert!(mails_to(app, RANI).await.iter().any(|mail| mail.contains("Aplikasi TravelKu disetujui")));
        assert_eq!(decide(&mut admin, &id, "approve", json!({})).await, 409);
        let audit = admin.get(&format!("/admin/audit?subject={id}")).await.body.to_string();
        assert!(audit.contains("application.create") && audit.contains("application.approve"), "{audit}");
    }
}

#[tokio::test]
async fn what_is_changed_of_an_approved_application_holds_once_approved() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (mut rani, mut admin) = active_owner(app, "pro").await;
        let (id, _) = register(&mut rani, json!({"environment": "live"})).await;
        let page = format!("/applications/{id}");
        approve(&mut admin, &id).await;
        let other = "https://travelku.example/other";
        let change =
            json!({"redirect_uris": [other], "scopes": {"balance:read": "Saldo"}, "name": "Travel Dua"});
        let reply = rani.send(Method::PATCH, &page, Some(change.clone())).await;
        assert_eq!(reply.body["status"], "approved");
        assert_eq!(reply.body["proposed"]["redirect_uris"], json!([other]));
        let holds = client(app, &id).await.unwrap();
        assert_eq!(holds.client.redirect_uris[0].as_str(), CALLBACK);
        assert_eq!((holds.name.as_str(), holds.client.may_ask), ("TravelKu", true));
        // A logo joins the same proposal.
        rani.send(Method::PUT, &format!("{page}/logo"), Some(json!({"logo": "/9j/4A=="}))).await;
        assert_eq!(client(app, &id).await.unwrap().logo, None);
        // Refused: all as before, with the reason.
        decide(&mut admin, &id, "reject", json!({"reason": "Domain lain"})).await;
        let after = rani.get(&page).await.body;
        assert_eq!((&after["status"], &after["proposed"]), (&json!("approved"), &json!(null)));
        assert_eq!(after["status_reason"], "Domain lain");
        assert!(mails_to(app, RANI).await.iter().any(|mail| mail.contains("Domain lain")));
        // Approved: all as proposed.
        rani.send(Method::PATCH, &page, Some(change)).await;
        approve(&mut admin, &id).await;
        let holds = client(app, &id).await.unwrap();
        assert_eq!(holds.client.redirect_uris[0].as_str(), other);
        assert_eq!(
            (holds.client.scopes.to_string().as_str(), holds.name.as_str()),
            ("balance:read", "Travel Dua")
        );
        // Proposing what holds is no proposal.
        let back = rani.send(Method::PATCH, &page, Some(json!({"name": "Travel Dua"}))).await;
        assert_eq!(back.body["proposed"], json!(null));
    }
}

#[tokio::test]
async fn a_rejected_application_may_be_sent_in_again_and_a_disabled_one_not() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (mut rani, mut admin) = active_owner(app, "pro").await;
        let (id, _) = register(&mut rani, json!({"environment": "live"})).await;
        let (page, of_admin) = (format!("/applications/{id}"), format!("/admin/applications/{id}"));
        let seen = rani.get(&page).await.body["changed_at"].clone();
        let reply = admin.post(&format!("{of_admin}/reject"), json!({"seen": seen})).await;
        assert_eq!((reply.status, reply.fault.unwrap().0), (422, "reason".to_owned()));
        decide(&mut admin, &id, "reject", json!({"reason": "Alasan scope kurang jelas"})).await;
        assert_eq!(rani.get(&page).await.body["status"], "rejected");
        let reply = rani.send(Method::PATCH, &page, Some(json!({"scopes": {"journey:read": "Jelas"}}))).await;
        assert_eq!(
            (&reply.body["status"], &reply.body["status_reason"]),
            (&json!("in_review"), &json!(null))
        );
        approve(&mut admin, &id).await;
        admin.post(&format!("{of_admin}/disable"), json!({"reason": "Penyalahgunaan"})).await;
        let known = client(app, &id).await.unwrap();
        assert!(!known.client.may_ask && !known.may_act());
        let reply = rani.send(Method::PATCH, &page, Some(json!({"name": "x"}))).await;
        assert_eq!((reply.status, reply.code), (409, "wrong_state"));
        let reply = rani.post(&format!("{page}/secret/rotate"), json!({"overlap_hours": 0})).await;
        assert_eq!((reply.status, reply.code), (409, "wrong_state"));
    }
}

#[tokio::test]
async fn nothing_is_approved_or_refused_that_the_operator_did_not_see() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (mut rani, mut admin) = active_owner(app, "pro").await;
        let (id, _) = register(&mut rani, json!({"environment": "live"})).await;
        let (page, of_admin) = (format!("/applications/{id}"), format!("/admin/applications/{id}"));
        let evil = json!({"redirect_uris": ["https://evil.example/callback"]});
        // Before the first approval, and for a change of what was approved.
        for status in ["in_review", "approved"] {
            if status == "approved" {
                approve(&mut admin, &id).await;
                rani.send(Method::PATCH, &page, Some(json!({"name": "Travel Dua"}))).await;
            }
            let seen = admin.get(&of_admin).await.body["application"]["changed_at"].clone();
            // The clock stands still, and yet it is another state.
            rani.send(Method::PATCH, &page, Some(evil.clone())).await;
            for step in ["approve", "reject"] {
                let mut body = json!({"seen": seen});
                if step == "reject" {
                    body["reason"] = json!("Domain lain");
                }
                let reply = admin.post(&format!("{of_admin}/{step}"), body).await;
                assert_eq!((reply.status, reply.code), (409, "wrong_state"), "{step}");
                assert!(
                    reply.body["detail"].as_str().unwrap().contains("Partner mengubah"),
                    "{}",
                    reply.body
                );
            }
            assert_eq!(rani.get(&page).await.body["status"], status);
            let restored = json!({"redirect_uris": [CALLBACK], "name": "TravelKu"});
            rani.send(Method::PATCH, &page, Some(restored)).await;
        }
        // Who has looked again decides; disabling never waits for a look.
        rani.send(Method::PATCH, &page, Some(json!({"name": "Travel Tiga"}))).await;
        approve(&mut admin, &id).await;
        assert_eq!(client(app, &id).await.unwrap().name, "Travel Tiga");
        assert_eq!(admin.post(&format!("{of_admin}/disable"), json!({"reason": "x"})).await.status, 200);
    }
}
