//! Signing up and verifying an address.

use std::time::Duration;

use serde_json::json;

use super::support::{Browser, PASSWORD, mails_to, newest_token, owner, partner_id, sign_up_form};
use crate::testing::TestApp;

#[tokio::test]
async fn a_verified_address_opens_an_account_and_puts_the_partner_up_for_review() {
    for test in TestApp::each().await {
        let (app, email) = (&test.app, "rani@travelku.example");
        let mut browser = Browser::new(app);
        let reply = browser.post("/sign-up", sign_up_form(email)).await;
        assert_eq!((reply.status, &reply.body), (201, &json!({"email": email})));
        assert!(!browser.is_signed_in().await);

        let token = newest_token(app, email).await;
        let reply = browser.post("/verify-email", json!({"token": token})).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.body["partner"]["status"], "in_review");
        assert_eq!(reply.body["partner"]["role"], "owner");
        assert_eq!(reply.body["partner"]["tier"], "free");
        assert!(browser.is_signed_in().await);

        // Once.
        let again = Browser::new(app).post("/verify-email", json!({"token": token})).await;
        assert_eq!(
            (again.status, again.fault),
            (422, Some(("token".to_owned(), "expired_or_used".to_owned())))
        );
    }
}

#[tokio::test]
async fn signing_up_again_answers_the_same_and_tells_the_owner_alone() {
    for test in TestApp::each().await {
        let (app, email) = (&test.app, "rani@travelku.example");
        owner(app, email).await;
        app.clock.advance(Duration::from_secs(1));
        let mut stranger = Browser::at(app, "203.0.113.66");
        let known = stranger.post("/sign-up", sign_up_form("RANI@travelku.example")).await;
        let fresh = stranger.post("/sign-up", sign_up_form("new@travelku.example")).await;
        assert_eq!((known.status, known.set_cookie), (fresh.status, fresh.set_cookie));
        let mail = mails_to(app, email).await.pop().unwrap();
        assert!(mail.contains("sudah punya akun") && !mail.contains("?token="), "{mail}");
        // The account is as it was.
        assert_eq!(Browser::new(app).sign_in(email, PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn registering_somebody_elses_address_first_gains_nothing() {
    for test in TestApp::each().await {
        let (app, email) = (&test.app, "victim@example.id");
        let mut attacker = Browser::at(app, "203.0.113.66");
        let mut form = sign_up_form(email);
        form["password"] = json!("the attacker knows this");
        attacker.post("/sign-up", form).await;
        let attackers_link = newest_token(app, email).await;

        test.app.clock.advance(Duration::from_secs(60));
        let mut victim = owner(app, email).await;
        assert!(victim.is_signed_in().await);
        let reply = attacker.sign_in(email, "the attacker knows this").await;
        assert_eq!((reply.status, reply.code), (401, "wrong_credentials"));
        let reply = victim.post("/verify-email", json!({"token": attackers_link})).await;
        assert_eq!((reply.status, reply.code), (409, "wrong_state"));
    }
}

#[tokio::test]
async fn without_the_mail_there_is_no_account_and_the_link_lasts_a_day() {
    for test in TestApp::each().await {
        let (app, email) = (&test.app, "rani@travelku.example");
        let mut browser = Browser::new(app);
        browser.post("/sign-up", sign_up_form(email)).await;
        let first = newest_token(app, email).await;
        // Who knows the password gets the link again; who does not learns nothing.
        let reply = browser.sign_in(email, PASSWORD).await;
        assert_eq!((reply.status, reply.code, reply.set_cookie), (403, "not_allowed", None));
        assert_eq!(browser.sign_in(email, "something else").await.code, "wrong_credentials");
        app.clock.advance(Duration::from_secs(1));
        let second = newest_token(app, email).await;
        assert_ne!(first, second);
        assert_eq!(browser.post("/verify-email", json!({"token": first})).await.status, 422);
        app.clock.advance(Duration::from_secs(24 * 3600));
        assert_eq!(browser.post("/verify-email", json!({"token": second})).await.status, 422);
    }
}

#[tokio::test]
async fn nobody_signs_up_with_more_than_was_asked_for() {
    for test in TestApp::each().await {
        let mut browser = Browser::new(&test.app);
        for (field, value) in [
            ("tier", json!("enterprise")),
            ("status", json!("active")),
            ("role", json!("owner")),
            ("partner_id", json!("ptn_0")),
            ("quota_per_day", json!(1_000_000)),
            ("operator_role", json!("admin")),
        ] {
            let mut form = sign_up_form("rani@travelku.example");
            form[field] = value;
            let reply = browser.post("/sign-up", form).await;
            assert_eq!((reply.status, reply.fault.unwrap().0.as_str()), (422, field));
        }
        let mut form = sign_up_form("a.rather.long.name@travelku.example");
        form["password"] = json!("a.rather.long.name");
        let reply = browser.post("/sign-up", form).await;
        assert_eq!(reply.fault, Some(("password".to_owned(), "same_as_email".to_owned())));
    }
}

#[tokio::test]
async fn an_address_is_not_flooded_with_mails() {
    for test in TestApp::each().await {
        let (app, email) = (&test.app, "victim@example.id");
        for n in 0..12 {
            let mut browser = Browser::at(app, &format!("203.0.113.{n}"));
            assert_eq!(browser.post("/sign-up", sign_up_form(email)).await.status, 201);
        }
        assert_eq!(mails_to(app, email).await.len(), 5);
    }
}

#[tokio::test]
async fn a_mail_and_what_it_tells_are_one_decision() {
    for test in TestApp::each().await {
        let (app, email) = (&test.app, "rani@travelku.example");
        let mut owner = owner(app, email).await;
        let before = mails_to(app, email).await.len();
        // Refused inside the transaction, after the mail could have been queued: no mail.
        let refused = owner.post("/members", json!({"name": "Rani", "email": email, "role": "viewer"})).await;
        assert_eq!(refused.fault, Some(("email".to_owned(), "already_member".to_owned())));
        assert_eq!(mails_to(app, email).await.len(), before);
        assert!(partner_id(&mut owner).await.starts_with("ptn_"));
    }
}
