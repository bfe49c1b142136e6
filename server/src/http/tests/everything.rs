//! What every answer has.

use axum::{Router, body::Body, http::Request, routing::get};
use domain::ids::RequestId;
use secrecy::SecretString;

use crate::{
    app::App,
    config::Config,
    http::{edge::EdgeLayer, problem::ApiError},
    testing::{TestApp, client::Client},
};

fn around(app: &App, router: Router) -> Client {
    Client::of(router.layer(EdgeLayer::new(app.clone())))
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own() {
    let test = TestApp::one().await;
    let client = test.anonymous().header("x-request-id", "mine");
    let mut ids = Vec::new();
    for path in ["/health/live", "/open-api/v1/stations", "/open-api/v1/nothing", "/portal-api/v1/nothing"] {
        let id = client.get(path).await.text("x-request-id").to_owned();
        assert!(id.parse::<RequestId>().is_ok(), "{path}: {id}");
        ids.push(id);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[tokio::test]
async fn a_refusal_is_told_in_the_callers_language_and_its_code_never_changes() {
    let test = TestApp::one().await;
    for (language, tag, title) in
        [("", "id", "Resource tidak ditemukan"), ("en-GB, id;q=0.5", "en", "Resource not found")]
    {
        let reply = test.anonymous().header("accept-language", language).get("/open-api/v1/nothing").await;
        let problem = reply.problem();
        assert_eq!((problem.title.as_str(), problem.code.as_str()), (title, "not_found"));
        assert_eq!(reply.text("content-language"), tag);
        assert_eq!(reply.text("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let test = TestApp::one().await;
    let boom =
        Router::new().route("/open-api/v1/boom", get(async || -> &'static str { panic!("secret detail") }));
    let reply = around(&test.app, boom).get("/open-api/v1/boom").await;
    assert_eq!(reply.code(), (500, "internal_error".to_owned()));
    assert!(!String::from_utf8_lossy(&reply.body).contains("secret"));
}

#[tokio::test]
async fn a_failure_of_ours_keeps_its_cause_to_itself() {
    let test = TestApp::one().await;
    let fails = async || ApiError::internal(std::io::Error::other("/var/lib/secret.db is gone"));
    let reply = around(&test.app, Router::new().route("/portal-api/v1/fails", get(fails)))
        .get("/portal-api/v1/fails")
        .await;
    assert_eq!(reply.code(), (500, "internal_error".to_owned()));
    assert!(!String::from_utf8_lossy(&reply.body).contains("secret.db"));
}

#[tokio::test]
async fn people_get_a_page_where_programs_get_a_problem() {
    let test = TestApp::one().await;
    let router = Router::new().route("/page", get(async || ApiError::internal(std::io::Error::other("x"))));
    let client = around(&test.app, router);
    assert_eq!(client.get("/page").await.code().0, 500);
    let page = client
        .clone()
        .header("accept", "text/html,*/*;q=0.8")
        .header("accept-language", "en")
        .get("/page")
        .await;
    assert_eq!((page.status.as_u16(), page.text("content-type")), (500, "text/html; charset=utf-8"));
    let html = String::from_utf8_lossy(&page.body).into_owned();
    assert!(html.contains("<html lang=\"en\">") && html.contains(page.text("x-request-id")), "{html}");
    assert!(page.text("content-security-policy").starts_with("default-src 'none'"));
}

#[tokio::test]
async fn a_wrong_method_is_told_which_are_right() {
    let test = TestApp::one().await;
    let reply = test.anonymous().delete("/open-api/v1/stations").await;
    assert_eq!(reply.code(), (405, "method_not_allowed".to_owned()));
    assert_eq!(reply.text("allow"), "GET,HEAD");
}

#[tokio::test]
async fn a_head_request_is_answered_without_a_body() {
    let test = TestApp::one().await;
    let get = test.anonymous().get("/open-api/v1/lines").await;
    let head = Request::head("/open-api/v1/lines").body(Body::empty()).unwrap();
    let head = test.anonymous().send(head).await;
    assert_eq!((head.status, head.body.len()), (get.status, 0));
    assert_eq!(head.text("content-length"), get.body.len().to_string());
    assert_eq!(head.text("etag"), get.text("etag"));
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_twice() {
    let test = TestApp::one().await;
    let first = test.anonymous().get("/open-api/v1/stations?line=bogor").await;
    let again = test.anonymous().header("if-none-match", first.text("etag"));
    let second = again.get("/open-api/v1/stations?line=bogor").await;
    assert_eq!((second.status.as_u16(), second.body.len()), (304, 0));
    assert_eq!(second.text("etag"), first.text("etag"));
    assert_eq!(again.get("/open-api/v1/stations?line=nambo").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_long_answer_is_compressed_and_has_its_own_validator() {
    let test = TestApp::one().await;
    let plain = test.anonymous().get("/open-api/v1/stations").await;
    for (accepted, suffix) in [("br", "-br\""), ("gzip", "-gzip\"")] {
        let client = test.anonymous().header("accept-encoding", accepted);
        let packed = client.get("/open-api/v1/stations").await;
        assert_eq!(packed.text("content-encoding"), accepted);
        assert!(packed.body.len() * 2 < plain.body.len());
        assert!(packed.text("etag").ends_with(suffix), "{}", packed.text("etag"));
        let held = packed.text("etag").to_owned();
        assert_eq!(
            client.header("if-none-match", &held).get("/open-api/v1/stations").await.status.as_u16(),
            304
        );
    }
    let short = test.anonymous().header("accept-encoding", "br").get("/health/live").await;
    assert_eq!(short.text("content-encoding"), "");
}

#[tokio::test]
async fn browsers_are_told_to_be_careful() {
    let test = TestApp::one().await;
    let reply = test.anonymous().get("/health/live").await;
    assert_eq!(reply.text("x-content-type-options"), "nosniff");
    assert_eq!(reply.text("cache-control"), "no-store");
    assert_eq!(reply.text("cross-origin-resource-policy"), "same-origin");
    assert_eq!(reply.text("strict-transport-security"), "", "the portal is not reached by https here");
    assert_eq!(test.anonymous().get("/open-api/v1/lines").await.text("cache-control"), "private, no-cache");
    let https = test.with_config(|config| config.portal_url = "https://developers.example".to_owned());
    assert!(
        https.get("/health/live").await.text("strict-transport-security").starts_with("max-age=63072000")
    );
}

#[tokio::test]
async fn health_says_whether_the_stores_answer() {
    for test in TestApp::each().await {
        assert_eq!(test.anonymous().get("/health/live").await.json()["status"], "live");
        assert_eq!(test.anonymous().get("/health/ready").await.json()["status"], "ready");
        test.app.sandbox.close().await;
        let reply = test.anonymous().get("/health/ready").await;
        assert_eq!(reply.code(), (503, "unavailable".to_owned()));
        assert_eq!(reply.text("retry-after"), "2");
        assert_eq!(test.anonymous().get("/health/live").await.status.as_u16(), 200);
    }
}

#[tokio::test]
async fn a_stopping_server_is_not_ready() {
    let test = TestApp::one().await;
    test.app.shutdown.cancel();
    assert_eq!(test.anonymous().get("/health/ready").await.code().0, 503);
}

#[tokio::test]
async fn metrics_are_there_only_for_the_token() {
    let test = TestApp::one().await;
    assert_eq!(test.anonymous().get("/metrics").await.code().0, 404);
    let secret = |config: &mut Config| config.metrics_token = Some(SecretString::from("let-me-see"));
    let client = test.with_config(secret);
    assert_eq!(client.get("/metrics").await.code().0, 401);
    assert_eq!(client.clone().header("authorization", "Bearer wrong").get("/metrics").await.code().0, 401);
    client.get("/open-api/v1/stations/STN_GMB").await;
    let reply = client.header("authorization", "Bearer let-me-see").get("/metrics").await;
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    assert!(
        text.contains(
            "http_requests_total{route=\"/open-api/v1/stations/{id}\",method=\"GET\",status=\"2xx\"}"
        ),
        "{text}"
    );
    assert!(!text.contains("STN_GMB"), "labels hold templates, not values");
}
