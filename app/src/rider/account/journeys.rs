//! A rider's journeys.

use domain::{
    journeys::RecordedJourney, network::StationId, rider_accounts::RiderJourneys, sandbox::StationChoice,
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::words;
use crate::{
    address::query,
    api,
    load::load,
    sandbox::words as journey_words,
    ui::{Badge, Column, EmptyState, PageHead, Pagination, Table, Tone, fmt},
    visitor::use_lang,
};

/// All journeys, newest first.
#[component]
pub fn RiderJourneysPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Perjalanan saya", "My journeys");
    let page: u64 = query("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let list = api::get::<RiderJourneys>(format!("/portal-api/v1/rider/journeys?page={page}"));
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Yang tercatat dari tap kartu dan ponsel Anda. Waktu dalam WIB.",
                    "What was recorded of your cards' and phones' taps. Times in WIB.",
                )
        />
        {load(
            list,
            |list| {
                let RiderJourneys { page, stations } = list;
                view! {
                    <JourneyTable journeys=page.data stations=stations/>
                    <Pagination meta=page.meta href="/account/journeys"/>
                }
            },
        )}
    }
}

/// Rows of journeys, with what they cost and the cap that lowered it.
#[component]
pub(super) fn JourneyTable(journeys: Vec<RecordedJourney>, stations: Vec<StationChoice>) -> impl IntoView {
    let lang = use_lang();
    let instead = journeys.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Belum ada perjalanan.", "No journeys yet.")>
                {lang
                    .pick(
                        "Perjalanan tampil di sini setelah tap pertama dengan kartu atau ponsel yang terhubung ke akun ini.",
                        "Journeys show here after the first tap with a card or phone that is linked to this account.",
                    )}
            </EmptyState>
        }
        .into_any()
    });
    let rows = journeys.into_iter().map(|journey| view! { <Row journey=journey stations=&stations/> });
    let rows = rows.collect_view();
    let columns = vec![
        Column::text(lang.pick("Waktu", "Time")),
        Column::text(lang.pick("Dari – ke", "From – to")),
        Column::text("Status"),
        Column::text(lang.pick("Dibayar dengan", "Paid with")),
        Column::number(lang.pick("Dikenakan (Rp)", "Charged (Rp)")),
    ];
    view! {
        <Table caption=lang.pick("Perjalanan saya", "My journeys") columns=columns instead=instead>
            {rows}
        </Table>
    }
}

#[component]
fn Row<'s>(journey: RecordedJourney, stations: &'s [StationChoice]) -> impl IntoView + use<> {
    let lang = use_lang();
    let (state, tone) = journey_words::status(lang, journey.status);
    let began = journey.tapped_in_at.or(journey.tapped_out_at);
    let ended = journey.tapped_in_at.and(journey.tapped_out_at);
    let cap = journey.limited_by.map(|period| {
        view! {
            <small>
                <Badge tone=Tone::Success>{words::cap(lang, period)}</Badge>
            </small>
        }
    });
    view! {
        <tr>
            <th scope="row">
                {began
                    .map(|at| {
                        view! { <time datetime=at.to_string()>{fmt::instant(lang, at)}</time> }
                    })}
                {ended.map(|at| view! { <small>"– " {fmt::time(at)}</small> })}
            </th>
            <td>
                {place(journey.from_station, stations)}
                " → "
                {place(journey.to_station, stations)}
            </td>
            <td>
                <Badge tone=tone>{state}</Badge>
            </td>
            <td>{journey_words::payment_method(journey.payment_method)}</td>
            <td class="num">{fmt::grouped(lang, journey.charge.0.unsigned_abs())} {cap}</td>
        </tr>
    }
}

fn place(id: Option<StationId>, stations: &[StationChoice]) -> String {
    let known = id.and_then(|id| stations.iter().find(|station| station.id == id));
    match (known, id) {
        (Some(station), _) => station.name.clone(),
        (None, Some(id)) => id.to_string(),
        (None, None) => "–".to_owned(),
    }
}
