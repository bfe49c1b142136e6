//! The event stream: what happened last, going on while somebody looks.
//!
//! The table is whole without scripts. With them `site.js` listens to the API's stream and asks for
//! the page again when there is more; a button holds it still.

use domain::{
    events::{
        EventKind, FareCapReached, FraudDetected, GateOffline, JourneyCompleted, RecordedEvent,
        StationCrowded, TappedIn,
    },
    fares::CapPeriod,
    lang::Lang,
    page::Page,
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::de::DeserializeOwned;

use crate::{
    address::query,
    api,
    load::load,
    ui::{
        Badge, Button, Choice, Column, DemoBadge, EmptyState, LinkButton, PageHead, Pagination, SelectField,
        Table, TimeStamp, Tone, fmt,
    },
    visitor::use_lang,
};

#[component]
pub fn AdminEventsPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Aliran Event", "Event stream");
    let kind: Option<EventKind> = query("kind").and_then(|kind| kind.parse().ok());
    let page: u64 = query("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let href = kind.map_or_else(|| "?".to_owned(), |kind| format!("?kind={}&", kind.as_str()));
    let list =
        api::get::<Page<RecordedEvent>>(format!("/portal-api/v1/admin/events{href}limit=50&page={page}"));
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Semua yang terjadi di gate dan stasiun, ditulis dalam transaksi yang sama dengan faktanya",
                    "All that happens at gates and stations, written in the transaction of the fact itself",
                )
            actions=Some(view! { <DemoBadge/> }.into_any())
        />
        <Filters kind=kind/>
        {load(list, move |list| view! { <Events list=list kind=kind first=page == 1/> })}
    }
}

#[component]
fn Filters(kind: Option<EventKind>) -> impl IntoView {
    let lang = use_lang();
    let mut kinds = vec![Choice::new("", lang.pick("Semua jenis", "All kinds"))];
    kinds.extend(EventKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.as_str())));
    view! {
        <form class="filters" method="get" action="/admin/events" role="search">
            <SelectField
                name="kind"
                label=lang.pick("Jenis event", "Kind of event")
                choices=kinds
                value=kind.map(EventKind::as_str).unwrap_or_default()
            />
            <Button>{lang.pick("Terapkan", "Apply")}</Button>
            {kind
                .map(|_| view! { <LinkButton href="/admin/events">{lang.pick("Hapus filter", "Clear")}</LinkButton> })}
        </form>
    }
}

#[component]
fn Events(list: Page<RecordedEvent>, kind: Option<EventKind>, first: bool) -> impl IntoView {
    let lang = use_lang();
    let newest = list.data.first().map_or(0, |event| event.sequence);
    // Only the first page grows.
    let live = first.then(|| format!("/portal-api/v1/admin/events/stream?after={newest}"));
    let instead = list.data.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Belum ada event.", "No events yet.")>
                {lang
                    .pick(
                        "Event tampil di sini begitu gate mengirim tap, atau diam.",
                        "Events are listed here as soon as gates send taps, or fall silent.",
                    )}
            </EmptyState>
        }
        .into_any()
    });
    let columns = vec![
        Column::text(lang.pick("Waktu", "Time")),
        Column::text("Event"),
        Column::text(lang.pick("Isi", "What")),
        Column::text(lang.pick("Tentang", "About")),
    ];
    let rows = list.data.into_iter().map(|event| view! { <Row event=event/> }).collect_view();
    let href = kind
        .map_or_else(|| "/admin/events".to_owned(), |kind| format!("/admin/events?kind={}", kind.as_str()));
    view! {
        <div class="stack" data-live=live>
            <p class="cluster small muted" hidden>
                <span
                    data-live-state
                    data-on=lang.pick("Diperbarui sendiri", "Updates by itself")
                    data-off=lang.pick("Dihentikan sementara", "Held still")
                ></span>
                <button
                    class="button button-quiet"
                    type="button"
                    data-live-hold
                    data-on=lang.pick("Tahan", "Hold still")
                    data-off=lang.pick("Lanjutkan", "Go on")
                ></button>
            </p>
            <Table caption="Event" columns=columns instead=instead>
                {rows}
            </Table>
            <Pagination meta=list.meta href=href/>
            <p class="small muted">
                {lang
                    .pick("Di antara 2.000 event terakhir.", "Among the last 2,000 events.")}
            </p>
        </div>
    }
}

#[component]
fn Row(event: RecordedEvent) -> impl IntoView {
    let lang = use_lang();
    let tone = match event.event {
        EventKind::JourneyTapIn => Tone::Neutral,
        EventKind::JourneyCompleted => Tone::Success,
        EventKind::StationCrowded => Tone::Warning,
        EventKind::FareCapReached => Tone::Info,
        EventKind::GateOffline | EventKind::FraudDetected => Tone::Danger,
    };
    let about = event
        .rider_id
        .as_ref()
        .map(ToString::to_string)
        .or_else(|| event.journey_id.as_ref().map(ToString::to_string))
        .or_else(|| event.station_id.map(|station| station.to_string()));
    view! {
        <tr>
            <td>
                <TimeStamp at=event.occurred_at exact=true/>
            </td>
            <td>
                <Badge tone=tone>{event.event.as_str()}</Badge>
            </td>
            <td>{sentence(lang, &event)}</td>
            <td>
                <code>{about}</code>
            </td>
        </tr>
    }
}

/// What an event says, in a sentence; its data as they are where they are of another version.
fn sentence(lang: Lang, event: &RecordedEvent) -> String {
    fn body<T: DeserializeOwned>(event: &RecordedEvent) -> Option<T> {
        serde_json::from_value(event.data.clone()).ok()
    }
    let said = match event.event {
        EventKind::JourneyTapIn => body(event).map(|TappedIn { tap_in, payment_method, .. }| {
            let method = payment_method.as_str();
            lang.pick(
                format!("Masuk di {} dengan {method}", tap_in.station),
                format!("Entered at {} with {method}", tap_in.station),
            )
        }),
        EventKind::JourneyCompleted => body(event).map(|journey: JourneyCompleted| {
            let (from, to) = (journey.tap_in.station, journey.tap_out.station);
            format!("{from} → {to}, {}", fmt::rupiah(lang, journey.fare))
        }),
        EventKind::StationCrowded => body(event).map(|crowded: StationCrowded| {
            let (station, taps, percent) = (crowded.station, crowded.taps_15min, crowded.occupancy_percent);
            lang.pick(
                format!("{station} padat: {taps} tap dalam 15 menit, {percent} % kapasitas"),
                format!("{station} is crowded: {taps} taps in 15 minutes, {percent} % of what it takes"),
            )
        }),
        EventKind::GateOffline => body(event).map(|GateOffline { gate_id, station, last_seen_at }| {
            let seen = fmt::instant(lang, last_seen_at);
            lang.pick(
                format!("{gate_id} di {station} diam sejak {seen}"),
                format!("{gate_id} at {station} silent since {seen}"),
            )
        }),
        EventKind::FareCapReached => body(event).map(|cap: FareCapReached| {
            let limit = fmt::rupiah(lang, cap.limit);
            let period = match cap.period {
                CapPeriod::Daily => lang.pick("harian", "daily"),
                CapPeriod::Weekly => lang.pick("mingguan", "weekly"),
                CapPeriod::Monthly => lang.pick("bulanan", "monthly"),
            };
            lang.pick(
                format!("Batas {period} {limit} tercapai"),
                format!("The {period} cap of {limit} is reached"),
            )
        }),
        EventKind::FraudDetected => body(event).map(|finding: FraudDetected| {
            let reasons: Vec<_> = finding.reasons.iter().map(|reason| reason.sentence(lang)).collect();
            format!("{} ({}): {}", finding.rule.as_str(), finding.score, reasons.join(" "))
        }),
    };
    said.unwrap_or_else(|| event.data.to_string())
}
