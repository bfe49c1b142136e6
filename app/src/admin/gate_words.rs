//! Gates in words.

use domain::{gates::GateState, lang::Lang, network::GateDirection};
use leptos::prelude::*;

use crate::{
    ui::{Badge, Tone},
    visitor::use_lang,
};

pub(super) fn state_name(lang: Lang, state: GateState) -> &'static str {
    match state {
        GateState::Online => "Online",
        GateState::Offline => "Offline",
        GateState::Unheard => lang.pick("Belum melapor", "Never reported"),
        GateState::Retired => lang.pick("Dipensiunkan", "Retired"),
    }
}

pub(super) fn direction_name(lang: Lang, direction: GateDirection) -> &'static str {
    match direction {
        GateDirection::In => lang.pick("Masuk", "In"),
        GateDirection::Out => lang.pick("Keluar", "Out"),
    }
}

#[component]
pub(super) fn GateStateBadge(state: GateState) -> impl IntoView {
    let tone = match state {
        GateState::Online => Tone::Success,
        GateState::Offline => Tone::Danger,
        GateState::Unheard => Tone::Info,
        GateState::Retired => Tone::Neutral,
    };
    view! { <Badge tone=tone>{state_name(use_lang(), state)}</Badge> }
}
