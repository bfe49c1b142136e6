//! What is sent: the body of each event, and the headers, of examples that are really signed.

use domain::{
    events::EventKind,
    webhooks::{
        HEADER_ID, HEADER_SIGNATURE, HEADER_STANDARD, HEADER_TIMESTAMP, SecretSet, SigningSecret,
        catalogue::{EXAMPLE_AT, EXAMPLE_SECRET, example},
        sign, split_member,
    },
};
use leptos::prelude::*;

use super::super::{
    highlight::{Syntax, highlight},
    markdown::Markdown,
};
use crate::{
    ui::{CodeBlock, TierBadge},
    visitor::use_lang,
};

/// The event that is shown at once; the others unfold.
const SHOWN: EventKind = EventKind::JourneyCompleted;

#[component]
pub(super) fn Payloads() -> impl IntoView {
    let lang = use_lang();
    let members = lang.pick(
        "- `id` mengenali event; sama di setiap percobaan.\n\
         - `event` jenisnya, `timestamp` kapan terjadi (UTC).\n\
         - `sequence` hanya pada event perjalanan: urutannya dalam perjalanan itu, dari 1.\n\
         - `user_id` dan `application_id` hanya pada event tentang pengguna: id pengguna itu untuk aplikasi Anda yang diberi izin. Aplikasi lain mengenalnya dengan id lain.\n\
         - `test` hanya pada kiriman uji.\n\
         - `data` isinya, menurut jenis event.\n\
         - `signature` selalu yang terakhir: HMAC dari body tanpa anggota itu.\n\n\
         Anggota baru dapat ditambahkan; yang ada tidak diganti nama atau dihapus.",
        "- `id` identifies the event; the same at every attempt.\n\
         - `event` its kind, `timestamp` when it happened (UTC).\n\
         - `sequence` on events of a journey only: their order within it, from 1.\n\
         - `user_id` and `application_id` on events about a rider only: the rider's id for your application that was given the consent. Other applications know them by another.\n\
         - `test` on test sends only.\n\
         - `data` what it tells, by kind.\n\
         - `signature` is always the last one: the HMAC of the body without it.\n\n\
         Members may be added; none is renamed or taken away.",
    );
    let folds = EventKind::ALL.iter().copied().filter(|&event| event != SHOWN).map(|event| {
        view! {
            <details class="fold" id=event.as_str()>
                <summary>
                    <code>{event.as_str()}</code>
                    " "
                    <TierBadge tier=event.tier_min()/>
                </summary>
                <Payload event=event/>
            </details>
        }
    });
    let folds = folds.collect_view();
    view! {
        <section class="section" id="payload">
            <h2>{lang.pick("Payload", "Payload")}</h2>
            <div class="endpoint">
                <div class="endpoint-text stack">
                    <Markdown id="members-text" text=members/>
                    <div class="stack">
                        <h3>{lang.pick("Event lainnya", "The other events")}</h3>
                        {folds}
                    </div>
                </div>
                <div class="endpoint-code" id=SHOWN.as_str()>
                    <Payload event=SHOWN/>
                </div>
            </div>
        </section>
    }
}

/// The example of a kind, spread over lines to be read: what is sent has no spaces between its tokens.
#[component]
fn Payload(event: EventKind) -> impl IntoView {
    let lang = use_lang();
    let body = example(event);
    let code = spread(&body);
    let html = highlight(Syntax::Json, &code);
    let title =
        format!("{} — {}", lang.pick("POST ke endpoint Anda", "POST to your endpoint"), event.as_str());
    view! {
        <CodeBlock id=format!("payload-{}", event.as_str().replace('.', "-")) title=title language="application/json" code=code html=html/>
    }
}

/// With line breaks and in the order of the bytes: a JSON library might sort the members.
fn spread(body: &str) -> String {
    let (mut out, mut depth, mut in_string, mut is_escaped) = (String::new(), 0_usize, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    let mut rest = body.chars().peekable();
    while let Some(c) = rest.next() {
        if in_string {
            out.push(c);
            in_string = c != '"' || is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                if !matches!(rest.peek(), Some('}' | ']')) {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                if !out.ends_with(['{', '[']) {
                    depth = depth.saturating_sub(1);
                    line(&mut out, depth);
                }
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c => {
                in_string = c == '"';
                out.push(c);
            }
        }
    }
    out
}

#[component]
pub(super) fn Headers() -> impl IntoView {
    let lang = use_lang();
    let meanings = [
        (HEADER_ID, lang.pick("Id event, sama dengan `id` di body", "The event's id, as in the body")),
        (
            HEADER_TIMESTAMP,
            lang.pick(
                "Waktu percobaan ini, detik sejak 1970 (UTC)",
                "When this attempt was made, seconds since 1970 (UTC)",
            ),
        ),
        (
            HEADER_STANDARD,
            lang.pick(
                "v1, dan base64 HMAC-SHA256 dari id.timestamp.body; satu untuk setiap secret yang berlaku",
                "v1, and the base64 of the HMAC-SHA256 of id.timestamp.body; one for each valid secret",
            ),
        ),
        (
            HEADER_SIGNATURE,
            lang.pick(
                "sha256= dan HMAC-SHA256 dari byte mentah body, heksadesimal huruf kecil",
                "sha256= and the HMAC-SHA256 of the body's raw bytes, lower-case hex",
            ),
        ),
    ];
    let rows = meanings.map(|(name, meaning)| {
        view! {
            <dt><code>{name}</code></dt>
            <dd>{meaning}</dd>
        }
    });
    let sample = headers().unwrap_or_default();
    let note = lang.pick(
        format!("Contoh ini benar-benar ditandatangani, dengan secret contoh `{EXAMPLE_SECRET}`."),
        format!("This example is really signed, with the sample secret `{EXAMPLE_SECRET}`."),
    );
    view! {
        <section class="section" id="headers">
            <h2>{lang.pick("Header", "Headers")}</h2>
            <div class="endpoint">
                <div class="endpoint-text stack">
                    <dl class="facts">{rows.into_iter().collect_view()}</dl>
                    <Markdown id="headers-text" text=note/>
                </div>
                <div class="endpoint-code">
                    <CodeBlock id="headers-sample" title=SHOWN.as_str() language="HTTP" code=sample/>
                </div>
            </div>
        </section>
    }
}

/// The head of the request that carries the example.
fn headers() -> Option<String> {
    let body = example(SHOWN);
    let (unsigned, _) = split_member(body.as_bytes())?;
    let id = serde_json::from_str::<serde_json::Value>(&body).ok()?["id"].as_str()?.to_owned();
    let secrets = SecretSet::new(SigningSecret::try_from(EXAMPLE_SECRET.to_owned()).ok()?);
    let message = sign(&secrets, &id, EXAMPLE_AT.as_second(), str::from_utf8(&unsigned).ok()?).ok()?;
    let lines = message.headers.iter().map(|(name, value)| format!("\n{name}: {value}"));
    let head = "POST /webhooks/kci HTTP/1.1\ncontent-type: application/json".to_owned();
    Some(lines.fold(head, |text, line| text + &line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_spread_without_changing_what_it_says_or_its_order() {
        assert_eq!(
            spread(r#"{"b":"x,{\":","a":[1,{}],"c":{"d":null}}"#),
            "{\n  \"b\": \"x,{\\\":\",\n  \"a\": [\n    1,\n    {}\n  ],\n  \"c\": {\n    \"d\": null\n  }\n}"
        );
        for &event in EventKind::ALL {
            let body = example(event);
            let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(value(&spread(&body)), value(&body));
            assert!(spread(&body).lines().rev().nth(1).unwrap().contains("\"signature\": \"sha256="));
        }
    }

    #[test]
    fn the_sample_headers_are_those_of_the_sample_body() {
        use domain::webhooks::doctor::{Specimen, examine};

        let (headers, body) = (headers().unwrap(), example(SHOWN));
        let secrets = [SigningSecret::try_from(EXAMPLE_SECRET.to_owned()).unwrap()];
        let specimen = Specimen {
            headers: &headers,
            body: body.as_bytes(),
            secrets: &secrets,
            others: &[],
            original: None,
            now: EXAMPLE_AT,
        };
        assert!(examine(&specimen).is_sound());
    }
}
