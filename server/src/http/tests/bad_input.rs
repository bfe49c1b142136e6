//! The bad input that the product must survive, through the whole router.

use axum::{body::Body, http::Request};

use crate::testing::TestApp;

#[tokio::test]
async fn addresses_that_no_handler_should_see_are_refused() {
    let test = TestApp::one().await;
    let check = async |path: &str, status: u16, code: &str| {
        assert_eq!(test.anonymous().get(path).await.code(), (status, code.to_owned()), "{path:.60}");
    };
    check("/open-api/v1/stations/%FF", 400, "malformed_request").await;
    check("/open-api/v1/stations?q=%C3%28", 400, "malformed_request").await;
    check("/open-api/v1/stations?q=a%00", 400, "malformed_request").await;
    check(&format!("/open-api/v1/stations?q={}", "a".repeat(8 * 1024)), 414, "uri_too_long").await;
    check("/open-api/v2/stations", 404, "not_found").await;
    check("/open-api", 404, "not_found").await;
    check("/portal-api/v1/nothing", 404, "not_found").await;
    check("/open-api/v1/stations/", 404, "not_found").await;
}

#[tokio::test]
async fn an_address_that_is_none_is_counted_like_any_call() {
    let test = TestApp::one().await;
    let reply = test.anonymous().get("/open-api/v1/nothing").await;
    assert_eq!((reply.code().0, reply.text("x-ratelimit-limit")), (404, "60"));
    assert_eq!(test.anonymous().delete("/open-api/v1/stations").await.text("x-ratelimit-limit"), "60");
}

#[tokio::test]
async fn a_body_where_none_is_asked_for_changes_nothing() {
    let test = TestApp::one().await;
    let request = Request::get("/open-api/v1/lines").body(Body::from("{\"limit\": -1}")).unwrap();
    assert_eq!(test.anonymous().send(request).await.status.as_u16(), 200);
}
