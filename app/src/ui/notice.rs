//! A message about the whole page or form.

use leptos::prelude::*;

use super::{Glyph, Icon, Tone};

/// Bordered message with an icon. Danger and warning interrupt a screen reader, others wait.
#[component]
pub fn Notice(
    #[prop(optional)] tone: Tone,
    #[prop(optional, into)] title: Option<String>,
    children: Children,
) -> impl IntoView {
    let (icon, role) = match tone {
        Tone::Neutral | Tone::Info => (Icon::Info, "note"),
        Tone::Success => (Icon::Check, "status"),
        Tone::Warning => (Icon::Warning, "note"),
        Tone::Danger => (Icon::Warning, "alert"),
    };
    view! {
        <div class=format!("notice {}", tone.class()) role=role>
            <Glyph icon=icon/>
            <div>
                {title.map(|title| view! { <p class="notice-title">{title}</p> })}
                {children()}
            </div>
        </div>
    }
}
