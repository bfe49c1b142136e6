//! Data first, then the page: what to show when the API answered, and when it refused.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

use domain::problem::{Code, Problem};
use leptos::{either::Either, prelude::*};

use crate::{api::Failure, ui::ProblemNotice, visitor::use_lang};

/// HTTP status of the page being rendered. The server provides it and reads it when the page is done.
#[derive(Debug, Clone)]
pub struct PageStatus(Arc<AtomicU16>);

impl Default for PageStatus {
    fn default() -> Self {
        Self(Arc::new(AtomicU16::new(200)))
    }
}

impl PageStatus {
    #[must_use]
    pub fn get(&self) -> u16 {
        self.0.load(Ordering::Relaxed)
    }

    /// Sets the status of the page being rendered.
    pub fn set(status: u16) {
        if let Some(Self(current)) = use_context::<Self>() {
            current.store(status, Ordering::Relaxed);
        }
    }
}

/// Awaits `data` while the page is rendered and shows it with `view`; a refusal is shown in the
/// API's words and becomes the page's status.
pub fn load<T, V>(
    data: impl Future<Output = Result<T, Failure>> + Send + 'static,
    view: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    // Taken now: the context is that of the page only while it is built.
    let status = use_context::<PageStatus>();
    Suspend::new(async move {
        match data.await {
            Ok(data) => Either::Left(view(data)),
            Err(failure) => {
                if let Some(PageStatus(current)) = status {
                    current.store(failure.status(), Ordering::Relaxed);
                }
                Either::Right(view! { <ProblemNotice problem=in_words(failure)/> })
            }
        }
    })
}

/// The refusal itself; for a fault of ours, the sentence for that.
fn in_words(failure: Failure) -> Problem {
    match failure {
        Failure::Problem(problem) => problem,
        Failure::Unreadable { .. } => {
            let (lang, code) = (use_lang(), Code::Internal);
            Problem {
                kind: format!("/docs/rate-limits#{}", code.as_str()),
                title: code.title(lang).to_owned(),
                status: code.status(),
                detail: code.advice(lang).to_owned(),
                code: code.as_str().to_owned(),
                request_id: String::new(),
                errors: Vec::new(),
            }
        }
    }
}
