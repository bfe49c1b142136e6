//! All live applications, those that wait for a decision first.

use domain::{
    applications::{AdminApplicationRow, ApplicationStatus},
    page::Page,
};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    address::query,
    api,
    applications::{ApplicationStatusBadge, client_type_name},
    load::load,
    ui::{Column, EmptyState, PageHead, Pagination, Tab, Table, Tabs, TimeStamp},
    visitor::use_lang,
};

#[component]
pub fn AdminApplicationsPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Aplikasi OAuth", "OAuth applications");
    let status = query("status").unwrap_or_default();
    // Only words there are go into an address of the API.
    let known = |status: &String| status == "waiting" || status.parse::<ApplicationStatus>().is_ok();
    let status = Some(status).filter(known).unwrap_or_default();
    let page: u64 = query("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let list = api::get::<Page<AdminApplicationRow>>(format!(
        "/portal-api/v1/admin/applications?status={status}&page={page}"
    ));
    let tab = |value: &str, label: &str| Tab {
        href: if value.is_empty() {
            "/admin/applications".to_owned()
        } else {
            format!("/admin/applications?status={value}")
        },
        label: label.to_owned(),
        current: value == status,
    };
    let tabs = vec![
        tab("", lang.pick("Semua", "All")),
        tab("waiting", lang.pick("Menunggu keputusan", "Waiting for a decision")),
        tab("approved", lang.pick("Disetujui", "Approved")),
        tab("rejected", lang.pick("Tidak disetujui", "Not approved")),
        tab("disabled", lang.pick("Dinonaktifkan", "Disabled")),
    ];
    let here = if status.is_empty() {
        "/admin/applications".to_owned()
    } else {
        format!("/admin/applications?status={status}")
    };
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Aplikasi partner yang meminta izin penumpang, dan perubahannya yang menunggu review.",
                    "Partners' applications that ask riders for consent, and changes of them that wait for review.",
                )
        />
        <div class="stack">
            <Tabs label="Status" tabs=tabs/>
            {load(list, move |list| view! { <List list=list href=here/> })}
        </div>
    }
}

#[component]
fn List(list: Page<AdminApplicationRow>, href: String) -> impl IntoView {
    let lang = use_lang();
    let columns = vec![
        Column::text(lang.pick("Nama", "Name")),
        Column::text("Partner"),
        Column::text("Status"),
        Column::text(lang.pick("Diubah", "Changed")),
    ];
    let instead = list.data.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Tidak ada aplikasi.", "No applications.")>
                {lang
                    .pick(
                        "Aplikasi live yang didaftarkan partner tampil di sini.",
                        "Live applications that partners register are listed here.",
                    )}
            </EmptyState>
        }
        .into_any()
    });
    let rows = list
        .data
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row">
                        <a href=format!("/admin/applications/{}", row.id)>{row.name}</a>
                        <small>{client_type_name(lang, row.client_type)}</small>
                    </th>
                    <td>
                        <a href=format!("/admin/partners/{}", row.partner_id)>{row.partner_name}</a>
                    </td>
                    <td>
                        <ApplicationStatusBadge status=row.status has_proposal=row.has_proposal/>
                    </td>
                    <td>
                        <TimeStamp at=row.changed_at/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=lang.pick("Aplikasi", "Applications") columns=columns instead=instead>
            {rows}
        </Table>
        <Pagination meta=list.meta href=href/>
    }
}
