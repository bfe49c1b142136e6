//! The page of a partner's usage.

use domain::{
    keys::Environment,
    operations::{BASE, Operation},
    samples::{KEY_PLACEHOLDER, SampleRequest, url},
    usage::{DAYS_DEFAULT, UsageView},
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{cards::Cards, chart::DailyChart, operations::OperationTable};
use crate::{
    address::query,
    api::{self, ApiBase},
    keys::environment_name,
    load::load,
    ui::{Card, CodeBlock, DemoBadge, EmptyState, LinkButton, PageHead, Tab, Tabs},
    visitor::use_lang,
};

#[component]
pub fn UsagePage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Penggunaan", "Usage");
    let environment = query("environment");
    let environment = environment.and_then(|name| name.parse().ok()).unwrap_or(Environment::Live);
    let usage =
        api::get::<UsageView>(format!("/portal-api/v1/usage?days={DAYS_DEFAULT}&environment={environment}"));
    let tabs = Environment::ALL.map(|tab| Tab {
        href: format!("/usage?environment={tab}"),
        label: environment_name(tab).to_owned(),
        current: tab == environment,
    });
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Panggilan semua kunci Anda. Angka baru tampil dalam beberapa detik; hari dihitung menurut WIB.",
                    "The calls of all your keys. New figures appear within seconds; days are those of WIB.",
                )
            actions=Some(view! { <DemoBadge/> }.into_any())
        />
        <Tabs label=lang.pick("Lingkungan", "Environment") tabs=tabs.into()/>
        {load(usage, |usage| view! { <Usage usage=usage/> })}
    }
}

#[component]
fn Usage(usage: UsageView) -> impl IntoView {
    let lang = use_lang();
    let days = usage.days.len() as u64;
    let environment = usage.environment;
    let is_empty = usage.days.iter().all(|day| day.calls == 0 && day.refused == 0);
    let cards = view! { <Cards today=usage.today total=usage.total days=days/> };
    let rest = if is_empty {
        view! { <NoCalls environment=environment/> }.into_any()
    } else {
        let title =
            lang.pick(format!("API Usage — {days} Hari Terakhir"), format!("API Usage — Last {days} Days"));
        let none = view! {
            <EmptyState title=lang.pick("Belum ada panggilan.", "No calls yet.")>
                {lang.pick("Semua percobaan ditolak sebelum sampai ke endpoint.", "All attempts were refused before they reached an endpoint.")}
            </EmptyState>
        };
        view! {
            <Card title=title.clone() id="daily">
                <DailyChart days=usage.days label=title/>
            </Card>
            <section class="stack" aria-labelledby="endpoints">
                <h2 id="endpoints">{lang.pick("Per endpoint", "By endpoint")}</h2>
                <OperationTable
                    operations=usage.operations
                    caption=lang.pick("Panggilan per endpoint", "Calls by endpoint")
                    calls_label=lang.pick(format!("Panggilan ({days} hari)"), format!("Calls ({days} days)"))
                    instead=none.into_any()
                />
            </section>
        }
        .into_any()
    };
    view! {
        <div class="stack-lg">
            {cards}
            {rest}
        </div>
    }
}

/// What will be here, why it is empty, and how to make the first call.
#[component]
fn NoCalls(environment: Environment) -> impl IntoView {
    let lang = use_lang();
    let placeholder = match environment {
        Environment::Live => "nfcg_live_...",
        Environment::Test => KEY_PLACEHOLDER,
    };
    let sample = SampleRequest {
        method: "GET".to_owned(),
        url: url(
            &format!("{}{BASE}", ApiBase::current()),
            Operation::CalculateFare.path(),
            &[],
            &[("from", "STN_GMB"), ("to", "STN_DPK")],
        ),
        headers: vec![("X-API-Key".to_owned(), placeholder.to_owned())],
        json: None,
    };
    let action = view! {
        <LinkButton href=format!("/keys?environment={environment}")>{lang.pick("Ke kunci API", "To the API keys")}</LinkButton>
    };
    view! {
        <EmptyState
            title=lang
                .pick(
                    format!("Belum ada panggilan {}.", environment_name(environment)),
                    format!("No {} calls yet.", environment_name(environment)),
                )
            action=Some(action.into_any())
        >
            {lang
                .pick(
                    "Grafik harian dan tabel per endpoint tampil setelah panggilan pertama dengan salah satu kunci Anda.",
                    "The daily chart and the table by endpoint appear with the first call of one of your keys.",
                )}
        </EmptyState>
        <CodeBlock
            id="first-call"
            title=lang.pick("Panggilan pertama: tarif Gambir – Depok", "First call: the fare from Gambir to Depok")
            language="curl"
            code=sample.curl()
        />
    }
}
