//! A short word about the state of a thing: "Aktif", "Dalam review".

use leptos::prelude::*;

use super::Tone;

/// A pill with a dot in the tone's colour and a word.
#[component]
pub fn Badge(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! { <span class=format!("badge {}", tone.class())>{children()}</span> }
}
