//! The markup of a console, rendered by the server: a field for each parameter, the key, and the
//! places that the island fills.

use leptos::prelude::*;

use crate::docs::document::Parameter;
use crate::docs::request::{Argument, Call};
use crate::ui::{Button, ButtonLook, Choice, CodeBlock, InputKind, SelectField, TextField};
use crate::visitor::use_lang;

/// Elements the island finds by their id.
pub mod ids {
    pub const KEY: &str = "try-key";
    pub const MAKE_KEY: &str = "try-make-key";
    pub const CURL: &str = "try-curl";
    pub const RESULT: &str = "try-result";
    pub const STATUS: &str = "try-status";
    pub const WORDS: &str = "try-words";
    pub const ANSWER: &str = "try-answer";
    pub const LIMITS: &str = "try-limits";
    pub const HEADERS: &str = "try-headers";
    pub const BODY: &str = "try-body";
}

/// Id of a parameter's field. None of [`ids`]: those have no dot.
#[must_use]
pub fn field_id(parameter: &str) -> String {
    ["try.", parameter].concat()
}

/// Everything a console shows.
#[component]
pub fn Fields(
    call: Call,
    base: String,
    parameters: Vec<Parameter>,
    arguments: Vec<Argument>,
    /// Whether the reader is signed in as a partner's member, who may have a key made.
    partner: bool,
) -> impl IntoView {
    let lang = use_lang();
    let curl = call.request(&base, &arguments, "").curl();
    let fields =
        parameters.into_iter().zip(arguments).map(|(parameter, it)| field(parameter, it)).collect_view();
    let optional = !call.needs_key() && !call.needs_token();
    let (label, placeholder, help, make) = match call.needs_token() {
        true => (
            "Access token ",
            "nfcg_at_…",
            lang.pick(
                "Access token penumpang uji; hanya disimpan di tab ini.",
                "A test rider's access token; kept in this tab only.",
            ),
            lang.pick("Buat token penumpang uji", "Make a test rider's token"),
        ),
        false => (
            "X-API-Key ",
            "nfcg_test_…",
            lang.pick("Test key Anda; hanya disimpan di tab ini.", "Your test key; kept in this tab only."),
            lang.pick("Buat kunci konsol", "Make a console key"),
        ),
    };
    let make_key = partner.then(|| {
        view! {
            <button class="button" type="button" id=ids::MAKE_KEY disabled>
                {make}
            </button>
        }
    });
    view! {
        <form class="form" method="get" action="#try">
            <noscript>
                <p class="field-help">
                    {lang.pick(
                        "Tanpa skrip, Kirim memasukkan nilai Anda ke contoh kode di halaman ini; jalankan contohnya dari terminal.",
                        "With scripts off, Send puts your values into the code samples of this page; run one from your terminal.",
                    )}
                </p>
            </noscript>
            <div class="form-row">{fields}</div>
            // Without a name it is never part of an address.
            <div class="field">
                <label for=ids::KEY>
                    {label}
                    {optional.then(|| view! { <span class="field-optional">{lang.pick("opsional", "optional")}</span> })}
                </label>
                <input
                    class="input mono"
                    id=ids::KEY
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder=placeholder
                    aria-describedby="try-key-help"
                />
                <p class="field-help" id="try-key-help">
                    {help}
                </p>
            </div>
            <div class="form-actions">
                <Button look=ButtonLook::Primary>{lang.pick("Kirim", "Send")}</Button>
                {make_key}
            </div>
        </form>
        <div class="console-result" id=ids::RESULT>
            <p class="console-status" role="status">
                <span id=ids::STATUS hidden></span>
                " "
                <span id=ids::WORDS></span>
            </p>
            <div id=ids::ANSWER hidden>
                <dl class="facts mono" id=ids::LIMITS></dl>
                <details class="fold">
                    <summary>{lang.pick("Header lainnya", "Other headers")}</summary>
                    <dl class="facts mono" id=ids::HEADERS></dl>
                </details>
                <CodeBlock id=ids::BODY title="Body" code=""/>
            </div>
        </div>
        <CodeBlock id=ids::CURL title=lang.pick("Panggilan ini sebagai curl", "This call as curl") code=curl/>
    }
}

fn field(parameter: Parameter, argument: Argument) -> AnyView {
    let lang = use_lang();
    let (id, required) = (field_id(&parameter.name), parameter.required);
    if parameter.values.is_empty() {
        let kind = match parameter.kind.as_str() {
            "integer" | "number" => InputKind::Number,
            "date" => InputKind::Date,
            _ => InputKind::Text,
        };
        let placeholder = parameter.default.or(parameter.example).unwrap_or_default();
        return view! {
            <TextField
                id=id
                name=parameter.name.clone()
                label=parameter.name
                kind=kind
                value=argument.value
                required=required
                placeholder=placeholder
                autocomplete="off"
            />
        }
        .into_any();
    }
    let unsent = match &parameter.default {
        Some(default) => format!("{} ({default})", lang.pick("bawaan", "default")),
        None => lang.pick("tidak dikirim", "not sent").to_owned(),
    };
    let unsent = (!required).then(|| Choice::new("", unsent));
    let values = parameter.values.iter().map(|value| Choice::new(value, value));
    let choices = unsent.into_iter().chain(values).collect();
    view! {
        <SelectField
            id=id
            name=parameter.name.clone()
            label=parameter.name
            choices=choices
            value=argument.value
            required=required
        />
    }
    .into_any()
}
