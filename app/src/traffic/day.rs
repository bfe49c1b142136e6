//! One station's day, hour by hour.

use domain::{
    lang::Lang,
    traffic::{TrafficRow, TrafficView},
};
use leptos::prelude::*;

use super::level::{Level, hour_range};
use crate::{
    ui::{Card, Column, Table, Tip, fmt},
    usage::Chart,
    visitor::use_lang,
};

/// Chart and table of a station's hours.
#[component]
pub(super) fn StationDay(view: TrafficView, #[prop(into)] station: String) -> impl IntoView {
    let lang = use_lang();
    let rows = view.data.unwrap_or_default();
    let date = fmt::date(lang, view.date);
    let title = format!("{station} — {date}");
    #[cfg(feature = "ssr")]
    let options = super::options::hours(&rows);
    #[cfg(not(feature = "ssr"))]
    let options = String::new();
    let columns = vec![
        Column::text(lang.pick("Jam (WIB)", "Hour (WIB)")),
        Column::number("Tap in"),
        Column::number("Tap out"),
        Column::text(lang.pick("Kepadatan", "Crowding")),
    ];
    let table = rows.iter().map(|row| hour(lang, row)).collect_view();
    let label = lang.pick(format!("Tap per jam, {title}"), format!("Taps by hour, {title}"));
    view! {
        <Card title=title id="station-day">
            <Chart options=options label=label.clone()/>
            <div class="chart-rows">
                <Table caption=label columns=columns>
                    {table}
                </Table>
            </div>
        </Card>
        <p class="muted small">
            {lang.pick("<5: jumlah 1 sampai 4, disembunyikan agar tidak ada orang yang dapat dikenali.", "<5: a count of 1 to 4, withheld so that nobody can be recognised.")}
            " "
            <Tip id="levels" label=lang.pick("Cara kepadatan dihitung", "How crowding is worked out")>
                {lang
                    .pick(
                        "Tap masuk dan keluar yang ditampilkan, dibagi kapasitas stasiun per jam: di atas 40% sedang, di atas 60% tinggi, di atas 80% kritis.",
                        "The shown taps in and out over the station's capacity an hour: above 40% medium, above 60% high, above 80% critical.",
                    )}
            </Tip>
        </p>
    }
}

fn hour(lang: Lang, row: &TrafficRow) -> impl IntoView + use<> {
    let figure = |taps: Option<u64>| taps.map_or_else(|| "<5".to_owned(), |taps| fmt::grouped(lang, taps));
    view! {
        <tr>
            <th scope="row">{row.hour.map(hour_range)}</th>
            <td class="num">{figure(row.tap_in)}</td>
            <td class="num">{figure(row.tap_out)}</td>
            <td>
                <Level level=row.crowd_level/>
            </td>
        </tr>
    }
}
