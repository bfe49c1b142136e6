//! What operators may decide, and what follows, on both engines.

use std::time::Duration;

use domain::identity::OperatorRole;
use serde_json::{Value, json};

use crate::{
    audit::{Chain, verify_chain},
    identity::tests::support::{Browser, PASSWORD, mails_to, member, operator, owner, partner_id},
    testing::TestApp,
};

const OWNER: &str = "rani@travelku.example";

#[tokio::test]
async fn each_decision_is_told_by_mail_and_written_down() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, OWNER).await;
        let id = partner_id(&mut rani).await;
        let mut admin = operator(app, "admin@kci.example", OperatorRole::Admin).await;
        for (act, body, status, word) in [
            ("approve", json!({"tier": "pro"}), "active", "disetujui dengan tier Pro"),
            (
                "suspend",
                json!({"reason": "Key bocor di repositori publik"}),
                "suspended",
                "Key bocor di repositori publik",
            ),
            ("reinstate", json!({}), "active", "dipulihkan"),
            ("tier", json!({"tier": "enterprise", "quota_per_day": 500_000}), "active", "500000"),
        ] {
            app.clock.advance(Duration::from_secs(1));
            let reply = admin.post(&format!("/admin/partners/{id}/{act}"), body).await;
            assert_eq!(
                (reply.status, reply.body["status"].as_str()),
                (200, Some(status)),
                "{act}: {reply:?}"
            );
            let mail = mails_to(app, OWNER).await.pop().unwrap();
            assert!(mail.contains(word), "{act}: {mail}");
        }
        let view = admin.get(&format!("/admin/partners/{id}")).await.body;
        assert_eq!(view["partner"]["tier"], "enterprise");
        assert_eq!(view["members"][0]["email"], OWNER);
        assert_eq!(view["steps"], json!(["suspend", "set_terms"]));
        let history = view["history"].as_array().unwrap();
        let actions: Vec<_> = history.iter().map(|row| row["action"].as_str().unwrap()).collect();
        assert_eq!(
            actions,
            [
                "partner.set_terms",
                "partner.reinstate",
                "partner.suspend",
                "partner.set_terms",
                "partner.approve",
                "partner.verify_mail",
                "partner.register"
            ]
        );
        assert_eq!(history[0]["actor_name"], "Staf");
        assert!(matches!(verify_chain(&app.live).await.unwrap(), Chain::Intact { .. }));
    }
}

#[tokio::test]
async fn a_rejected_partner_reads_why_and_stays_rejected() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, OWNER).await;
        let id = partner_id(&mut rani).await;
        let mut admin = operator(app, "admin@kci.example", OperatorRole::Admin).await;
        app.clock.advance(Duration::from_secs(1));
        let path = format!("/admin/partners/{id}/reject");
        assert_eq!(admin.post(&path, json!({"reason": " "})).await.fault.unwrap().0, "reason");
        assert_eq!(admin.post(&path, json!({"reason": "Dokumen tidak lengkap"})).await.status, 200);
        assert!(mails_to(app, OWNER).await.pop().unwrap().contains("Dokumen tidak lengkap"));
        assert_eq!(rani.get("/partner").await.body["status_reason"], "Dokumen tidak lengkap");
        let reply = admin.post(&format!("/admin/partners/{id}/approve"), json!({"tier": "free"})).await;
        assert_eq!((reply.status, reply.code), (409, "wrong_state"));
    }
}

#[tokio::test]
async fn suspension_signs_all_members_out_and_lets_them_change_nothing() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, OWNER).await;
        let mut budi = member(app, &mut rani, "budi@travelku.example", "developer").await;
        let id = partner_id(&mut rani).await;
        let mut admin = operator(app, "admin@kci.example", OperatorRole::Admin).await;
        admin.post(&format!("/admin/partners/{id}/approve"), json!({"tier": "pro"})).await;
        assert!(rani.is_signed_in().await && budi.is_signed_in().await);
        admin.post(&format!("/admin/partners/{id}/suspend"), json!({"reason": "x"})).await;
        assert!(!rani.is_signed_in().await && !budi.is_signed_in().await);
        rani.sign_in(OWNER, PASSWORD).await;
        let invite = json!({"name": "X", "email": "x@travelku.example", "role": "owner"});
        let reply = rani.post("/members", invite).await;
        assert_eq!((reply.status, reply.code), (403, "partner_suspended"));
    }
}

/// Who may ask for what; everybody else is told that they may not, strangers that they are not
/// signed in, before anything is said about the partner.
#[tokio::test]
async fn every_role_reaches_exactly_its_routes() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, OWNER).await;
        // Decided about is another one: suspending would sign these members out.
        let id = partner_id(&mut owner(app, "other@example.id").await).await;
        let mut people = vec![("stranger", Browser::new(app))];
        people.push(("developer", member(app, &mut rani, "dev@travelku.example", "developer").await));
        people.push(("viewer", member(app, &mut rani, "view@travelku.example", "viewer").await));
        people.push(("owner", rani));
        for role in OperatorRole::ALL {
            people
                .push((role.as_str(), operator(app, &format!("{}@kci.example", role.as_str()), role).await));
        }
        let reads = ["admin", "support", "finance"];
        let matrix: [(&str, Option<Value>, &[&str]); 9] = [
            ("/admin/overview", None, &reads),
            ("/admin/partners", None, &reads),
            ("/admin/partners/{id}", None, &reads),
            ("/admin/audit", None, &["admin"]),
            ("/admin/partners/{id}/approve", Some(json!({"tier": "free"})), &["admin", "support"]),
            ("/admin/partners/{id}/reject", Some(json!({"reason": "x"})), &["admin", "support"]),
            ("/admin/partners/{id}/suspend", Some(json!({"reason": "x"})), &["admin", "support"]),
            ("/admin/partners/{id}/reinstate", Some(json!({})), &["admin", "support"]),
            ("/admin/partners/{id}/tier", Some(json!({"tier": "free"})), &["admin", "finance"]),
        ];
        for (path, body, allowed) in matrix {
            let path = path.replace("{id}", &id);
            for (role, browser) in &mut people {
                let reply = match &body {
                    Some(body) => browser.post(&path, body.clone()).await,
                    None => browser.get(&path).await,
                };
                let expected = match *role {
                    "stranger" => (401, "not_signed_in"),
                    role if allowed.contains(&role) => (reply.status, reply.code),
                    _ => (403, "not_allowed"),
                };
                assert_eq!((reply.status, reply.code), expected, "{role} {path}");
                assert!(![401, 403].contains(&reply.status) || !allowed.contains(role), "{role} {path}");
            }
        }
    }
}

#[tokio::test]
async fn partners_that_do_not_exist_are_not_found() {
    for test in TestApp::each().await {
        let mut admin = operator(&test.app, "admin@kci.example", OperatorRole::Admin).await;
        for id in ["ptn_00000000000000000000000000", "nonsense", "key_00000000000000000000000000"] {
            assert_eq!(admin.get(&format!("/admin/partners/{id}")).await.code, "not_found");
            let reply = admin.post(&format!("/admin/partners/{id}/approve"), json!({"tier": "free"})).await;
            assert_eq!((reply.status, reply.code), (404, "not_found"));
        }
        let reply = admin.get("/admin/partners?status=happy").await;
        assert_eq!((reply.status, reply.fault.unwrap().0.as_str()), (400, "status"));
        assert_eq!(admin.get("/admin/partners?limit=-1").await.code, "invalid_parameter");
    }
}

#[tokio::test]
async fn the_console_makes_lists_and_closes_admins() {
    for test in TestApp::each().await {
        let app = &test.app;
        let made = super::create(app, "Admin@KCI.example", "Admin", OperatorRole::Admin, None).await.unwrap();
        let password = made.password.unwrap();
        let mut admin = Browser::new(app);
        assert_eq!(admin.sign_in("admin@kci.example", &password).await.status, 200);
        assert_eq!(admin.get("/admin/partners").await.status, 200);
        let again = super::create(app, "admin@kci.example", "Admin", OperatorRole::Admin, None).await;
        assert!(matches!(again, Err(super::AdminError::AddressTaken(_))));
        let weak =
            super::create(app, "b@kci.example", "B", OperatorRole::Admin, Some("short".to_owned())).await;
        assert!(matches!(weak, Err(super::AdminError::Invalid { what: "password", .. })));
        assert_eq!(super::list(app).await.unwrap(), ["Admin@kci.example  admin  Admin  password only"]);
        super::disable(app, "admin@kci.example").await.unwrap();
        assert!(!admin.is_signed_in().await);
        assert_eq!(admin.sign_in("admin@kci.example", &password).await.code, "wrong_credentials");
        assert!(matches!(
            super::disable(app, "admin@kci.example").await,
            Err(super::AdminError::NotFound(_))
        ));
    }
}

#[tokio::test]
async fn the_audit_log_names_who_did_what_and_is_paged() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, OWNER).await;
        let id = partner_id(&mut rani).await;
        let mut admin = operator(app, "admin@kci.example", OperatorRole::Admin).await;
        let page = admin.get("/admin/audit?limit=2").await.body;
        assert_eq!((page["data"].as_array().unwrap().len(), &page["meta"]["limit"]), (2, &json!(2)));
        assert_eq!(page["data"][0]["action"], "session.open");
        let of_partner = admin.get(&format!("/admin/audit?subject={id}")).await.body;
        assert_eq!(of_partner["meta"]["total"], 2);
        assert_eq!(of_partner["data"][0]["actor_name"], "Rani");
    }
}
