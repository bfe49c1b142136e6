//! Headline figures and the last days' chart. Each figure says how it is counted; one that was not
//! measured yet is a dash with a sentence, never a guess.

use domain::lang::Lang;
use domain::usage::{MonthView, OverviewView};
use leptos::prelude::*;

use crate::ui::*;
use crate::usage::DailyChart;
use crate::visitor::use_lang;

/// What stands where there is no figure yet.
const NONE: &str = "–";

/// Partners, calls of the month, speed, success.
#[component]
pub fn Figures(overview: OverviewView) -> impl IntoView {
    let lang = use_lang();
    let OverviewView { partners_active, partners_in_review, month, demo, .. } = overview;
    let unmeasured = || Delta {
        direction: Direction::Flat,
        tone: Tone::Neutral,
        text: lang.pick("Belum ada panggilan bulan ini", "No calls this month yet").to_owned(),
    };
    let in_review = Delta {
        direction: Direction::Flat,
        tone: Tone::Neutral,
        text: format!(
            "{} {}",
            fmt::grouped(lang, partners_in_review),
            lang.pick("dalam review", "in review")
        ),
    };
    let change = change(&month, lang);
    let p99 = month.p99_ms.map_or_else(|| NONE.to_owned(), |ms| fmt::millis(lang, ms));
    let success = month.success_rate.map_or_else(|| NONE.to_owned(), |rate| fmt::percent(lang, rate, 1));
    view! {
        {demo.then(|| view! { <div class="cluster figures-demo"><DemoBadge/></div> })}
        <div class="grid-stats">
            <StatCard
                id="partners"
                label=lang.pick("Partner aktif", "Active partners")
                figure=fmt::grouped(lang, partners_active)
                definition=lang.pick(
                    "Organisasi yang pendaftarannya disetujui dan tidak sedang ditangguhkan.",
                    "Organisations whose registration was approved and that are not suspended.",
                )
                delta=Some(in_review)
            />
            <StatCard
                id="calls"
                label=lang.pick("API calls bulan ini", "API calls this month")
                figure=fmt::compact(lang, month.calls)
                definition=lang.pick(
                    "Jawaban live kepada semua pemanggil yang diterima, sejak tanggal 1 pukul 00.00 WIB. Panggilan yang ditolak (401, 403, 429) tidak dihitung.",
                    "Live answers to every caller let in, since 00:00 WIB on the 1st. Refused calls (401, 403, 429) are not counted.",
                )
                delta=change
            />
            <StatCard
                id="p99"
                label=lang.pick("P99 response time", "P99 response time")
                figure=p99
                definition=lang.pick(
                    "99 dari 100 panggilan bulan ini dijawab dalam waktu ini, diukur di server dari histogram semua panggilan.",
                    "99 of 100 calls this month were answered within this time, measured at the server from the histogram of all calls.",
                )
                delta=month.p99_ms.is_none().then(unmeasured)
            />
            <StatCard
                id="success"
                label=lang.pick("Success rate", "Success rate")
                figure=success
                definition=lang.pick(
                    "Bagian panggilan bulan ini yang jawabannya bukan kesalahan kami (5xx).",
                    "Share of this month's calls whose answer was not a fault of ours (5xx).",
                )
                delta=month.success_rate.is_none().then(unmeasured)
            />
        </div>
    }
}

/// Against the whole of last month; without one to compare with, nothing is said.
fn change(month: &MonthView, lang: Lang) -> Option<Delta> {
    let percent = month.change_percent?;
    let (direction, tone) = match percent {
        up if up > 0.05 => (Direction::Up, Tone::Success),
        down if down < -0.05 => (Direction::Down, Tone::Warning),
        _ => (Direction::Flat, Tone::Neutral),
    };
    let (size, before) = (fmt::percent(lang, percent.abs(), 1), fmt::compact(lang, month.calls_last_month));
    let text = match lang {
        Lang::Id => format!("{size} vs {before} bulan lalu"),
        Lang::En => format!("{size} vs {before} last month"),
    };
    Some(Delta { direction, tone, text })
}

/// The last days' calls, drawn and as rows.
#[component]
pub fn Calls(overview: OverviewView) -> impl IntoView {
    let lang = use_lang();
    let days = overview.days.len();
    let title = match lang {
        Lang::Id => format!("API usage — {days} hari terakhir"),
        Lang::En => format!("API usage — last {days} days"),
    };
    let body = if overview.days.iter().all(|day| day.calls == 0) {
        view! {
            <EmptyState title=lang.pick("Belum ada panggilan.", "No calls yet.")>
                {lang.pick(
                    "Grafik muncul begitu partner mulai memanggil API.",
                    "The chart appears once partners begin to call the API.",
                )}
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <p class="muted">{lang.pick("Semua partner", "All partners")}</p>
            <DailyChart days=overview.days label=title.clone()/>
        }
        .into_any()
    };
    view! { <div class="section"><Card title=title>{body}</Card></div> }
}
