//! Where the time of an attempt went: a bar, and the same in figures.

use domain::{lang::Lang, webhooks::Timing};
use leptos::prelude::*;

use crate::{ui::fmt, visitor::use_lang};

/// One stretch of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    class: &'static str,
    name: (&'static str, &'static str),
    us: u64,
}

/// In their order; what was not come to, or took no time since the connection was there, is not among
/// them. The last one is what is left: reading the answer.
fn stretches(timing: &Timing) -> Vec<Stretch> {
    let known = [
        ("timing-dns", ("DNS", "DNS"), timing.dns_us),
        ("timing-connect", ("Sambungan", "Connect"), timing.connect_us),
        ("timing-tls", ("TLS", "TLS"), timing.tls_us),
        ("timing-first", ("Byte pertama", "First byte"), timing.first_byte_us),
    ];
    let mut stretches: Vec<_> =
        known.into_iter().filter_map(|(class, name, us)| us.map(|us| Stretch { class, name, us })).collect();
    let spent: u64 = stretches.iter().map(|stretch| stretch.us).sum();
    let left = timing.total_us.saturating_sub(spent);
    if left > 0 {
        stretches.push(Stretch { class: "timing-rest", name: ("Sisanya", "The rest"), us: left });
    }
    stretches
}

/// The bar's pieces: where each begins and how long it is, of a thousand.
fn pieces(stretches: &[Stretch]) -> Vec<(u64, u64)> {
    let total: u64 = stretches.iter().map(|stretch| stretch.us).sum::<u64>().max(1);
    let place = |us: u64| u64::try_from(u128::from(us) * 1_000 / u128::from(total)).unwrap_or(1_000);
    let mut before = 0;
    let piece = |stretch: &Stretch| {
        let (from, to) = (place(before), place(before + stretch.us));
        before += stretch.us;
        (from, to - from)
    };
    stretches.iter().map(piece).collect()
}

#[component]
pub(super) fn TimingBar(timing: Timing) -> impl IntoView {
    let lang = use_lang();
    let stretches = stretches(&timing);
    let bar = stretches.iter().zip(pieces(&stretches)).map(|(stretch, (from, length))| {
        view! { <rect class=stretch.class x=from.to_string() y="0" width=length.to_string() height="8"></rect> }
    });
    let bar = bar.collect_view();
    let figures = stretches.iter().map(|stretch| {
        let name = lang.pick(stretch.name.0, stretch.name.1);
        view! {
            <li>
                <i class=format!("timing-mark {}", stretch.class) aria-hidden="true"></i>
                {name} " " <b>{micros(lang, stretch.us)}</b>
            </li>
        }
    });
    let figures = figures.collect_view();
    view! {
        <div class="timing">
            <svg class="timing-bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
                {bar}
            </svg>
            <ul class="cluster small">
                {figures}
                <li>{lang.pick("Seluruhnya", "In all")} " " <b>{micros(lang, timing.total_us)}</b></li>
            </ul>
        </div>
    }
}

/// Milliseconds; short ones with a decimal.
pub(super) fn micros(lang: Lang, us: u64) -> String {
    fmt::millis(lang, us as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_fill_the_bar_in_the_order_of_time() {
        let timing = Timing {
            dns_us: Some(1_000),
            connect_us: Some(2_000),
            tls_us: None,
            first_byte_us: Some(4_000),
            total_us: 8_000,
        };
        let found = stretches(&timing);
        assert_eq!(found.iter().map(|stretch| stretch.us).collect::<Vec<_>>(), [1_000, 2_000, 4_000, 1_000]);
        assert_eq!(pieces(&found), [(0, 125), (125, 250), (375, 500), (875, 125)]);
        assert_eq!(pieces(&stretches(&Timing::default())), []);
        // Clocks that disagree do not make a piece of nothing.
        let odd = Timing { first_byte_us: Some(9), total_us: 8, ..Timing::default() };
        assert_eq!(pieces(&stretches(&odd)), [(0, 1_000)]);
        assert_eq!(micros(Lang::Id, 4_240), "4,2 ms");
    }
}
