//! The one client of our own API: how pages get their data.
//!
//! While a page is rendered, a call goes to the same router that serves the API, in process, with
//! the visitor's cookie and language: the server provides the [`Caller`] that does it. Pages see
//! the same checks, errors and types as any other client. Islands in the browser call the public
//! API by themselves.

use std::{future::Future, pin::Pin, sync::Arc};

use domain::problem::Problem;
use leptos::prelude::use_context;
use serde::de::DeserializeOwned;

/// Answer of the API: status and body.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

type Call = dyn Fn(String) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync;

/// Sends a GET for a path of the API on behalf of the visitor.
#[derive(Clone)]
pub struct Caller(Arc<Call>);

impl Caller {
    /// Wraps the server's way of calling itself.
    pub fn new<F>(call: impl Fn(String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        Self(Arc::new(move |path| Box::pin(call(path))))
    }
}

/// Where programs reach the public API, without a slash at the end: for samples. The server provides it.
#[derive(Debug, Clone, Default)]
pub struct ApiBase(pub String);

impl ApiBase {
    /// Address of the API as the page's samples should name it.
    #[must_use]
    pub fn current() -> String {
        use_context::<Self>().unwrap_or_default().0
    }
}

/// The authorization server's address (its `iss`), without a slash at the end: for samples. The server
/// provides it.
#[derive(Debug, Clone, Default)]
pub struct Issuer(pub String);

impl Issuer {
    #[must_use]
    pub fn current() -> String {
        use_context::<Self>().unwrap_or_default().0
    }
}

/// Why a page has no data to show.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// The API refused, in the visitor's language.
    #[error("{}", .0.detail)]
    Problem(Problem),
    /// The answer is not what this page was built for: a fault of ours.
    #[error("the answer of {path} does not fit: {reason}")]
    Unreadable { path: String, reason: String },
}

impl Failure {
    /// HTTP status the page should carry.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Problem(problem) => problem.status,
            Self::Unreadable { .. } => 500,
        }
    }
}

/// Gets `path` (with its query) and reads the answer as a `T`.
///
/// Call it while rendering, await it inside [`crate::ui::load`]: the caller is taken from the
/// context at once.
///
/// # Errors
/// [`Failure`] when the API refuses or the answer does not fit.
pub fn get<T: DeserializeOwned>(path: impl Into<String>) -> impl Future<Output = Result<T, Failure>> + Send {
    let (path, caller) = (path.into(), use_context::<Caller>());
    async move {
        let Some(Caller(call)) = caller else {
            return Err(Failure::Unreadable { path, reason: "no API here".to_owned() });
        };
        let answer = call(path.clone()).await;
        let unreadable =
            |error: serde_json::Error| Failure::Unreadable { path: path.clone(), reason: error.to_string() };
        if (200..300).contains(&answer.status) {
            serde_json::from_slice(&answer.body).map_err(unreadable)
        } else {
            Err(serde_json::from_slice(&answer.body).map_or_else(unreadable, Failure::Problem))
        }
    }
}
