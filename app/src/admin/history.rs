//! What was done to a partner and by whom, out of the audit log.

use domain::partners::AuditRow;
use leptos::prelude::*;

use crate::{
    ui::{Column, EmptyState, Table, TimeStamp},
    visitor::use_lang,
};

#[component]
pub(super) fn History(rows: Vec<AuditRow>) -> impl IntoView {
    let lang = use_lang();
    let columns = vec![
        Column::text(lang.pick("Waktu", "Time")),
        Column::text(lang.pick("Oleh", "By")),
        Column::text(lang.pick("Tindakan", "Act")),
        Column::text(lang.pick("Keterangan", "Detail")),
    ];
    let none = rows.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Belum ada catatan.", "Nothing recorded yet.")>
                {lang.pick("Setiap keputusan tentang partner ini tercatat di sini.", "Every decision about this partner is recorded here.")}
            </EmptyState>
        }
        .into_any()
    });
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <td>
                        <TimeStamp at=row.at exact=true/>
                    </td>
                    <td>{row.actor_name.unwrap_or(row.actor)}</td>
                    <th scope="row">
                        <code>{row.action}</code>
                    </th>
                    <td>{row.detail}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="stack" aria-labelledby="history-title">
            <h2 id="history-title">{lang.pick("Catatan audit", "Audit log")}</h2>
            <Table caption=lang.pick("Catatan audit partner", "Audit log of the partner") columns=columns instead=none>
                {rows}
            </Table>
        </section>
    }
}
