//! How full a station is, in a word and a colour.

use domain::{crowding::CrowdLevel, lang::Lang, traffic::CrowdingView};
use leptos::prelude::*;

use crate::{ui::fmt, visitor::use_lang};

pub(super) const LEVELS: [CrowdLevel; 4] =
    [CrowdLevel::Low, CrowdLevel::Medium, CrowdLevel::High, CrowdLevel::Critical];

/// The level in a word.
pub(super) fn level_name(lang: Lang, level: CrowdLevel) -> &'static str {
    match level {
        CrowdLevel::Low => lang.pick("rendah", "low"),
        CrowdLevel::Medium => lang.pick("sedang", "medium"),
        CrowdLevel::High => lang.pick("tinggi", "high"),
        CrowdLevel::Critical => lang.pick("kritis", "critical"),
    }
}

/// From which share of a station's capacity on.
pub(super) fn level_range(lang: Lang, level: CrowdLevel) -> &'static str {
    match level {
        CrowdLevel::Low => lang.pick("sampai 40% kapasitas", "up to 40% of capacity"),
        CrowdLevel::Medium => lang.pick("di atas 40%", "above 40%"),
        CrowdLevel::High => lang.pick("di atas 60%", "above 60%"),
        CrowdLevel::Critical => lang.pick("di atas 80%", "above 80%"),
    }
}

/// A dot and the word.
#[component]
pub(super) fn Level(level: CrowdLevel) -> impl IntoView {
    let lang = use_lang();
    view! { <span class=format!("level level-{}", level.as_str())>{level_name(lang, level)}</span> }
}

/// Which hour levels are of, and as of when.
pub(super) fn level_time(lang: Lang, crowding: &CrowdingView) -> String {
    let hour = hour_range(crowding.hour);
    let at = fmt::time(crowding.at);
    if crowding.running {
        lang.pick(
            format!("Laju jam berjalan ({hour} WIB), per {at}."),
            format!("Rate of the running hour ({hour} WIB), as of {at}."),
        )
    } else {
        lang.pick(
            format!("Jam penuh terakhir ({hour} WIB); jam berjalan dihitung mulai menit ke-15."),
            format!("The last full hour ({hour} WIB); the running one counts from quarter past."),
        )
    }
}

/// 07.00–08.00.
pub(super) fn hour_range(hour: u8) -> String {
    format!("{hour:02}.00–{:02}.00", hour + 1)
}
