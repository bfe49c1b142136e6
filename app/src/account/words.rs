//! Names of statuses and roles, as people read them.

use domain::{
    lang::Lang,
    partners::{MemberRole, PartnerStatus},
};
use leptos::prelude::*;

use crate::{
    ui::{Badge, Choice, Tone},
    visitor::use_lang,
};

/// Name of a partner's status.
#[must_use]
pub fn status_name(lang: Lang, status: PartnerStatus) -> &'static str {
    match status {
        PartnerStatus::Registered => lang.pick("Email belum diverifikasi", "E-mail not verified"),
        PartnerStatus::InReview => lang.pick("Dalam review", "In review"),
        PartnerStatus::Active => lang.pick("Aktif", "Active"),
        PartnerStatus::Rejected => lang.pick("Ditolak", "Rejected"),
        PartnerStatus::Suspended => lang.pick("Ditangguhkan", "Suspended"),
    }
}

/// A partner's status.
#[component]
pub fn StatusBadge(status: PartnerStatus) -> impl IntoView {
    let tone = match status {
        PartnerStatus::Registered => Tone::Neutral,
        PartnerStatus::InReview => Tone::Info,
        PartnerStatus::Active => Tone::Success,
        PartnerStatus::Rejected | PartnerStatus::Suspended => Tone::Danger,
    };
    view! { <Badge tone=tone>{status_name(use_lang(), status)}</Badge> }
}

/// Name of a member's role.
#[must_use]
pub fn role_name(lang: Lang, role: MemberRole) -> &'static str {
    match role {
        MemberRole::Owner => lang.pick("Pemilik", "Owner"),
        MemberRole::Developer => "Developer",
        MemberRole::Viewer => lang.pick("Peninjau", "Viewer"),
    }
}

/// The roles to choose from, each with what it may do.
#[must_use]
pub fn role_choices(lang: Lang) -> Vec<Choice> {
    let may = |role| match role {
        MemberRole::Owner => lang.pick("semua, termasuk anggota", "everything, members too"),
        MemberRole::Developer => lang.pick("membuat dan mencabut kunci", "makes and revokes keys"),
        MemberRole::Viewer => lang.pick("hanya melihat", "only looks"),
    };
    [MemberRole::Developer, MemberRole::Viewer, MemberRole::Owner]
        .map(|role| Choice::new(role.as_str(), format!("{} — {}", role_name(lang, role), may(role))))
        .into()
}

/// A browser and its system, as far as a `User-Agent` tells: "Firefox · Windows".
#[must_use]
pub fn device(lang: Lang, user_agent: &str) -> String {
    // In this order: Edge and Opera call themselves Chrome too, Chrome calls itself Safari.
    let browsers = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let name = |table: &[(&str, &'static str)]| {
        table.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    match (name(&browsers), name(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => lang.pick("Perangkat tidak dikenal", "Unknown device").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the browsers' own documentation prints them.
    #[test]
    fn browsers_that_pretend_to_be_others_are_told_apart() {
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0",
                "Firefox · Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36 Edg/129.0.0.0",
                "Edge · Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36",
                "Chrome · Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
                "Safari · iPhone",
            ),
            ("curl/8.9.1", "curl"),
            ("", "Perangkat tidak dikenal"),
        ] {
            assert_eq!(device(Lang::Id, user_agent), expected);
        }
    }
}
