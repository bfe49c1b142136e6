//! Names of an application's states and kinds.

use domain::{
    applications::ApplicationStatus,
    lang::Lang,
    oauth::{ClientType, Scope},
};
use leptos::prelude::*;

use crate::{
    ui::{Badge, Tone},
    visitor::use_lang,
};

#[must_use]
pub(crate) fn status_word(lang: Lang, status: ApplicationStatus) -> &'static str {
    match status {
        ApplicationStatus::InReview => lang.pick("Dalam review", "In review"),
        ApplicationStatus::Approved => lang.pick("Disetujui", "Approved"),
        ApplicationStatus::Rejected => lang.pick("Tidak disetujui", "Not approved"),
        ApplicationStatus::Disabled => lang.pick("Dinonaktifkan", "Disabled"),
    }
}

/// State of an application.
#[component]
pub fn ApplicationStatusBadge(
    status: ApplicationStatus,
    /// A change waits for review.
    #[prop(optional)]
    has_proposal: bool,
) -> impl IntoView {
    let lang = use_lang();
    let tone = match status {
        ApplicationStatus::InReview => Tone::Info,
        ApplicationStatus::Approved => Tone::Success,
        ApplicationStatus::Rejected | ApplicationStatus::Disabled => Tone::Danger,
    };
    view! {
        <Badge tone=tone>{status_word(lang, status)}</Badge>
        {has_proposal
            .then(|| {
                view! {
                    " "
                    <Badge tone=Tone::Info>{lang.pick("Perubahan direview", "Change in review")}</Badge>
                }
            })}
    }
}

#[must_use]
pub fn client_type_name(lang: Lang, client_type: ClientType) -> &'static str {
    match client_type {
        ClientType::Public => {
            lang.pick("Publik (aplikasi ponsel, browser, desktop)", "Public (mobile, browser, desktop)")
        }
        ClientType::Confidential => lang.pick("Konfidensial (server)", "Confidential (server)"),
    }
}

/// A scope with what riders are told it shows: the words of the consent page.
pub fn scope_card(lang: Lang, scope: Scope) -> impl IntoView {
    view! {
        <code>{scope.as_str()}</code>
        " "
        <span class="muted">{scope.shows(lang)}</span>
    }
}
