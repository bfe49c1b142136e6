//! How often a caller may ask, how the answers tell, and everything they may refuse with.
//!
//! The tables are printed from the same lists the server works by: [`domain::tiers::TERMS`],
//! [`domain::limits`] and [`Code::ALL`]. Each code's row is where problem answers point to.

use domain::lang::Lang;
use domain::limits::{
    BURST_WINDOW_S, Standing, Standings, Terms, day_end_s, day_of, rate_limit, rate_limit_policy,
};
use domain::problem::Code;
use domain::tiers::{TERMS, Tier, TierTerms};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

use super::markdown::{Inline, Markdown, guide};
use super::reference;
use crate::ui::*;
use crate::visitor::{Visitor, use_lang};

/// `/docs/rate-limits`.
#[component]
pub fn RateLimitsPage() -> impl IntoView {
    let lang = use_lang();
    let lead = lang.pick(
        "Berapa sering Anda boleh memanggil, header yang menyebut sisanya, dan arti setiap kode kesalahan",
        "How often you may call, the headers that say what is left, and what every error code means",
    );
    view! {
        <Title text="Rate Limiting & Error Codes"/>
        <Meta name="description" content=lead/>
        <PageHead title="Rate Limiting & Error Codes" lead=lead/>
        <section class="section" id="limits">
            <h2>{lang.pick("Batas request per tier", "Request limits by tier")}</h2>
            <TiersTable/>
        </section>
        <Headers/>
        <Errors/>
    }
}

/// Calls per day and per minute of every tier, and of callers without a key.
#[component]
fn TiersTable() -> impl IntoView {
    let lang = use_lang();
    let rows = TERMS.iter().map(move |terms| {
        view! {
            <tr>
                <th scope="row">{who(terms, lang)}</th>
                <td class="num">{per_day(terms, lang)}</td>
                <td class="num">{fmt::grouped(lang, terms.burst_per_minute)}</td>
            </tr>
        }
    });
    let columns = vec![
        Column::text("Tier"),
        Column::number(lang.pick("Per hari", "Per day")),
        Column::number(lang.pick("Per menit", "Per minute")),
    ];
    view! {
        <Table caption=lang.pick("Request per hari dan per menit (burst), per tier", "Requests per day and per minute (burst), by tier") columns=columns>
            {rows.collect_view()}
        </Table>
    }
}

fn who(terms: &TierTerms, lang: Lang) -> AnyView {
    match terms.tier {
        Some(tier) => view! { <TierBadge tier=tier/> }.into_any(),
        None => lang.pick("Tanpa key (per alamat IP)", "Without a key (per IP address)").into_any(),
    }
}

fn per_day(terms: &TierTerms, lang: Lang) -> impl IntoView + use<> {
    match terms.requests_per_day {
        Some(quota) => (fmt::grouped(lang, quota), None),
        None => {
            let contract = lang.pick("atau menurut kontrak", "or by contract");
            ("Unlimited".to_owned(), Some(view! { <small>{contract}</small> }))
        }
    }
}

#[component]
fn Headers() -> impl IntoView {
    let visitor = Visitor::current();
    let lang = visitor.lang;
    let meanings = [
        (
            "X-RateLimit-Limit",
            lang.pick("Panggilan yang boleh dalam jendela tersempit", "Calls the tightest window admits"),
        ),
        (
            "X-RateLimit-Remaining",
            lang.pick(
                "Sisanya; tidak pernah naik dalam satu jendela",
                "What is left of it; never rises inside a window",
            ),
        ),
        (
            "X-RateLimit-Reset",
            lang.pick("Kapan jendela itu berakhir, detik epoch", "When that window ends, epoch seconds"),
        ),
        (
            "RateLimit-Policy",
            lang.pick(
                "Semua jendela: `q` kuota, `w` panjangnya dalam detik",
                "All windows: `q` quota, `w` length in seconds",
            ),
        ),
        (
            "RateLimit",
            lang.pick(
                "Keadaannya sekarang: `r` sisa, `t` detik sampai jendela baru",
                "How they stand now: `r` remaining, `t` seconds to a new window",
            ),
        ),
        (
            "Retry-After",
            lang.pick(
                "Hanya pada 429 dan 503: detik yang perlu ditunggu",
                "On 429 and 503 only: seconds to wait",
            ),
        ),
    ];
    let rows = meanings.map(|(name, meaning)| {
        view! {
            <dt><code>{name}</code></dt>
            <dd><Inline text=meaning/></dd>
        }
    });
    let limits = domain::operations::Operation::GetLimits;
    let own = match lang {
        Lang::Id => format!(
            "Batas Anda sendiri sebagai JSON: [GET {}]({}). Memanggilnya tidak mengurangi kuota.",
            limits.path(),
            reference::href(limits)
        ),
        Lang::En => format!(
            "Your own limits as JSON: [GET {}]({}). Calling it uses up nothing.",
            limits.path(),
            reference::href(limits)
        ),
    };
    view! {
        <section class="section" id="headers">
            <h2>"Rate Limit Headers"</h2>
            <div class="endpoint">
                <div class="endpoint-text stack">
                    <Markdown id="limits-text" text=guide!(lang, "rate-limits.md")/>
                    <Markdown id="limits-own" text=own/>
                    <dl class="facts">{rows.into_iter().collect_view()}</dl>
                </div>
                <div class="endpoint-code">
                    <CodeBlock
                        id="headers-example"
                        title="Response Headers"
                        language=lang.pick("Contoh: tier Pro", "Example: Pro tier")
                        code=example(visitor.now)
                    />
                </div>
            </div>
        </section>
    }
}

/// The headers of a Pro partner's answer in the middle of a minute, as the server writes them.
fn example(now: Timestamp) -> String {
    /// Calls made in the example's minute, and before it on the example's day.
    const CALLS: (u64, u64) = (158, 12_842);
    let (now_s, terms) = (now.as_second(), Terms::of(Tier::Pro.terms(), None, None));
    let burst = Standing {
        limit: terms.burst_per_minute,
        remaining: terms.burst_per_minute.saturating_sub(CALLS.0),
        resets_at_s: now_s + BURST_WINDOW_S / 2,
    };
    let day = terms.requests_per_day.map(|limit| Standing {
        limit,
        remaining: limit.saturating_sub(CALLS.0 + CALLS.1),
        resets_at_s: day_end_s(day_of(now_s)),
    });
    let standings = Standings { burst, day };
    let (tightest, mut field) = (standings.tightest(), String::new());
    rate_limit(&mut field, &standings, now_s);
    format!(
        "X-RateLimit-Limit: {}\nX-RateLimit-Remaining: {}\nX-RateLimit-Reset: {}\nRateLimit-Policy: {}\nRateLimit: {field}",
        tightest.limit,
        tightest.remaining,
        tightest.resets_at_s,
        rate_limit_policy(&terms),
    )
}

/// A code in the cell that names its row; breaks at its underscores only.
#[component]
pub fn CodeCell(code: Code, href: String) -> impl IntoView {
    let words = code.as_str().split_inclusive('_').map(|word| view! { {word} <wbr/> });
    view! {
        <th scope="row" class="code-name">
            <a href=href>
                <code>{words.collect_view()}</code>
            </a>
        </th>
    }
}

#[component]
fn Errors() -> impl IntoView {
    let lang = use_lang();
    let rows = Code::ALL.iter().map(move |code| {
        view! {
            <tr id=code.as_str()>
                <td class="num">{code.status()}</td>
                <CodeCell code=*code href=format!("#{}", code.as_str())/>
                <td>
                    {code.title(lang)}
                    <small><Inline text=code.advice(lang)/></small>
                </td>
            </tr>
        }
    });
    let columns =
        vec![Column::number("Status"), Column::text("Code"), Column::text(lang.pick("Arti", "Meaning"))];
    view! {
        <section class="section" id="errors">
            <h2>"Error Codes"</h2>
            <div class="stack">
                <Markdown id="errors-text" text=guide!(lang, "errors.md")/>
                <Table caption="Error codes" columns=columns>
                    {rows.collect_view()}
                </Table>
            </div>
        </section>
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_the_anchor_that_problems_point_to() {
        let owner = Owner::new();
        let html = owner.with(|| view! { <Errors/> }.to_html());
        for code in Code::ALL {
            assert!(html.contains(&format!("<tr id=\"{}\">", code.as_str())), "{code:?}");
        }
    }

    /// The figures of the specification's own sample: 1000, and 842 left.
    #[test]
    fn the_example_is_the_one_of_the_specification() {
        let text = example(Timestamp::from_second(1_709_855_970).unwrap());
        assert_eq!(
            text,
            "X-RateLimit-Limit: 1000\nX-RateLimit-Remaining: 842\nX-RateLimit-Reset: 1709856000\n\
             RateLimit-Policy: \"burst\";q=1000;w=60, \"day\";q=100000;w=86400\n\
             RateLimit: \"burst\";r=842;t=30, \"day\";r=87000;t=61230"
        );
    }
}
