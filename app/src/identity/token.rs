//! The token of a mailed link.

use leptos::prelude::*;

use crate::{
    address::query,
    load::PageStatus,
    outcome::FormState,
    ui::{EmptyState, LinkButton},
    visitor::use_lang,
};

/// The token in the page's address, or in the form that was sent back.
pub(crate) fn token(state: &FormState) -> Option<String> {
    let in_address = query("token");
    Some(state.value("token"))
        .filter(|token| !token.is_empty())
        .or(in_address)
        .filter(|token| !token.is_empty())
}

/// What stands on the page of a mailed link whose token is missing, because a mail program cut it.
#[component]
pub(crate) fn TokenMissing(href: &'static str, action: &'static str) -> impl IntoView {
    PageStatus::set(400);
    let lang = use_lang();
    view! {
        <EmptyState
            title=lang.pick("Tautan ini tidak lengkap.", "This link is incomplete.")
            action=Some(view! { <LinkButton href=href>{action}</LinkButton> }.into_any())
        >
            {lang
                .pick(
                    "Salin seluruh tautan dari email ke bilah alamat, atau minta tautan baru.",
                    "Copy the whole link from the mail into the address bar, or ask for a new one.",
                )}
        </EmptyState>
    }
}
