//! One endpoint: how it does, its latest deliveries, and all that can be done with it.

use domain::{
    applications::ApplicationView,
    events::EventKind,
    identity::SessionView,
    keys::Environment,
    page::Page,
    partners::PartnerView,
    webhooks::{
        DeliveryRow, EndpointStatus, EndpointView, EndpointWithSecret,
        health::{FAILING_MAX, FAILURES_MAX},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    change::{Change, Delete, Rotate, TestSend},
    deliveries::Live,
    filter::Filter,
    replay::ReplayMany,
    secret::SecretCard,
    table::DeliveryTable,
    words::{self, EndpointBadge},
};
use crate::{
    api,
    docs::webhooks::words::duration,
    keys::environment_name,
    load::load,
    outcome::FormState,
    ui::{
        Badge, Breadcrumb, Button, Card, CopyButton, Crumb, Done, DoneNotice, EmptyState, Form, FormLook,
        FormNotice, Hidden, LinkButton, Notice, PageHead, TimeStamp, Tone, fmt,
    },
    visitor::use_lang,
};

/// Deliveries that the page shows.
const SHOWN: u32 = domain::webhooks::tail::LOOKED_AT;

const DONE: &[Done] = &[
    ("updated", "Endpoint disimpan.", "Endpoint saved."),
    (
        "paused",
        "Endpoint dijeda. Event tetap dikumpulkan dan menunggu.",
        "Endpoint paused. Events are collected and wait.",
    ),
    (
        "resumed",
        "Endpoint aktif. Yang menunggu sedang dikirim.",
        "Endpoint active. What waited is being sent.",
    ),
    ("overlap_ended", "Hanya secret terbaru yang berlaku sekarang.", "Only the newest secret is valid now."),
    ("tested", "Event uji dikirim; lihat di bawah.", "Test event sent; see below."),
    ("replayed", "Kiriman dijadwalkan lagi.", "The delivery is on its way again."),
];

struct Data {
    session: SessionView,
    partner: PartnerView,
    endpoint: EndpointView,
    others: Page<EndpointView>,
    applications: Page<ApplicationView>,
    list: Page<DeliveryRow>,
}

#[component]
pub fn WebhookEndpointPage() -> impl IntoView {
    let lang = use_lang();
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let partner = api::get::<PartnerView>("/portal-api/v1/partner");
    let endpoint = api::get::<EndpointView>(words::one(words::ENDPOINTS_API, &id));
    let others = api::get::<Page<EndpointView>>(format!("{}?limit=100", words::ENDPOINTS_API));
    let applications = words::applications();
    // Where it lives is known only once it is there; it has deliveries in one of the two.
    let list = |environment: Environment| {
        let limit = SHOWN.to_string();
        let query = [("environment", environment.as_str()), ("endpoint_id", &id), ("limit", &limit)];
        api::get::<Page<DeliveryRow>>(words::address(words::DELIVERIES_API, &query))
    };
    let (live, test) = (list(Environment::Live), list(Environment::Test));
    let data = async move {
        let endpoint = endpoint.await?;
        let list = match endpoint.environment {
            Environment::Live => live.await?,
            Environment::Test => test.await?,
        };
        Ok(Data {
            endpoint,
            list,
            session: session.await?,
            partner: partner.await?,
            others: others.await?,
            applications: applications.await?,
        })
    };
    view! {
        <Title text=lang.pick("Endpoint webhook", "Webhook endpoint")/>
        {load(data, |data| view! { <Endpoint data=data/> })}
    }
}

#[component]
fn Endpoint(data: Data) -> impl IntoView {
    let lang = use_lang();
    let Data { session, partner, endpoint, others, applications, list } = data;
    let may_write = session.partner.is_some_and(|partner| partner.role.may_write());
    let rotated =
        FormState::of(&format!("/webhooks/{}/rotate-secret", endpoint.id)).answer::<EndpointWithSecret>();
    let trail = vec![Crumb::new(format!("/webhooks?environment={}", endpoint.environment), "Webhook")];
    let log = words::address(
        "/webhooks/deliveries",
        &[("environment", endpoint.environment.as_str()), ("endpoint", endpoint.id.as_str())],
    );
    let filter = Filter {
        environment: endpoint.environment,
        endpoint: endpoint.id.to_string(),
        event: String::new(),
        status: String::new(),
        from: String::new(),
        to: String::new(),
        page: 1,
    };
    let back = may_write.then(|| format!("/webhooks/{}?done=replayed#deliveries", endpoint.id));
    let empty = view! {
        <EmptyState title=lang.pick("Belum ada kiriman.", "No deliveries yet.")>
            {lang
                .pick(
                    "Kirim event uji untuk mencoba, atau tunggu event pertama.",
                    "Send a test event to try it, or wait for the first event.",
                )}
        </EmptyState>
    }
    .into_any();
    let log_link = view! { <LinkButton href=log>{lang.pick("Cari di log", "Search the log")}</LinkButton> };
    view! {
        <Breadcrumb trail=trail here=words::short_url(&endpoint.url)/>
        <PageHead
            title=lang.pick("Endpoint webhook", "Webhook endpoint")
            actions=Some(
                view! {
                    <Badge tone=Tone::Neutral>{environment_name(endpoint.environment)}</Badge>
                    <EndpointBadge endpoint=endpoint.clone()/>
                }
                    .into_any(),
            )
        />
        <DoneNotice words=DONE/>
        <div class="stack-lg">
            <div class="stack">
                <div class="endpoint-line">
                    <code id="endpoint-url">{endpoint.url.clone()}</code>
                    <CopyButton selector="#endpoint-url" what="URL endpoint"/>
                </div>
                <Health endpoint=endpoint.clone()/>
                {rotated
                    .map(|answer| {
                        view! { <SecretCard answer=answer title=lang.pick("Secret diganti", "Secret replaced")/> }
                    })}
                <Facts endpoint=endpoint.clone()/>
                {may_write.then(|| view! { <Pause endpoint=endpoint.clone()/> })}
            </div>
            {may_write.then(|| view! { <TestSend endpoint=endpoint.clone()/> })}
            <Card title=lang.pick("Kiriman terakhir", "Latest deliveries") id="deliveries" actions=Some(log_link.into_any())>
                <Live list=list.clone() filter=filter>
                    <DeliveryTable
                        deliveries=list.data
                        caption=lang.pick("Kiriman terakhir", "Latest deliveries")
                        instead=empty
                        back=back
                        names_endpoint=false
                    />
                </Live>
            </Card>
            {may_write
                .then(|| {
                    view! {
                        <Card title=lang.pick("Kelola", "Manage") id="manage">
                            <div>
                                <Change
                                    endpoint=endpoint.clone()
                                    tier=partner.tier
                                    applications=applications.data
                                />
                                <Rotate endpoint=endpoint.clone()/>
                                <ReplayMany endpoint=endpoint.clone() others=others.data/>
                                <Delete endpoint=endpoint/>
                            </div>
                        </Card>
                    }
                })}
        </div>
    }
}

/// What is wrong and what will come of it; nothing while all is well.
#[component]
fn Health(endpoint: EndpointView) -> impl IntoView {
    let lang = use_lang();
    let doctor = view! {
        <p>
            <a href=format!("/webhooks/doctor?endpoint={}", endpoint.id)>
                {lang.pick("Tanda tangan tidak cocok? Tanyakan dokter.", "Signature does not match? Ask the doctor.")}
            </a>
        </p>
    };
    if endpoint.status == EndpointStatus::Disabled {
        return Some(
            view! {
                <Notice tone=Tone::Danger title=lang.pick("Dinonaktifkan", "Disabled")>
                    <p>
                        {words::disabled(lang, endpoint.disabled_reason)} " "
                        {lang
                            .pick(
                                "Event tidak dikumpulkan sampai Anda mengaktifkannya lagi; yang terlewat dapat ditarik lewat GET /events.",
                                "No events are collected until you make it active again; what was missed can be pulled by GET /events.",
                            )}
                    </p>
                </Notice>
            }
            .into_any(),
        );
    }
    let since = endpoint.failing_since?;
    let limit = duration(lang, FAILING_MAX.as_secs().unsigned_abs());
    let spared = endpoint.spared_until.map(|at| {
        view! {
            <p>
                {lang.pick(
                    format!("{FAILURES_MAX} kegagalan beruntun: endpoint diistirahatkan, dicoba lagi "),
                    format!("{FAILURES_MAX} failures in a row: the endpoint is given a rest, and tried again "),
                )}
                <TimeStamp at=at/>
                "."
            </p>
        }
    });
    let text = lang.pick(
        format!(
            "Tidak ada yang berhasil sejak {}. Setelah {limit} endpoint dinonaktifkan.",
            fmt::instant(lang, since)
        ),
        format!(
            "Nothing has succeeded since {}. After {limit} the endpoint is disabled.",
            fmt::instant(lang, since)
        ),
    );
    Some(
        view! {
            <Notice tone=Tone::Warning title=lang.pick("Server Anda tidak menjawab dengan benar", "Your server does not answer as it should")>
                <p>{text}</p>
                {spared}
                {doctor}
            </Notice>
        }
        .into_any(),
    )
}

#[component]
fn Facts(endpoint: EndpointView) -> impl IntoView {
    let lang = use_lang();
    let events = endpoint.events.iter().map(|event: &EventKind| {
        view! { <code class="chip">{event.as_str()}</code> }
    });
    let events = events.collect_view();
    let overlap = endpoint.overlap_until.map(|until| {
        view! {
            <dt>{lang.pick("Secret lama berlaku sampai", "Old secret valid until")}</dt>
            <dd>
                <TimeStamp at=until exact=true/>
            </dd>
        }
    });
    let application = endpoint.application_id.as_ref().map(|id| {
        view! {
            <dt>{lang.pick("Hanya izin untuk aplikasi", "By consent to the application only")}</dt>
            <dd>
                <code>{id.to_string()}</code>
            </dd>
        }
    });
    let never = || view! { <span class="muted">{lang.pick("belum pernah", "never")}</span> }.into_any();
    let at =
        |at: Option<jiff::Timestamp>| at.map_or_else(never, |at| view! { <TimeStamp at=at/> }.into_any());
    view! {
        <dl class="facts">
            <dt>"Id"</dt>
            <dd>
                <code>{endpoint.id.to_string()}</code>
            </dd>
            {endpoint
                .description
                .clone()
                .map(|note| {
                    view! {
                        <dt>{lang.pick("Catatan", "Note")}</dt>
                        <dd>{note}</dd>
                    }
                })}
            <dt>"Event"</dt>
            <dd>
                <span class="cluster">{events}</span>
            </dd>
            {application}
            <dt>{lang.pick("Terakhir berhasil", "Last success")}</dt>
            <dd>{at(endpoint.last_success_at)}</dd>
            <dt>{lang.pick("Terakhir gagal", "Last failure")}</dt>
            <dd>{at(endpoint.last_failure_at)}</dd>
            {overlap}
            <dt>{lang.pick("Didaftarkan", "Registered")}</dt>
            <dd>
                <TimeStamp at=endpoint.created_at exact=true/>
            </dd>
        </dl>
    }
}

/// Pause or go on, in one press.
#[component]
fn Pause(endpoint: EndpointView) -> impl IntoView {
    let lang = use_lang();
    let path = format!("/webhooks/{}/active", endpoint.id);
    let (value, done, label) = match endpoint.status {
        EndpointStatus::Active => ("false", "paused", lang.pick("Jeda", "Pause")),
        EndpointStatus::Paused => ("true", "resumed", lang.pick("Lanjutkan", "Resume")),
        EndpointStatus::Disabled => ("true", "resumed", lang.pick("Aktifkan lagi", "Make active again")),
    };
    view! {
        <FormNotice state=FormState::of(&path)/>
        <Form name="pause-endpoint" action=path look=FormLook::Inline>
            <Hidden name="active:bool" value=value/>
            <Hidden name="next" value=format!("/webhooks/{}?done={done}", endpoint.id)/>
            <Button>{label}</Button>
        </Form>
    }
}
