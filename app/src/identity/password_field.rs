//! Password fields, the same wherever one is asked for.

use leptos::prelude::*;

use crate::{
    outcome::FormState,
    ui::{InputKind, TextField},
    visitor::use_lang,
};

/// A password that is being chosen.
#[component]
pub fn NewPasswordField(
    state: FormState,
    /// "New password" where there is an old one.
    label: &'static str,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <TextField
            name="password"
            label=label
            kind=InputKind::Password
            help=lang
                .pick(
                    "Minimal 12 karakter. Kalimat pendek lebih kuat dan lebih mudah diingat daripada campuran simbol.",
                    "At least 12 characters. A short sentence is stronger and easier to remember than a mix of symbols.",
                )
            autocomplete="new-password"
            error=state.error("password")
            required=true
        />
    }
}

/// The password in use, asked again before a change that grants power. `id` must be unique on the page.
#[component]
pub fn CurrentPasswordField(
    state: FormState,
    #[prop(default = "password")] name: &'static str,
    #[prop(into)] id: String,
) -> impl IntoView {
    view! {
        <TextField
            name=name
            id=id
            label=use_lang().pick("Kata sandi sekarang", "Current password")
            kind=InputKind::Password
            autocomplete="current-password"
            error=state.error(name)
            required=true
        />
    }
}
