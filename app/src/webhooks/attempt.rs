//! One HTTP request of a delivery: what was sent, what was answered, how long it took.

use domain::webhooks::{AttemptView, ResponseView};
use leptos::prelude::*;

use super::{timing::TimingBar, words::attempt_error};
use crate::{
    docs::highlight::{Syntax, highlight},
    ui::{Badge, CodeBlock, TimeStamp, Tone, fmt},
    visitor::use_lang,
};

#[component]
pub(super) fn Attempt(
    attempt: AttemptView,
    /// The latest one is open.
    open: bool,
) -> impl IntoView {
    let lang = use_lang();
    let AttemptView { number, at, request, response, error, address, timing } = attempt;
    let (tone, outcome) = match (&response, error) {
        (Some(response), _) if (200..300).contains(&response.status) => {
            (Tone::Success, response.status.to_string())
        }
        (Some(response), _) => (Tone::Danger, response.status.to_string()),
        (None, Some(error)) => (Tone::Danger, error.as_str().to_owned()),
        (None, None) => (Tone::Danger, lang.pick("tanpa jawaban", "no answer").to_owned()),
    };
    let sent = format!("{}\n\n{}", lines(&request.headers), request.body);
    let curl = curl_body(&request.body);
    let answer = match response {
        Some(response) => view! { <Answer number=number response=response/> }.into_any(),
        None => {
            let words = error.map_or_else(
                || lang.pick("Tidak ada jawaban.", "There was no answer."),
                |error| attempt_error(lang, error),
            );
            view! { <p>{words}</p> }.into_any()
        }
    };
    view! {
        <details class="fold" open=open>
            <summary>
                {lang.pick(format!("Percobaan {number}"), format!("Attempt {number}"))} " "
                <Badge tone=tone>{outcome}</Badge> " "
                <span class="muted small">
                    <TimeStamp at=at exact=true/>
                </span>
            </summary>
            <div class="stack">
                <TimingBar timing=timing/>
                {address
                    .map(|address| {
                        view! {
                            <p class="small muted">
                                {lang.pick("Terhubung ke ", "Connected to ")} <code>{address}</code>
                            </p>
                        }
                    })}
                <div class="grid-2">
                    <CodeBlock
                        id=format!("sent-{number}")
                        title=lang.pick("Yang dikirim", "What was sent")
                        language="POST"
                        code=sent
                    />
                    <div class="stack">{answer}</div>
                </div>
                <details class="fold">
                    <summary>{lang.pick("Body persisnya", "The exact body")}</summary>
                    <CodeBlock
                        id=format!("body-{number}")
                        title="body.json"
                        language=fmt::bytes(lang, request.body.len() as u64)
                        code=request.body
                        html=curl
                    />
                </details>
            </div>
        </details>
    }
}

fn curl_body(body: &str) -> Option<String> {
    highlight(Syntax::Json, body)
}

fn lines(headers: &[(String, String)]) -> String {
    headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
}

/// Whatever a receiver answered is text here: nothing of it is markup, and nothing is loaded.
#[component]
fn Answer(number: u32, response: ResponseView) -> impl IntoView {
    let lang = use_lang();
    let ResponseView { status, headers, body, body_is_base64, truncated } = response;
    let language = if body_is_base64 { format!("{status} · base64") } else { status.to_string() };
    let code = match body.is_empty() {
        true => lines(&headers),
        false => format!("{}\n\n{body}", lines(&headers)),
    };
    view! {
        <CodeBlock
            id=format!("answer-{number}")
            title=lang.pick("Jawaban server Anda", "Your server's answer")
            language=language
            code=code
        />
        {truncated
            .then(|| {
                view! {
                    <p class="small muted">
                        {lang.pick("Hanya bagian awal yang disimpan.", "Only its beginning is kept.")}
                    </p>
                }
            })}
    }
}
