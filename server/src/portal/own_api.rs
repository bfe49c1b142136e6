//! Calling the product's own API in process: no socket, the same router.
//!
//! Each call runs in a task of its own. A page makes several and awaits one after the other; were they
//! only polled by the page, a call that waits for what another one holds (a connection, a lock) would
//! wait for ever, since nobody moves that other one on meanwhile.

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header, request::Parts},
};
use domain::problem::Problem;
use serde::de::DeserializeOwned;
use tokio_util::task::AbortOnDropHandle;
use tower::ServiceExt as _;

use crate::http::arrival::handed_on;

/// Answers of our own that a page would have to hold in memory.
const ANSWER_BYTES_MAX: usize = 8 << 20;

/// Headers of the visitor's request that go along: who they are and how they read.
const PASSED_ON: [header::HeaderName; 5] = [
    header::COOKIE,
    header::ACCEPT_LANGUAGE,
    header::USER_AGENT,
    header::HOST,
    header::HeaderName::from_static("x-forwarded-for"),
];

/// The API as a callable thing.
#[derive(Clone)]
pub struct OwnApi(Router);

/// What it answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The body as a `T`, or the problem it is instead.
    ///
    /// # Errors
    /// The API's refusal; none when the body is neither.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Option<Box<Problem>>> {
        if self.status.is_success() {
            serde_json::from_slice(&self.body).map_err(|_| None)
        } else {
            Err(serde_json::from_slice(&self.body).ok())
        }
    }
}

impl OwnApi {
    pub fn new(api: Router) -> Self {
        Self(api)
    }

    /// Sends one request on behalf of the visitor who sent `visitor`.
    pub async fn call(
        &self,
        visitor: &Parts,
        method: Method,
        path: &str,
        extra: HeaderMap,
        body: Option<serde_json::Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(headers) = request.headers_mut() {
            for name in PASSED_ON {
                if let Some(value) = visitor.headers.get(&name) {
                    headers.insert(name, value.clone());
                }
            }
            headers.extend(extra);
            if body.is_some() {
                headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
            }
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let Ok(mut request) = request.body(body) else {
            return Answer { status: StatusCode::NOT_FOUND, headers: HeaderMap::new(), body: Bytes::new() };
        };
        *request.extensions_mut() = handed_on(&visitor.extensions);
        // A visitor who leaves takes the call along.
        let answer = AbortOnDropHandle::new(tokio::spawn(answer(self.0.clone(), request))).await;
        match answer.map_err(axum::Error::new).flatten() {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(%error, path, "an answer of our own API could not be read");
                Answer { status: StatusCode::BAD_GATEWAY, headers: HeaderMap::new(), body: Bytes::new() }
            }
        }
    }

    /// A GET on behalf of the visitor.
    pub async fn get(&self, visitor: &Parts, path: &str) -> Answer {
        self.call(visitor, Method::GET, path, HeaderMap::new(), None).await
    }
}

async fn answer(api: Router, request: Request<Body>) -> Result<Answer, axum::Error> {
    let Ok(response) = api.oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, ANSWER_BYTES_MAX).await?;
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}

#[cfg(test)]
mod tests {
    use std::{
        future::{Future as _, poll_fn},
        pin::pin,
        sync::Arc,
        task::Poll,
    };

    use axum::routing::get;
    use tokio::sync::Mutex;

    use super::*;

    /// Without tasks of their own the second call waits for ever for what the first one holds.
    #[tokio::test]
    async fn a_call_moves_on_while_the_page_awaits_another() {
        let held = Arc::new(Mutex::new(()));
        let handler = async move || {
            let _held = held.lock().await;
            tokio::task::yield_now().await;
        };
        let api = OwnApi::new(Router::new().route("/", get(handler)));
        let (visitor, ()) = Request::new(()).into_parts();
        let mut first = pin!(api.get(&visitor, "/"));
        assert!(poll_fn(|cx| Poll::Ready(first.as_mut().poll(cx).is_pending())).await);
        assert_eq!(api.get(&visitor, "/").await.status, StatusCode::OK);
        assert_eq!(first.await.status, StatusCode::OK);
    }
}
