//! The page of one operation: what it is, what it takes, how to call it, what it answers, what it
//! refuses with.

use domain::lang::Lang;
use domain::operations::{Access, BASE, Operation};
use domain::problem::Code;
use domain::samples::SampleRequest;
use domain::tiers::{ANONYMOUS, Tier};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::as_markdown::as_markdown;
use super::console::{Console, Fields};
use super::document::{self, Answer, Document, OperationDoc, Parameter, Place};
use super::highlight::{Syntax, highlight};
use super::markdown::{Inline, Markdown};
use super::rate_limits::CodeCell;
use super::reference;
use super::request::{Argument, Call, arguments, samples};
use crate::api;
use crate::load::{PageStatus, load};
use crate::ui::*;
use crate::visitor::{SessionKind, Visitor, use_lang};

/// `/docs/endpoints/{slug}`.
#[component]
pub fn EndpointPage() -> impl IntoView {
    let slug = use_params_map().read_untracked().get("slug").unwrap_or_default();
    match reference::by_slug(&slug) {
        Some(operation) => Either::Left(view! { <Reference operation=operation/> }),
        None => Either::Right(view! { <NoSuchOperation/> }),
    }
}

#[component]
fn NoSuchOperation() -> impl IntoView {
    PageStatus::set(404);
    let lang = use_lang();
    view! {
        <PageHead title=lang.pick("Endpoint tidak ditemukan", "No such endpoint")/>
        <EmptyState title=lang.pick("API ini tidak punya endpoint dengan nama itu.", "This API has no endpoint of that name.")>
            <a href="/#reference">{lang.pick("Lihat semua endpoint", "See all endpoints")}</a>
        </EmptyState>
    }
}

#[component]
fn Reference(operation: Operation) -> impl IntoView {
    let visitor = Visitor::current();
    let lang = visitor.lang;
    let query = use_query_map().get_untracked();
    let data = api::get::<Document>(document::PATH);
    let body = load(data, move |document| match document.operation(operation, lang) {
        None => Either::Left(view! { <NoSuchOperation/> }),
        Some(doc) => {
            let base = document.base_url().unwrap_or_default().to_owned();
            let arguments = arguments(&doc.parameters, |name| query.get(name));
            Either::Right(
                view! { <Available operation=operation doc=doc base=base arguments=arguments visitor=visitor/> },
            )
        }
    });
    view! {
        <Title text=reference::name(operation, lang)/>
        <Meta name="description" content=reference::summary(operation, lang)/>
        {body}
    }
}

/// Title, the one line that says how it is called, and what a caller must show.
#[component]
fn Head(
    operation: Operation,
    /// The page as Markdown, to copy.
    markdown: String,
) -> impl IntoView {
    let lang = use_lang();
    let path = format!("{BASE}{}", operation.path());
    let tier = (operation.tier_min() > Tier::Free).then(|| view! { <TierBadge tier=operation.tier_min()/> });
    view! {
        <PageHead title=reference::name(operation, lang) lead=reference::summary(operation, lang)/>
        <div class="endpoint-line">
            <MethodBadge method=reference::method(operation)/>
            <code id="endpoint-path">{path}</code>
            <CopyButton selector="#endpoint-path" what=lang.pick("path endpoint", "endpoint path")/>
        </div>
        <div class="cluster">
            <AuthChip auth=reference::auth(operation)/>
            {tier}
            <CopyMarkdown text=markdown/>
        </div>
    }
}

#[component]
fn CopyMarkdown(text: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <button type="button" class="copy" data-copy-text=text data-copied=lang.pick("Tersalin", "Copied")>
            <Glyph icon=Icon::Copy/>
            <span class="copy-word">{lang.pick("Salin sebagai Markdown", "Copy as Markdown")}</span>
        </button>
    }
}

#[component]
fn Available(
    operation: Operation,
    doc: OperationDoc,
    base: String,
    arguments: Vec<Argument>,
    visitor: Visitor,
) -> impl IntoView {
    let lang = visitor.lang;
    let call = Call::of(operation);
    let request = SampleRequest { json: doc.body.clone(), ..call.request(&base, &arguments, "") };
    // The console sends no bodies.
    let with_console = doc.body.is_none();
    let partner = visitor.session.is_some_and(|session| session.kind == SessionKind::Partner);
    let markdown = as_markdown(operation, &doc, &request, lang);
    let (parameters, for_fields) = (doc.parameters.clone(), doc.parameters);
    let title = format!("{} — {}", lang.pick("Contoh request", "Sample request"), operation.path());
    view! {
        <article class="endpoint">
            <div class="endpoint-text">
                <Head operation=operation markdown=markdown/>
                <section class="section">
                    <h2 id="description">{lang.pick("Deskripsi", "Description")}</h2>
                    <Markdown id="description-code" text=doc.description/>
                </section>
                <Parameters parameters=parameters/>
                <section class="section">
                    <h2 id="limits">{lang.pick("Akses & batas", "Access & limits")}</h2>
                    <Needs operation=operation/>
                </section>
                <Refusals codes=doc.refusals/>
            </div>
            <div class="endpoint-code">
                <CodeTabs id="request" title=title samples=samples(&request)/>
                {doc.answers.into_iter().map(|answer| view! { <SampleAnswer answer=answer/> }).collect_view()}
                {with_console
                    .then(|| {
                        view! {
                            <section class="card" id="try">
                                <div class="card-head">
                                    <h2>{lang.pick("Coba langsung", "Try it")}</h2>
                                </div>
                                <Console lang=lang call=call.clone() base=base.clone() arguments=arguments.clone()>
                                    <Fields call=call base=base parameters=for_fields arguments=arguments partner=partner/>
                                </Console>
                            </section>
                        }
                    })}
            </div>
        </article>
    }
}

/// Parameters, those of one place together.
#[component]
fn Parameters(parameters: Vec<Parameter>) -> impl IntoView {
    let lang = use_lang();
    let groups = [
        (Place::Path, lang.pick("Parameter path", "Path parameters")),
        (Place::Query, lang.pick("Parameter query", "Query parameters")),
        (Place::Header, lang.pick("Header", "Headers")),
    ];
    groups.map(|(place, title)| {
        let rows: Vec<_> = parameters.iter().filter(|it| it.place == place).cloned().collect();
        (!rows.is_empty()).then(|| {
            let rows = rows.into_iter().map(|parameter| {
                let requirement = if parameter.required { Requirement::Required } else { Requirement::Optional };
                // Said once: not where the values, the default or the description say it already.
                let said = !parameter.values.is_empty() || parameter.default.is_some();
                let example = parameter.example.filter(|it| !said && !parameter.description.contains(it.as_str()));
                view! {
                    <ParamRow
                        id=format!("param-{}", parameter.name)
                        name=parameter.name
                        kind=parameter.kind
                        requirement=requirement
                        default=parameter.default
                        values=parameter.values
                    >
                        <Inline text=parameter.description/>
                        {example
                            .map(|example| {
                                view! {
                                    " "
                                    <span class="muted">{lang.pick("Contoh: ", "Example: ")} <code>{example}</code></span>
                                }
                            })}
                    </ParamRow>
                }
            });
            view! {
                <section class="section">
                    <h2>{title}</h2>
                    <div class="params">{rows.collect_view()}</div>
                </section>
            }
        })
    })
    .into_iter()
    .collect_view()
}

/// A success, as it looks.
#[component]
fn SampleAnswer(answer: Answer) -> impl IntoView {
    let lang = use_lang();
    let title = format!("{} {}", lang.pick("Jawaban", "Response"), status_line(answer.status));
    match answer.example {
        Some(example) => {
            let code = format!("{example:#}");
            let html = highlight(Syntax::Json, &code);
            let language = answer.media.unwrap_or_default();
            view! { <CodeBlock id=format!("answer-{}", answer.status) title=title language=language code=code html=html/> }
                .into_any()
        }
        None => view! {
            <div class="card">
                <p>
                    <b>{title}</b>
                </p>
                <p><Inline text=answer.description/></p>
            </div>
        }
        .into_any(),
    }
}

fn status_line(status: u16) -> String {
    let words = match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        _ => "",
    };
    format!("{status} {words}").trim_end().to_owned()
}

/// What a caller must be to call it, and how often they may.
#[component]
fn Needs(operation: Operation) -> impl IntoView {
    let lang = use_lang();
    let first = match operation.access() {
        Access::Open => without_key(lang),
        Access::Key => lang
            .pick("Perlu API key di header `X-API-Key`.", "Needs an API key in the header `X-API-Key`.")
            .to_owned(),
        Access::TestKey => lang
            .pick(
                "Perlu **test key** (`nfcg_test_…`) di header `X-API-Key`: bekerja pada jaringan uji Anda sendiri.",
                "Needs a **test key** (`nfcg_test_…`) in the header `X-API-Key`: it acts on your own test network.",
            )
            .to_owned(),
        Access::Scope(scope) => match lang {
            Lang::Id => format!(
                "**Endpoint Scoped:** Memerlukan OAuth 2.0 dengan scope `{scope}` dan persetujuan eksplisit dari user."
            ),
            Lang::En => format!(
                "**Scoped endpoint:** needs OAuth 2.0 with the scope `{scope}` and the user's explicit consent."
            ),
        },
    };
    let tier = operation.tier_min().label();
    let tier = (operation.tier_min() > Tier::Free).then(|| match lang {
        Lang::Id => format!("Tersedia mulai tier **{tier}**; di sandbox untuk semua partner."),
        Lang::En => format!("Available from the tier **{tier}**; in the sandbox to every partner."),
    });
    let limits = if operation.is_free_of_charge() {
        lang.pick("Panggilan ini tidak mengurangi kuota.", "This call does not use up any quota.")
    } else {
        lang.pick(
            "Setiap panggilan dihitung ke kuota harian dan burst per menit; header jawaban menyebut sisanya. [Rate Limiting](/docs/rate-limits)",
            "Every call counts towards the daily quota and the burst per minute; the answer's headers say what is left. [Rate limiting](/docs/rate-limits)",
        )
    };
    let text =
        [Some(first), tier, Some(limits.to_owned())].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    view! { <Markdown id="needs" text=text/> }
}

fn without_key(lang: Lang) -> String {
    let burst = fmt::grouped(lang, ANONYMOUS.burst_per_minute);
    match (lang, ANONYMOUS.requests_per_day.map(|it| fmt::grouped(lang, it))) {
        (Lang::Id, Some(day)) => format!(
            "Tidak memerlukan autentikasi: tanpa key, {day} panggilan per hari dan {burst} per menit untuk tiap alamat IP. Dengan `X-API-Key`, batas tier partner Anda yang berlaku."
        ),
        (Lang::En, Some(day)) => format!(
            "Needs no authentication: without a key, {day} calls a day and {burst} a minute for each IP address. With `X-API-Key` the limits of your partner's tier hold."
        ),
        (Lang::Id, None) => "Tidak memerlukan autentikasi.".to_owned(),
        (Lang::En, None) => "Needs no authentication.".to_owned(),
    }
}

#[component]
fn Refusals(codes: Vec<Code>) -> impl IntoView {
    let lang = use_lang();
    (!codes.is_empty()).then(move || {
        let rows = codes.into_iter().map(move |code| {
            view! {
                <tr>
                    <td class="num">{code.status()}</td>
                    <CodeCell code=code href=format!("/docs/rate-limits#{}", code.as_str())/>
                    <td>{code.title(lang)}</td>
                </tr>
            }
        });
        let columns =
            vec![Column::number("Status"), Column::text("Code"), Column::text(lang.pick("Arti", "Meaning"))];
        view! {
            <section class="section">
                <h2 id="errors">{lang.pick("Kesalahan", "Errors")}</h2>
                <Table caption=lang.pick("Kesalahan yang mungkin", "Possible errors") columns=columns>
                    {rows.collect_view()}
                </Table>
            </section>
        }
    })
}
