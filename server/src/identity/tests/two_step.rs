//! Two-step verification.

use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use domain::identity::OperatorRole;
use serde_json::{Value, json};

use super::support::{Browser, PASSWORD, owner};
use crate::{app::App, config::Mode, testing::TestApp};

const EMAIL: &str = "rani@travelku.example";

/// What an authenticator shows now.
fn authenticator(app: &App, secret: &str) -> String {
    let totp =
        totp_rs::Builder::new().with_secret(BASE32_NOPAD.decode(secret.as_bytes()).unwrap()).build().unwrap();
    totp.generate(app.clock.now().as_second().try_into().unwrap()).to_string()
}

async fn enrol(app: &App, browser: &mut Browser) -> (String, Value) {
    let enrolment = browser.post("/totp/enrol", json!({})).await.body;
    let secret = enrolment["secret"].as_str().unwrap().to_owned();
    assert!(enrolment["otpauth_url"].as_str().unwrap().starts_with("otpauth://totp/"));
    assert!(enrolment["qr_svg"].as_str().unwrap().starts_with("<svg"));
    let reply = browser.post("/totp/confirm", json!({"code": authenticator(app, &secret)})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    (secret, reply.body["recovery_codes"].clone())
}

async fn sign_in(app: &App, code: &str) -> (u16, &'static str) {
    let body = json!({"email": EMAIL, "password": PASSWORD, "totp": code});
    let reply = Browser::new(app).post("/sign-in", body).await;
    (reply.status, reply.code)
}

#[tokio::test]
async fn with_a_second_step_the_password_alone_opens_nothing() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut browser = owner(app, EMAIL).await;
        let mut other = Browser::new(app);
        other.sign_in(EMAIL, PASSWORD).await;
        let before = browser.clone().cookie;
        let (secret, _) = enrol(app, &mut browser).await;
        assert_ne!(browser.cookie, before);
        assert!(browser.is_signed_in().await && !other.is_signed_in().await);

        let reply = other.sign_in(EMAIL, PASSWORD).await;
        assert_eq!((reply.status, reply.code, reply.set_cookie), (401, "totp_required", None));
        app.clock.advance(Duration::from_secs(30));
        assert_eq!(sign_in(app, "000000").await, (401, "wrong_credentials"));
        let code = authenticator(app, &secret);
        assert_eq!(sign_in(app, &code).await, (200, ""));
    }
}

#[tokio::test]
async fn no_code_is_good_twice() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (secret, _) = enrol(app, &mut owner(app, EMAIL).await).await;
        // The one that turned it on has been used.
        assert_eq!(sign_in(app, &authenticator(app, &secret)).await, (401, "wrong_credentials"));
        app.clock.advance(Duration::from_secs(30));
        let code = authenticator(app, &secret);
        assert_eq!(sign_in(app, &code).await, (200, ""));
        assert_eq!(sign_in(app, &code).await, (401, "wrong_credentials"));
        // Nor an earlier one that would still be within the allowed drift.
        app.clock.advance(Duration::from_secs(30));
        assert_eq!(sign_in(app, &code).await, (401, "wrong_credentials"));
    }
}

#[tokio::test]
async fn each_recovery_code_signs_in_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (_, codes) = enrol(app, &mut owner(app, EMAIL).await).await;
        let codes: Vec<&str> = codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
        assert_eq!(codes.len(), 8);
        assert_eq!(sign_in(app, codes[0]).await, (200, ""));
        assert_eq!(sign_in(app, codes[0]).await, (401, "wrong_credentials"));
        assert_eq!(sign_in(app, &codes[1].to_uppercase().replace('-', " ")).await, (200, ""));
    }
}

#[tokio::test]
async fn codes_cannot_be_guessed_any_more_than_passwords() {
    for test in TestApp::each().await {
        let app = &test.app;
        enrol(app, &mut owner(app, EMAIL).await).await;
        for _ in 0..10 {
            assert_eq!(sign_in(app, "000000").await, (401, "wrong_credentials"));
        }
        assert_eq!(sign_in(app, "000000").await, (429, "too_many_attempts"));
    }
}

#[tokio::test]
async fn turning_it_off_takes_password_and_code() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut browser = owner(app, EMAIL).await;
        let (secret, _) = enrol(app, &mut browser).await;
        app.clock.advance(Duration::from_secs(30));
        let disable = |password: &str, code: &str| json!({"password": password, "code": code});
        let code = authenticator(app, &secret);
        let reply = browser.post("/totp/disable", disable("something else", &code)).await;
        assert_eq!(reply.fault.unwrap().0, "password");
        let reply = browser.post("/totp/disable", disable(PASSWORD, "000000")).await;
        assert_eq!(reply.fault.unwrap().0, "code");
        assert_eq!(browser.post("/totp/disable", disable(PASSWORD, &code)).await.status, 204);
        assert!(browser.is_signed_in().await);
        assert_eq!(Browser::new(app).sign_in(EMAIL, PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn outside_the_demo_an_operator_without_a_second_step_reaches_nothing_else() {
    for test in TestApp::in_mode(Mode::Production).await {
        let app = &test.app;
        crate::admin::create(
            app,
            "admin@kci.example",
            "Admin",
            OperatorRole::Admin,
            Some(PASSWORD.to_owned()),
        )
        .await
        .unwrap();
        let mut admin = Browser::new(app);
        let reply = admin.sign_in("admin@kci.example", PASSWORD).await;
        assert_eq!((reply.status, &reply.body["must_enrol_totp"]), (200, &json!(true)));
        for path in ["/admin/partners", "/admin/overview", "/admin/audit", "/sessions"] {
            let reply = admin.get(path).await;
            assert_eq!((reply.status, reply.code), (403, "totp_enrolment_required"), "{path}");
        }
        assert!(admin.is_signed_in().await);
        enrol(app, &mut admin).await;
        assert_eq!(admin.get("/admin/partners").await.status, 200);
    }
}

#[tokio::test]
async fn the_secret_is_not_in_the_store() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut browser = owner(app, EMAIL).await;
        let (secret, _) = enrol(app, &mut browser).await;
        let raw = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
        let id = browser.get("/session").await.body["user"]["id"].as_str().unwrap().parse().unwrap();
        let user = crate::identity::users::User::find(&app.live, &id).await.unwrap();
        let sealed = user.totp_secret.unwrap();
        assert!(!sealed.windows(raw.len()).any(|window| window == raw));
    }
}
