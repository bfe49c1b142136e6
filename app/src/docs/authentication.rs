//! How a caller shows who they are: API keys, and OAuth 2.0 for what belongs to a rider.

use domain::keys::Environment;
use domain::lang::Lang;
use domain::operations::{Access, BASE, Operation};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

use super::document::{self, Document};
use super::markdown::{Markdown, guide};
use super::reference;
use super::request::{Call, arguments, samples};
use crate::api;
use crate::load::load;
use crate::ui::*;
use crate::visitor::use_lang;

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
    let flow = flow(lang);
    let scoped = Operation::REFERENCE.iter().filter_map(|operation| match operation.access() {
        Access::Scope(scope) => Some((scope, *operation)),
        Access::Open | Access::Key | Access::TestKey => None,
    });
    let scopes = scoped.map(|(scope, operation)| {
        view! {
            <dt><code>{scope}</code></dt>
            <dd>
                <a href=reference::href(operation)>{reference::summary(operation, lang)}</a>
            </dd>
        }
    });
    view! {
        <section class="section" id="oauth">
            <div class="section-head">
                <h2>"OAuth 2.0 (PKCE)"</h2>
                <div class="cluster">
                    <Badge tone=Tone::Neutral>"User-Scoped"</Badge>
                    <Badge tone=Tone::Info>{lang.pick("segera hadir", "coming soon")}</Badge>
                </div>
            </div>
            <div class="endpoint">
                <div class="endpoint-text stack">
                    <Notice tone=Tone::Info>
                        <p>
                            {lang.pick(
                                "Auth server belum dilayani. Bagian ini menunjukkan alurnya, agar Anda dapat bersiap.",
                                "The auth server is not served yet. This part shows the flow, so that you can prepare.",
                            )}
                        </p>
                    </Notice>
                    <Markdown id="oauth-text" text=guide!(lang, "authentication/oauth.md")/>
                    <h3 id="scopes">{lang.pick("Scopes yang tersedia", "Scopes")}</h3>
                    <dl class="facts">{scopes.collect_view()}</dl>
                </div>
                <div class="endpoint-code">
                    <CodeBlock id="oauth-flow" title="OAuth Flow" code=flow/>
                </div>
            </div>
        </section>
    }
}

/// The three steps, complete: the pages' sample lacked what the protocol demands.
fn flow(lang: Lang) -> String {
    let steps = lang.pick(
        ["1. Redirect user ke:", "2. Tukar code dengan access_token:", "3. Panggil endpoint ber-scope:"],
        [
            "1. Redirect the user to:",
            "2. Exchange the code for an access_token:",
            "3. Call a scoped endpoint:",
        ],
    );
    let scoped = Operation::REFERENCE.iter().find(|operation| matches!(operation.access(), Access::Scope(_)));
    let path = scoped.map_or_else(String::new, |operation| format!("{BASE}{}", operation.path()));
    format!(
        "# {}
GET /oauth/authorize
  ?response_type=code
  &client_id=YOUR_CLIENT_ID
  &redirect_uri=https://yourapp.example/callback
  &scope=journey:read profile:read
  &state=RANDOM
  &code_challenge=BASE64URL(SHA256(code_verifier))
  &code_challenge_method=S256

# {}
POST /oauth/token
  grant_type=authorization_code
  code=CODE_FROM_CALLBACK
  redirect_uri=https://yourapp.example/callback
  client_id=YOUR_CLIENT_ID
  code_verifier=YOUR_CODE_VERIFIER

# {}
GET {path}
Authorization: Bearer ACCESS_TOKEN",
        steps[0], steps[1], steps[2]
    )
}
