//! The signature doctor: headers and body go in, what is wrong comes out.

use domain::{
    keys::Environment,
    lang::Lang,
    page::Page,
    webhooks::{
        EndpointView, SECRET_BYTES_MAX, SECRET_BYTES_MIN,
        doctor::{Consultation, Finding},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::words;
use crate::{
    address::query,
    load::load,
    outcome::FormState,
    ui::{
        Breadcrumb, Button, ButtonLook, Card, Choice, Crumb, FormNotice, InputKind, Notice, PageHead,
        SelectField, TextArea, TextField, TimeStamp, Tone,
    },
    visitor::use_lang,
};

/// Path the form posts to.
const ACTION: &str = "/webhooks/doctor";
const FIELDS: &[&str] = &["headers", "body", "body_base64", "endpoint_id", "secret"];

#[component]
pub fn WebhookDoctorPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Dokter tanda tangan", "Signature doctor");
    let (live, test) = (words::endpoints(Environment::Live), words::endpoints(Environment::Test));
    let data = async move { Ok((live.await?, test.await?)) };
    view! {
        <Title text=title/>
        <Breadcrumb trail=vec![Crumb::new("/webhooks", "Webhook")] here=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Kiriman Anda ditolak oleh kode verifikasi Anda sendiri? Tempel header dan body yang diterima server Anda: dokter menyebut apa yang salah dan cara memperbaikinya.",
                    "Does your own code refuse a delivery? Paste the headers and the body that your server received: the doctor says what is wrong and how to mend it.",
                )
        />
        {load(data, |(live, test)| view! { <Doctor live=live test=test/> })}
    }
}

#[component]
fn Doctor(live: Page<EndpointView>, test: Page<EndpointView>) -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(ACTION);
    let consultation = state.answer::<Consultation>();
    let own = Choice::new(
        "",
        lang.pick("Tanpa endpoint: pakai secret di bawah", "No endpoint: use the secret below"),
    );
    let choices: Vec<_> = live
        .data
        .iter()
        .map(|endpoint| Choice::new(endpoint.id.to_string(), format!("Live · {}", endpoint.url)))
        .chain(
            test.data
                .iter()
                .map(|endpoint| Choice::new(endpoint.id.to_string(), format!("Sandbox · {}", endpoint.url))),
        )
        .chain([own])
        .collect();
    let fresh = query("endpoint").unwrap_or_default();
    let fresh = match choices.iter().any(|choice| choice.value == fresh) && !fresh.is_empty() {
        true => fresh,
        false => choices.first().map(|choice| choice.value.clone()).unwrap_or_default(),
    };
    let chosen = state.chosen("endpoint_id", &choices, &fresh);
    let advanced = !state.value("body_base64").is_empty() || state.error("body_base64").is_some();
    let secret_help = lang.pick(
        format!("{SECRET_BYTES_MIN} sampai {SECRET_BYTES_MAX} byte, yang dipakai server Anda. Dipakai sekali untuk pemeriksaan ini, tidak disimpan."),
        format!("{SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes, the one your server uses. Used for this look alone and not kept."),
    );
    // No idempotency key: nothing of what is pasted is kept, not even sealed.
    view! {
        <div class="stack-lg">
            {consultation.map(|consultation| view! { <Findings consultation=consultation/> })}
            <Card title=lang.pick("Yang Anda terima", "What you received") id="consult">
                <FormNotice state=state.clone() fields=FIELDS/>
                <form method="post" action=format!("{ACTION}#findings") class="form" id="consult-doctor" novalidate data-once>
                    <SelectField
                        name="endpoint_id"
                        label=lang.pick("Endpoint", "Endpoint")
                        choices=choices
                        value=chosen
                        help=lang
                            .pick(
                                "Secret endpoint ini dipakai di server kami; Anda tidak perlu menempelnya.",
                                "This endpoint's secrets are used on our server; you need not paste them.",
                            )
                        error=state.error("endpoint_id")
                    />
                    <TextArea
                        name="headers"
                        rows=7
                        label=lang.pick("Header", "Headers")
                        placeholder="webhook-id: evt_…\nwebhook-timestamp: 1772980327\nwebhook-signature: v1,…\nx-nfcg-signature: sha256=…"
                        help=lang
                            .pick(
                                "Satu per baris, Nama: nilai. Header lain boleh ikut.",
                                "One a line, Name: value. Other headers may stand among them.",
                            )
                        value=state.value("headers")
                        error=state.error("headers")
                        required=true
                    />
                    <TextArea
                        name="body"
                        rows=8
                        label="Body"
                        help=lang
                            .pick(
                                "Seperti yang dilihat kode verifikasi Anda. Baris kosong di akhir tidak ikut terbawa oleh browser; untuk byte persisnya pakai base64.",
                                "As your verifying code sees it. Empty lines at the end get lost in the browser; for the exact bytes use base64.",
                            )
                        value=state.value("body")
                        error=state.error("body")
                    />
                    <details class="fold" open=advanced>
                        <summary>{lang.pick("Atau byte persisnya, sebagai base64", "Or the exact bytes, as base64")}</summary>
                        <TextArea
                            name="body_base64"
                            rows=4
                            label=lang.pick("Body dalam base64", "Body in base64")
                            help="base64 < body.bin"
                            value=state.value("body_base64")
                            error=state.error("body_base64")
                        />
                    </details>
                    <TextField
                        name="secret"
                        kind=InputKind::Text
                        label=lang.pick("Secret yang dipakai server Anda", "Secret that your server uses")
                        help=secret_help
                        autocomplete="off"
                        error=state.error("secret")
                    />
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary>{lang.pick("Periksa", "Examine")}</Button>
                    </div>
                </form>
                <p class="small muted">
                    {lang
                        .pick(
                            "Yang ditempel diperiksa di memori, lalu dilupakan: tidak disimpan dan tidak dicatat.",
                            "What is pasted is looked at in memory and forgotten: it is neither stored nor logged.",
                        )}
                </p>
            </Card>
        </div>
    }
}

#[component]
fn Findings(consultation: Consultation) -> impl IntoView {
    let lang = use_lang();
    let Consultation { sound, findings, delivery_id, examined_at } = consultation;
    let delivery = delivery_id.map(|id| {
        view! {
            <p>
                <a href=format!("/webhooks/deliveries/{id}")>
                    {lang.pick("Lihat kiriman ini di log", "See this delivery in the log")}
                </a>
            </p>
        }
    });
    let verdict = if sound {
        view! {
            <Notice tone=Tone::Success title=lang.pick("Sehat: tanda tangan cocok", "Sound: the signature matches")>
                <p>
                    {lang
                        .pick(
                            "Header, body, secret, dan waktunya benar. Bila kode Anda tetap menolaknya, bandingkan byte yang dibacanya dengan yang Anda tempel.",
                            "Headers, body, secret and time are right. If your code still refuses it, compare the bytes that it reads with those you pasted.",
                        )}
                </p>
            </Notice>
        }
        .into_any()
    } else {
        let title = match findings.len() {
            1 => lang.pick("Ditemukan 1 masalah", "1 thing is wrong").to_owned(),
            count => lang.pick(format!("Ditemukan {count} masalah"), format!("{count} things are wrong")),
        };
        let list = findings.into_iter().map(|finding| view! { <Item finding=finding/> }).collect_view();
        view! {
            <Notice tone=Tone::Danger title=title>
                <ul class="findings">{list}</ul>
            </Notice>
        }
        .into_any()
    };
    view! {
        <section id="findings" class="stack">
            <h2>{lang.pick("Hasil pemeriksaan", "Findings")}</h2>
            {verdict}
            {delivery}
            <p class="small muted">
                {lang.pick("Diperiksa ", "Examined ")} <TimeStamp at=examined_at exact=true/>
            </p>
        </section>
    }
}

#[component]
fn Item(finding: Finding) -> impl IntoView {
    let lang = use_lang();
    let (href, label) = chapter(lang, &finding.code);
    view! {
        <li>
            <code>{finding.code}</code>
            <p>{finding.message} " " <a href=href>{label}</a></p>
        </li>
    }
}

/// Where the documentation says how it is done right.
fn chapter(lang: Lang, code: &str) -> (&'static str, &'static str) {
    match code {
        "no_signature" | "header_missing" | "header_doubled" | "headers_swapped" | "headers_differ"
        | "other_message" => {
            ("/docs/webhooks#headers", lang.pick("Header yang kami kirim", "The headers we send"))
        }
        "wrong_secret" | "keeps_old_secret" => {
            ("/docs/webhooks#rotation", lang.pick("Mengganti secret", "Replacing a secret"))
        }
        "timestamp_unreadable"
        | "timestamp_in_milliseconds"
        | "timestamp_old"
        | "timestamp_ahead"
        | "hex_for_base64" => (
            "/docs/webhooks#standard-webhooks",
            lang.pick("Pustaka Standard Webhooks", "The Standard Webhooks libraries"),
        ),
        _ => ("/docs/webhooks#verify", lang.pick("Contoh kode verifikasi", "Verifying code to copy")),
    }
}
