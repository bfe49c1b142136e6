//! Figures, money and time in the words of the page's language.
//!
//! Tables, cards and chart tooltips all go through here, so that the same figure reads the same
//! everywhere: 4.280.000 and 4,28 jt in Indonesian, 4,280,000 and 4.28M in English; days and hours
//! in WIB.

use domain::lang::Lang;
use domain::money::Rupiah;
use domain::time::JAKARTA;
use jiff::{Timestamp, civil};

const MONTHS_ID: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];
const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// 4.280.000.
#[must_use]
pub fn grouped(lang: Lang, number: u64) -> String {
    group(&number.to_string(), lang.pick('.', ','))
}

/// Three significant digits with a word for the size: 842, 42,9 rb, 4,28 jt; 42.9K, 4.28M.
#[must_use]
pub fn compact(lang: Lang, number: u64) -> String {
    let scales = [
        (1_000_000_000_000, lang.pick(" T", "T")),
        (1_000_000_000, lang.pick(" M", "B")),
        (1_000_000, lang.pick(" jt", "M")),
        (1_000, lang.pick(" rb", "K")),
    ];
    // A figure that rounds up to a thousand of one scale is one of the next: 999.999 is 1 jt.
    let Some((scale, word)) = scales.into_iter().find(|(scale, _)| number >= scale - scale / 2_000) else {
        return number.to_string();
    };
    let decimals = match number / scale {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    let step = scale / 10_u64.pow(decimals);
    let rounded = number / step + u64::from(number % step >= step.div_ceil(2));
    let (whole, rest) = (rounded / 10_u64.pow(decimals), rounded % 10_u64.pow(decimals));
    let rest = format!("{rest:0width$}", width = decimals as usize);
    let rest = rest.trim_end_matches('0');
    let point = lang.pick(",", ".");
    let point = if rest.is_empty() { "" } else { point };
    format!("{whole}{point}{rest}{word}")
}

/// Rp 999.000.
#[must_use]
pub fn rupiah(lang: Lang, amount: Rupiah) -> String {
    let sign = if amount.0 < 0 { "-" } else { "" };
    format!("{sign}Rp {}", grouped(lang, amount.0.unsigned_abs()))
}

/// 1.234,5.
#[must_use]
pub fn decimal(lang: Lang, value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let sign = if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) { "-" } else { "" };
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let whole = group(whole, lang.pick('.', ','));
    match rest {
        "" => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}{}{rest}", lang.pick(',', '.')),
    }
}

/// 99,8%; `value` is the percentage itself.
#[must_use]
pub fn percent(lang: Lang, value: f64, decimals: usize) -> String {
    format!("{}%", decimal(lang, value, decimals))
}

/// `part` of `whole` in percent with one decimal, rounded down: 99,9% stays 99,9% until all are in.
/// None while there is nothing to be a part of.
#[must_use]
pub fn share(lang: Lang, part: u64, whole: u64) -> Option<String> {
    let permille = u128::from(part).checked_mul(1_000)?.checked_div(u128::from(whole))?;
    let (whole, tenth) = (permille / 10, permille % 10);
    Some(if tenth == 0 { format!("{whole}%") } else { format!("{whole}{}{tenth}%", lang.pick(',', '.')) })
}

/// 142 ms; short times keep a decimal: 4,2 ms.
#[must_use]
pub fn millis(lang: Lang, value: f64) -> String {
    let decimals = usize::from(value < 10.0);
    format!("{} ms", decimal(lang, value, decimals))
}

/// 512 B, 14,2 kB.
#[must_use]
pub fn bytes(lang: Lang, count: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = count.saturating_add(unit / 20) / (unit / 10);
        let (whole, tenth) = (tenths / 10, tenths % 10);
        if tenth == 0 { whole.to_string() } else { format!("{whole}{}{tenth}", lang.pick(',', '.')) }
    };
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        _ => format!("{} MB", tenths(1_000_000)),
    }
}

/// 8 Mar 2026.
#[must_use]
pub fn date(lang: Lang, day: civil::Date) -> String {
    let months = lang.pick(MONTHS_ID, MONTHS_EN);
    let month = usize::try_from(day.month()).ok().and_then(|month| months.get(month.wrapping_sub(1)));
    format!("{} {} {}", day.day(), month.copied().unwrap_or_default(), day.year())
}

/// 15:41 WIB.
#[must_use]
pub fn time(at: Timestamp) -> String {
    let local = JAKARTA.to_datetime(at);
    format!("{:02}:{:02} WIB", local.hour(), local.minute())
}

/// 8 Mar 2026 · 15:41 WIB.
#[must_use]
pub fn instant(lang: Lang, at: Timestamp) -> String {
    format!("{} · {}", date(lang, JAKARTA.to_datetime(at).date()), time(at))
}

/// "3 menit lalu", "dalam 2 jam"; dates once it is more than thirty days.
#[must_use]
pub fn relative(lang: Lang, at: Timestamp, now: Timestamp) -> String {
    let seconds = at.as_second().saturating_sub(now.as_second());
    let (count, unit) = match seconds.unsigned_abs() {
        0..45 => return lang.pick("baru saja", "just now").to_owned(),
        away @ 45..3_600 => ((away + 30) / 60, lang.pick("menit", "minute")),
        away @ 3_600..86_400 => (away / 3_600, lang.pick("jam", "hour")),
        away @ 86_400..=2_592_000 => (away / 86_400, lang.pick("hari", "day")),
        _ => return date(lang, JAKARTA.to_datetime(at).date()),
    };
    let plural = if lang == Lang::En && count != 1 { "s" } else { "" };
    match (lang, seconds < 0) {
        (Lang::Id, true) => format!("{count} {unit} lalu"),
        (Lang::Id, false) => format!("dalam {count} {unit}"),
        (Lang::En, true) => format!("{count} {unit}{plural} ago"),
        (Lang::En, false) => format!("in {count} {unit}{plural}"),
    }
}

fn group(digits: &str, separator: char) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn figures_read_as_on_the_pages() {
        for (number, id, en) in [
            (0, "0", "0"),
            (842, "842", "842"),
            (999, "999", "999"),
            (1_000, "1 rb", "1K"),
            (42_891, "42,9 rb", "42.9K"),
            (218_471, "218 rb", "218K"),
            (999_999, "1 jt", "1M"),
            (4_280_000, "4,28 jt", "4.28M"),
            (4_205_000, "4,21 jt", "4.21M"),
            (1_500_000_000, "1,5 M", "1.5B"),
        ] {
            assert_eq!((compact(Lang::Id, number).as_str(), compact(Lang::En, number).as_str()), (id, en));
        }
        assert!(compact(Lang::Id, u64::MAX).ends_with(" T"));
        assert_eq!(grouped(Lang::Id, 4_280_000), "4.280.000");
        assert_eq!(grouped(Lang::En, 4_280_000), "4,280,000");
        assert_eq!(rupiah(Lang::Id, Rupiah(999_000)), "Rp 999.000");
        assert_eq!(rupiah(Lang::En, Rupiah(-1_000)), "-Rp 1,000");
        assert_eq!(percent(Lang::Id, 99.96, 2), "99,96%");
        assert_eq!(decimal(Lang::En, 1234.5, 1), "1,234.5");
        assert_eq!(decimal(Lang::Id, -0.01, 1), "0,0");
        assert_eq!(decimal(Lang::Id, f64::NAN, 1), "–");
        assert_eq!(millis(Lang::Id, 142.3), "142 ms");
        assert_eq!(millis(Lang::Id, 4.24), "4,2 ms");
        assert_eq!(bytes(Lang::Id, 14_240), "14,2 kB");
    }

    #[test]
    fn a_share_is_never_rounded_up_to_all() {
        assert_eq!(share(Lang::Id, 9_999, 10_000).as_deref(), Some("99,9%"));
        assert_eq!(share(Lang::Id, 10_000, 10_000).as_deref(), Some("100%"));
        assert_eq!(share(Lang::Id, 8_234, 10_000).as_deref(), Some("82,3%"));
        assert_eq!(share(Lang::Id, u64::MAX, u64::MAX).as_deref(), Some("100%"));
        assert_eq!(share(Lang::Id, 0, 0), None);
    }

    #[test]
    fn times_are_told_in_wib_and_relative_to_now() {
        let moment = at("2026-03-08T08:41:00Z");
        assert_eq!(instant(Lang::Id, moment), "8 Mar 2026 · 15:41 WIB");
        assert_eq!(instant(Lang::En, at("2025-12-31T17:05:00Z")), "1 Jan 2026 · 00:05 WIB");
        for (then, id, en) in [
            ("2026-03-08T08:40:50Z", "baru saja", "just now"),
            ("2026-03-08T08:38:00Z", "3 menit lalu", "3 minutes ago"),
            ("2026-03-08T09:42:00Z", "dalam 1 jam", "in 1 hour"),
            ("2026-03-01T08:41:00Z", "7 hari lalu", "7 days ago"),
            ("2025-08-17T08:41:00Z", "17 Agu 2025", "17 Aug 2025"),
        ] {
            assert_eq!(relative(Lang::Id, at(then), moment), id);
            assert_eq!(relative(Lang::En, at(then), moment), en);
        }
    }
}
