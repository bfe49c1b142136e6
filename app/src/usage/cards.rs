//! Figures of the usage pages.

use domain::{
    lang::Lang,
    usage::{TodayView, TotalView},
};
use leptos::prelude::*;

use crate::{
    ui::{StatCard, TimeStamp, fmt},
    visitor::use_lang,
};

/// 99,8%, or a dash while there are no calls. Rounded down: a share reads 100% only when it is all.
#[must_use]
pub fn percent_or_dash(lang: Lang, percent: Option<f64>) -> String {
    percent.map_or_else(|| "–".to_owned(), |percent| tenths(lang, (percent * 10.0 + 1e-6).floor()))
}

/// The same for what is left of it, rounded up: 0% only when there is none.
#[must_use]
pub fn rest_or_dash(lang: Lang, percent: Option<f64>) -> String {
    percent.map_or_else(|| "–".to_owned(), |percent| tenths(lang, (percent * 10.0 - 1e-6).ceil()))
}

fn tenths(lang: Lang, tenths: f64) -> String {
    fmt::percent(lang, tenths / 10.0, usize::from(tenths % 10.0 != 0.0))
}

/// 142 ms, or a dash while there are no calls.
#[must_use]
pub fn millis_or_dash(lang: Lang, millis: Option<f64>) -> String {
    millis.map_or_else(|| "–".to_owned(), |millis| fmt::millis(lang, millis))
}

/// How much of a quota is used, as a bar with its share in words.
#[component]
pub fn QuotaMeter(used: u64, quota: u64, #[prop(into)] label: String) -> impl IntoView {
    let lang = use_lang();
    let share = fmt::share(lang, used, quota).unwrap_or_else(|| "–".to_owned());
    let (low, high) = (quota / 2, quota / 5 * 4);
    view! {
        <meter
            min="0"
            max=quota.to_string()
            low=low.max(1).to_string()
            high=high.max(1).to_string()
            optimum="0"
            value=used.min(quota).to_string()
            aria-label=label
        >
            {share}
        </meter>
    }
}

/// Today's calls, quota, success, P99.
#[component]
pub(super) fn Cards(today: TodayView, total: TotalView, days: u64) -> impl IntoView {
    let lang = use_lang();
    let (left, meter) = match (today.quota, today.remaining) {
        (Some(quota), Some(remaining)) => {
            let used = quota.saturating_sub(remaining);
            let of = lang.pick(
                format!("dari {} per hari", fmt::grouped(lang, quota)),
                format!("of {} a day", fmt::grouped(lang, quota)),
            );
            let meter = view! {
                <QuotaMeter used=used quota=quota label=lang.pick("Kuota terpakai hari ini", "Quota used today")/>
                <p class="muted small">
                    {of} " · " {lang.pick("diisi ulang ", "refilled ")} <TimeStamp at=today.resets_at/>
                </p>
            };
            (fmt::grouped(lang, remaining), meter.into_any())
        }
        _ => {
            let unlimited = lang.pick("Tanpa batas harian", "No daily limit");
            ("∞".to_owned(), view! { <p class="muted small">{unlimited}</p> }.into_any())
        }
    };
    let refused = lang.pick(
        format!("{} percobaan ditolak", fmt::grouped(lang, today.refused)),
        format!("{} attempts refused", fmt::grouped(lang, today.refused)),
    );
    let period = move || {
        let text = lang.pick(format!("{days} hari terakhir"), format!("last {days} days"));
        view! { <p class="muted small">{text}</p> }
    };
    view! {
        <div class="grid-stats">
            <StatCard
                id="calls-today"
                label=lang.pick("Panggilan hari ini", "Calls today")
                figure=fmt::grouped(lang, today.calls)
                definition=lang
                    .pick(
                        "Panggilan yang diterima sejak 00.00 WIB, apa pun jawabannya. Yang ditolak (401, 403, 429) dihitung terpisah dan tidak memakai kuota.",
                        "Calls let in since 00:00 WIB, whatever their answer. Refused ones (401, 403, 429) are counted apart and use no quota.",
                    )
            >
                <p class="muted small">{refused}</p>
            </StatCard>
            <StatCard
                id="quota-left"
                label=lang.pick("Sisa kuota", "Quota left")
                figure=left
                definition=lang
                    .pick(
                        "Sisa panggilan sampai 00.00 WIB untuk semua kunci di lingkungan ini bersama-sama. Setelah habis: 429 quota_exhausted.",
                        "Calls left until 00:00 WIB for all keys of this environment together. After that: 429 quota_exhausted.",
                    )
            >
                {meter}
            </StatCard>
            <StatCard
                id="success-rate"
                label="Success Rate"
                figure=percent_or_dash(lang, total.success_rate)
                definition=lang
                    .pick(
                        "Bagian panggilan yang jawabannya bukan kesalahan kami (5xx). Jawaban 404 atau 422 adalah jawaban yang benar.",
                        "The share of calls whose answer is not a fault of ours (5xx). A 404 or 422 is a true answer.",
                    )
            >
                {period()}
            </StatCard>
            <StatCard
                id="p99"
                label="P99 Latency"
                figure=millis_or_dash(lang, total.p99_ms)
                definition=lang
                    .pick(
                        "99 dari 100 panggilan dijawab dalam waktu ini. Diukur di server dari histogram gabungan, tanpa waktu jaringan.",
                        "99 of 100 calls were answered within this time. Measured at the server from merged histograms, without network time.",
                    )
            >
                {period()}
            </StatCard>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_and_none_are_only_said_when_they_are() {
        for (success, words, error, rest) in [
            (100.0, "100%", 0.0, "0%"),
            (99.999, "99,9%", 0.001, "0,1%"),
            (99.8, "99,8%", 0.2, "0,2%"),
            (0.0, "0%", 100.0, "100%"),
        ] {
            assert_eq!(percent_or_dash(Lang::Id, Some(success)), words);
            assert_eq!(rest_or_dash(Lang::Id, Some(error)), rest);
        }
        assert_eq!(percent_or_dash(Lang::Id, None), "–");
    }
}
