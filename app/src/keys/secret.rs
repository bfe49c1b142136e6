//! A key just made: its secret, this once, and what to do with it.

use domain::{
    keys::{Environment, KeyCreated},
    operations::{BASE, Operation},
    samples::{SampleRequest, url},
};
use leptos::prelude::*;

use super::words::environment_name;
use crate::{
    api::ApiBase,
    ui::{Card, CodeBlock, CopyButton, LinkButton, Notice, Tone},
    visitor::use_lang,
};

#[component]
pub(super) fn SecretCard(created: KeyCreated) -> impl IntoView {
    let lang = use_lang();
    let KeyCreated { key, secret } = created;
    let environment = key.environment;
    let sample = SampleRequest {
        method: "GET".to_owned(),
        url: url(
            &format!("{}{BASE}", ApiBase::current()),
            Operation::CalculateFare.path(),
            &[],
            &[("from", "STN_GMB"), ("to", "STN_DPK")],
        ),
        headers: vec![("X-API-Key".to_owned(), secret.expose().to_owned())],
        json: None,
    };
    let caution = match environment {
        Environment::Live => lang.pick(
            "Salin sekarang: kunci tidak akan ditampilkan lagi. Simpan di secret manager server Anda, jangan di aplikasi ponsel, browser, atau repositori kode.",
            "Copy it now: it will not be shown again. Keep it in your server's secret manager, not in a mobile app, a browser or a code repository.",
        ),
        Environment::Test => lang.pick(
            "Salin sekarang: kunci tidak akan ditampilkan lagi.",
            "Copy it now: it will not be shown again.",
        ),
    };
    let title = lang.pick(
        format!("Kunci {} baru: {}", environment_name(environment), key.name),
        format!("New {} key: {}", environment_name(environment), key.name),
    );
    view! {
        <Card title=title id="new-secret">
            <Notice tone=Tone::Success title=lang.pick("Kunci dibuat", "Key created")>
                <p>{caution}</p>
            </Notice>
            <div class="secret">
                <code id="key-secret">{secret.expose().to_owned()}</code>
                <CopyButton selector="#key-secret" what=lang.pick("kunci", "key")/>
            </div>
            <h3>{lang.pick("Coba sekarang", "Try it now")}</h3>
            <CodeBlock
                id="key-sample"
                title=lang.pick("Tarif Gambir – Depok", "Fare from Gambir to Depok")
                language="curl"
                code=sample.curl()
            />
            <div class="cluster">
                <LinkButton href="/docs/endpoints/calculate-fare">
                    {lang.pick("Lihat endpoint tarif", "See the fare endpoint")}
                </LinkButton>
                <LinkButton href=format!("/usage?environment={environment}")>
                    {lang.pick("Lihat penggunaan", "See the usage")}
                </LinkButton>
            </div>
        </Card>
    }
}
