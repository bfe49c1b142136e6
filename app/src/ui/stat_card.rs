//! One figure of a dashboard, with what it means and how it moved.

use leptos::prelude::*;

use super::{Glyph, Icon, Tip, Tone};
use crate::visitor::use_lang;

/// Which way a figure moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
    Flat,
}

/// A change in words: "28,4 % dari bulan lalu". The tone says whether that is good, the arrow
/// only which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    pub direction: Direction,
    pub tone: Tone,
    pub text: String,
}

/// Label, figure, change and definition. Children (a [`super::Sparkline`], a meter) stand below.
#[component]
pub fn StatCard(
    /// Unique on the page; the definition hangs on it.
    #[prop(into)]
    id: String,
    #[prop(into)] label: String,
    /// Already formatted, unit included ("142 ms"). An en dash when there is no figure yet.
    #[prop(into)]
    figure: String,
    /// How the figure is counted, in a sentence.
    #[prop(into)]
    definition: String,
    #[prop(optional_no_strip)] delta: Option<Delta>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let about = use_lang().pick("Definisi: ", "Definition: ");
    let delta = delta.map(|delta| {
        let icon = match delta.direction {
            Direction::Up => Icon::ArrowUp,
            Direction::Down => Icon::ArrowDown,
            Direction::Flat => Icon::Minus,
        };
        view! {
            <p class=format!("stat-delta {}", delta.tone.class())>
                <Glyph icon=icon/>
                {delta.text}
            </p>
        }
    });
    view! {
        <div class="stat card">
            <p class="stat-label">
                <span id=id.clone()>{label.clone()}</span>
                <Tip id=format!("{id}-definition") label=format!("{about}{label}")>
                    {definition}
                </Tip>
            </p>
            <p class="stat-figure" aria-labelledby=id>
                {figure}
            </p>
            {delta}
            {children.map(|children| children())}
        </div>
    }
}
