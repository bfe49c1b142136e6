//! A definition that appears on hover, focus and touch, without scripts.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// A small (i). `id` must be unique on the page; `label` names what is defined ("Definisi P99").
#[component]
pub fn Tip(#[prop(into)] id: String, #[prop(into)] label: String, children: Children) -> impl IntoView {
    // `tabindex` makes Safari focus the button on a press, which is what opens the bubble there.
    view! {
        <span class="tip">
            <button type="button" tabindex="0" aria-label=label aria-describedby=id.clone()>
                <Glyph icon=Icon::Info/>
            </button>
            <span class="tip-bubble" role="tooltip" id=id>
                {children()}
            </span>
        </span>
    }
}
