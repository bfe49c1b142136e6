//! `/map`.

use std::collections::HashMap;

use domain::{
    crowding::CrowdLevel,
    network::{Line, StationId},
    traffic::NetworkView,
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    super::{
        level::{LEVELS, Level, level_range, level_time},
        line_mark::LineMark,
    },
    drawing::Drawing,
};
use crate::{
    api,
    load::load,
    ui::{Button, ButtonKind, DemoBadge, LinkButton, PageHead},
    visitor::use_lang,
};

#[component]
pub fn MapPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Peta jalur", "Line map");
    let network = api::get::<NetworkView>("/portal-api/v1/network");
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Skema jalur KRL dengan kepadatan tiap stasiun. Pilih stasiun untuk rinciannya.",
                    "The KRL lines and how crowded each station is. Choose a station for its details.",
                )
            actions=Some(
                view! {
                    <DemoBadge/>
                    <LinkButton href="/stations">{lang.pick("Daftar stasiun", "List of stations")}</LinkButton>
                }
                    .into_any(),
            )
        />
        {load(network, |network| view! { <Map network=network/> })}
    }
}

#[component]
fn Map(network: NetworkView) -> impl IntoView {
    let lang = use_lang();
    let time = level_time(lang, &network.crowding);
    let lines = network.lines.clone();
    let levels = network.crowding.stations.iter().map(|one| (one.station_id, one.crowd_level)).collect();
    let legend = LEVELS
        .map(|level| {
            view! {
                <li>
                    <Level level=level/>
                    " " <span class="muted">{level_range(lang, level)}</span>
                </li>
            }
        })
        .into_iter()
        .collect_view();
    let colours = lines
        .iter()
        .filter(|line| line.branch_of.is_none())
        .map(|line| view! { <li><LineMark colour=line.colour.clone()/> {line.name.clone()}</li> })
        .collect_view();
    view! {
        <div class="stack">
            <div class="map-legend small">
                <ul aria-label=lang.pick("Tingkat kepadatan", "Levels of crowding")>{legend}</ul>
                <ul aria-label=lang.pick("Jalur", "Lines")>{colours}</ul>
            </div>
            <p class="muted small">{time}</p>
            <div class="map" data-map>
                <div
                    class="map-zoom cluster"
                    role="group"
                    aria-label=lang.pick("Perbesaran", "Zoom")
                >
                    <Button kind=ButtonKind::Button name="zoom" value="in">
                        <span aria-hidden="true">"+"</span>
                        <span class="visually-hidden">{lang.pick("Perbesar", "Zoom in")}</span>
                    </Button>
                    <Button kind=ButtonKind::Button name="zoom" value="out">
                        <span aria-hidden="true">"−"</span>
                        <span class="visually-hidden">{lang.pick("Perkecil", "Zoom out")}</span>
                    </Button>
                    <Button kind=ButtonKind::Button name="zoom" value="whole">{lang.pick("Ukuran awal", "Reset")}</Button>
                    <span class="muted small">
                        {lang
                            .pick(
                                "Ctrl + roda tetikus, atau + − 0 saat peta terfokus.",
                                "Ctrl + mouse wheel, or + − 0 while the map has the focus.",
                            )}
                    </span>
                </div>
                <div
                    class="map-scroll card"
                    tabindex="0"
                    role="region"
                    aria-label=lang.pick("Peta jalur, dapat digulir", "Line map, scrollable")
                >
                    <Drawing view=network/>
                </div>
                <p class="muted small">
                    {lang.pick("Skema, tidak berskala. Data: ", "A schematic, not to scale. Data: ")}
                    <a href="https://www.openstreetmap.org/copyright">"© OpenStreetMap contributors"</a>
                </p>
            </div>
            <section class="stack" aria-labelledby="by-line">
                <h2 id="by-line">{lang.pick("Per jalur", "By line")}</h2>
                <ByLine lines=lines levels=levels/>
            </section>
        </div>
    }
}

/// The same as lists, for small screens and for who does not see the drawing.
#[component]
fn ByLine(lines: Vec<Line>, levels: HashMap<StationId, CrowdLevel>) -> impl IntoView {
    lines
        .into_iter()
        .map(|line| {
            let stops = line
                .stations
                .iter()
                .map(|stop| {
                    let level = levels.get(&stop.id).copied().unwrap_or(CrowdLevel::Low);
                    view! {
                        <li>
                            <a href=format!("/stations/{}", stop.id)>{stop.name.clone()}</a>
                            <Level level=level/>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <details class="fold" id=format!("line-{}", line.id)>
                    <summary><LineMark colour=line.colour/> {line.name}</summary>
                    <ol class="line-stops">{stops}</ol>
                </details>
            }
        })
        .collect_view()
}
