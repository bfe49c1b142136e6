//! All partners: how many, which, and how much of their limits they use.

use domain::{
    page::Page,
    partners::{AdminOverview, AdminPartnerRow, PartnerStatus},
    usage::OverviewView,
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::partners_table::PartnersTable;
use crate::{
    account::status_name,
    address::query,
    api,
    load::load,
    ui::{
        Button, Choice, DemoBadge, EmptyState, InputKind, LinkButton, PageHead, Pagination, SelectField,
        StatCard, TextField, fmt,
    },
    visitor::use_lang,
};

/// What the list is narrowed to; from the address.
#[derive(Debug, Clone, Default)]
struct Filter {
    status: Option<PartnerStatus>,
    q: String,
}

impl Filter {
    fn current() -> (Self, Option<u64>) {
        let status = query("status").and_then(|status| status.parse().ok());
        let filter = Self { status, q: query("q").unwrap_or_default() };
        (filter, query("page").and_then(|page| page.parse().ok()))
    }

    fn is_set(&self) -> bool {
        self.status.is_some() || !self.q.is_empty()
    }

    /// Under `base`: the page's own address, or the API's.
    fn href(&self, base: &str) -> String {
        let encode = |text: &str| -> String {
            let encoded = text.bytes().map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    char::from(byte).to_string()
                }
                _ => format!("%{byte:02X}"),
            });
            encoded.collect()
        };
        let status = self.status.map(|status| format!("status={}", status.as_str()));
        let q = (!self.q.is_empty()).then(|| format!("q={}", encode(&self.q)));
        let pairs: Vec<_> = [status, q].into_iter().flatten().collect();
        if pairs.is_empty() { base.to_owned() } else { format!("{base}?{}", pairs.join("&")) }
    }
}

#[component]
pub fn AdminPartnersPage() -> impl IntoView {
    let lang = use_lang();
    let title = "Partner Management";
    let (filter, page) = Filter::current();
    let counts = api::get::<AdminOverview>("/portal-api/v1/admin/overview");
    let overview = api::get::<OverviewView>("/portal-api/v1/overview");
    let list = filter.href("/portal-api/v1/admin/partners");
    let join = if list.contains('?') { '&' } else { '?' };
    let list = api::get::<Page<AdminPartnerRow>>(format!("{list}{join}page={}", page.unwrap_or(1)));
    let head = async move { Ok((counts.await?, overview.await?)) };
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Kelola API partner yang terdaftar dan akses mereka",
                    "Manage the registered API partners and their access",
                )
            actions=Some(view! { <DemoBadge/> }.into_any())
        />
        <div class="stack-lg">
            {load(head, |(counts, overview)| view! { <Cards counts=counts overview=overview/> })}
            <div>
                <Filters filter=filter.clone()/>
                {load(list, move |list| view! { <List list=list filter=filter/> })}
            </div>
        </div>
    }
}

#[component]
fn Cards(counts: AdminOverview, overview: OverviewView) -> impl IntoView {
    let lang = use_lang();
    let counts = counts.partners;
    view! {
        <div class="grid-stats">
            <StatCard
                id="partners-active"
                label=lang.pick("Partner Aktif", "Active partners")
                figure=fmt::grouped(lang, counts.active)
                definition=lang
                    .pick(
                        "Partner yang pendaftarannya disetujui dan tidak sedang ditangguhkan.",
                        "Partners whose registration is approved and who are not suspended.",
                    )
            />
            <StatCard
                id="partners-in-review"
                label=lang.pick("Dalam Review", "In review")
                figure=fmt::grouped(lang, counts.in_review)
                definition=lang
                    .pick(
                        "Pendaftaran dengan email terverifikasi yang menunggu keputusan.",
                        "Registrations with a verified e-mail that wait for a decision.",
                    )
            >
                {(counts.in_review > 0)
                    .then(|| {
                        view! {
                            <p class="small">
                                <a href="/admin/partners?status=in_review">
                                    {lang.pick("Lihat yang menunggu", "See who waits")}
                                </a>
                            </p>
                        }
                    })}
            </StatCard>
            <StatCard
                id="calls-month"
                label=lang.pick("Calls Bulan Ini", "Calls this month")
                figure=fmt::compact(lang, overview.month.calls)
                definition=lang
                    .pick(
                        "Panggilan live semua partner sejak tanggal 1 bulan ini, 00.00 WIB.",
                        "Live calls of all partners since the 1st of this month, 00:00 WIB.",
                    )
            />
            <StatCard
                id="partners-enterprise"
                label="Enterprise Tier"
                figure=fmt::grouped(lang, counts.enterprise)
                definition=lang.pick("Partner aktif di tier Enterprise.", "Active partners on the Enterprise tier.")
            />
        </div>
    }
}

#[component]
fn Filters(filter: Filter) -> impl IntoView {
    let lang = use_lang();
    let mut choices = vec![Choice::new("", lang.pick("Semua status", "Any status"))];
    choices.extend(PartnerStatus::ALL.map(|status| Choice::new(status.as_str(), status_name(lang, status))));
    let is_set = filter.is_set();
    view! {
        <form class="filters" method="get" action="/admin/partners" role="search">
            <TextField
                name="q"
                label=lang.pick("Cari partner", "Search partners")
                kind=InputKind::Search
                value=filter.q
                required=true
            />
            <SelectField
                name="status"
                label="Status"
                choices=choices
                value=filter.status.map(PartnerStatus::as_str).unwrap_or_default()
            />
            <Button>{lang.pick("Terapkan", "Apply")}</Button>
            {is_set.then(|| view! { <LinkButton href="/admin/partners">{lang.pick("Hapus filter", "Clear")}</LinkButton> })}
        </form>
    }
}

#[component]
fn List(list: Page<AdminPartnerRow>, filter: Filter) -> impl IntoView {
    let lang = use_lang();
    let instead = list.data.is_empty().then(|| match filter.is_set() {
        true => view! {
            <EmptyState
                title=lang.pick("Tidak ada partner yang cocok.", "No partner fits.")
                action=Some(
                    view! { <LinkButton href="/admin/partners">{lang.pick("Hapus filter", "Clear the filter")}</LinkButton> }
                        .into_any(),
                )
            >
                {lang.pick("Ubah kata pencarian atau pilih status lain.", "Change the search or choose another status.")}
            </EmptyState>
        }
        .into_any(),
        false => view! {
            <EmptyState title=lang.pick("Belum ada partner.", "No partners yet.")>
                {lang
                    .pick(
                        "Organisasi yang mendaftar di halaman pendaftaran tampil di sini.",
                        "Organisations that sign up are listed here.",
                    )}
            </EmptyState>
        }
        .into_any(),
    });
    let href = filter.href("/admin/partners");
    view! {
        <PartnersTable partners=list.data instead=instead/>
        <Pagination meta=list.meta href=href/>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_what_the_list_is_narrowed_to() {
        let href = |status: Option<PartnerStatus>, q: &str| Filter { status, q: q.to_owned() }.href("/p");
        assert_eq!(href(None, ""), "/p");
        assert_eq!(href(Some(PartnerStatus::InReview), ""), "/p?status=in_review");
        assert_eq!(href(Some(PartnerStatus::Active), "PT A&B é"), "/p?status=active&q=PT%20A%26B%20%C3%A9");
    }
}
