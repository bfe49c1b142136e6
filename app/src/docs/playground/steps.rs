//! The markup of the playground, rendered by the server: whole and readable with scripts off.

use leptos::prelude::*;

use super::Received;
use crate::ui::{CodeBlock, LinkButton, Notice, Tone};
use crate::visitor::use_lang;

/// Elements the island finds by their id.
pub mod ids {
    pub const BEGIN: &str = "pkce-begin";
    pub const MADE: &str = "pkce-made";
    pub const ADDRESS: &str = "pkce-address";
    pub const GOING: &str = "pkce-going";
    pub const GO: &str = "pkce-go";
    pub const CONTINUE: &str = "pkce-continue";
    pub const EXCHANGE: &str = "pkce-exchange";
    pub const NEXT: &str = "pkce-next";
    pub const PROFILE: &str = "pkce-profile";
    pub const RENEW: &str = "pkce-renew";
    pub const REVOKE: &str = "pkce-revoke";
    pub const RESULT: &str = "pkce-result";
    pub const SENT: &str = "pkce-sent";
    pub const ANSWERED: &str = "pkce-answered";
    pub const WORDS: &str = "pkce-words";
}

/// All steps, or, with what came back, those that follow.
#[component]
pub fn Steps(
    received: Received,
    /// What the authorization server said instead of a code.
    error: Option<String>,
    /// Whether the reader is signed in as a partner's member.
    partner: bool,
) -> impl IntoView {
    let lang = use_lang();
    let words = view! { <p id=ids::WORDS role="status"></p> };
    let noscript = view! {
        <noscript>
            <p class="muted">
                {lang
                    .pick(
                        "Playground memerlukan JavaScript. Langkah yang sama, lengkap, ada di contoh kode di atas.",
                        "The playground needs JavaScript. The same steps, complete, are in the samples above.",
                    )}
            </p>
        </noscript>
    };
    if received.code.is_empty() {
        let refused = error.map(|error| {
            view! {
                <Notice tone=Tone::Warning title=lang.pick("Tidak diizinkan", "Not allowed")>
                    <p>
                        <code>{error}</code>
                    </p>
                </Notice>
            }
        });
        let begin = match partner {
            true => view! {
                <button class="button button-primary" type="button" id=ids::BEGIN disabled>
                    {lang.pick("1. Buat verifier dan challenge", "1. Make verifier and challenge")}
                </button>
            }
            .into_any(),
            false => view! {
                <p>
                    <LinkButton href="/sign-in?next=/docs/authentication">
                        {lang.pick("Masuk sebagai partner untuk mencoba", "Sign in as a partner to try it")}
                    </LinkButton>
                </p>
            }
            .into_any(),
        };
        return view! {
            {noscript}
            {refused}
            {begin}
            {words}
            <div class="stack" id=ids::GOING hidden>
                <CodeBlock id=ids::MADE title="PKCE" code=""/>
                <CodeBlock id=ids::ADDRESS title="/oauth/authorize" code=""/>
                <p>
                    <a class="button button-primary" id=ids::GO href="/docs/authentication">
                        {lang
                            .pick(
                                "2. Minta izin penumpang uji",
                                "2. Ask a test rider",
                            )}
                    </a>
                </p>
            </div>
        }
        .into_any();
    }
    let returned = format!("code={}\n&state={}", received.code, received.state);
    view! {
        {noscript}
        <CodeBlock id="pkce-returned" title=lang.pick("Yang dikirim kembali", "What came back") code=returned/>
        {words}
        <div class="cluster" id=ids::CONTINUE hidden>
            <button class="button button-primary" type="button" id=ids::EXCHANGE>
                {lang.pick("3. Tukar kode dengan token", "3. Exchange the code for tokens")}
            </button>
            <div class="cluster" id=ids::NEXT hidden>
                <button class="button" type="button" id=ids::PROFILE>
                    {lang.pick("4. Panggil /user/profile", "4. Call /user/profile")}
                </button>
                <button class="button" type="button" id=ids::RENEW>
                    "5. Refresh"
                </button>
                <button class="button" type="button" id=ids::REVOKE>
                    {lang.pick("6. Akhiri token", "6. Revoke")}
                </button>
            </div>
        </div>
        <div class="stack" id=ids::RESULT hidden>
            <CodeBlock id=ids::SENT title="Request" code=""/>
            <CodeBlock id=ids::ANSWERED title="Response" code=""/>
        </div>
        <p>
            <a href="/docs/authentication#playground">{lang.pick("Mulai dari awal", "Begin again")}</a>
        </p>
    }
    .into_any()
}
