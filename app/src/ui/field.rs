//! What a person fills in: label above, help under it, the error beside the field in the API's words.
//!
//! A field with an error asks for the focus; browsers give it to the first one on the page.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::visitor::use_lang;

/// What a text field takes; decides keyboard and autofill on phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InputKind {
    #[default]
    Text,
    Email,
    Password,
    Number,
    Url,
    Date,
    /// Day and time of day, without a zone: the page says that it is WIB.
    DateTime,
    Search,
    /// Digits of a verification code.
    OneTimeCode,
}

impl InputKind {
    fn html(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Text => ("text", None),
            Self::Email => ("email", None),
            Self::Password => ("password", None),
            Self::Number => ("text", Some("numeric")),
            Self::Url => ("url", None),
            Self::Date => ("date", None),
            Self::DateTime => ("datetime-local", None),
            Self::Search => ("search", None),
            Self::OneTimeCode => ("text", Some("numeric")),
        }
    }
}

/// One of a few values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// Ids that tie a control to its help and error, for `aria-describedby`.
fn described_by(id: &str, help: bool, error: bool) -> Option<String> {
    let ids = [help.then(|| format!("{id}-help")), error.then(|| format!("{id}-error"))];
    let ids: Vec<_> = ids.into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// Label, control, help and error in their order.
fn frame(
    id: String,
    label: String,
    required: bool,
    help: Option<String>,
    error: Option<String>,
    control: AnyView,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id.clone()>{label} {(!required).then(optional_mark)}</label>
            {control}
            {error.map(|error| error_line(&id, error))}
            {help.map(|help| view! { <p class="field-help" id=format!("{id}-help")>{help}</p> })}
        </div>
    }
}

fn optional_mark() -> impl IntoView {
    view! { <span class="field-optional">{use_lang().pick("opsional", "optional")}</span> }
}

fn error_line(id: &str, error: String) -> impl IntoView + use<> {
    view! {
        <p class="field-error" id=format!("{id}-error")>
            <Glyph icon=Icon::Warning/>
            {error}
        </p>
    }
}

/// One line of text.
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional)] kind: InputKind,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional_no_strip)] error: Option<String>,
    #[prop(optional)] required: bool,
    /// Autofill name of the HTML standard: `email`, `current-password`, `organization`.
    #[prop(optional, into)]
    autocomplete: Option<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    /// Unique on the page; needed only where two forms have a field of the same name.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| format!("field-{name}"));
    let (html_type, inputmode) = kind.html();
    let autocomplete = match kind {
        InputKind::OneTimeCode => Some("one-time-code".to_owned()),
        _ => autocomplete,
    };
    let control = view! {
        <input
            class="input"
            type=html_type
            id=id.clone()
            name=name
            value=value
            inputmode=inputmode
            autocomplete=autocomplete
            placeholder=placeholder
            aria-required=required.then_some("true")
            aria-invalid=error.is_some().then_some("true")
            aria-describedby=described_by(&id, help.is_some(), error.is_some())
            autofocus=error.is_some()
        />
    };
    frame(id, label, required, help, error, control.into_any())
}

/// Several lines of text.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(default = 4)] rows: u8,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional_no_strip)] error: Option<String>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| format!("field-{name}"));
    let control = view! {
        <textarea
            class="input"
            id=id.clone()
            name=name
            rows=rows.to_string()
            placeholder=placeholder
            aria-required=required.then_some("true")
            aria-invalid=error.is_some().then_some("true")
            aria-describedby=described_by(&id, help.is_some(), error.is_some())
            autofocus=error.is_some()
        >
            {value}
        </textarea>
    };
    frame(id, label, required, help, error, control.into_any())
}

/// One of several, in a list that folds.
#[component]
pub fn SelectField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    /// The value chosen now; the first choice if none is.
    #[prop(optional, into)]
    value: String,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional_no_strip)] error: Option<String>,
    #[prop(default = true)] required: bool,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| format!("field-{name}"));
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == value;
            view! {
                <option value=choice.value selected=selected>
                    {choice.label}
                </option>
            }
        })
        .collect_view();
    let control = view! {
        <select
            class="input"
            id=id.clone()
            name=name
            aria-invalid=error.is_some().then_some("true")
            aria-describedby=described_by(&id, help.is_some(), error.is_some())
            autofocus=error.is_some()
        >
            {options}
        </select>
    };
    frame(id, label, required, help, error, control.into_any())
}

/// Yes or no. Sends `value` when ticked, nothing otherwise.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = "true".to_owned(), into)] value: String,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional_no_strip)] error: Option<String>,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| format!("field-{name}"));
    view! {
        <div class="field">
            <label class="check">
                <input
                    type="checkbox"
                    id=id.clone()
                    name=name
                    value=value
                    checked=checked
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described_by(&id, help.is_some(), error.is_some())
                    autofocus=error.is_some()
                />
                <span>{label}</span>
            </label>
            {error.map(|error| error_line(&id, error))}
            {help.map(|help| view! { <p class="field-help" id=format!("{id}-help")>{help}</p> })}
        </div>
    }
}

/// Any of several; each ticked one is sent as `name`.
#[component]
pub fn CheckboxGroup(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    /// The values ticked now.
    #[prop(optional)]
    values: Vec<String>,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional_no_strip)] error: Option<String>,
) -> impl IntoView {
    let id = format!("field-{name}");
    let described = described_by(&id, help.is_some(), error.is_some());
    let boxes = choices
        .into_iter()
        .map(|choice| {
            let checked = values.contains(&choice.value);
            view! {
                <label class="check">
                    <input type="checkbox" name=name.clone() value=choice.value checked=checked/>
                    <span>{choice.label}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset
            class="field"
            id=id.clone()
            aria-describedby=described
        >
            <legend>{label}</legend>
            {boxes}
            {error.map(|error| error_line(&id, error))}
            {help.map(|help| view! { <p class="field-help" id=format!("{id}-help")>{help}</p> })}
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_tied_to_its_field_and_takes_the_focus() {
        let html = Owner::new().with(|| {
            let error = Some("Terlalu pendek.".to_owned());
            view! { <TextField name="name" label="Nama" value="a\"b" help="Apa saja" error=error/> }.to_html()
        });
        for part in [
            "for=\"field-name\"",
            "value=\"a&quot;b\"",
            "aria-describedby=\"field-name-help field-name-error\"",
            "aria-invalid=\"true\"",
            "autofocus",
            "id=\"field-name-error\"",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }
}
