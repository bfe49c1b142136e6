//! The network's last days, for everybody.

use domain::{
    lang::Lang,
    traffic::{NetworkDayView, NetworkDaysView},
};
use leptos::prelude::*;

use crate::{
    ui::{Card, Column, EmptyState, Table, fmt},
    usage::Chart,
    visitor::use_lang,
};

/// Chart and table, newest day first.
#[component]
pub(super) fn NetworkDays(view: NetworkDaysView) -> impl IntoView {
    let lang = use_lang();
    let days = view.days.len();
    let title = lang.pick(
        format!("Seluruh jaringan — {days} hari terakhir"),
        format!("Whole network — last {days} days"),
    );
    if view.days.iter().all(|day| day.tap_in == Some(0) && day.tap_out == Some(0)) {
        return view! {
            <EmptyState title=lang.pick("Belum ada tap.", "No taps yet.")>
                {lang
                    .pick(
                        "Angka harian tampil setelah gate mengirim tap pertama.",
                        "Daily figures appear once gates have sent the first taps.",
                    )}
            </EmptyState>
        }
        .into_any();
    }
    #[cfg(feature = "ssr")]
    let options = super::options::network_days(lang, &view.days);
    #[cfg(not(feature = "ssr"))]
    let options = String::new();
    let columns = vec![
        Column::text(lang.pick("Tanggal (WIB)", "Date (WIB)")),
        Column::number("Tap in"),
        Column::number("Tap out"),
    ];
    let rows = view.days.iter().rev().map(|day| row(lang, day)).collect_view();
    view! {
        <Card title=title.clone() id="network-days">
            <Chart options=options label=title.clone()/>
            <div class="chart-rows">
                <Table caption=title columns=columns>
                    {rows}
                </Table>
            </div>
        </Card>
        <p class="muted small">
            {lang
                .pick(
                    "Jumlah 1–4 per stasiun, jam, dan arah disembunyikan. Bila total dapat mengungkapnya, yang tampil adalah batas bawah (≥): jumlah semua jam yang boleh ditampilkan. Angka diperbarui paling sering sekali semenit.",
                    "Counts of 1–4 by station, hour and direction are withheld. Where a total would tell one, a lower bound (≥) stands instead: the sum of all hours that may be shown. Figures are renewed once a minute at most.",
                )}
        </p>
    }
    .into_any()
}

fn row(lang: Lang, day: &NetworkDayView) -> impl IntoView + use<> {
    let running = day.running.then(|| view! { <small>{lang.pick("sejauh ini", "so far")}</small> });
    view! {
        <tr>
            <th scope="row">{fmt::date(lang, day.day)} {running}</th>
            <td class="num">{at_least(lang, day.tap_in, day.tap_in_min)}</td>
            <td class="num">{at_least(lang, day.tap_out, day.tap_out_min)}</td>
        </tr>
    }
}

/// The total, or `≥` what may be shown of it.
fn at_least(lang: Lang, total: Option<u64>, least: u64) -> String {
    match total {
        Some(total) => fmt::grouped(lang, total),
        None => format!("≥ {}", fmt::grouped(lang, least)),
    }
}
