//! An endpoint that was just made, or given a new secret: the secret, this once.

use domain::webhooks::{EndpointWithSecret, TestSent};
use leptos::prelude::*;

use crate::{
    ui::{Card, CopyButton, LinkButton, Notice, Tone},
    visitor::use_lang,
};

#[component]
pub(super) fn SecretCard(
    answer: EndpointWithSecret,
    /// What was done: "Endpoint didaftarkan".
    #[prop(into)]
    title: String,
) -> impl IntoView {
    let lang = use_lang();
    let EndpointWithSecret { endpoint, secret, test } = answer;
    let shown = match secret {
        Some(secret) => view! {
            <Notice tone=Tone::Success title=title>
                <p>
                    {lang
                        .pick(
                            "Salin secret ini sekarang: tidak akan ditampilkan lagi. Simpan di secret manager server Anda dan pakai untuk memverifikasi setiap kiriman.",
                            "Copy this secret now: it will not be shown again. Keep it in your server's secret manager and verify every delivery with it.",
                        )}
                </p>
            </Notice>
            <div class="secret">
                <code id="webhook-secret">{secret}</code>
                <CopyButton selector="#webhook-secret" what="secret"/>
            </div>
        }
        .into_any(),
        None => view! {
            <Notice tone=Tone::Success title=title>
                <p>{lang.pick("Dipakai secret yang Anda berikan.", "The secret that you gave is used.")}</p>
            </Notice>
        }
        .into_any(),
    };
    let test = test.map(|TestSent { delivery_id, event, .. }| {
        view! {
            <p>
                {lang.pick("Event uji dikirim: ", "A test event was sent: ")}
                <a id="first-test" href=format!("/webhooks/deliveries/{delivery_id}")>
                    <code>{event.as_str()}</code>
                </a>
                {lang.pick(". Buka untuk melihat jawaban server Anda.", ". Open it to see what your server answered.")}
            </p>
        }
    });
    view! {
        <Card title=endpoint.url.clone() id="new-secret">
            {shown}
            {test}
            <div class="cluster">
                <LinkButton href=format!("/webhooks/{}", endpoint.id)>
                    {lang.pick("Kelola endpoint ini", "Manage this endpoint")}
                </LinkButton>
                <LinkButton href="/docs/webhooks#verify">
                    {lang.pick("Contoh kode verifikasi", "Verifying code to copy")}
                </LinkButton>
            </div>
        </Card>
    }
}
