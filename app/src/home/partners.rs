//! Who uses the API today.

use domain::usage::OverviewView;
use leptos::prelude::*;

use crate::ui::*;
use crate::visitor::use_lang;

/// Active partners, most calls today first.
#[component]
pub fn ActivePartners(overview: OverviewView) -> impl IntoView {
    let lang = use_lang();
    let none = overview.partners.is_empty().then(|| {
        view! {
            <EmptyState
                title=lang.pick("Belum ada partner aktif.", "No active partners yet.")
                action=Some(
                    view! { <LinkButton href="/sign-up">{lang.pick("Jadilah yang pertama", "Be the first")}</LinkButton> }
                        .into_any(),
                )
            >
                {lang.pick(
                    "Organisasi yang pendaftarannya disetujui tampil di sini.",
                    "Organisations appear here once their registration is approved.",
                )}
            </EmptyState>
        }
        .into_any()
    });
    let rows = overview.partners.into_iter().map(move |partner| {
        view! {
            <tr>
                <th scope="row">
                    {partner.name}
                    <small>{partner.description}</small>
                </th>
                <td><TierBadge tier=partner.tier/></td>
                <td class="num">{fmt::grouped(lang, partner.calls_today)}</td>
                <td><Badge tone=Tone::Success>{lang.pick("Aktif", "Active")}</Badge></td>
            </tr>
        }
    });
    let columns = vec![
        Column::text("Partner"),
        Column::text("Tier"),
        Column::number(lang.pick("Calls hari ini", "Calls today")),
        Column::text("Status"),
    ];
    view! {
        <section class="section" id="partners-active">
            <h2>{lang.pick("Partner aktif", "Active partners")}</h2>
            <Table caption=lang.pick("Partner aktif", "Active partners") columns=columns instead=none>
                {rows.collect_view()}
            </Table>
        </section>
    }
}
