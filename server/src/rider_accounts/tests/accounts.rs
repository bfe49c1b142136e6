//! Signing up, in and out.

use std::time::Duration;

use domain::realm::Realm;
use serde_json::json;

use super::support::{EMAIL, is_signed_in, made, rider, sign_in, sign_up_form};
use crate::{
    identity::tests::support::{Browser, PASSWORD, mails_to, newest_token, owner},
    testing::TestApp,
};

#[tokio::test]
async fn an_account_is_its_who_opened_the_link_and_answers_tell_nobody() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut first = Browser::new(app);
        let unknown = first.post("/rider/sign-up", sign_up_form(EMAIL)).await;
        // Not an account yet: the password is right, the link is missing and sent once more.
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(sign_in(&mut first, EMAIL, PASSWORD).await, 403);
        assert_eq!(sign_in(&mut first, EMAIL, "something else").await, 401);
        let token = newest_token(app, EMAIL).await;
        let confirmed = first.post("/rider/confirm-email", json!({"token": token})).await;
        assert!(confirmed.set_cookie.unwrap().starts_with("__Host-nfcg_rider="));
        assert!(is_signed_in(&mut first).await);
        // Used once.
        let again = Browser::new(app).post("/rider/confirm-email", json!({"token": token})).await;
        assert_eq!((again.status, again.fault.unwrap().1.as_str()), (422, "expired_or_used"));
        app.clock.advance(Duration::from_secs(1));
        let known = Browser::new(app).post("/rider/sign-up", sign_up_form("AYU@riders.example")).await;
        assert_eq!((known.status, &known.body["email"]), (unknown.status, &json!("AYU@riders.example")));
        assert!(mails_to(app, "AYU@riders.example").await.pop().unwrap().contains("rider/forgot-password"));
    }
}

#[tokio::test]
async fn a_rider_signs_in_by_address_or_number_and_a_number_of_another_is_left_out_without_a_word() {
    for test in TestApp::each().await {
        let app = &test.app;
        let open = async |email: &str| {
            let mut form = sign_up_form(email);
            form["phone"] = json!("0812 3456 7890");
            let mut browser = Browser::new(app);
            assert_eq!(browser.post("/rider/sign-up", form).await.status, 201);
            let token = newest_token(app, email).await;
            assert_eq!(browser.post("/rider/confirm-email", json!({"token": token})).await.status, 200);
            browser.get("/rider/session").await.body["phone"].clone()
        };
        assert_eq!(open(EMAIL).await, "+6281234567890");
        assert_eq!(open("other@riders.example").await, json!(null));
        let mut browser = Browser::new(app);
        for login in ["Ayu@Riders.example", "+62 812-3456-7890", "081234567890"] {
            assert_eq!(sign_in(&mut browser, login, PASSWORD).await, 200, "{login}");
            assert_eq!(browser.get("/rider/session").await.body["email"], EMAIL);
        }
        assert_eq!(sign_in(&mut browser, "081234567891", PASSWORD).await, 401);
    }
}

#[tokio::test]
async fn signing_in_gives_a_new_session_and_ends_the_one_before() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut browser = rider(app, EMAIL).await;
        let earlier = browser.clone();
        let reply = browser.post("/rider/sign-in", json!({"login": EMAIL, "password": PASSWORD})).await;
        let cookie = reply.set_cookie.unwrap();
        for flag in ["__Host-nfcg_rider=", "; Path=/;", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
            assert!(cookie.contains(flag), "{cookie}");
        }
        assert_ne!(browser.cookie, earlier.cookie);
        assert!(!is_signed_in(&mut earlier.clone()).await);
        assert!(is_signed_in(&mut browser).await);
        // An id that somebody else chose is never taken over.
        let mut fixed = Browser::new(app);
        fixed.cookie = Some("__Host-nfcg_rider=chosen".to_owned());
        assert_eq!(sign_in(&mut fixed, EMAIL, PASSWORD).await, 200);
        assert_ne!(fixed.cookie.as_deref(), Some("__Host-nfcg_rider=chosen"));
        // Out, everywhere.
        assert_eq!(browser.post("/rider/sign-out-everywhere", json!({})).await.status, 204);
        assert!(!is_signed_in(&mut fixed).await);
        assert_eq!(sign_in(&mut fixed, EMAIL, PASSWORD).await, 200);
        let mut kept = fixed.clone();
        assert_eq!(fixed.post("/rider/sign-out", json!({})).await.status, 204);
        assert!(!is_signed_in(&mut kept).await);
    }
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut browser = rider(app, EMAIL).await;
        for _ in 0..23 {
            app.clock.advance(Duration::from_secs(29 * 60));
            assert!(is_signed_in(&mut browser).await);
        }
        // 12 hours after it began, although it is in use.
        app.clock.advance(Duration::from_secs(55 * 60));
        assert!(!is_signed_in(&mut browser).await);
        assert_eq!(sign_in(&mut browser, EMAIL, PASSWORD).await, 200);
        app.clock.advance(Duration::from_secs(30 * 60));
        assert!(!is_signed_in(&mut browser).await);
    }
}

#[tokio::test]
async fn riders_and_partners_are_signed_in_apart() {
    for test in TestApp::each().await {
        let app = &test.app;
        // The same person, with one address and one password.
        let mut partner = owner(app, EMAIL).await;
        let mut passenger = rider(app, EMAIL).await;
        assert!(!is_signed_in(&mut partner).await);
        assert!(!passenger.is_signed_in().await);
        let both = format!("{}; {}", partner.cookie.clone().unwrap(), passenger.cookie.clone().unwrap());
        let mut both_in = Browser::new(app);
        both_in.cookie = Some(both.clone());
        assert!(both_in.is_signed_in().await && is_signed_in(&mut both_in).await);
        assert_eq!(passenger.post("/rider/sign-out-everywhere", json!({})).await.status, 204);
        both_in.cookie = Some(both);
        assert!(both_in.is_signed_in().await);
        assert!(!is_signed_in(&mut both_in).await);
    }
}

#[tokio::test]
async fn ten_wrong_passwords_close_the_door_whatever_name_the_account_goes_by() {
    for test in TestApp::each().await {
        let app = &test.app;
        made(app, &Realm::Live, json!({"name": "Nobody"})).await;
        let mut form = sign_up_form(EMAIL);
        form["phone"] = json!("081234567890");
        let mut browser = Browser::new(app);
        browser.post("/rider/sign-up", form).await;
        let token = newest_token(app, EMAIL).await;
        assert_eq!(browser.post("/rider/confirm-email", json!({"token": token})).await.status, 200);
        for n in 0..10 {
            let login = if n % 2 == 0 { EMAIL } else { "081234567890" };
            let mut guesser = Browser::at(app, &format!("198.51.100.{n}"));
            assert_eq!(sign_in(&mut guesser, login, "something else").await, 401);
        }
        let mut guesser = Browser::at(app, "198.51.100.200");
        for login in [EMAIL, "081234567890"] {
            assert_eq!(sign_in(&mut guesser, login, PASSWORD).await, 429);
        }
        // A partner's account of the same address is another account; so is one that does not exist.
        app.clock.advance(Duration::from_secs(1));
        owner(app, EMAIL).await;
        for n in 0..10 {
            let mut guesser = Browser::at(app, &format!("198.51.100.{n}"));
            assert_eq!(sign_in(&mut guesser, "nobody@riders.example", "something else").await, 401);
        }
        assert_eq!(sign_in(&mut guesser, "nobody@riders.example", "something else").await, 429);
        app.clock.advance(Duration::from_secs(899));
        assert_eq!(sign_in(&mut guesser, EMAIL, PASSWORD).await, 200);
    }
}

#[tokio::test]
async fn nobody_hands_themselves_a_kind_a_balance_or_a_verified_identity() {
    for test in TestApp::each().await {
        let mut browser = Browser::new(&test.app);
        for field in ["user_type", "kyc_status", "balance", "realm", "id"] {
            let mut form = sign_up_form(EMAIL);
            form[field] = json!("student");
            let reply = browser.post("/rider/sign-up", form).await;
            assert_eq!((reply.status, reply.fault.unwrap().0.as_str()), (422, field));
        }
        let mut browser = rider(&test.app, EMAIL).await;
        let view = browser.get("/rider/overview").await.body;
        assert_eq!(
            (&view["rider"]["user_type"], &view["rider"]["kyc_status"]),
            (&json!("adult"), &json!("none"))
        );
    }
}
