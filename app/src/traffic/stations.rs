//! `/stations`: all stations, by line and name.

use domain::traffic::{StationNow, StationsView};
use leptos::prelude::*;
use leptos_meta::Title;

use super::level::{Level, level_time};
use crate::{
    address::query,
    api,
    load::load,
    ui::{
        Button, Choice, Column, DemoBadge, EmptyState, InputKind, LinkButton, PageHead, SelectField, Table,
        TextField,
    },
    visitor::use_lang,
};

#[component]
pub fn StationsPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Stasiun", "Stations");
    let (line, q) = (query("line").unwrap_or_default(), query("q").unwrap_or_default());
    let stations = api::get::<StationsView>(format!(
        "/portal-api/v1/network/stations?line={}&q={}",
        encoded(&line),
        encoded(&q)
    ));
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Semua stasiun KRL dengan jam operasi, gate, dan kepadatan saat ini.",
                    "All KRL stations with their hours, gates and how crowded they are now.",
                )
            actions=Some(
                view! {
                    <DemoBadge/>
                    <LinkButton href="/map">{lang.pick("Peta jalur", "Line map")}</LinkButton>
                }
                    .into_any(),
            )
        />
        {load(stations, move |view| view! { <List view=view line=line q=q/> })}
    }
}

/// As it may stand in a query.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[component]
fn List(view: StationsView, line: String, q: String) -> impl IntoView {
    let lang = use_lang();
    let time = level_time(lang, &view.crowding);
    let mut choices = vec![Choice::new("", lang.pick("Semua jalur", "All lines"))];
    choices.extend(view.lines.iter().map(|line| Choice::new(line.id.clone(), line.name.clone())));
    let is_narrowed = !line.is_empty() || !q.is_empty();
    let names: Vec<_> = view.lines.iter().map(|line| (line.id.clone(), line.name.clone())).collect();
    let columns = vec![
        Column::text(lang.pick("Stasiun", "Station")),
        Column::text(lang.pick("Kode", "Code")),
        Column::text(lang.pick("Jalur", "Lines")),
        Column::text(lang.pick("Jam operasi", "Hours")),
        Column::number(lang.pick("Gate online", "Gates online")),
        Column::text(lang.pick("Kepadatan", "Crowding")),
    ];
    let instead = view.stations.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Tidak ada stasiun yang cocok.", "No station fits.")>
                <a href="/stations">{lang.pick("Tampilkan semua stasiun", "Show all stations")}</a>
            </EmptyState>
        }
        .into_any()
    });
    let count = view.stations.len();
    let rows =
        view.stations.into_iter().map(|one| view! { <Row one=one names=names.clone()/> }).collect_view();
    view! {
        <div class="stack">
            <form class="filters" method="get" action="/stations" role="search">
                <TextField
                    name="q"
                    label=lang.pick("Cari stasiun", "Search stations")
                    kind=InputKind::Search
                    value=q
                    required=true
                />
                <SelectField name="line" label=lang.pick("Jalur", "Line") choices=choices value=line/>
                <Button>{lang.pick("Terapkan", "Apply")}</Button>
                {is_narrowed
                    .then(|| view! { <LinkButton href="/stations">{lang.pick("Hapus filter", "Clear")}</LinkButton> })}
            </form>
            <p class="muted small">
                {lang.pick(format!("{count} stasiun. Kepadatan: "), format!("{count} stations. Crowding: "))} {time}
            </p>
            <Table caption=lang.pick("Stasiun", "Stations") columns=columns instead=instead>
                {rows}
            </Table>
        </div>
    }
}

#[component]
fn Row(one: StationNow, names: Vec<(String, String)>) -> impl IntoView {
    let station = one.station;
    let short = |id: &String| {
        let name = names.iter().find(|(line, _)| line == id).map_or(id.as_str(), |(_, name)| name.as_str());
        name.trim_start_matches("Commuter Line ").to_owned()
    };
    let lines: Vec<_> = station.line.iter().map(short).collect();
    let hours = station.operating_hours.map(|hours| format!("{}–{}", hours.open, hours.close));
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/stations/{}", station.id)>{station.name}</a>
            </th>
            <td>
                <code>{station.code}</code>
            </td>
            <td>{lines.join(", ")}</td>
            <td class="nowrap">{hours.unwrap_or_else(|| "–".to_owned())}</td>
            <td class="num">{format!("{} / {}", station.gates_online, station.gates_total)}</td>
            <td>
                <Level level=one.crowd_level/>
            </td>
        </tr>
    }
}
