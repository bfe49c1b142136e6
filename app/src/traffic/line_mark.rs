//! The colour of a line, beside its name.

use leptos::prelude::*;

/// A short piece of a line in its colour.
#[component]
pub(super) fn LineMark(colour: String) -> impl IntoView {
    view! { <span class="line-mark" style=format!("--line-colour:{colour}") aria-hidden="true"></span> }
}
