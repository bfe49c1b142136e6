//! One parameter or member of an operation.

use leptos::prelude::*;

use crate::visitor::use_lang;

/// Whether a parameter must be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Requirement {
    Required,
    #[default]
    Optional,
}

/// Name, type and need in one line, then what it means, then its values. Stands in a
/// `<div class="params">`. The row's anchor is `id`.
#[component]
pub fn ParamRow(
    #[prop(into)] id: String,
    #[prop(into)] name: String,
    /// `string`, `integer`, `date`.
    #[prop(into)]
    kind: String,
    #[prop(optional)] requirement: Requirement,
    #[prop(optional_no_strip)] default: Option<String>,
    /// The values it may take, if they are few.
    #[prop(optional)]
    values: Vec<String>,
    /// What it means.
    children: Children,
) -> impl IntoView {
    let lang = use_lang();
    let need = match requirement {
        Requirement::Required => {
            view! { <span class="param-required">{lang.pick("wajib", "required")}</span> }
        }
        Requirement::Optional => {
            view! { <span class="param-optional">{lang.pick("opsional", "optional")}</span> }
        }
    };
    let facts = (!values.is_empty() || default.is_some()).then(|| {
        let values = values
            .into_iter()
            .map(|value| {
                view! {
                    <button type="button" class="chip chip-value" data-copy-text=value.clone() data-copied=lang.pick("Tersalin", "Copied") data-value=value.clone()>
                        {value.clone()}
                    </button>
                }
            })
            .collect_view();
        let default = default.map(|value| {
            view! {
                <span class="param-default">
                    {lang.pick("bawaan ", "default ")} <code>{value}</code>
                </span>
            }
        });
        view! { <div class="param-facts">{values} {default}</div> }
    });
    view! {
        <div class="param" id=id.clone() data-param=name>
            <div class="param-head">
                <a class="param-name" href=format!("#{id}")>
                    {name.clone()}
                </a>
                <span class="param-kind">{kind}</span>
                {need}
            </div>
            <div class="param-text">{children()}</div>
            {facts}
        </div>
    }
}
