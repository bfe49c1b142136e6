//! Pages of other origins: welcome on the public API, kept from every surface with cookies.

use axum::{Router, body::Body, http::Request, routing::post};

use crate::{
    http::{csrf, edge::EdgeLayer},
    testing::{TestApp, client::Client},
};

#[tokio::test]
async fn a_preflight_is_answered_and_costs_nothing() {
    let test = TestApp::one().await;
    let preflight = Request::options("/open-api/v1/fare/calculate")
        .header("origin", "https://travel.example")
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "x-api-key")
        .body(Body::empty())
        .unwrap();
    let reply = test.anonymous().send(preflight).await;
    assert_eq!(reply.status.as_u16(), 204);
    assert_eq!(reply.text("access-control-allow-origin"), "*");
    assert_eq!(reply.text("access-control-allow-methods"), "GET, HEAD, OPTIONS");
    assert!(reply.text("access-control-allow-headers").contains("X-API-Key"));
    assert_eq!(reply.text("x-ratelimit-limit"), "", "limits are not asked");
}

#[tokio::test]
async fn options_tells_the_methods_of_an_address() {
    let test = TestApp::one().await;
    let options = |path: &str| Request::options(path).body(Body::empty()).unwrap();
    let reply = test.anonymous().send(options("/open-api/v1/stations/STN_GMB")).await;
    assert_eq!((reply.status.as_u16(), reply.text("allow")), (204, "GET, HEAD, OPTIONS"));
    assert_eq!(test.anonymous().send(options("/open-api/v1/nothing")).await.code().0, 404);
}

#[tokio::test]
async fn scripts_of_any_origin_may_read_the_public_api_and_nothing_else() {
    let test = TestApp::one().await;
    let browser = test.anonymous().header("origin", "https://travel.example");
    for path in ["/open-api/v1/lines", "/open-api/v1/nothing", "/open-api/v1/openapi.json"] {
        let reply = browser.get(path).await;
        assert_eq!(reply.text("access-control-allow-origin"), "*", "{path}");
        assert!(reply.text("access-control-expose-headers").contains("X-RateLimit-Remaining"), "{path}");
    }
    // Whoever asks: a cache may give to a page what it has of a program.
    let reply = test.anonymous().get("/open-api/v1/lines").await;
    assert_eq!(reply.text("access-control-allow-origin"), "*");
    for path in ["/portal-api/v1/nothing", "/health/live"] {
        assert_eq!(browser.get(path).await.text("access-control-allow-origin"), "", "{path}");
    }
}

/// A POST with these headers on a surface with cookies; the portal is at `portal_url`.
async fn changes(portal_url: &str, headers: &[(&str, &str)]) -> bool {
    let test = TestApp::one().await;
    let app = test.app_with(|config| config.portal_url = portal_url.to_owned());
    let router = Router::new()
        .route("/portal-api/v1/act", post(async || "done"))
        .layer(csrf::layer(&app))
        .layer(EdgeLayer::new(app.clone()));
    let mut request = Request::post("/portal-api/v1/act").header("host", "portal.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let reply = Client::of(router).send(request.body(Body::empty()).unwrap()).await;
    if !reply.status.is_success() {
        assert_eq!(reply.code(), (403, "cross_origin".to_owned()));
    }
    reply.status.is_success()
}

#[tokio::test]
async fn only_our_own_pages_and_programs_change_anything() {
    let own = "https://portal.example";
    for (headers, allowed) in [
        (&[][..], true),
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("sec-fetch-site", "none")], true),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], false),
        (&[("origin", "https://portal.example")], true),
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "https://portal.example.evil.example")], false),
        (&[("origin", "null")], false),
        (&[("origin", "https://evil.example"), ("content-type", "text/plain")], false),
    ] {
        assert_eq!(changes(own, headers).await, allowed, "{headers:?}");
    }
}

#[tokio::test]
async fn the_configured_address_is_trusted_behind_a_proxy_that_rewrites_the_host() {
    let outside = [("origin", "https://developers.example")];
    assert!(changes("https://developers.example", &outside).await);
    assert!(!changes("https://elsewhere.example", &outside).await);
}

#[tokio::test]
async fn the_portals_api_stands_behind_the_check() {
    let test = TestApp::one().await;
    let evil = test.anonymous().header("sec-fetch-site", "cross-site");
    for path in ["/portal-api/v1/nothing", "/portal-api/v1/sign-in"] {
        assert_eq!(evil.post(path, ()).await.code(), (403, "cross_origin".to_owned()), "{path}");
    }
}
