//! Pages and forms as a browser with scripts off meets them.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use domain::operations::Operation;

use crate::testing::{
    TestApp,
    client::{Client, Reply},
};

async fn submit(client: &Client, path: &str, form: &str) -> Reply {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/html")
        .body(Body::from(form.to_owned()))
        .unwrap();
    client.send(request).await
}

fn html(reply: &Reply) -> &str {
    std::str::from_utf8(&reply.body).unwrap()
}

#[tokio::test]
async fn every_public_page_is_whole_without_scripts() {
    let test = TestApp::one().await;
    let client = test.anonymous();
    for path in [
        "/",
        "/docs/endpoints/list-stations",
        "/docs/endpoints/calculate-fare",
        "/docs/endpoints/create-webhook",
        "/docs/authentication",
        "/docs/rate-limits",
        "/sign-up",
        "/sign-in",
        "/forgot-password",
        "/leaked-key",
        "/rider/sign-up",
        "/rider/sign-in",
        "/rider/forgot-password",
        "/traffic",
        "/map",
        "/stations",
        "/stations/STN_MGR",
        "/stations/STN_KAT",
    ] {
        let reply = client.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        let page = html(&reply);
        assert_eq!(page.matches("<h1").count(), 1, "{path} has one heading of the first level");
        assert!(page.contains("</html>"), "{path} is complete");
        assert!(page.contains("lang=\"id\""), "{path} is Indonesian unless asked otherwise");
    }
}

#[tokio::test]
async fn a_page_that_is_not_there_says_so_with_its_status() {
    let test = TestApp::one().await;
    for path in ["/nothing-here", "/docs/endpoints/no-such-operation", "/stations/STN_XXX"] {
        assert_eq!(test.anonymous().get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn every_page_has_a_nonce_of_its_own_and_its_scripts_carry_it() {
    let test = TestApp::one().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..5 {
        let reply = test.anonymous().get("/sign-in").await;
        let policy = reply.text("content-security-policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let page = html(&reply);
        assert_eq!(page.matches("<script").count(), page.matches(&format!("nonce=\"{nonce}\"")).count());
        assert!(!policy.contains("script-src 'unsafe-inline'"));
        assert!(seen.insert(nonce));
    }
}

#[tokio::test]
async fn every_operation_the_api_has_is_documented_on_a_page() {
    let test = TestApp::one().await;
    for operation in Operation::ALL {
        let reply = test.anonymous().get(&format!("/docs/endpoints/{}", operation.slug())).await;
        assert_eq!(reply.status, StatusCode::OK, "{operation:?}");
        assert!(html(&reply).contains(operation.path()), "{operation:?}");
    }
}

#[tokio::test]
async fn pages_may_call_the_authorization_server_where_it_has_a_host_of_its_own() {
    let test = TestApp::one().await;
    let elsewhere = test.with_config(|config| config.auth_url = "https://login.example".to_owned());
    let page = elsewhere.get("/docs/authentication").await;
    let policy = page.text("content-security-policy");
    let callable = policy.split("; ").find(|directive| directive.starts_with("connect-src ")).unwrap();
    assert!(callable.split(' ').any(|source| source == "https://login.example"), "{policy}");
    assert!(html(&page).contains("https://login.example/oauth/token"));
}

#[tokio::test]
async fn strangers_are_sent_to_sign_in_and_back() {
    let test = TestApp::one().await;
    for (path, target) in [
        ("/keys?environment=test", "/sign-in?next=%2Fkeys%3Fenvironment%3Dtest"),
        ("/admin/partners", "/sign-in?next=%2Fadmin%2Fpartners"),
        ("/applications/new", "/sign-in?next=%2Fapplications%2Fnew"),
    ] {
        let reply = test.anonymous().get(path).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(reply.text("location"), target);
    }
    // A cookie that opens nothing is no better.
    let stale = test.with_session("no-such-session").get("/usage").await;
    assert_eq!(stale.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_why() {
    for test in TestApp::each().await {
        let form = "organisation=Angkot%20Kita&legal_name=PT+Angkot&contact_name=Rani&email=not-an-address\
                    &password=correct-horse-battery&description=Peta&accept_terms%3Abool=true";
        let reply = submit(&test.anonymous(), "/sign-up", form).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = html(&reply);
        assert!(page.contains("value=\"Angkot Kita\""), "what was typed is kept");
        assert!(
            page.contains("id=\"email-error\"") || page.contains("email-error"),
            "the fault is at its field"
        );
        assert!(!page.contains("correct-horse-battery"), "a password is never sent back");
    }
}

#[tokio::test]
async fn an_accepted_form_answers_with_a_redirect() {
    for test in TestApp::each().await {
        let form = "organisation=Angkot+Kita&legal_name=PT+Angkot&contact_name=Rani&email=rani%40angkot.example\
                    &password=correct-horse-battery&description=Peta+angkot&accept_terms%3Abool=true&idempotency_key=a";
        for _ in 0..2 {
            let reply = submit(&test.anonymous(), "/sign-up", form).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", html(&reply));
            assert!(reply.text("location").starts_with("/sign-up?done="));
        }
    }
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_before_it_is_read() {
    let test = TestApp::one().await;
    let client = test.anonymous().header("sec-fetch-site", "cross-site");
    for path in ["/sign-in", "/preferences", "/sign-out"] {
        assert_eq!(submit(&client, path, "lang=en").await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_preference_is_kept_and_leads_back_to_this_site_only() {
    let test = TestApp::one().await;
    let reply = submit(&test.anonymous(), "/preferences", "lang=en&next=%2Fdocs%2Frate-limits").await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_eq!(reply.text("location"), "/docs/rate-limits");
    assert!(reply.text("set-cookie").starts_with("lang=en;"));
    let away = submit(&test.anonymous(), "/preferences", "lang=en&next=%2F%2Fevil.example").await;
    assert_eq!(away.text("location"), "/");

    let english = test.anonymous().header("cookie", "lang=en").get("/sign-in").await;
    assert!(html(&english).contains("lang=\"en\""));
}
