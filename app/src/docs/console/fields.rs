//! The fields of a console: one for each parameter, rendered by the server.

use leptos::prelude::*;

use crate::docs::document::Parameter;
use crate::docs::request::Argument;
use crate::ui::{Choice, InputKind, SelectField, TextField};
use crate::visitor::use_lang;

/// Id of a parameter's field; the island finds it by this.
#[must_use]
pub fn field_id(parameter: &str) -> String {
    format!("try-{parameter}")
}

/// One field a parameter, holding its argument.
#[component]
pub fn Fields(parameters: Vec<Parameter>, arguments: Vec<Argument>) -> impl IntoView {
    let lang = use_lang();
    let fields = parameters.into_iter().zip(arguments).map(|(parameter, argument)| {
        let (id, required) = (field_id(&parameter.name), parameter.required);
        if parameter.values.is_empty() {
            let kind = match parameter.kind.as_str() {
                "integer" | "number" => InputKind::Number,
                "date" => InputKind::Date,
                _ => InputKind::Text,
            };
            let placeholder = parameter.default.or(parameter.example).unwrap_or_default();
            view! {
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
            .into_any()
        } else {
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
    });
    view! {
        <noscript>
            <p class="field-help">
                {lang.pick(
                    "Tanpa skrip, Kirim memasukkan nilai Anda ke contoh kode di halaman ini; jalankan contohnya dari terminal.",
                    "With scripts off, Send puts your values into the code samples of this page; run one from your terminal.",
                )}
            </p>
        </noscript>
        <div class="form-row">{fields.collect_view()}</div>
    }
}
