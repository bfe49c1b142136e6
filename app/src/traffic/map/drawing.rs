//! The drawing itself, as SVG: tracks in the lines' colours, stops in the colour of their level with
//! the level in words beside those above low, every stop a link.

use std::collections::HashMap;

use domain::{
    crowding::CrowdLevel,
    lang::Lang,
    network::{Line, StationId},
    traffic::NetworkView,
};
use leptos::prelude::*;

use super::{
    super::level::level_name,
    layout::{LINE_HEIGHT, SIZE, Side, Stop, TRACKS, Track, label, stops, wrapped},
};
use crate::visitor::use_lang;

/// The network as a drawing.
#[component]
pub(super) fn Drawing(view: NetworkView) -> impl IntoView {
    let lang = use_lang();
    let levels: HashMap<StationId, CrowdLevel> =
        view.crowding.stations.iter().map(|one| (one.station_id, one.crowd_level)).collect();
    let tracks = TRACKS.iter().filter_map(|track| polyline(track, &view.lines)).collect_view();
    let stops = stops(&view.lines)
        .into_iter()
        .map(|stop| {
            let level = levels.get(&stop.id).copied().unwrap_or(CrowdLevel::Low);
            link(lang, &stop, level)
        })
        .collect_view();
    let (width, height) = SIZE;
    view! {
        <svg
            class="map-drawing"
            viewBox=format!("0 0 {width} {height}")
            role="group"
            aria-label=lang.pick("Skema jalur dengan kepadatan tiap stasiun", "Diagram of the lines with how crowded each station is")
        >
            {tracks}
            {stops}
        </svg>
    }
}

fn polyline(track: &Track, lines: &[Line]) -> Option<impl IntoView + use<>> {
    let line = lines.iter().find(|line| line.id == track.line)?;
    let points: Vec<_> = track.points.iter().map(|(x, y)| format!("{x},{y}")).collect();
    Some(view! {
        <polyline class="map-track" style=format!("--line-colour:{}", line.colour) points=points.join(" ")></polyline>
    })
}

fn link(lang: Lang, stop: &Stop, level: CrowdLevel) -> impl IntoView + use<> {
    let name = &stop.name;
    let lines = wrapped(name);
    let ((x, y), anchor, is_apart) = label(stop, lines.len());
    // Low is the rule: it is left to the legend and to what is read aloud.
    let word = (level > CrowdLevel::Low).then(|| level_name(lang, level));
    let beside = word.filter(|_| !is_apart).map(|word| format!(" · {word}"));
    let last = lines.len() - 1;
    let rows: Vec<_> = lines
        .iter()
        .enumerate()
        .map(|(number, line)| {
            let y = y + number as f64 * LINE_HEIGHT;
            let beside = beside.clone().filter(|_| number == last);
            // More words follow in a line of their own: who hears them needs the space.
            let ends = number == last && !(is_apart && word.is_some());
            view! {
                <tspan x=x.to_string() y=y.to_string()>
                    {if ends { (*line).to_owned() } else { format!("{line} ") }}
                    {beside.map(|word| view! { <tspan class="map-level">{word}</tspan> })}
                </tspan>
            }
        })
        .collect();
    let apart_y = if stop.side == Side::Above { y - LINE_HEIGHT } else { y + LINE_HEIGHT };
    let apart = word.filter(|_| is_apart).map(|word| {
        view! { <tspan class="map-level" x=x.to_string() y=apart_y.to_string()>{word}</tspan> }
    });
    let radius = match (level, stop.interchange) {
        (CrowdLevel::Low, false) => 5.5,
        (CrowdLevel::Low, true) | (CrowdLevel::Medium, _) => 7.0,
        (CrowdLevel::High | CrowdLevel::Critical, _) => 8.0,
    };
    let (stop_x, stop_y) = stop.at;
    let target = (stop_x - TARGET / 2.0, stop_y - TARGET / 2.0);
    // What is read aloud is what stands there, and low as well.
    let spoken = level_name(lang, level);
    let join = if is_apart { " " } else { " · " };
    view! {
        <a
            class=format!("map-stop level-{}", level.as_str())
            href=format!("/stations/{}", stop.id)
            aria-label=format!("{name}{join}{spoken}")
        >
            <rect
                class="map-target"
                x=target.0.to_string()
                y=target.1.to_string()
                width=TARGET.to_string()
                height=TARGET.to_string()
            ></rect>
            <circle cx=stop_x.to_string() cy=stop_y.to_string() r=radius.to_string()></circle>
            <text text-anchor=anchor>{rows} {apart}</text>
        </a>
    }
}

/// A square around a stop that can be pressed.
const TARGET: f64 = 29.0;
