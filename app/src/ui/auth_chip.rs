//! What an operation asks of its caller: nothing, an API key, or a scope.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// The credential an operation needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    None,
    ApiKey,
    /// OAuth 2.0 with this scope (`journey:read`).
    Scope(String),
}

/// Chip in the endpoint head and in lists of endpoints.
#[component]
pub fn AuthChip(auth: Auth) -> impl IntoView {
    let (icon, class, text) = match auth {
        Auth::None => (Icon::Globe, "chip", "No Auth".to_owned()),
        Auth::ApiKey => (Icon::Key, "chip", "API Key".to_owned()),
        Auth::Scope(scope) => (Icon::User, "chip chip-mono", scope),
    };
    view! {
        <span class=class>
            <Glyph icon=icon/>
            {text}
        </span>
    }
}
