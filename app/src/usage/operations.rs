//! Calls per endpoint in rows.

use domain::usage::OperationView;
use leptos::prelude::*;

use super::cards::percent_or_dash;
use crate::{
    nav::ENDPOINTS,
    ui::{Column, Table, Tip, fmt},
    visitor::use_lang,
};

/// Table of endpoints, in the order given. `instead` stands in the rows' place when there are none.
#[component]
pub fn OperationTable(
    operations: Vec<OperationView>,
    #[prop(into)] caption: String,
    /// Header of the column of calls: tells the period.
    #[prop(into)]
    calls_label: String,
    instead: AnyView,
) -> impl IntoView {
    let lang = use_lang();
    let columns = vec![
        Column::text("Endpoint"),
        Column::number(calls_label),
        Column::number("Success%"),
        Column::number("Avg Latency"),
        Column::number("P50"),
        Column::number("P99 Latency"),
    ];
    let instead = operations.is_empty().then_some(instead);
    let rows = operations.into_iter().map(|operation| view! { <Row operation=operation/> }).collect_view();
    view! {
        <Table caption=caption columns=columns instead=instead>
            {rows}
        </Table>
        <p class="muted small">
            {lang
                .pick(
                    "Success%: bagian panggilan yang jawabannya bukan 5xx. P50/P99: separuh dan 99 dari 100 panggilan dijawab dalam waktu itu.",
                    "Success%: the share of calls not answered with a 5xx. P50/P99: half, and 99 of 100 calls, were answered within that time.",
                )} " "
            <Tip id="percentiles" label=lang.pick("Cara persentil dihitung", "How percentiles are computed")>
                {lang
                    .pick(
                        "Dihitung dari histogram gabungan semua panggilan (ketelitian 1 %), bukan dari rata-rata persentil. Diukur di server, tanpa waktu jaringan.",
                        "From the merged histograms of all calls (1 % precision), never from averages of percentiles. Measured at the server, without network time.",
                    )}
            </Tip>
        </p>
    }
}

#[component]
fn Row(operation: OperationView) -> impl IntoView {
    let lang = use_lang();
    let page = ENDPOINTS.into_iter().find(|endpoint| endpoint.slug.replace('-', "_") == operation.operation);
    let name = match page {
        Some(page) => view! { <a href=page.href()><code>{operation.title}</code></a> }.into_any(),
        None => view! { <code>{operation.title}</code> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="num">{fmt::grouped(lang, operation.calls)}</td>
            <td class="num">{percent_or_dash(lang, Some(operation.success_rate))}</td>
            <td class="num">{fmt::millis(lang, operation.avg_ms)}</td>
            <td class="num">{fmt::millis(lang, operation.p50_ms)}</td>
            <td class="num">{fmt::millis(lang, operation.p99_ms)}</td>
        </tr>
    }
}
