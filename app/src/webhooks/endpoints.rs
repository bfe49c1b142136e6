//! All endpoints of an environment, and the form for another one.

use domain::{
    applications::ApplicationView,
    identity::SessionView,
    keys::Environment,
    lang::Lang,
    page::Page,
    partners::{PartnerStatus, PartnerView},
    webhooks::{EndpointStatus, EndpointView, EndpointWithSecret},
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    create::{self, CreateCard},
    secret::SecretCard,
    words::{self, EndpointBadge},
};
use crate::{
    account::PartnerStanding,
    address::query,
    api,
    keys::environment_name,
    load::load,
    outcome::FormState,
    ui::{Column, Done, DoneNotice, EmptyState, LinkButton, PageHead, Table, Tabs, TimeStamp, fmt},
    visitor::{Visitor, use_lang},
};

const DONE: &[Done] = &[(
    "deleted",
    "Endpoint dihapus. Kiriman yang masih menunggu dibatalkan.",
    "Endpoint deleted. Deliveries that still waited were cancelled.",
)];

struct Data {
    session: SessionView,
    partner: PartnerView,
    live: Page<EndpointView>,
    test: Page<EndpointView>,
    applications: Page<ApplicationView>,
}

#[component]
pub fn WebhooksPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Endpoint webhook", "Webhook endpoints");
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let partner = api::get::<PartnerView>("/portal-api/v1/partner");
    let (live, test) = (words::endpoints(Environment::Live), words::endpoints(Environment::Test));
    let applications = words::applications();
    let data = async move {
        Ok(Data {
            session: session.await?,
            partner: partner.await?,
            live: live.await?,
            test: test.await?,
            applications: applications.await?,
        })
    };
    let actions = view! {
        <LinkButton href="/webhooks/deliveries">{lang.pick("Log pengiriman", "Delivery log")}</LinkButton>
        <LinkButton href="/webhooks/doctor">{lang.pick("Dokter tanda tangan", "Signature doctor")}</LinkButton>
    };
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Ke mana event dikirim. Setiap kiriman ditandatangani, dicoba ulang sampai berhasil, dan tercatat.",
                    "Where events are sent. Every delivery is signed, tried until it succeeds, and on record.",
                )
            actions=Some(actions.into_any())
        />
        <DoneNotice words=DONE/>
        {load(data, |data| view! { <Endpoints data=data/> })}
    }
}

#[component]
fn Endpoints(data: Data) -> impl IntoView {
    let lang = use_lang();
    let Data { session, partner, live, test, applications } = data;
    let fresh = if partner.status == PartnerStatus::Active { Environment::Live } else { Environment::Test };
    let environment = query("environment").and_then(|name| name.parse().ok()).unwrap_or(fresh);
    let counts = [live.meta.total, test.meta.total];
    let (endpoints, count) = match environment {
        Environment::Live => (live.data, counts[0]),
        Environment::Test => (test.data, counts[1]),
    };
    let created = FormState::of(create::ACTION).answer::<EndpointWithSecret>();
    let may_write = session.partner.is_some_and(|partner| partner.role.may_write());
    let instead = endpoints.is_empty().then(|| empty(environment, may_write));
    let rows = endpoints.into_iter().map(|endpoint| view! { <Row endpoint=endpoint/> }).collect_view();
    let columns = vec![
        Column::text("URL"),
        Column::text("Status"),
        Column::text("Event"),
        Column::text(lang.pick("Terakhir berhasil", "Last success")),
        Column::text(lang.pick("Didaftarkan", "Registered")),
    ];
    let form = match may_write {
        true => view! {
            <CreateCard
                environment=environment
                tier=partner.tier
                status=partner.status
                count=count
                applications=applications.data
            />
        }
        .into_any(),
        false => view! {
            <p class="muted">
                {lang
                    .pick(
                        "Peran Anda hanya melihat. Mintalah pemilik atau developer untuk mendaftarkan endpoint.",
                        "Your role only looks. Ask an owner or a developer to register endpoints.",
                    )}
            </p>
        }
        .into_any(),
    };
    view! {
        <div class="stack">
            <PartnerStanding status=partner.status reason=partner.status_reason/>
            <Tabs label=lang.pick("Lingkungan", "Environment") tabs=words::tabs("/webhooks", counts, environment)/>
            {created
                .map(|answer| {
                    view! { <SecretCard answer=answer title=lang.pick("Endpoint didaftarkan", "Endpoint registered")/> }
                })}
            <Table
                caption=lang
                    .pick(
                        format!("Endpoint {}", environment_name(environment)),
                        format!("{} endpoints", environment_name(environment)),
                    )
                columns=columns
                instead=instead
            >
                {rows}
            </Table>
            {form}
        </div>
    }
}

#[component]
fn Row(endpoint: EndpointView) -> impl IntoView {
    let lang = use_lang();
    let now = Visitor::current().now;
    let note = endpoint.description.clone();
    let events = endpoint.events.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(", ");
    let success = match endpoint.last_success_at {
        None => view! { <span class="muted">{lang.pick("belum pernah", "never")}</span> }.into_any(),
        Some(at) => view! { <TimeStamp at=at/> }.into_any(),
    };
    let ails = ails(lang, &endpoint, now);
    view! {
        <tr>
            <th scope="row" class="endpoint-url">
                <a href=format!("/webhooks/{}", endpoint.id)>{endpoint.url.clone()}</a>
                {note.map(|note| view! { <small>{note}</small> })}
            </th>
            <td>
                <EndpointBadge endpoint=endpoint.clone()/>
                {ails.map(|text| view! { <small>{text}</small> })}
            </td>
            <td>
                {lang.pick(format!("{} event", endpoint.events.len()), format!("{} events", endpoint.events.len()))}
                <small class="event-names">{events}</small>
            </td>
            <td>{success}</td>
            <td>
                <TimeStamp at=endpoint.created_at/>
            </td>
        </tr>
    }
}

/// What is wrong, in a few words.
fn ails(lang: Lang, endpoint: &EndpointView, now: jiff::Timestamp) -> Option<String> {
    if endpoint.status == EndpointStatus::Disabled {
        return Some(words::disabled(lang, endpoint.disabled_reason).to_owned());
    }
    let since = endpoint.failing_since?;
    Some(lang.pick(
        format!("sejak {}", fmt::relative(lang, since, now)),
        format!("since {}", fmt::relative(lang, since, now)),
    ))
}

fn empty(environment: Environment, may_write: bool) -> AnyView {
    let lang = use_lang();
    let title = lang.pick(
        format!("Belum ada endpoint {}.", environment_name(environment)),
        format!("No {} endpoints yet.", environment_name(environment)),
    );
    let action = may_write.then(|| {
        view! {
            <LinkButton href="#new-endpoint">
                {lang.pick("Daftarkan endpoint pertama", "Register the first endpoint")}
            </LinkButton>
        }
        .into_any()
    });
    view! {
        <EmptyState title=title action=action>
            {lang
                .pick(
                    "Endpoint yang Anda daftarkan tampil di sini dengan statusnya.",
                    "The endpoints you register are listed here with how they do.",
                )}
        </EmptyState>
    }
    .into_any()
}
