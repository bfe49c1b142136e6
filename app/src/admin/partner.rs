//! One partner, as its operator sees it: who they are, what was decided, what they use.

use domain::{
    keys::{Environment, KeyView},
    page::Page,
    partners::{AdminPartnerView, MemberView, PartnerView},
    usage::UsageView,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{decide::Decisions, history::History};
use crate::{
    account::{StatusBadge, role_name},
    api::{self, Failure},
    keys::{KeyTable, environment_name},
    load::load,
    ui::{
        Badge, Breadcrumb, Card, Column, Crumb, DemoBadge, Done, DoneNotice, EmptyState, PageHead, StatCard,
        Table, TierBadge, TimeStamp, Tone, fmt,
    },
    usage::{DailyChart, millis_or_dash, percent_or_dash},
    visitor::use_lang,
};

const DONE: &[Done] = &[
    ("approved", "Partner disetujui dan diberi kabar lewat email.", "Partner approved and told by e-mail."),
    (
        "rejected",
        "Pendaftaran ditolak; alasannya dikirim lewat email.",
        "Registration rejected; the reason went out by e-mail.",
    ),
    (
        "suspended",
        "Partner ditangguhkan. Kuncinya kini ditolak.",
        "Partner suspended. Its keys are now refused.",
    ),
    ("reinstated", "Penangguhan dicabut.", "Partner reinstated."),
    ("terms", "Tier dan batas disimpan.", "Tier and limits saved."),
];

struct Data {
    view: AdminPartnerView,
    live: Page<KeyView>,
    test: Page<KeyView>,
    usage: UsageView,
}

#[component]
pub fn AdminPartnerPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    // Only what an id is made of goes into an address of the API.
    let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let base = format!("/portal-api/v1/admin/partners/{id}");
    let view = api::get::<AdminPartnerView>(base.clone());
    let keys = |environment: Environment| {
        api::get::<Page<KeyView>>(format!("{base}/keys?environment={environment}&limit=100"))
    };
    let (live, test) = (keys(Environment::Live), keys(Environment::Test));
    let usage = api::get::<UsageView>(format!("{base}/usage?days=30&environment={}", Environment::Live));
    let data = async move {
        Ok(Data { view: view.await?, live: live.await?, test: test.await?, usage: usage.await? })
    };
    // A refusal is a page too, with a heading of its own.
    load(async move { Ok(data.await) }, |data| match data {
        Ok(data) => view! { <Partner data=data/> }.into_any(),
        Err(failure) => view! { <NoPartner failure=failure/> }.into_any(),
    })
}

#[component]
fn NoPartner(failure: Failure) -> impl IntoView {
    view! {
        <Title text="Partner"/>
        <Breadcrumb trail=vec![Crumb::new("/admin/partners", "Partner Management")] here="Partner"/>
        <PageHead title="Partner"/>
        {load(async move { Err::<(), _>(failure) }, |()| ())}
    }
}

#[component]
fn Partner(data: Data) -> impl IntoView {
    let Data { view, live, test, usage } = data;
    let AdminPartnerView { partner, members, steps, history } = view;
    let badges = view! {
        <DemoBadge/>
        <TierBadge tier=partner.tier/>
        <StatusBadge status=partner.status/>
    };
    view! {
        <Title text=partner.name.clone()/>
        <Breadcrumb trail=vec![Crumb::new("/admin/partners", "Partner Management")] here=partner.name.clone()/>
        <PageHead title=partner.name.clone() lead=partner.legal_name.clone() actions=Some(badges.into_any())/>
        <div class="stack-lg">
            <DoneNotice words=DONE/>
            <Decisions partner=partner.clone() steps=steps/>
            <Details partner=partner/>
            <Usage usage=usage/>
            <Members members=members/>
            <Keys live=live.data test=test.data/>
            <History rows=history/>
        </div>
    }
}

#[component]
fn Details(partner: PartnerView) -> impl IntoView {
    let lang = use_lang();
    let terms = partner.tier.terms();
    let limit = move |own: Option<u64>, tiers: Option<u64>| match (own, tiers) {
        (Some(own), _) => format!("{} ({})", fmt::grouped(lang, own), lang.pick("kontrak", "by contract")),
        (None, Some(tiers)) => fmt::grouped(lang, tiers),
        (None, None) => "Unlimited".to_owned(),
    };
    let reason = partner.status_reason.map(|reason| {
        view! {
            <dt>{lang.pick("Alasan", "Reason")}</dt>
            <dd>{reason}</dd>
        }
    });
    view! {
        <Card title=lang.pick("Rincian", "Details") id="details">
            <dl class="facts">
                <dt>"ID"</dt>
                <dd>
                    <code>{partner.id.to_string()}</code>
                </dd>
                <dt>{lang.pick("Pemakaian API", "Use of the API")}</dt>
                <dd>{partner.description}</dd>
                <dt>{lang.pick("Terdaftar", "Registered")}</dt>
                <dd>
                    <TimeStamp at=partner.created_at exact=true/>
                </dd>
                <dt>{lang.pick("Status sejak", "Status since")}</dt>
                <dd>
                    <TimeStamp at=partner.status_since exact=true/>
                </dd>
                {reason}
                <dt>{lang.pick("Kuota per hari", "Quota per day")}</dt>
                <dd>{limit(partner.quota_per_day, terms.requests_per_day)}</dd>
                <dt>{lang.pick("Burst per menit", "Burst per minute")}</dt>
                <dd>{limit(partner.burst_per_minute, Some(terms.burst_per_minute))}</dd>
                {partner
                    .is_demo
                    .then(|| {
                        view! {
                            <dt>"Demo"</dt>
                            <dd>{lang.pick("Partner contoh", "Example partner")}</dd>
                        }
                    })}
            </dl>
        </Card>
    }
}

#[component]
fn Usage(usage: UsageView) -> impl IntoView {
    let lang = use_lang();
    let days = usage.days.len();
    let title = lang.pick(format!("Panggilan live — {days} hari"), format!("Live calls — {days} days"));
    let quota = usage.today.quota.map_or_else(|| "Unlimited".to_owned(), |quota| fmt::grouped(lang, quota));
    let of = format!("{} {quota}", lang.pick("dari", "of"));
    view! {
        <section class="stack" aria-labelledby="usage-title">
            <h2 id="usage-title">{lang.pick("Penggunaan", "Usage")}</h2>
            <div class="grid-stats">
                <StatCard
                    id="today"
                    label=lang.pick("Panggilan hari ini", "Calls today")
                    figure=fmt::grouped(lang, usage.today.calls)
                    definition=lang
                        .pick("Panggilan live yang diterima sejak 00.00 WIB.", "Live calls let in since 00:00 WIB.")
                >
                    <p class="muted small">{of}</p>
                </StatCard>
                <StatCard
                    id="refused"
                    label=lang.pick("Ditolak hari ini", "Refused today")
                    figure=fmt::grouped(lang, usage.today.refused)
                    definition=lang
                        .pick(
                            "Percobaan yang ditolak sebelum endpoint (401, 403, 429); tidak memakai kuota.",
                            "Attempts refused before an endpoint (401, 403, 429); they use no quota.",
                        )
                />
                <StatCard
                    id="success"
                    label="Success Rate"
                    figure=percent_or_dash(lang, usage.total.success_rate)
                    definition=lang
                        .pick("Bagian panggilan yang jawabannya bukan 5xx.", "The share of calls not answered with a 5xx.")
                />
                <StatCard
                    id="p99"
                    label="P99 Latency"
                    figure=millis_or_dash(lang, usage.total.p99_ms)
                    definition=lang
                        .pick(
                            "99 dari 100 panggilan dijawab dalam waktu ini.",
                            "99 of 100 calls were answered within this time.",
                        )
                />
            </div>
            <Card title=title.clone() id="daily">
                <DailyChart days=usage.days label=title/>
            </Card>
        </section>
    }
}

#[component]
fn Members(members: Vec<MemberView>) -> impl IntoView {
    let lang = use_lang();
    let columns = vec![
        Column::text(lang.pick("Nama", "Name")),
        Column::text(lang.pick("Peran", "Role")),
        Column::text(lang.pick("Dua langkah", "Two-step")),
        Column::text(lang.pick("Sejak", "Since")),
    ];
    let rows = members
        .into_iter()
        .map(|member| {
            view! {
                <tr>
                    <th scope="row">
                        {member.name} <small>{member.email}</small>
                    </th>
                    <td>
                        {role_name(lang, member.role)}
                        {member
                            .invited
                            .then(|| view! { " " <Badge tone=Tone::Info>{lang.pick("Diundang", "Invited")}</Badge> })}
                    </td>
                    <td>
                        {match member.totp_enabled {
                            true => lang.pick("Aktif", "On"),
                            false => lang.pick("Tidak aktif", "Off"),
                        }}
                    </td>
                    <td>
                        <TimeStamp at=member.created_at/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="stack" aria-labelledby="members-title">
            <h2 id="members-title">{lang.pick("Anggota", "Members")}</h2>
            <Table caption=lang.pick("Anggota partner", "Members of the partner") columns=columns>
                {rows}
            </Table>
        </section>
    }
}

#[component]
fn Keys(live: Vec<KeyView>, test: Vec<KeyView>) -> impl IntoView {
    let lang = use_lang();
    let table = |environment: Environment, keys: Vec<KeyView>| {
        let caption = lang.pick(
            format!("Kunci {}", environment_name(environment)),
            format!("{} keys", environment_name(environment)),
        );
        let none = view! {
            <EmptyState title=lang.pick("Belum ada kunci.", "No keys yet.")>
                {lang.pick("Kunci dibuat oleh anggota partner sendiri.", "Keys are made by the partner's own members.")}
            </EmptyState>
        };
        view! {
            <h3>{caption.clone()}</h3>
            <KeyTable keys=keys caption=caption instead=none.into_any()/>
        }
    };
    view! {
        <section class="stack" aria-labelledby="keys-title">
            <h2 id="keys-title">{lang.pick("Kunci API", "API keys")}</h2>
            {table(Environment::Live, live)}
            {table(Environment::Test, test)}
        </section>
    }
}
