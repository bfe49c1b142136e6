//! Who comes from an application without an account or without a password comes back to its request.

use std::time::Duration;

use super::support::{EMAIL, Web, application, hidden, html, parameters, request, rider};
use crate::{
    app::App,
    identity::tests::support::{PASSWORD, mails_to, owner},
    testing::{TestApp, client::Reply},
};

const SIGN_UP: [(&str, &str); 4] =
    [("name", "Ayu Wulandari"), ("email", EMAIL), ("password", PASSWORD), ("accept_terms:bool", "true")];

/// The path and query of the newest link that was mailed to a page.
async fn mailed(app: &App, page: &str) -> String {
    let mail = mails_to(app, EMAIL).await.pop().unwrap();
    let (_, rest) = mail.split_once(&format!("{}{page}", app.config.portal_url)).expect("a link");
    format!("{page}{}", rest.split_whitespace().next().unwrap())
}

/// The address of a link on a page.
#[track_caller]
fn link(page: &Reply, to: &str) -> String {
    let (_, rest) = html(page).split_once(&format!("href=\"{to}?")).expect("the link");
    format!("{to}?{}", rest.split('"').next().unwrap().replace("&amp;", "&"))
}

/// The value of a hidden field of the page's own form: others have a `next` too.
#[track_caller]
fn of_form(page: &Reply, name: &str) -> String {
    let (_, form) = html(page).split_once("action=\"/rider/").expect("the form");
    let (_, rest) = form.split_once(&format!("name=\"{name}\" value=\"")).expect("the field");
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

#[track_caller]
fn went(reply: &Reply) -> &str {
    assert_eq!(reply.status.as_u16(), 303, "{}", html(reply));
    reply.text("location")
}

#[tokio::test]
async fn who_signs_up_for_an_application_comes_back_to_its_request() {
    for test in TestApp::each().await {
        let app = &test.app;
        let id = application(app).await;
        let web = Web::stranger(&test);
        let wanted = format!("/oauth/authorize?{}", request(&id, &[]));
        let door = web.get(went(&web.get(&wanted).await)).await;
        let page = web.get(&link(&door, "/rider/sign-up")).await;
        let return_to = hidden(&page, "return_to");
        assert_eq!(return_to, wanted);
        // What was typed wrong does not lose it.
        let wrong = web.submit("/rider/sign-up", &[("return_to", &return_to), SIGN_UP[1]]).await;
        assert_eq!((wrong.status.as_u16(), hidden(&wrong, "return_to")), (422, wanted.clone()));
        went(&web.submit("/rider/sign-up", &[&SIGN_UP[..], &[("return_to", &return_to)]].concat()).await);
        let first = mailed(app, "/rider/confirm-email").await;
        // The link is lost, and mailed again to whoever signs in.
        app.clock.advance(Duration::from_secs(1));
        let on = hidden(&door, "return_to");
        let fields = [("login", EMAIL), ("password", PASSWORD), ("return_to", on.as_str())];
        assert_eq!(web.submit("/rider/sign-in", &fields).await.status.as_u16(), 403);
        let second = mailed(app, "/rider/confirm-email").await;
        assert_ne!(first, second);
        let page = web.get(&second).await;
        let (token, next) = (hidden(&page, "token"), of_form(&page, "next"));
        let opened = web.submit("/rider/confirm-email", &[("token", &token), ("next", &next)]).await;
        assert_eq!(went(&opened), wanted);
        assert!(opened.text("set-cookie").starts_with("__Host-nfcg_rider="));
    }
}

#[tokio::test]
async fn who_forgot_the_password_comes_back_to_the_request() {
    for test in TestApp::each().await {
        let app = &test.app;
        let id = application(app).await;
        rider(app, EMAIL).await;
        app.clock.advance(Duration::from_secs(1));
        let web = Web::stranger(&test);
        let wanted = format!("/oauth/authorize?{}", request(&id, &[]));
        let door = web.get(went(&web.get(&wanted).await)).await;
        let page = web.get(&link(&door, "/rider/forgot-password")).await;
        let return_to = hidden(&page, "return_to");
        let before = mails_to(app, EMAIL).await.len();
        let fields = [("email", EMAIL), ("return_to", return_to.as_str())];
        went(&web.submit("/rider/forgot-password", &fields).await);
        while mails_to(app, EMAIL).await.len() == before {
            tokio::task::yield_now().await;
        }
        let page = web.get(&mailed(app, "/rider/reset-password").await).await;
        let (token, next) = (hidden(&page, "token"), of_form(&page, "next"));
        let fields = [("token", token.as_str()), ("password", "kereta pagi ke bogor"), ("next", &next)];
        let saved = web.submit("/rider/reset-password", &fields).await;
        let door = went(&saved);
        assert!(door.starts_with("/rider/sign-in?done=password_reset&"), "{door}");
        assert_eq!(parameters(door)["next"], wanted);
        assert_eq!(of_form(&web.get(door).await, "next"), wanted);
    }
}

#[tokio::test]
async fn no_link_to_another_site_is_mailed() {
    let test = TestApp::one().await;
    let web = Web::stranger(&test);
    for evil in ["https://evil.example/", "//evil.example/", "/\\evil.example"] {
        test.app.clock.advance(Duration::from_secs(60));
        went(&web.submit("/rider/sign-up", &[&SIGN_UP[..], &[("return_to", evil)]].concat()).await);
        let mail = mails_to(&test.app, EMAIL).await.pop().unwrap();
        assert!(mail.contains("/rider/confirm-email?token=") && !mail.contains("evil"), "{mail}");
    }
}

#[tokio::test]
async fn a_rider_who_is_a_member_too_arrives_at_the_riders_account() {
    let test = TestApp::one().await;
    let app = &test.app;
    let member = owner(app, "rani@contoh.id").await;
    let web = Web::of(&test, &member);
    went(&web.submit("/rider/sign-up", &SIGN_UP).await);
    let page = web.get(&mailed(app, "/rider/confirm-email").await).await;
    let opened = web.submit("/rider/confirm-email", &[("token", &hidden(&page, "token"))]).await;
    assert_eq!(went(&opened), "/account/rider?done=welcome");
    let rider = opened.text("set-cookie").split(';').next().unwrap().to_owned();
    let both = Web::stranger(&test).with("cookie", &format!("{}; {rider}", member.cookie.unwrap()));
    let page = both.get(went(&opened)).await;
    assert!(html(&page).contains("Selamat datang. Akun Anda sudah dibuka.") && html(&page).contains(EMAIL));
    let again = web.submit("/rider/sign-in", &[("login", EMAIL), ("password", PASSWORD)]).await;
    assert_eq!(went(&again), "/account/rider");
}
