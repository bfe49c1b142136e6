//! Who read what of a rider, and when.

use domain::{
    ids::ApplicationId,
    rider_accounts::{AccessRow, ReaderName, RiderAccesses},
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::words;
use crate::{
    address::query,
    api,
    load::load,
    ui::{
        Button, Choice, Column, EmptyState, LinkButton, PageHead, Pagination, SelectField, Table, TimeStamp,
        fmt,
    },
    visitor::use_lang,
};

const PAGE: &str = "/account/access-log";

#[component]
pub fn RiderAccessesPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Siapa membaca data saya", "Who read my data");
    let page: u64 = query("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    // Only an id goes back into an address.
    let wanted = query("application").and_then(|id| id.parse::<ApplicationId>().ok());
    let filter = wanted.as_ref().map(|id| format!("application={id}"));
    let asked = filter.as_ref().map(|filter| format!("&{filter}")).unwrap_or_default();
    let list = api::get::<RiderAccesses>(format!("/portal-api/v1/rider/access-log?page={page}{asked}"));
    let href = filter.map_or_else(|| PAGE.to_owned(), |filter| format!("{PAGE}?{filter}"));
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Setiap kali sebuah aplikasi membaca data Anda, tercatat di sini: juga aplikasi yang izinnya sudah dicabut.",
                    "Each time an application reads your data it is written down here: of applications that were withdrawn, too.",
                )
        />
        {load(
            list,
            move |list| {
                let RiderAccesses { page, readers } = list;
                view! {
                    <Filter readers=readers wanted=wanted/>
                    <Rows rows=page.data/>
                    <Pagination meta=page.meta href=href/>
                }
            },
        )}
    }
}

#[component]
fn Filter(readers: Vec<ReaderName>, wanted: Option<ApplicationId>) -> impl IntoView {
    let lang = use_lang();
    let is_set = wanted.is_some();
    if readers.len() < 2 && !is_set {
        return None;
    }
    let all = Choice::new("", lang.pick("Semua aplikasi", "All applications"));
    let each = readers.into_iter().map(|reader| Choice::new(reader.id.to_string(), reader.name));
    let choices = std::iter::once(all).chain(each).collect();
    let value = wanted.map(|id| id.to_string()).unwrap_or_default();
    Some(view! {
        <form class="filters" method="get" action=PAGE>
            <SelectField
                name="application"
                label=lang.pick("Aplikasi", "Application")
                choices=choices
                value=value
            />
            <Button>{lang.pick("Tampilkan", "Show")}</Button>
            {is_set.then(|| view! { <LinkButton href=PAGE>{lang.pick("Hapus filter", "Clear")}</LinkButton> })}
        </form>
    })
}

#[component]
fn Rows(rows: Vec<AccessRow>) -> impl IntoView {
    let lang = use_lang();
    let instead = rows.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Belum ada yang membaca data Anda.", "Nobody has read your data.")>
                {lang
                    .pick(
                        "Hanya aplikasi yang Anda izinkan dapat membaca atau dikirimi, dan setiap kali tampil di sini.",
                        "Only applications that you allowed can read or be sent anything, and each time shows here.",
                    )}
            </EmptyState>
        }
        .into_any()
    });
    let rows = rows.into_iter().map(|row| {
        view! {
            <tr>
                <th scope="row">{row.application.clone()}</th>
                <td>
                    {words::read(lang, &row)}
                    <small>
                        <code>{row.scope.as_str()}</code>
                    </small>
                </td>
                <td class="num">{fmt::grouped(lang, row.records)}</td>
                <td>
                    <TimeStamp at=row.at exact=true/>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let columns = vec![
        Column::text(lang.pick("Aplikasi", "Application")),
        Column::text(lang.pick("Yang dibaca atau dikirim", "What was read or sent")),
        Column::number(lang.pick("Banyak catatan", "Records")),
        Column::text(lang.pick("Waktu", "Time")),
    ];
    view! {
        <Table caption=lang.pick("Pembacaan data saya", "Readings of my data") columns=columns instead=instead>
            {rows}
        </Table>
    }
}
