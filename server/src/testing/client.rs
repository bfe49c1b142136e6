//! Clients of the product in a test: each speaks as somebody, through the whole router.

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header},
};
use domain::problem::Problem;
use serde::{Serialize, de::DeserializeOwned};
use tower::ServiceExt as _;

use super::TestApp;
use crate::{app::App, config::Config, gates, http, identity::SESSION_COOKIE};

impl TestApp {
    /// The product on SQLite alone, with its gates: for what no engine can change.
    pub async fn one() -> Self {
        let test = Self::each().await.into_iter().next().expect("SQLite is always at hand");
        gates::load(&test.app).await.expect("fresh stores take their gates");
        test
    }

    /// The same stores under another configuration.
    pub fn app_with(&self, change: impl FnOnce(&mut Config)) -> App {
        let mut config = self.app.config.clone();
        change(&mut config);
        let (live, sandbox) = (self.app.live.clone(), self.app.sandbox.clone());
        App::with_stores(config, self.app.clock.clone(), self.app.random.clone(), live, sandbox)
            .expect("what opened once opens again")
    }

    /// Somebody without credentials, where the product is configured otherwise.
    pub fn with_config(&self, change: impl FnOnce(&mut Config)) -> Client {
        Client::of(http::router(self.app_with(change)))
    }

    /// Somebody without credentials.
    pub fn anonymous(&self) -> Client {
        Client::of(self.router.get_or_init(|| http::router(self.app.clone())).clone())
    }

    /// A partner's program.
    pub fn with_key(&self, secret: &str) -> Client {
        self.anonymous().header("x-api-key", secret)
    }

    /// A browser in which somebody is signed in.
    pub fn with_session(&self, token: &str) -> Client {
        self.anonymous().header("cookie", &format!("{SESSION_COOKIE}={token}"))
    }
}

/// Sends requests, always with the same headers.
#[derive(Clone)]
pub struct Client {
    router: Router,
    headers: HeaderMap,
}

impl Client {
    /// Of any router.
    pub fn of(router: Router) -> Self {
        Self { router, headers: HeaderMap::new() }
    }

    /// The same with one header more.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header value");
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, None::<()>).await
    }

    pub async fn post(&self, path: &str, body: impl Serialize) -> Reply {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: impl Serialize) -> Reply {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.call(Method::DELETE, path, None::<()>).await
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<impl Serialize>) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        let body = match body {
            None => Body::empty(),
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                serde_json::to_vec(&body).expect("a body of a test is JSON").into()
            }
        };
        self.send(request.body(body).expect("a request of a test can be made")).await
    }

    /// Sends a request as it is; its own headers win over the client's.
    pub async fn send(&self, mut request: Request<Body>) -> Reply {
        for (name, value) in &self.headers {
            request.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 16 << 20).await.expect("an answer of a test fits");
        Reply { status: parts.status, headers: parts.headers, body }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    /// The body of a success.
    #[track_caller]
    pub fn read<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{} {}", self.status, String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).expect("the answer has the expected form")
    }

    /// The body as JSON, whatever the status.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the answer is JSON")
    }

    /// The refusal, which must be whole: type, status, id.
    #[track_caller]
    pub fn problem(&self) -> Problem {
        assert_eq!(self.text("content-type"), "application/problem+json", "{:?}", self.body);
        let problem: Problem = serde_json::from_slice(&self.body).expect("problem details");
        assert_eq!(problem.status, self.status.as_u16());
        assert_eq!(problem.request_id, self.text("x-request-id"));
        assert!(problem.kind.ends_with(&format!("/docs/rate-limits#{}", problem.code)));
        problem
    }

    /// Status and code of a refusal.
    #[track_caller]
    pub fn code(&self) -> (u16, String) {
        let problem = self.problem();
        (problem.status, problem.code)
    }

    /// Status, and the field and code of the first fault.
    #[track_caller]
    pub fn fault(&self) -> (u16, String, String) {
        let problem = self.problem();
        let fault = problem.errors.into_iter().next().expect("a fault is named");
        (problem.status, fault.field, fault.code)
    }

    /// A header's text; empty if it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header of ours is text"))
    }
}
