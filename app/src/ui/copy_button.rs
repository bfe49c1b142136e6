//! Copies a text; says so for a moment.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::visitor::use_lang;

/// Copies the text of the element that the CSS `selector` finds, or the `text` itself. Hidden where
/// scripts are off, since it could do nothing there.
#[component]
pub fn CopyButton(
    #[prop(optional, into)] selector: Option<String>,
    #[prop(optional, into)] text: Option<String>,
    /// What is copied, for the button's name: "URL endpoint".
    #[prop(into)]
    what: String,
) -> impl IntoView {
    let lang = use_lang();
    let name = format!("{} {what}", lang.pick("Salin", "Copy"));
    view! {
        <button
            type="button"
            class="copy"
            data-copy=selector
            data-copy-text=text
            data-copied=lang.pick("Tersalin", "Copied")
            aria-label=name
        >
            <Glyph icon=Icon::Copy/>
            <span class="copy-word">{lang.pick("Salin", "Copy")}</span>
        </button>
    }
}
