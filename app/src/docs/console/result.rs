//! What came back: status, time and size in one line that is read out, then headers and body.

use domain::lang::Lang;
use leptos::prelude::*;

use crate::ui::{Badge, CopyButton, Tone, fmt};

/// An answer of the API.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub status: u16,
    pub reason: String,
    pub ms: u32,
    pub bytes: usize,
    /// The ones about limits first.
    pub headers: Vec<(String, String)>,
    /// Laid out, if it is JSON.
    pub body: String,
}

/// What became of a press.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Reply(Reply),
    /// Nothing came back.
    Unreachable,
    /// A live key was typed in; nothing was sent.
    LiveKey,
    KeyMade,
    /// No key was made; why, in the API's words.
    NoKey(String),
}

/// The latest outcome. While the next is under way the old one stays, dimmed.
#[component]
pub fn Result(lang: Lang, outcome: RwSignal<Option<Outcome>>, pending: RwSignal<bool>) -> impl IntoView {
    let line = move || {
        let outcome = outcome.get()?;
        let status = match &outcome {
            Outcome::Reply(Reply { status, reason, .. }) => {
                let tone = match status {
                    200..300 => Tone::Success,
                    300..500 => Tone::Warning,
                    _ => Tone::Danger,
                };
                Some(view! { <Badge tone=tone>{format!("{status} {reason}")}</Badge> })
            }
            _ => None,
        };
        Some(view! { {status} <span>{words(lang, outcome)}</span> })
    };
    let answer = move || match outcome.get() {
        Some(Outcome::Reply(reply)) => Some(answer(lang, reply)),
        _ => None,
    };
    view! {
        <div class="console-result" aria-busy=move || pending.get().then_some("true")>
            <p class="console-status" role="status">
                {line}
            </p>
            {answer}
        </div>
    }
}

fn words(lang: Lang, outcome: Outcome) -> String {
    let words = match outcome {
        Outcome::Reply(reply) => {
            return format!("{} ms · {}", reply.ms, fmt::bytes(lang, reply.bytes as u64));
        }
        Outcome::NoKey(reason) => return reason,
        Outcome::Unreachable => lang.pick(
            "Server tidak terjangkau. Periksa koneksi Anda lalu kirim lagi.",
            "The server could not be reached. Check your connection and send again.",
        ),
        Outcome::LiveKey => lang.pick(
            "Itu live key: tidak dikirim. Konsol hanya memakai test key (nfcg_test_).",
            "That is a live key: not sent. The console takes test keys only (nfcg_test_).",
        ),
        Outcome::KeyMade => {
            lang.pick("Kunci konsol siap dipakai di tab ini.", "A console key is ready in this tab.")
        }
    };
    words.to_owned()
}

fn answer(lang: Lang, reply: Reply) -> impl IntoView {
    let (limits, others): (Vec<_>, Vec<_>) =
        reply.headers.into_iter().partition(|(name, _)| name.contains("ratelimit") || name == "retry-after");
    let body = (!reply.body.is_empty()).then(|| {
        view! {
            <figure class="code">
                <figcaption class="code-head">
                    <span class="code-title">"Body"</span>
                    <CopyButton selector="#try-body" what="body"/>
                </figcaption>
                <pre tabindex="0" role="group" aria-label="Body">
                    <code id="try-body">{lines(&reply.body)}</code>
                </pre>
            </figure>
        }
    });
    view! {
        {list(limits)}
        <details class="fold">
            <summary>{lang.pick("Header lainnya", "Other headers")}</summary>
            {list(others)}
        </details>
        {body}
    }
}

fn list(headers: Vec<(String, String)>) -> impl IntoView {
    let rows = headers
        .into_iter()
        .map(|(name, value)| view! { <dt class="mono">{name}</dt> <dd class="mono">{value}</dd> });
    view! { <dl class="facts">{rows.collect_view()}</dl> }
}

/// Each line an element of its own, as in `ui`'s code blocks, so that a long one wraps further in.
pub fn lines(text: &str) -> impl IntoView + use<> {
    text.split('\n').map(|line| view! { <span>{format!("{line}\n")}</span> }).collect_view()
}
