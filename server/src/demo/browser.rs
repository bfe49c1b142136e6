//! A pretended visitor: keeps cookies and speaks to the whole router.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use serde_json::Value;
use tower::ServiceExt as _;

use super::DemoError;

const ANSWER_BYTES_MAX: usize = 1 << 20;

/// One visitor with a cookie jar of one.
pub struct Browser {
    router: Router,
    cookie: Option<String>,
    key: Option<String>,
}

impl Browser {
    pub fn new(router: Router) -> Self {
        Self { router, cookie: None, key: None }
    }

    /// A program that holds an API key.
    pub fn with_key(router: Router, key: &str) -> Self {
        Self { router, cookie: None, key: Some(key.to_owned()) }
    }

    pub async fn get(&mut self, act: &str, path: &str) -> Result<Value, DemoError> {
        self.send(act, Method::GET, path, Body::empty()).await
    }

    pub async fn post(&mut self, act: &str, path: &str, body: Value) -> Result<Value, DemoError> {
        self.send(act, Method::POST, path, Body::from(body.to_string())).await
    }

    async fn send(&mut self, act: &str, method: Method, path: &str, body: Body) -> Result<Value, DemoError> {
        let mut request =
            Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(key) = &self.key {
            request = request.header("x-api-key", key);
        }
        let request = request.body(body).map_err(|error| DemoError::Unexpected(error.to_string()))?;
        let Ok(response) = self.router.clone().oneshot(request).await;
        let set = response.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
        if let Some(pair) = set.and_then(|value| value.split(';').next()) {
            self.cookie = Some(pair.to_owned());
        }
        let status = response.status();
        let body = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
        if !status.is_success() {
            return Err(refused(act, status, &body));
        }
        Ok(serde_json::from_slice(&body).unwrap_or(Value::Null))
    }
}

fn refused(act: &str, status: StatusCode, body: &[u8]) -> DemoError {
    DemoError::Refused {
        act: act.to_owned(),
        status: status.as_u16(),
        body: String::from_utf8_lossy(body).into_owned(),
    }
}
