//! Names of environments and of a key's states.

use domain::{
    keys::{Environment, KeyStatus, KeyView},
    lang::Lang,
    time::{JAKARTA, day_start, jakarta_day},
};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::{
    ui::{Badge, Tone},
    visitor::use_lang,
};

/// Name of an environment, the same in both languages.
#[must_use]
pub fn environment_name(environment: Environment) -> &'static str {
    match environment {
        Environment::Live => "Live",
        Environment::Test => "Sandbox",
    }
}

/// What an environment is for.
#[must_use]
pub fn environment_purpose(lang: Lang, environment: Environment) -> &'static str {
    match environment {
        Environment::Live => lang.pick(
            "Kunci live memanggil data jaringan yang sesungguhnya.",
            "Live keys call the real network's data.",
        ),
        Environment::Test => lang.pick(
            "Kunci sandbox bekerja pada basis data terpisah: aman untuk mencoba, tidak menyentuh data live.",
            "Sandbox keys work on a database of their own: safe to try with, out of reach of live data.",
        ),
    }
}

/// The key as people recognise it: `nfcg_live_k7f2a9…Xy3z`.
#[must_use]
pub fn fingerprint(key: &KeyView) -> String {
    format!("{}…{}", key.prefix, key.last4)
}

/// State of a key.
#[component]
pub fn KeyStatusBadge(status: KeyStatus) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = match status {
        KeyStatus::Active => (Tone::Success, lang.pick("Aktif", "Active")),
        KeyStatus::Rotating => (Tone::Info, lang.pick("Sedang diganti", "Being replaced")),
        KeyStatus::Expired => (Tone::Neutral, lang.pick("Kedaluwarsa", "Expired")),
        KeyStatus::Revoked => (Tone::Danger, lang.pick("Dicabut", "Revoked")),
    };
    view! { <Badge tone=tone>{word}</Badge> }
}

/// The day through whose end (WIB) something works that ends at `at`, if it ends at a midnight.
#[must_use]
pub fn last_day(at: Timestamp) -> Option<jiff::civil::Date> {
    let day = jakarta_day(at);
    (day_start(day) == at).then(|| JAKARTA.to_datetime(at).date().yesterday().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_of_a_key_is_the_one_it_still_works_on() {
        let at = |text: &str| last_day(text.parse().unwrap()).map(|day| day.to_string());
        // Midnight in Jakarta is 17:00 UTC.
        assert_eq!(at("2026-03-31T17:00:00Z").as_deref(), Some("2026-03-31"));
        assert_eq!(at("2026-03-31T16:59:59Z"), None);
    }
}
