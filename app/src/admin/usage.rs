//! Calls of all partners together.

use domain::usage::{AdminUsageView, MonthView};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api,
    load::load,
    ui::{
        Card, Delta, DemoBadge, Direction, EmptyState, PageHead, Sparkline, StatCard, TimeStamp, Tone, fmt,
    },
    usage::{DailyChart, OperationTable, millis_or_dash, percent_or_dash, rest_or_dash},
    visitor::use_lang,
};

#[component]
pub fn AdminUsagePage() -> impl IntoView {
    let lang = use_lang();
    let title = "Usage Statistics";
    let usage = api::get::<AdminUsageView>("/portal-api/v1/admin/usage");
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick("Statistik penggunaan API seluruh partner", "API usage of all partners")
            actions=Some(view! { <DemoBadge/> }.into_any())
        />
        {load(usage, |usage| view! { <Usage usage=usage/> })}
    }
}

#[component]
fn Usage(usage: AdminUsageView) -> impl IntoView {
    let lang = use_lang();
    let days = usage.days.len();
    let values = usage.days.iter().map(|day| day.calls).collect::<Vec<_>>();
    let title = lang.pick(format!("API Calls — {days} Hari"), format!("API Calls — {days} Days"));
    let none = view! {
        <EmptyState title=lang.pick("Belum ada panggilan bulan ini.", "No calls this month yet.")>
            {lang.pick("Endpoint tampil di sini setelah panggilan pertama.", "Endpoints appear here with the first call.")}
        </EmptyState>
    };
    view! {
        <div class="stack-lg">
            <Cards month=usage.month values=values/>
            <Card title=title.clone() id="daily">
                <DailyChart days=usage.days label=title/>
            </Card>
            <section class="stack" aria-labelledby="endpoints">
                <h2 id="endpoints">"Top Endpoints by Calls"</h2>
                <OperationTable
                    operations=usage.operations
                    caption=lang.pick("Panggilan bulan ini per endpoint", "This month's calls by endpoint")
                    calls_label=lang.pick("Calls Bulan Ini", "Calls this month")
                    instead=none.into_any()
                />
            </section>
            <p class="muted small">
                {lang.pick("Dihitung ", "Computed ")} <TimeStamp at=usage.at exact=true/>
            </p>
        </div>
    }
}

#[component]
fn Cards(month: MonthView, values: Vec<u64>) -> impl IntoView {
    let lang = use_lang();
    let delta = month.change_percent.map(|percent| {
        let before = fmt::compact(lang, month.calls_last_month);
        let change = fmt::percent(lang, percent.abs(), 1);
        let (direction, tone) = match percent {
            p if p > 0.05 => (Direction::Up, Tone::Success),
            p if p < -0.05 => (Direction::Down, Tone::Neutral),
            _ => (Direction::Flat, Tone::Neutral),
        };
        let text =
            lang.pick(format!("{change} vs {before} bulan lalu"), format!("{change} vs {before} last month"));
        Delta { direction, tone, text }
    });
    view! {
        <div class="grid-stats">
            <StatCard
                id="calls-month"
                label=lang.pick("Total Calls Bulan Ini", "Total calls this month")
                figure=fmt::compact(lang, month.calls)
                definition=lang
                    .pick(
                        "Panggilan live semua partner dan tanpa kunci sejak tanggal 1, 00.00 WIB. Pembanding: seluruh bulan lalu.",
                        "Live calls of all partners and without a key since the 1st, 00:00 WIB. Compared with the whole of last month.",
                    )
                delta=delta
            >
                <Sparkline values=values label=lang.pick("Panggilan per hari, 30 hari terakhir", "Calls per day, last 30 days")/>
            </StatCard>
            <StatCard
                id="success-rate"
                label="Success Rate"
                figure=percent_or_dash(lang, month.success_rate)
                definition=lang
                    .pick(
                        "Bagian panggilan bulan ini yang jawabannya bukan 5xx.",
                        "The share of this month's calls not answered with a 5xx.",
                    )
            />
            <StatCard
                id="p99"
                label="P99 Latency"
                figure=millis_or_dash(lang, month.p99_ms)
                definition=lang
                    .pick(
                        "99 dari 100 panggilan bulan ini dijawab dalam waktu ini, diukur di server dari histogram gabungan.",
                        "99 of 100 calls this month were answered within this time, measured at the server from merged histograms.",
                    )
            />
            <StatCard
                id="error-rate"
                label="Error Rate"
                figure=rest_or_dash(lang, month.error_rate)
                definition=lang
                    .pick("Bagian panggilan bulan ini yang dijawab 5xx.", "The share of this month's calls answered with a 5xx.")
            />
        </div>
    }
}
