//! What the API offers: its operations, a call and its answer, events, tiers.

use domain::lang::Lang;
use domain::operations::{BASE, Operation};
use domain::tiers::{Feature, Price, Tier, TierTerms};
use domain::webhooks::volume::EventVolumes;
use leptos::prelude::*;

use crate::api;
use crate::docs::document::Document;
use crate::docs::highlight::{Syntax, highlight};
use crate::docs::reference;
use crate::docs::request::{Call, arguments, samples};
use crate::docs::webhooks::{EventRows, VOLUMES};
use crate::load::load;
use crate::ui::*;
use crate::visitor::use_lang;

/// The nine operations, each a link to its page.
#[component]
pub fn ApiReference() -> impl IntoView {
    let lang = use_lang();
    let rows = Operation::REFERENCE.iter().copied().map(|operation| {
        view! {
            <a class="list-row" href=reference::href(operation)>
                <MethodBadge method=reference::method(operation)/>
                <span class="list-main">
                    <code>{format!("{BASE}{}", operation.path())}</code>
                    <small>{reference::summary(operation, lang)}</small>
                </span>
                <AuthChip auth=reference::auth(operation)/>
            </a>
        }
    });
    let listed = |operation: &Operation| Operation::REFERENCE.contains(operation);
    let others = Operation::ALL.iter().copied().filter(|it| !listed(it)).map(|operation| {
        view! {
            " "
            <a href=reference::href(operation)>
                <code>{operation.path()}</code>
            </a>
        }
    });
    view! {
        <section class="section reference">
            <div class="section-head">
                <h2 id="reference">"API Reference"</h2>
                <span class="muted">{lang.pick("Semua endpoint v1 — klik untuk lihat detail", "All v1 endpoints — click for details")}</span>
            </div>
            <div class="list">{rows.collect_view()}</div>
            <p class="small muted also">{lang.pick("Juga dilayani:", "Also served:")} {others.collect_view()}</p>
        </section>
    }
}

/// The first call anyone makes, and what it answers.
#[component]
pub fn SampleCall(document: Document) -> impl IntoView {
    let lang = use_lang();
    let operation = Operation::ListStations;
    document.operation(operation, lang).map(|doc| {
        let base = document.base_url().unwrap_or_default();
        let request = Call::of(operation).request(base, &arguments(&doc.parameters, |_| None), "");
        let answer = doc.answers.into_iter().next().and_then(|answer| answer.example);
        let answer = answer.map(|example| {
            let code = format!("{example:#}");
            let html = highlight(Syntax::Json, &code);
            view! {
                <CodeBlock id="sample-response" title="Sample Response" language="200 OK" code=code html=html/>
            }
        });
        let title = format!("{} — {}", lang.pick("Contoh Request", "Sample Request"), operation.path());
        view! {
            <section class="section">
                <h2 class="visually-hidden">{title.clone()}</h2>
                <div class="grid-2 sample">
                    <div class="stack">
                        <CodeTabs id="sample-request" title=title samples=samples(&request)/>
                        <p>
                            {lang.pick(
                                "Endpoint stasiun tidak memerlukan key: salin dan jalankan, atau ",
                                "The station endpoints need no key: copy and run, or ",
                            )}
                            <a href=format!("{}#try", reference::href(operation))>
                                {lang.pick("coba langsung di sini", "try it right here")}
                            </a> "."
                        </p>
                    </div>
                    {answer}
                </div>
            </section>
        }
    })
}

/// The six events, with how many there are of each.
#[component]
pub fn Events() -> impl IntoView {
    let lang = use_lang();
    let volumes = load(api::get::<EventVolumes>(VOLUMES), |volumes| view! { <EventRows volumes=volumes/> });
    view! {
        <section class="section" id="events">
            <div class="section-head">
                <h2>"Webhook Events"</h2>
                <a href="/docs/webhooks">{lang.pick("Dokumentasi webhook", "Webhook documentation")}</a>
            </div>
            {volumes}
        </section>
    }
}

/// What each tier costs and gives, from the one table.
#[component]
pub fn TierCards() -> impl IntoView {
    let lang = use_lang();
    let cards = Tier::ALL.map(|tier| {
        let terms = tier.terms();
        let gives = gives(terms, lang);
        let lines = gives.into_iter().map(|(text, has)| {
            // The mark says it to the eye only.
            let not = (!has)
                .then(|| view! { <span class="visually-hidden">{lang.pick("Tidak: ", "Not: ")}</span> });
            view! { <li class=(!has).then_some("no")>{not} {text}</li> }
        });
        let (price, unit) = price(terms, lang);
        view! {
            <section class="card">
                <h3>{tier.label()}</h3>
                <p class="price">
                    <b>{price}</b>
                    {unit}
                </p>
                <p>{per_day(terms, lang)}</p>
                <ul class="checks">{lines.collect_view()}</ul>
            </section>
        }
    });
    view! {
        <section class="section" id="tiers">
            <h2>{lang.pick("Tier", "Tiers")}</h2>
            <div class="grid-3">{cards.into_iter().collect_view()}</div>
        </section>
    }
}

fn price(terms: &TierTerms, lang: Lang) -> (String, &'static str) {
    match terms.price {
        Price::PerMonth(amount) if amount.0 == 0 => (fmt::rupiah(lang, amount), ""),
        Price::PerMonth(amount) => (fmt::rupiah(lang, amount), lang.pick("/bln", "/month")),
        Price::ByContract => ("Custom".to_owned(), ""),
        Price::None => (String::new(), ""),
    }
}

fn per_day(terms: &TierTerms, lang: Lang) -> String {
    match terms.requests_per_day {
        Some(quota) => format!("{} {}", fmt::grouped(lang, quota), lang.pick("req/hari", "req/day")),
        None => "Unlimited / custom quota".to_owned(),
    }
}

/// Every line a card has, and whether this tier has it.
fn gives(terms: &TierTerms, lang: Lang) -> Vec<(String, bool)> {
    let features = Feature::ALL.into_iter().map(|feature| {
        let events = terms.events.len();
        let label = match feature {
            Feature::Webhooks if events > 0 => {
                format!("{} ({events} {})", feature.label(lang), lang.pick("event", "events"))
            }
            other => other.label(lang).to_owned(),
        };
        (label, terms.has(feature))
    });
    let sla = match terms.sla_basis_points {
        Some(points) => (format!("SLA {}", fmt::percent(lang, f64::from(points) / 100.0, 1)), true),
        None => (lang.pick("Jaminan SLA", "SLA guarantee").to_owned(), false),
    };
    features.chain([sla]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cards of the specification, with the contract's figures.
    #[test]
    fn cards_say_what_the_tiers_table_says() {
        let terms = |tier: Tier| tier.terms();
        assert_eq!(price(terms(Tier::Pro), Lang::Id), ("Rp 999.000".to_owned(), "/bln"));
        assert_eq!(per_day(terms(Tier::Free), Lang::Id), "10.000 req/hari");
        let pro = gives(terms(Tier::Pro), Lang::Id);
        assert!(pro.contains(&("SLA 99,5%".to_owned(), true)));
        assert!(pro.contains(&("Webhook event (5 event)".to_owned(), true)));
        assert!(pro.contains(&("Rate limit khusus".to_owned(), false)));
        assert!(gives(terms(Tier::Free), Lang::Id).contains(&("Jaminan SLA".to_owned(), false)));
    }
}
