//! What came of the taps, a morning peak, and emptying it all.

use domain::{
    events::RecordedEvent,
    journeys::RecordedJourney,
    riders::RiderView,
    sandbox::{PEAK_RIDERS_MAX, PeakState, PeakView, StationChoice},
};
use leptos::prelude::*;

use super::words;
use crate::{
    outcome::FormState,
    ui::{
        Badge, Button, ButtonLook, Card, Column, EmptyState, Form, FormNotice, IdempotencyField, InputKind,
        Table, TextField, Tone, fmt,
    },
    visitor::use_lang,
};

const PEAK: &str = "/sandbox/peak";
const RESET: &str = "/sandbox/reset";

/// The latest journeys of some riders.
#[component]
pub fn Journeys(
    journeys: Vec<RecordedJourney>,
    riders: Vec<RiderView>,
    stations: Vec<StationChoice>,
) -> impl IntoView {
    let lang = use_lang();
    let instead = journeys.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Belum ada perjalanan.", "No journeys yet.")>
                {lang.pick("Kirim tap masuk lalu tap keluar.", "Send a tap in, then a tap out.")}
            </EmptyState>
        }
        .into_any()
    });
    let payer = |id: &str| {
        let rider = riders.iter().find(|rider| rider.rider.id.as_str() == id);
        rider.map_or_else(|| lang.pick("Anonim", "Anonymous").to_owned(), |rider| rider.rider.name.clone())
    };
    let place = |id: Option<domain::network::StationId>| {
        let name = id.and_then(|id| stations.iter().find(|station| station.id == id));
        name.map_or_else(|| "–".to_owned(), |station| station.name.clone())
    };
    let rows = journeys.iter().map(|journey| {
        let (state, tone) = words::status(lang, journey.status);
        let at = journey.tapped_in_at.or(journey.tapped_out_at);
        view! {
            <tr>
                <th scope="row">{payer(&journey.payer)}</th>
                <td>{at.map(|at| fmt::instant(lang, at))}</td>
                <td>{place(journey.from_station)} " → " {place(journey.to_station)}</td>
                <td>
                    <Badge tone=tone>{state}</Badge>
                </td>
                <td>{words::payment_method(journey.payment_method)}</td>
                <td class="num">{fmt::grouped(lang, journey.charge.0.unsigned_abs())}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let columns = vec![
        Column::text(lang.pick("Penumpang", "Rider")),
        Column::text(lang.pick("Waktu", "Time")),
        Column::text(lang.pick("Perjalanan", "Journey")),
        Column::text("Status"),
        Column::text(lang.pick("Metode", "Method")),
        Column::number(lang.pick("Dikenakan (Rp)", "Charged (Rp)")),
    ];
    view! {
        <Card title=lang.pick("Perjalanan terakhir", "Latest journeys") id="journeys">
            <Table caption=lang.pick("Perjalanan terakhir", "Latest journeys") columns=columns instead=instead>
                {rows}
            </Table>
        </Card>
    }
}

#[component]
pub(super) fn Events(events: Vec<RecordedEvent>) -> impl IntoView {
    let lang = use_lang();
    let instead = events.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Belum ada event.", "No events yet.")>
                {lang.pick("Setiap tap dan perjalanan menulis event di sini.", "Every tap and journey writes events here.")}
            </EmptyState>
        }
        .into_any()
    });
    let rows = events.into_iter().map(|event| {
        view! {
            <tr>
                <th scope="row">
                    <code>{event.event.as_str()}</code>
                </th>
                <td>{fmt::instant(lang, event.occurred_at)}</td>
                <td>
                    <code class="break">{event.data.to_string()}</code>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let columns = vec![Column::text("Event"), Column::text(lang.pick("Waktu", "Time")), Column::text("data")];
    view! {
        <Card title=lang.pick("Event terakhir", "Latest events") id="events">
            <Table caption=lang.pick("Event terakhir", "Latest events") columns=columns instead=instead>
                {rows}
            </Table>
        </Card>
    }
}

#[component]
pub(super) fn Peak(peak: Option<PeakView>) -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(PEAK);
    let progress = peak.map(|peak| {
        let (word, tone) = match peak.state {
            PeakState::Running => (lang.pick("Berjalan", "Running"), Tone::Info),
            PeakState::Done => (lang.pick("Selesai", "Done"), Tone::Success),
            PeakState::Failed => (lang.pick("Terhenti", "Broke off"), Tone::Danger),
        };
        view! {
            <p id="peak-progress">
                <Badge tone=tone>{word}</Badge>
                " "
                {fmt::grouped(lang, peak.sent.into())}
                "/"
                {fmt::grouped(lang, peak.planned.into())}
                " taps"
            </p>
        }
    });
    view! {
        <Card title=lang.pick("Jam sibuk pagi", "Morning peak") id="peak">
            <p>
                {lang
                    .pick(
                        "Penumpang anonim dari model permintaan tap pada pagi hari kerja terakhir. Angkanya model, bukan hasil ukur.",
                        "Anonymous riders of the demand model tap on the latest weekday morning. The figures are modelled, not measured.",
                    )}
            </p>
            {progress}
            <FormNotice state=state.clone() fields=&["riders:int"]/>
            <Form name="run-peak" action=format!("{PEAK}#peak")>
                <TextField
                    name="riders:int"
                    id="peak-riders"
                    kind=InputKind::Number
                    label=lang.pick("Banyak penumpang", "Riders")
                    help=lang
                        .pick(
                            format!("Paling banyak {PEAK_RIDERS_MAX}."),
                            format!("{PEAK_RIDERS_MAX} at most."),
                        )
                    value=state.value_or("riders:int", "200")
                    error=state.error("riders:int")
                    required=true
                />
                <div class="form-actions">
                    <Button>{lang.pick("Jalankan jam sibuk pagi", "Run a morning peak")}</Button>
                </div>
            </Form>
        </Card>
    }
}

/// The browser asks for the word to be typed, with scripts on or off, so this form keeps its check.
#[component]
pub(super) fn Reset() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Card title=lang.pick("Kosongkan jaringan uji", "Empty the test network") id="reset">
            <FormNotice state=FormState::of(RESET)/>
            <p>
                {lang
                    .pick(
                        "Semua penumpang, tap, perjalanan, dan event uji dihapus, dan jam kembali ke waktu nyata. Tidak dapat dibatalkan.",
                        "All test riders, taps, journeys and events are deleted, and the clock goes back to real time. This cannot be undone.",
                    )}
            </p>
            <form method="post" action=RESET class="form" id="reset-sandbox" data-once>
                <IdempotencyField form="reset-sandbox"/>
                <div class="field">
                    <label for="reset-confirm">{lang.pick("Ketik KOSONGKAN untuk memastikan", "Type KOSONGKAN to confirm")}</label>
                    <input class="input" type="text" id="reset-confirm" autocomplete="off" required pattern="KOSONGKAN"/>
                </div>
                <div class="form-actions">
                    <Button look=ButtonLook::Danger>{lang.pick("Kosongkan", "Empty it")}</Button>
                </div>
            </form>
        </Card>
    }
}
