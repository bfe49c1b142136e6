//! How a caller shows who they are: API keys, and OAuth 2.0 for what belongs to a rider.

use domain::keys::Environment;
use domain::lang::Lang;
use domain::oauth::Scope;
use domain::operations::{Access, BASE, Operation};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

use super::document::{self, Document};
use super::markdown::{Markdown, guide};
use super::oauth_samples;
use super::playground::{Playground, Received, Steps};
use super::reference;
use super::request::{Call, arguments, samples};
use crate::address::query;
use crate::api::{self, ApiBase, Issuer};
use crate::load::load;
use crate::ui::*;
use crate::visitor::{SessionKind, Visitor, use_lang};

/// `/docs/authentication`.
#[component]
pub fn AuthenticationPage() -> impl IntoView {
    let lang = use_lang();
    let lead = lang.pick(
        "Dua metode autentikasi tersedia: API Key (server-to-server) dan OAuth 2.0 (user-scoped)",
        "Two ways to authenticate: API key (server to server) and OAuth 2.0 (for a user's own data)",
    );
    view! {
        <Title text="Authentication"/>
        <Meta name="description" content=lead/>
        <PageHead title="Authentication" lead=lead/>
        <ApiKeys/>
        <OAuth/>
    }
}

#[component]
fn ApiKeys() -> impl IntoView {
    let lang = use_lang();
    let sample = load(api::get::<Document>(document::PATH), move |document| {
        let operation = Operation::CalculateFare;
        document.operation(operation, lang).map(|doc| {
            let base = document.base_url().unwrap_or_default();
            let request = Call::of(operation).request(base, &arguments(&doc.parameters, |_| None), "");
            view! { <CodeTabs id="sample" title=lang.pick("Contoh request", "Sample request") samples=samples(&request)/> }
        })
    });
    view! {
        <section class="section" id="api-key">
            <div class="section-head">
                <h2>"API Key Authentication"</h2>
                <Badge tone=Tone::Neutral>"Server-to-Server"</Badge>
            </div>
            <div class="endpoint">
                <div class="endpoint-text stack">
                    <Markdown id="api-key-text" text=guide!(lang, "authentication/api-key.md")/>
                    <h3 id="key-format">{lang.pick("Format API Key", "API key format")}</h3>
                    <dl class="facts">
                        {Environment::ALL
                            .map(|environment| {
                                view! {
                                    <dt><code>{environment.key_prefix()}</code></dt>
                                    <dd>{meaning(environment, lang)}</dd>
                                }
                            })
                            .into_iter()
                            .collect_view()}
                    </dl>
                    <Markdown id="key-format-text" text=guide!(lang, "authentication/key-format.md")/>
                </div>
                <div class="endpoint-code">{sample}</div>
            </div>
        </section>
    }
}

fn meaning(environment: Environment, lang: Lang) -> &'static str {
    match environment {
        Environment::Live => lang.pick("Production key", "Production key"),
        Environment::Test => lang.pick("Sandbox key", "Sandbox key"),
    }
}

#[component]
fn OAuth() -> impl IntoView {
    let lang = use_lang();
    let samples = oauth_samples::samples(&Issuer::current(), &ApiBase::current());
    view! {
        <section class="section" id="oauth">
            <div class="section-head">
                <h2>"OAuth 2.0 (PKCE)"</h2>
                <Badge tone=Tone::Neutral>"User-Scoped"</Badge>
            </div>
            <div class="endpoint">
                <div class="endpoint-text stack">
                    <Markdown id="oauth-text" text=guide!(lang, "authentication/oauth.md")/>
                </div>
                <div class="endpoint-code">
                    <CodeTabs id="oauth-flow" title="OAuth Flow" samples=samples/>
                </div>
            </div>
        </section>
        <section class="section" id="scopes">
            <h2>{lang.pick("Scopes yang tersedia", "Scopes")}</h2>
            <p class="muted">
                {lang
                    .pick(
                        "Kalimat yang sama dibaca penumpang di halaman persetujuan.",
                        "Riders read the same sentences on the consent page.",
                    )}
            </p>
            <ScopeCards/>
        </section>
        <section class="section" id="playground">
            <h2>"PKCE Playground"</h2>
            <p>
                {lang
                    .pick(
                        "Alur sungguhan di sandbox Anda: verifier dan challenge dibuat di browser ini, penumpang uji memberi izin, lalu setiap permintaan dan jawaban ditampilkan apa adanya.",
                        "A real flow in your sandbox: verifier and challenge are made in this browser, a test rider agrees, and every request and answer is shown as it is.",
                    )}
            </p>
            <Play received=Received::default() error=None/>
        </section>
    }
}

/// Each scope: what riders are told, and what it opens.
#[component]
fn ScopeCards() -> impl IntoView {
    let lang = use_lang();
    let cards = Scope::ALL
        .map(|scope| {
            let opens = Operation::REFERENCE
                .iter()
                .filter(|operation| operation.access() == Access::Scope(scope.as_str()))
                .map(|operation| {
                    view! {
                        <p>
                            <a href=reference::href(*operation)>
                                <code>{format!("{} {BASE}{}", operation.method(), operation.path())}</code>
                            </a>
                        </p>
                    }
                })
                .collect_view();
            view! {
                <div class="card">
                    <p>
                        <code>{scope.as_str()}</code>
                    </p>
                    <p>{scope.shows(lang)}</p>
                    {opens}
                </div>
            }
        })
        .into_iter()
        .collect_view();
    view! { <div class="grid-3">{cards}</div> }
}

#[component]
fn Play(received: Received, error: Option<String>) -> impl IntoView {
    let visitor = Visitor::current();
    let partner = visitor.session.is_some_and(|session| session.kind == SessionKind::Partner);
    view! {
        <Playground lang=visitor.lang received=received.clone()>
            <Steps received=received error=error partner=partner/>
        </Playground>
    }
}

/// `/docs/authentication/callback`: where the playground's codes are sent.
#[component]
pub fn AuthenticationCallbackPage() -> impl IntoView {
    let lang = use_lang();
    // What is longer is no code of ours.
    let short = |name: &str| query(name).filter(|text| text.len() <= 200);
    let received =
        Received { code: short("code").unwrap_or_default(), state: short("state").unwrap_or_default() };
    let lead = lang.pick(
        "Browser penumpang kembali ke redirect URI aplikasi, dengan kode yang berlaku 60 detik.",
        "The rider's browser is back at the application's redirect URI, with a code that works for 60 seconds.",
    );
    view! {
        <Title text="PKCE Playground"/>
        <Meta name="robots" content="noindex"/>
        <Breadcrumb trail=vec![Crumb::new("/docs/authentication", "Authentication")] here="PKCE Playground"/>
        <PageHead title="PKCE Playground" lead=lead/>
        <Play received=received error=short("error")/>
    }
}
