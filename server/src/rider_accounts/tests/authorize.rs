//! Requests of applications, before anybody is asked.

use serde_json::json;

use super::support::{
    EMAIL, Web, application, application_with_secret, hidden, html, made, parameters, request, rider, sign_in,
};
use crate::{
    applications::tests::{CALLBACK, active_owner, decide, register},
    identity::tests::support::{Browser, PASSWORD, partner_id},
    testing::TestApp,
};

/// Redirect URIs that are not `https://travelku.example/callback`, however near.
const MUTATIONS: [&str; 60] = [
    "https://travelku.example/callback/",
    "https://travelku.example/callback//",
    "https://travelku.example//callback",
    "https://travelku.example/Callback",
    "https://travelku.example/CALLBACK",
    "https://travelku.example/callbac",
    "https://travelku.example/callback2",
    "https://travelku.example/callback/..",
    "https://travelku.example/callback/../callback",
    "https://travelku.example/./callback",
    "https://travelku.example/x/../callback",
    "https://travelku.example/callback/.",
    "https://travelku.example/callback%2f",
    "https://travelku.example/callback%2F..",
    "https://travelku.example%2fcallback",
    "https://travelku.example/%63allback",
    "https://travelku.example/callback%00",
    "https://travelku.example/callback%20",
    "https://travelku.example/callback ",
    " https://travelku.example/callback",
    "https://travelku.example/callback?",
    "https://travelku.example/callback?x=1",
    "https://travelku.example/callback?next=https://evil.example/",
    "https://travelku.example/callback#",
    "https://travelku.example/callback#x",
    "https://travelku.example/callback;x",
    "https://travelku.example/",
    "https://travelku.example",
    "https://TRAVELKU.example/callback",
    "https://travelku.EXAMPLE/callback",
    "HTTPS://travelku.example/callback",
    "https://travelku.example./callback",
    "https://travelku.example:443/callback",
    "https://travelku.example:8443/callback",
    "https://travelku.example:/callback",
    "https://travelku.example:0443/callback",
    "http://travelku.example/callback",
    "http://travelku.example:443/callback",
    "https:travelku.example/callback",
    "https:/travelku.example/callback",
    "https:///travelku.example/callback",
    "//travelku.example/callback",
    "/callback",
    "travelku.example/callback",
    "https://www.travelku.example/callback",
    "https://evil.travelku.example/callback",
    "https://*.example/callback",
    "https://travelku.*/callback",
    "https://travelku.example.evil.example/callback",
    "https://evil.example/callback",
    "https://evil.example/travelku.example/callback",
    "https://travelku.example@evil.example/callback",
    "https://user@travelku.example/callback",
    "https://user:pass@travelku.example/callback",
    "https://evil.example\\@travelku.example/callback",
    "https://travelku.example\\callback",
    "https://travelku\u{2024}example/callback",
    "https://tr\u{430}velku.example/callback",
    "https://xn--trvelku-4nf.example/callback",
    "javascript:alert(1)//https://travelku.example/callback",
];

#[tokio::test]
async fn no_redirect_goes_where_nobody_registered() {
    for test in TestApp::each().await {
        let app = &test.app;
        let id = application(app).await;
        let signed_in = Web::of(&test, &rider(app, EMAIL).await);
        for mutation in MUTATIONS {
            let reply = signed_in
                .get(&format!("/oauth/authorize?{}", request(&id, &[("redirect_uri", mutation)])))
                .await;
            assert_eq!((reply.status.as_u16(), reply.text("location")), (400, ""), "{mutation}");
            if reply.text("content-type").starts_with("text/html")
                && !html(&reply).contains("redirect_uri_unknown")
            {
                // Broken percent-encoding of the whole address is refused before that.
                assert!(mutation.contains("%00"), "{mutation}");
            }
        }
        let stranger = Web::stranger(&test);
        for (changes, code) in [
            (vec![("redirect_uri", "")], "redirect_uri_missing"),
            (vec![("client_id", "")], "client_id_missing"),
            (vec![("client_id", "app_06d2q8k7s5v3m0a9c1e4g6i8j0")], "client_unknown"),
            (vec![("client_id", "'; drop table riders")], "client_unknown"),
        ] {
            let reply = stranger.get(&format!("/oauth/authorize?{}", request(&id, &changes))).await;
            assert_eq!((reply.status.as_u16(), reply.text("location")), (400, ""), "{code}");
            assert!(html(&reply).contains(code), "{code}");
        }
        for doubled in ["client_id=x", "redirect_uri=https%3A%2F%2Fevil.example%2F"] {
            let reply = stranger.get(&format!("/oauth/authorize?{}&{doubled}", request(&id, &[]))).await;
            assert_eq!((reply.status.as_u16(), reply.text("location")), (400, ""), "{doubled}");
        }
        let reply = stranger.get("/oauth/authorize").await;
        assert_eq!(reply.status.as_u16(), 400);
    }
}

#[tokio::test]
async fn whatever_else_is_wrong_is_told_to_the_application() {
    for test in TestApp::each().await {
        let app = &test.app;
        let id = application(app).await;
        let stranger = Web::stranger(&test);
        for (changes, error) in [
            (vec![("response_type", "token")], "unsupported_response_type"),
            (vec![("response_type", "")], "invalid_request"),
            (vec![("code_challenge", "")], "invalid_request"),
            (vec![("code_challenge_method", "plain")], "invalid_request"),
            (vec![("code_challenge_method", "")], "invalid_request"),
            (vec![("scope", "openid")], "invalid_scope"),
            (vec![("scope", "balance:read")], "invalid_scope"),
        ] {
            let reply = stranger.get(&format!("/oauth/authorize?{}", request(&id, &changes))).await;
            assert_eq!(reply.status.as_u16(), 303, "{changes:?}");
            let location = reply.text("location");
            assert!(location.starts_with(&format!("{CALLBACK}?error=")), "{location}");
            let said = parameters(location);
            assert_eq!((said["error"].as_str(), said["state"].as_str()), (error, "s/1 é"));
            assert_eq!(said["iss"], app.config.auth_url);
        }
        let reply = stranger.get(&format!("/oauth/authorize?{}&nonce=1&nonce=2", request(&id, &[]))).await;
        assert_eq!(parameters(reply.text("location"))["error"], "invalid_request");
    }
}

/// RFC 9700 section 4.11.2: anybody can sign up and register an application for tests.
#[tokio::test]
async fn nobody_is_sent_unasked_where_nobody_looked() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (mut owner, mut admin) = active_owner(app, "pro").await;
        let stranger = Web::stranger(&test);
        let refused = async |id: &str, redirect_uri: &str| {
            let changes = [("scope", "openid"), ("redirect_uri", redirect_uri)];
            stranger.get(&format!("/oauth/authorize?{}", request(id, &changes))).await
        };
        // A page with a link, to be pressed or not.
        let own = "com.example.app:/cb";
        let (sandbox, _) = register(
            &mut owner,
            json!({"client_type": "public", "redirect_uris": [CALLBACK, own, "http://127.0.0.1/cb"]}),
        )
        .await;
        for redirect_uri in [CALLBACK, own] {
            let reply = refused(&sandbox, redirect_uri).await;
            assert_eq!((reply.status.as_u16(), reply.text("location")), (400, ""));
            let page = html(&reply);
            let link = format!("href=\"{redirect_uri}?error=invalid_scope&amp;");
            assert!(page.contains(&link) && page.contains("iss=http"), "{page}");
        }
        let here = refused(&sandbox, "http://127.0.0.1:49152/cb").await;
        assert_eq!(here.status.as_u16(), 303);
        assert!(here.text("location").starts_with("http://127.0.0.1:49152/cb?error=invalid_scope&"));
        // A live one leads nowhere before it was approved, when it was refused, and once it is disabled.
        let (live, _) = register(&mut owner, json!({"environment": "live"})).await;
        let of_admin = format!("/admin/applications/{live}");
        let reason = json!({"reason": "Alamat belum jelas"});
        for (step, is_led) in [("", false), ("reject", false), ("approve", true), ("disable", false)] {
            if step == "approve" {
                let again = json!({"name": "TravelKu Baru"});
                let page = format!("/applications/{live}");
                assert_eq!(owner.send(axum::http::Method::PATCH, &page, Some(again)).await.status, 200);
            }
            if !step.is_empty() {
                let body = if step == "approve" { json!({}) } else { reason.clone() };
                let status = match step {
                    "disable" => admin.post(&format!("{of_admin}/disable"), body).await.status,
                    _ => decide(&mut admin, &live, step, body).await,
                };
                assert_eq!(status, 200, "{step}");
            }
            let reply = refused(&live, CALLBACK).await;
            assert_eq!(reply.status.as_u16(), if is_led { 303 } else { 400 }, "{step}");
            assert_eq!(html(&reply).contains("client_not_allowed"), !is_led, "{step}");
        }
    }
}

/// The longest there may be: escaped once more for signing in, it would not fit into an address.
#[tokio::test]
async fn a_long_request_comes_back_from_signing_in_whole() {
    for test in TestApp::each().await {
        let app = &test.app;
        let id = application(app).await;
        let web = Web::of(&test, &rider(app, EMAIL).await);
        let stranger = Web::stranger(&test);
        for state in ["é\"".repeat(682), "\"".repeat(2_048)] {
            let changes = [("state", state.as_str()), ("login_hint", EMAIL), ("nonce", "unread")];
            let address = format!("/oauth/authorize?{}", request(&id, &changes));
            assert!(address.len() < 8_192, "{}", address.len());
            let reply = stranger.get(&address).await;
            let door = reply.text("location").to_owned();
            assert_eq!(reply.status.as_u16(), 303);
            assert_eq!(stranger.get(&door).await.status.as_u16(), 200, "{} bytes", door.len());
            let next = parameters(&door)["next"].clone();
            let page = web.get(&next).await;
            let answer = [
                ("request", hidden(&page, "request")),
                ("form", hidden(&page, "form")),
                ("decision", "deny".to_owned()),
            ];
            let answer: Vec<_> = answer.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let reply = web.submit("/oauth/authorize", &answer).await;
            assert_eq!(parameters(reply.text("location"))["state"], state);
        }
    }
}

#[tokio::test]
async fn who_is_not_signed_in_does_so_and_comes_back_here_and_nowhere_else() {
    for test in TestApp::each().await {
        let app = &test.app;
        let id = application(app).await;
        rider(app, EMAIL).await;
        let stranger = Web::stranger(&test);
        let address = format!("/oauth/authorize?{}&login_hint=ayu%40riders.example", request(&id, &[]));
        let reply = stranger.get(&address).await;
        assert_eq!(reply.status.as_u16(), 303);
        let door = reply.text("location").to_owned();
        assert!(door.starts_with("/rider/sign-in?next="), "{door}");
        assert_eq!(parameters(&door)["next"], address);
        let page = stranger.get(&door).await;
        assert!(html(&page).contains("value=\"ayu@riders.example\""), "the hint is filled in");
        let sign_in = async |next: &str| {
            let fields = [("login", EMAIL), ("password", PASSWORD), ("next", next)];
            stranger.submit("/rider/sign-in", &fields).await
        };
        let reply = sign_in(&address).await;
        assert_eq!((reply.status.as_u16(), reply.text("location")), (303, address.as_str()));
        assert!(reply.text("set-cookie").starts_with("__Host-nfcg_rider="));
        for evil in [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "\\\\evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "evil.example",
            "",
        ] {
            let reply = sign_in(evil).await;
            assert_eq!((reply.status.as_u16(), reply.text("location")), (303, "/account/rider"), "{evil:?}");
        }
    }
}

#[tokio::test]
async fn riders_of_a_test_network_are_chosen_and_agree_by_themselves_where_that_is_wanted() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (mut owner, _) = active_owner(app, "pro").await;
        let realm = partner_id(&mut owner).await.parse().unwrap();
        let ani = made(app, &realm, json!({"name": "Ani Uji", "email": "ani@contoh.id"})).await;
        let (plain, _) = register(&mut owner, json!({})).await;
        let (automatic, _) = register(&mut owner, json!({"auto_consent": true})).await;
        let live =
            made(app, &domain::realm::Realm::Live, json!({"name": "Asli", "email": "asli@contoh.id"})).await;
        let stranger = Web::stranger(&test);
        let authorize = async |id: &str, more: &str| {
            stranger.get(&format!("/oauth/authorize?{}{more}", request(id, &[]))).await
        };
        // Chosen among those of the partner, live ones are not among them.
        let page = authorize(&plain, "").await;
        assert_eq!(page.status.as_u16(), 200);
        assert!(html(&page).contains(&format!("test_rider={ani}")) && !html(&page).contains("Asli"));
        for other in [live.as_str(), "rdr_06d2q8k7s5v3m0a9c1e4g6i8j0", "x"] {
            let page = authorize(&plain, &format!("&test_rider={other}")).await;
            assert!(html(&page).contains("Pilih penumpang uji"), "{other}");
        }
        let page = authorize(&plain, &format!("&test_rider={ani}")).await;
        assert!(html(&page).contains("a***@contoh.id"), "the test rider's own data");
        // A hint is no consent where that was not asked for.
        let page = authorize(&plain, "&login_hint=ani%40contoh.id").await;
        assert_eq!(page.status.as_u16(), 200);
        for hint in ["ani%40contoh.id", "ANI%40contoh.id", ani.as_str()] {
            let reply = authorize(&automatic, &format!("&login_hint={hint}")).await;
            assert_eq!(reply.status.as_u16(), 303, "{hint}");
            let said = parameters(reply.text("location"));
            assert!(said["code"].starts_with("nfcg_ac_"), "{said:?}");
            assert_eq!(
                (said["state"].as_str(), said["iss"].as_str()),
                ("s/1 é", app.config.auth_url.as_str())
            );
        }
        for hint in ["ani", "asli%40contoh.id", live.as_str()] {
            assert_eq!(
                authorize(&automatic, &format!("&login_hint={hint}")).await.status.as_u16(),
                200,
                "{hint}"
            );
        }
        // Nobody who rides is needed for that, and a live rider's session has no part in it.
        let mut browser = Browser::new(app);
        assert_eq!(sign_in(&mut browser, EMAIL, PASSWORD).await, 401);
    }
}

#[tokio::test]
async fn a_pushed_request_is_asked_once_and_as_it_was_pushed() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (id, secret) = application_with_secret(app).await;
        let browser = rider(app, EMAIL).await;
        let (web, stranger) = (Web::of(&test, &browser), Web::stranger(&test));
        let pushed = request(&id, &[("scope", "profile:read")]);
        let mut fields: Vec<(String, String)> = serde_urlencoded::from_str(&pushed).unwrap();
        fields.push(("client_secret".to_owned(), secret));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let push = async || {
            let reply = stranger.submit("/oauth/par", &fields).await;
            assert_eq!(reply.status.as_u16(), 201, "{reply:?}");
            let query = [
                ("client_id", id.clone()),
                ("request_uri", reply.json()["request_uri"].as_str().unwrap().to_owned()),
            ];
            format!("/oauth/authorize?{}", serde_urlencoded::to_string(query).unwrap())
        };
        let address = push().await;
        let reply = stranger.get(&address).await;
        let carried = reply.text("location").to_owned();
        assert!(
            carried.starts_with("/oauth/authorize?client_id=") && !carried.contains("travelku"),
            "{carried}"
        );
        assert_eq!(stranger.get(&address).await.status.as_u16(), 400, "once");
        // Over signing in, and to the end.
        let door = stranger.get(&carried).await;
        assert_eq!(parameters(door.text("location"))["next"], carried);
        let page = web.get(&carried).await;
        assert!(html(&page).contains("profile:read") && !html(&page).contains("journey:read"));
        let (of, form) = (hidden(&page, "request"), hidden(&page, "form"));
        let answer = [
            ("request", of.as_str()),
            ("form", form.as_str()),
            ("scope", "profile:read"),
            ("decision", "allow"),
        ];
        let reply = web.submit("/oauth/authorize", &answer).await;
        assert!(reply.text("location").starts_with(&format!("{CALLBACK}?code=nfcg_ac_")), "{reply:?}");
        // What is added to the address does not count, and what is changed does not open.
        let widened = web.get(&format!("{carried}&scope=journey%3Aread")).await;
        assert!(!html(&widened).contains("journey:read"));
        for (from, to) in [("pushed=", "pushed=A"), ("client_id=app_", "client_id=app_0")] {
            let reply = web.get(&carried.replacen(from, to, 1)).await;
            assert_eq!(reply.status.as_u16(), 400, "{to}");
        }
        app.clock.advance(std::time::Duration::from_secs(31 * 60));
        assert_eq!(stranger.get(&carried).await.status.as_u16(), 400);
        let late = push().await;
        app.clock.advance(std::time::Duration::from_secs(91));
        assert_eq!(stranger.get(&late).await.status.as_u16(), 400);
    }
}
