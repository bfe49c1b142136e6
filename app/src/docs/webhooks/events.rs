//! The six events: when they are told, to whom, and how many there are.

use domain::{events::EventKind, lang::Lang, webhooks::volume::EventVolumes};
use leptos::prelude::*;

use super::words;
use crate::{
    ui::{DemoBadge, TierBadge},
    visitor::use_lang,
};

/// A row for each, linked to its sample.
#[component]
pub fn EventRows(volumes: EventVolumes) -> impl IntoView {
    let lang = use_lang();
    let rows = EventKind::ALL.iter().map(|&event| {
        view! {
            <a class="list-row event-row" href=format!("/docs/webhooks#{}", event.as_str())>
                <span class="list-main">
                    <code>{event.as_str()}</code>
                    <small>{event.describe(lang)} " · " {audience(lang, event)}</small>
                </span>
                <span class="event-volume num">{words::per_day(lang, &volumes, event)}</span>
                <TierBadge tier=event.tier_min()/>
            </a>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="stack">
            <div class="list">{rows}</div>
            <p class="small muted">{words::measured(lang, &volumes)} " " <DemoBadge/></p>
        </div>
    }
}

/// Who is told.
fn audience(lang: Lang, event: EventKind) -> &'static str {
    if event.is_about_a_rider() {
        lang.pick("hanya pengguna yang memberi izin journey:read", "only riders who granted journey:read")
    } else {
        lang.pick("ke semua pelanggan event", "to every subscriber")
    }
}
