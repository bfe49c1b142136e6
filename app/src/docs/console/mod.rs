//! The try-it console: sends a real request from the page and shows what came back.
//!
//! The fields are rendered by the server alone and handed to the island as they are; the island
//! reads them when something is sent. So the form is whole with scripts off too: there, sending it
//! brings the page back with the reader's values in every sample.
//!
//! The key stays in this tab's `sessionStorage` and goes nowhere but into `X-API-Key` of requests to
//! this very server. A live key is refused before it leaves.

mod browser;
mod fields;
mod result;

use domain::lang::Lang;
use leptos::ev::{self, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;

pub use self::fields::{Fields, field_id};
use self::result::{Outcome, Result};
use super::request::{Argument, Call, KEY_HEADER};
use crate::ui::CopyButton;
use crate::visitor::{SampleLanguage, Visitor};

/// Beginning of the keys that must not be typed into a page.
const LIVE_PREFIX: &str = "nfcg_live_";

/// The console of one operation. Children are its [`Fields`].
#[island]
pub fn Console(
    lang: Lang,
    call: Call,
    /// Where the API is reached from outside, for the curl line.
    base: String,
    /// What the fields hold at first.
    arguments: Vec<Argument>,
    /// Whether the reader is signed in as a partner's member, who may have a key made.
    partner: bool,
    children: Children,
) -> impl IntoView {
    provide_context(Visitor::in_island(lang, SampleLanguage::Curl));
    let optional = !call.needs_key();
    let call = StoredValue::new(call);
    let key = RwSignal::new(String::new());
    let outcome = RwSignal::new(None::<Outcome>);
    let pending = RwSignal::new(false);
    let arguments = RwSignal::new(arguments);
    let curl = Memo::new(move |_| {
        call.with_value(|call| arguments.with(|it| call.request(&base, it, key.get().trim()).curl()))
    });

    let read_fields = move || {
        let now = arguments.with_untracked(|it| browser::values_now(it));
        if arguments.with_untracked(|it| *it != now) {
            arguments.set(now);
        }
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        if pending.get_untracked() {
            return;
        }
        read_fields();
        let given = key.get_untracked().trim().to_owned();
        if given.starts_with(LIVE_PREFIX) {
            outcome.set(Some(Outcome::LiveKey));
            return;
        }
        pending.set(true);
        let mut request = call.with_value(|call| arguments.with_untracked(|it| call.request("", it, &given)));
        if given.is_empty() {
            // What stands for a key in the samples is none.
            request.headers.retain(|(name, _)| name != KEY_HEADER);
        }
        spawn_local(async move {
            let reply = browser::send(&request, lang).await;
            outcome.set(Some(reply.map_or(Outcome::Unreachable, Outcome::Reply)));
            pending.set(false);
        });
    };
    let take_key = move |text: String| {
        browser::keep_key(&text);
        key.set(text);
    };
    let make_key = move |_| {
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        spawn_local(async move {
            outcome.set(match browser::make_key().await {
                Some(Ok(secret)) => {
                    take_key(secret);
                    Some(Outcome::KeyMade)
                }
                Some(Err(refusal)) => Some(Outcome::NoKey(refusal)),
                None => Some(Outcome::Unreachable),
            });
            pending.set(false);
        });
    };
    // In the browser only: a key of earlier in this tab, values the browser kept over a reload, and
    // the values of the parameter list, which a press puts into their field.
    Effect::new(move |_| {
        if let Some(kept) = browser::kept_key() {
            key.set(kept);
        }
        read_fields();
        let listener = window_event_listener(ev::click, move |event| {
            if browser::put_pressed_value(&event) {
                read_fields();
            }
        });
        on_cleanup(move || listener.remove());
    });

    view! {
        <form class="form" method="get" action="#try" on:submit=send on:input=move |_| read_fields()>
            {children()}
            <div class="field">
                <label for="try-key">
                    "X-API-Key "
                    {optional.then(|| view! { <span class="field-optional">{lang.pick("opsional", "optional")}</span> })}
                </label>
                <input
                    class="input mono"
                    id="try-key"
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder="nfcg_test_…"
                    aria-describedby="try-key-help"
                    prop:value=key
                    on:input=move |event| take_key(event_target_value(&event))
                />
                <p class="field-help" id="try-key-help">
                    {lang.pick(
                        "Test key Anda; hanya disimpan di tab ini.",
                        "Your test key; kept in this tab only.",
                    )}
                </p>
            </div>
            <div class="form-actions">
                <button class="button button-primary" type="submit" aria-busy=move || pending.get().then_some("true")>
                    {lang.pick("Kirim", "Send")}
                </button>
                {partner
                    .then(|| {
                        view! {
                            <button class="button" type="button" on:click=make_key>
                                {lang.pick("Buat kunci konsol", "Make a console key")}
                            </button>
                        }
                    })}
            </div>
        </form>
        <Result lang=lang outcome=outcome pending=pending/>
        <figure class="code">
            <figcaption class="code-head">
                <span class="code-title">{lang.pick("Panggilan ini sebagai curl", "This call as curl")}</span>
                <CopyButton selector="#try-curl" what="curl"/>
            </figcaption>
            <pre tabindex="0" role="group" aria-label="curl">
                <code id="try-curl">{move || result::lines(&curl.get())}</code>
            </pre>
        </figure>
    }
}
