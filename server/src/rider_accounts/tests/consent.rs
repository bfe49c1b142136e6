//! What riders are shown, and what they allow.

use std::time::Duration;

use domain::realm::Realm;
use serde_json::json;

use super::support::{EMAIL, Web, application_with_secret, grants, hidden, html, parameters, request, rider};
use crate::{
    applications::tests::CALLBACK,
    identity::tests::support::Browser,
    store::{DbError, sql},
    testing::TestApp,
};

sql! {
    BREAK_CODES = "alter table oauth_codes rename to oauth_codes_away";
    MEND_CODES = "alter table oauth_codes_away rename to oauth_codes";
}

const BOTH: [(&str, &str); 2] = [("scope", "journey:read"), ("scope", "profile:read")];

/// RFC 7636 appendix B, to the challenge in [`request`].
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A rider before the consent page of an application.
struct Asked {
    id: String,
    secret: String,
    browser: Browser,
    web: Web,
    request: String,
    form: String,
}

impl Asked {
    async fn before(test: &TestApp) -> Self {
        let (id, secret) = application_with_secret(&test.app).await;
        let browser = rider(&test.app, EMAIL).await;
        let web = Web::of(test, &browser);
        let request = request(&id, &[]);
        let page = web.get(&format!("/oauth/authorize?{request}")).await;
        assert_eq!(page.status.as_u16(), 200);
        assert_eq!(hidden(&page, "request"), request);
        Self { id, secret, browser, web, form: hidden(&page, "form"), request }
    }

    /// Answers with `fields` beside the hidden ones.
    async fn answer(&self, fields: &[(&str, &str)]) -> crate::testing::client::Reply {
        let hidden = [("request", self.request.as_str()), ("form", self.form.as_str())];
        self.web.submit("/oauth/authorize", &[&hidden[..], fields].concat()).await
    }

    async fn grants(&mut self, test: &TestApp) -> Vec<String> {
        grants(&test.app, &Realm::Live, &mut self.browser).await
    }
}

#[tokio::test]
async fn a_rider_allows_what_is_left_ticked_and_a_no_allows_nothing() {
    for test in TestApp::each().await {
        let mut asked = Asked::before(&test).await;
        for no in [vec![BOTH[0], BOTH[1], ("decision", "deny")], vec![("decision", "allow")]] {
            let reply = asked.answer(&no).await;
            assert_eq!(reply.status.as_u16(), 303);
            let said = parameters(reply.text("location"));
            assert_eq!((said["error"].as_str(), said["state"].as_str()), ("access_denied", "s/1 é"));
            assert!(asked.grants(&test).await.is_empty());
        }
        let reply = asked.answer(&[BOTH[1], ("decision", "allow")]).await;
        assert_eq!(reply.status.as_u16(), 303);
        assert_eq!((reply.text("referrer-policy"), reply.text("cache-control")), ("no-referrer", "no-store"));
        assert!(reply.text("location").starts_with(&format!("{CALLBACK}?code=nfcg_ac_")));
        assert_eq!(parameters(reply.text("location"))["iss"], test.app.config.auth_url);
        assert_eq!(asked.grants(&test).await, ["profile:read"]);
        // All of it at the next request; the page is shown although it was allowed once.
        let again = asked.web.get(&format!("/oauth/authorize?{}", asked.request)).await;
        assert_eq!(again.status.as_u16(), 200);
        asked.answer(&[BOTH[0], BOTH[1], ("decision", "allow")]).await;
        assert_eq!(asked.grants(&test).await, ["journey:read profile:read"]);
        let again = asked.web.get(&format!("/oauth/authorize?{}", asked.request)).await;
        assert!(
            html(&again).contains("Anda sudah mengizinkan semua ini sejak 8 Mar 2026"),
            "{}",
            html(&again)
        );
    }
}

#[tokio::test]
async fn unticking_everything_takes_back_what_was_asked_for_and_refusing_changes_nothing() {
    for test in TestApp::each().await {
        let mut asked = Asked::before(&test).await;
        let denied = |reply: &crate::testing::client::Reply| {
            assert_eq!(parameters(reply.text("location"))["error"], "access_denied");
        };
        asked.answer(&[BOTH[0], BOTH[1], ("decision", "allow")]).await;
        denied(&asked.answer(&[("decision", "deny")]).await);
        assert_eq!(asked.grants(&test).await, ["journey:read profile:read"]);
        // Asked for the journeys alone: the profile was not on the page.
        let whole = asked.request.clone();
        asked.request = request(&asked.id, &[("scope", "journey:read")]);
        let page = asked.web.get(&format!("/oauth/authorize?{}", asked.request)).await;
        asked.form = hidden(&page, "form");
        denied(&asked.answer(&[("decision", "allow")]).await);
        assert_eq!(asked.grants(&test).await, ["profile:read"]);
        asked.request = whole;
        let page = asked.web.get(&format!("/oauth/authorize?{}", asked.request)).await;
        asked.form = hidden(&page, "form");
        denied(&asked.answer(&[("decision", "allow")]).await);
        assert!(asked.grants(&test).await.is_empty());
    }
}

#[tokio::test]
async fn the_page_shows_who_asks_and_the_riders_own_data() {
    for test in TestApp::each().await {
        let asked = Asked::before(&test).await;
        let page = asked.web.get(&format!("/oauth/authorize?{}", asked.request)).await;
        for part in [
            "TravelKu",
            "TravelKu App",
            "Ayu Wulandari",
            "a***@riders.example",
            "7 Apr 2026",
            "/account/apps",
        ] {
            assert!(html(&page).contains(part), "{part}");
        }
        assert!(!html(&page).contains("balance:read"), "what is not asked for is not shown");
        let english = asked.web.with("accept-language", "en");
        let page = english.get(&format!("/oauth/authorize?{}", asked.request)).await;
        assert!(html(&page).contains("TravelKu would like to see your data"));
    }
}

#[tokio::test]
async fn what_answers_this_page_may_lead_wherever_the_application_does_and_nobody_frames_it() {
    for test in TestApp::each().await {
        let asked = Asked::before(&test).await;
        let page = asked.web.get(&format!("/oauth/authorize?{}", asked.request)).await;
        let policy = page.text("content-security-policy");
        // Chromium would hold it against the redirects of the application, too.
        assert!(!policy.contains("form-action"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{policy}");
        assert_eq!((page.text("referrer-policy"), page.text("cache-control")), ("same-origin", "no-store"));
        for other in ["/oauth/authorize", "/rider/sign-in", "/"] {
            let page = asked.web.get(other).await;
            assert!(page.text("content-security-policy").ends_with("form-action 'self'"), "{other}");
        }
    }
}

#[tokio::test]
async fn consent_cannot_be_forged() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut asked = Asked::before(&test).await;
        let yes = [BOTH[0], BOTH[1], ("decision", "allow")];
        // From somebody else's page.
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
        ] {
            let evil = Asked {
                web: Web::of(&test, &asked.browser).with(name, value),
                ..Asked {
                    id: asked.id.clone(),
                    secret: String::new(),
                    browser: asked.browser.clone(),
                    web: Web::stranger(&test),
                    request: asked.request.clone(),
                    form: asked.form.clone(),
                }
            };
            assert_eq!(evil.answer(&yes).await.status.as_u16(), 403, "{value}");
        }
        // With scopes that nobody asked for, or that there are not.
        for scope in ["balance:read", "journey:write", "journey:read profile:read balance:read"] {
            let reply = asked.answer(&[BOTH[0], ("scope", scope), ("decision", "allow")]).await;
            assert_eq!((reply.status.as_u16(), reply.text("location")), (403, ""), "{scope}");
        }
        // With a form that was never shown, or was for another request.
        let form = std::mem::replace(&mut asked.form, "AAAA".to_owned());
        assert_eq!(asked.answer(&yes).await.status.as_u16(), 403);
        asked.form = form;
        let wider = request(&asked.id, &[("scope", "journey:read")]);
        let narrow = std::mem::replace(&mut asked.request, wider);
        assert_eq!(asked.answer(&[BOTH[0], ("decision", "allow")]).await.status.as_u16(), 403);
        asked.request = narrow;
        // Too late: ten minutes are enough.
        app.clock.advance(Duration::from_secs(601));
        let reply = asked.answer(&yes).await;
        assert_eq!((reply.status.as_u16(), reply.text("location")), (403, ""));
        assert!(html(&reply).contains("Tidak ada izin yang diberikan"));
        assert!(asked.grants(&test).await.is_empty());
        // Nor without the rider.
        let stranger = Asked { web: Web::stranger(&test), ..asked };
        let reply = stranger.answer(&yes).await;
        assert_eq!(reply.status.as_u16(), 403);
    }
}

#[tokio::test]
async fn another_rider_is_asked_anew() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut asked = Asked::before(&test).await;
        let mut other = rider(app, "budi@riders.example").await;
        asked.web = Web::of(&test, &other);
        let yes = [BOTH[0], ("decision", "allow")];
        let reply = asked.answer(&yes).await;
        assert_eq!((reply.status.as_u16(), reply.text("location")), (200, ""));
        assert!(html(&reply).contains("Akun lain sedang masuk"));
        assert!(asked.grants(&test).await.is_empty());
        assert!(grants(app, &Realm::Live, &mut other).await.is_empty());
        // From that page the other rider may agree.
        asked.form = hidden(&reply, "form");
        assert_eq!(asked.answer(&yes).await.status.as_u16(), 303);
        assert_eq!(grants(app, &Realm::Live, &mut other).await, ["journey:read"]);
        // Who is signed out by then signs in again first.
        other.post("/rider/sign-out-everywhere", json!({})).await;
        let reply = asked.answer(&yes).await;
        assert!(reply.text("location").starts_with("/rider/sign-in?next=%2Foauth%2Fauthorize"), "{reply:?}");
    }
}

#[tokio::test]
async fn an_application_that_may_not_ask_any_more_gets_nothing() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut asked = Asked::before(&test).await;
        let mut admin = Browser::new(app);
        assert_eq!(
            admin.sign_in("admin@kci.example", crate::identity::tests::support::PASSWORD).await.status,
            200
        );
        let disable = json!({"reason": "Penyalahgunaan"});
        let reply = admin.post(&format!("/admin/applications/{}/disable", asked.id), disable).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        // Nor is anybody sent where nothing stands for any more.
        let reply = asked.answer(&[BOTH[0], ("decision", "allow")]).await;
        assert_eq!((reply.status.as_u16(), reply.text("location")), (400, ""));
        assert!(html(&reply).contains("client_not_allowed"), "{}", html(&reply));
        assert!(asked.grants(&test).await.is_empty());
    }
}

/// RFC 6749 section 4.1.2.1: the application can try again.
#[tokio::test]
async fn a_consent_that_the_store_cannot_keep_is_told_to_the_application() {
    for test in TestApp::each().await {
        let asked = Asked::before(&test).await;
        let run = async |statement| {
            let done = test
                .app
                .live
                .write::<_, DbError, _>(move |tx| Box::pin(async move { tx.execute(statement, &[]).await }));
            done.await.unwrap();
        };
        run(&BREAK_CODES).await;
        let reply = asked.answer(&[BOTH[0], ("decision", "allow")]).await;
        run(&MEND_CODES).await;
        assert_eq!(reply.status.as_u16(), 303, "{reply:?}");
        let said = parameters(reply.text("location"));
        assert_eq!((said["error"].as_str(), said["state"].as_str()), ("server_error", "s/1 é"));
        let reply = asked.answer(&[BOTH[0], ("decision", "allow")]).await;
        assert!(reply.text("location").contains("?code="), "{reply:?}");
    }
}

#[tokio::test]
async fn what_a_rider_takes_back_is_over_at_once() {
    for test in TestApp::each().await {
        let mut asked = Asked::before(&test).await;
        let reply = asked.answer(&[BOTH[1], ("decision", "allow")]).await;
        let code = parameters(reply.text("location"))["code"].clone();
        let application = Web::stranger(&test);
        let me = [("client_id", asked.id.as_str()), ("client_secret", asked.secret.as_str())];
        let ask = async |path: &str, fields: &[(&str, &str)]| {
            application.submit(path, &[&me[..], fields].concat()).await
        };
        let exchange = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let tokens = ask("/oauth/token", &exchange).await.json();
        assert_eq!(tokens["scope"], "profile:read", "{tokens}");
        let (access, refresh) = (&tokens["access_token"], &tokens["refresh_token"]);
        let (access, refresh) = (access.as_str().unwrap(), refresh.as_str().unwrap());
        let is_active =
            async || ask("/oauth/introspect", &[("token", access)]).await.json()["active"].clone();
        assert_eq!(is_active().await, true);
        let connected = asked.browser.get("/rider/applications").await.body;
        let grant = connected["data"][0]["grant_id"].as_str().unwrap().to_owned();
        // Nobody else takes it back.
        let mut other = rider(&test.app, "budi@riders.example").await;
        let path = format!("/rider/applications/{grant}");
        assert_eq!(other.send(axum::http::Method::DELETE, &path, None).await.status, 404);
        assert_eq!(is_active().await, true);
        assert_eq!(asked.browser.send(axum::http::Method::DELETE, &path, None).await.status, 204);
        assert_eq!(is_active().await, false);
        let reply = ask("/oauth/token", &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["error"]), (400, &json!("invalid_grant")));
        assert!(asked.grants(&test).await.is_empty());
        assert_eq!(asked.browser.send(axum::http::Method::DELETE, &path, None).await.status, 404);
    }
}
