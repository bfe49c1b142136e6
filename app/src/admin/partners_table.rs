//! Partners in rows.

use domain::partners::AdminPartnerRow;
use leptos::prelude::*;

use crate::{
    account::StatusBadge,
    ui::{Column, Table, TierBadge, fmt},
    usage::QuotaMeter,
    visitor::use_lang,
};

/// `instead` stands in the rows' place when there are none.
#[component]
pub(super) fn PartnersTable(partners: Vec<AdminPartnerRow>, instead: Option<AnyView>) -> impl IntoView {
    let lang = use_lang();
    let columns = vec![
        Column::text("Partner"),
        Column::text("Tier"),
        Column::number(lang.pick("API Calls Hari Ini", "API calls today")),
        Column::number(lang.pick("Limit/Hari", "Limit/day")),
        Column::text(lang.pick("Penggunaan", "Use")),
        Column::text("Status"),
        Column::text(lang.pick("Aksi", "Actions")),
    ];
    let rows = partners.into_iter().map(|partner| view! { <Row partner=partner/> }).collect_view();
    view! {
        <Table caption=lang.pick("Partner terdaftar", "Registered partners") columns=columns instead=instead>
            {rows}
        </Table>
    }
}

#[component]
fn Row(partner: AdminPartnerRow) -> impl IntoView {
    let lang = use_lang();
    let quota = partner.quota_per_day.or(partner.tier.terms().requests_per_day);
    let (limit, used) = match quota {
        None => ("Unlimited".to_owned(), view! { <span class="muted">"OK"</span> }.into_any()),
        Some(quota) => {
            let share = fmt::share(lang, partner.calls_today, quota).unwrap_or_else(|| "–".to_owned());
            let label = format!("{} {}", lang.pick("Pemakaian kuota", "Quota used by"), partner.name);
            let meter = view! {
                <div class="meter-cell">
                    <QuotaMeter used=partner.calls_today quota=quota label=label/>
                    <span class="num">{share}</span>
                </div>
            };
            (fmt::grouped(lang, quota), meter.into_any())
        }
    };
    let href = format!("/admin/partners/{}", partner.id);
    let manage = format!("{} {}", lang.pick("Kelola", "Manage"), partner.name);
    view! {
        <tr>
            <th scope="row">
                <a href=href.clone()>{partner.name}</a>
                <small>{partner.legal_name}</small>
            </th>
            <td>
                <TierBadge tier=partner.tier/>
            </td>
            <td class="num">{fmt::grouped(lang, partner.calls_today)}</td>
            <td class="num">{limit}</td>
            <td>{used}</td>
            <td>
                <StatusBadge status=partner.status/>
            </td>
            <td class="actions">
                <a class="button button-quiet" href=href aria-label=manage>
                    {lang.pick("Kelola", "Manage")}
                </a>
            </td>
        </tr>
    }
}
