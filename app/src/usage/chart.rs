//! Calls per day: a chart, and the same rows as a table for everyone who cannot see or use a chart.

use domain::usage::DayView;
use leptos::prelude::*;

use crate::{
    ui::{Column, Table, fmt},
    visitor::use_lang,
};

/// Chart and table of `days` (oldest first). The table counts down from today.
#[component]
pub fn DailyChart(days: Vec<DayView>, #[prop(into)] label: String) -> impl IntoView {
    let lang = use_lang();
    #[cfg(feature = "ssr")]
    let options = super::options::daily(lang, &days);
    // Pages are rendered by the server only; in the browser this is never called.
    #[cfg(not(feature = "ssr"))]
    let options = String::new();
    let columns = vec![
        Column::text(lang.pick("Tanggal (WIB)", "Date (WIB)")),
        Column::number(lang.pick("Panggilan", "Calls")),
        Column::number("4xx"),
        Column::number("5xx"),
        Column::number(lang.pick("Ditolak", "Refused")),
    ];
    let rows = days
        .into_iter()
        .rev()
        .map(|day| {
            view! {
                <tr>
                    <th scope="row">{fmt::date(lang, day.day)}</th>
                    <td class="num">{fmt::grouped(lang, day.calls)}</td>
                    <td class="num">{fmt::grouped(lang, day.client_errors)}</td>
                    <td class="num">{fmt::grouped(lang, day.errors)}</td>
                    <td class="num">{fmt::grouped(lang, day.refused)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Chart options=options label=label.clone()/>
        <div class="chart-rows">
            <Table caption=label columns=columns>
                {rows}
            </Table>
        </div>
    }
}

/// Draws ECharts options (JSON) where scripts run. The rows stand in a table beside it, so the
/// drawing itself is one picture with a name to a screen reader.
#[island]
pub fn Chart(options: String, label: String) -> impl IntoView {
    let element = NodeRef::<leptos::html::Div>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            draw(&element, &options);
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = options;
    view! { <div class="chart" node_ref=element role="img" aria-label=label></div> }
}

/// Hands the options to `site.js`, which loads the chart library and draws.
#[cfg(feature = "hydrate")]
fn draw(element: &leptos::web_sys::Element, options: &str) {
    use wasm_bindgen::{JsCast, JsValue};

    let drawn = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("nfcg")).and_then(|site| {
        let chart = js_sys::Reflect::get(&site, &JsValue::from_str("chart"))?;
        let chart: js_sys::Function = chart.dyn_into()?;
        chart.call2(&site, element, &JsValue::from_str(options))
    });
    // Without the drawing the table below still tells everything.
    if let Err(error) = drawn {
        leptos::logging::warn!("the chart could not be drawn: {error:?}");
    }
}
