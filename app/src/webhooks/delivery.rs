//! One delivery: where it stands, and every attempt with what was sent and answered.

use domain::{
    identity::SessionView,
    webhooks::{DeliveryRow, DeliveryStatus, DeliveryView},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    attempt::Attempt,
    table::Replay,
    words::{self, DeliveryBadge},
};
use crate::{
    api,
    docs::highlight::{Syntax, highlight},
    load::load,
    outcome::FormState,
    ui::{
        Badge, Breadcrumb, CodeBlock, Crumb, Done, DoneNotice, EmptyState, FormNotice, LinkButton, PageHead,
        TimeStamp, Tone,
    },
    visitor::use_lang,
};

const DONE: &[Done] = &[("replayed", "Kiriman dijadwalkan lagi.", "The delivery is on its way again.")];

#[component]
pub fn WebhookDeliveryPage() -> impl IntoView {
    let lang = use_lang();
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let delivery = api::get::<DeliveryView>(words::one(words::DELIVERIES_API, &id));
    let data = async move { Ok((session.await?, delivery.await?)) };
    view! {
        <Title text=lang.pick("Kiriman webhook", "Webhook delivery")/>
        {load(data, |(session, delivery)| view! { <Delivery session=session view=delivery/> })}
    }
}

#[component]
fn Delivery(session: SessionView, view: DeliveryView) -> impl IntoView {
    let lang = use_lang();
    let DeliveryView { delivery, body, attempt_log } = view;
    let may_write = session.partner.is_some_and(|partner| partner.role.may_write());
    let may_replay = may_write && delivery.endpoint_url.is_some();
    let state = FormState::of(&format!("/webhooks/deliveries/{}/replay", delivery.id));
    let last = attempt_log.len();
    let attempts = attempt_log
        .into_iter()
        .zip(1..)
        .map(|(attempt, place)| view! { <Attempt attempt=attempt open=place == last/> })
        .collect_view();
    let none = (last == 0).then(|| {
        let html = highlight(Syntax::Json, &body);
        view! {
            <EmptyState title=lang.pick("Belum ada percobaan.", "No attempt yet.")>
                {lang.pick("Muat ulang halaman ini sebentar lagi.", "Reload this page in a moment.")}
            </EmptyState>
            <CodeBlock
                id="unsigned-body"
                title=lang.pick("Body, belum ditandatangani", "Body, not signed yet")
                language="application/json"
                code=body
                html=html
            />
        }
    });
    let actions = view! {
        {may_replay.then(|| view! { <Replay delivery=delivery.clone() back=format!("/webhooks/deliveries/{}?done=replayed", delivery.id)/> })}
        <LinkButton href=format!("/webhooks/doctor?endpoint={}", delivery.endpoint_id)>
            {lang.pick("Dokter tanda tangan", "Signature doctor")}
        </LinkButton>
    };
    let trail = vec![
        Crumb::new("/webhooks", "Webhook"),
        Crumb::new("/webhooks/deliveries", lang.pick("Log pengiriman", "Delivery log")),
    ];
    view! {
        <Breadcrumb trail=trail here=delivery.event.as_str()/>
        <PageHead title=delivery.event.as_str() actions=Some(actions.into_any())/>
        <DoneNotice words=DONE/>
        <FormNotice state=state/>
        <div class="stack-lg">
            <Facts delivery=delivery/>
            <section class="stack" id="attempts">
                <h2>{lang.pick("Percobaan", "Attempts")}</h2>
                {none}
                <div>{attempts}</div>
            </section>
        </div>
    }
}

#[component]
fn Facts(delivery: DeliveryRow) -> impl IntoView {
    let lang = use_lang();
    let endpoint = match &delivery.endpoint_url {
        Some(url) => {
            view! { <a href=format!("/webhooks/{}", delivery.endpoint_id)>{url.clone()}</a> }.into_any()
        }
        None => view! {
            <code>{delivery.endpoint_id.to_string()}</code>
            " "
            <span class="muted">{lang.pick("dihapus", "deleted")}</span>
        }
        .into_any(),
    };
    let next = delivery.next_attempt_at.filter(|_| delivery.status == DeliveryStatus::Pending).map(|at| {
        view! {
            <dt>{lang.pick("Percobaan berikutnya", "Next attempt")}</dt>
            <dd>
                <TimeStamp at=at exact=true/>
                " ("
                <TimeStamp at=at/>
                ")"
            </dd>
        }
    });
    let ended = delivery.ended_at.map(|at| {
        view! {
            <dt>{lang.pick("Selesai", "Ended")}</dt>
            <dd>
                <TimeStamp at=at exact=true/>
            </dd>
        }
    });
    let replay_of = delivery.replay_of.as_ref().map(|id| {
        view! {
            <dt>{lang.pick("Kiriman ulang dari", "Replay of")}</dt>
            <dd>
                <a href=format!("/webhooks/deliveries/{id}")>
                    <code>{id.to_string()}</code>
                </a>
            </dd>
        }
    });
    view! {
        <dl class="facts">
            <dt>"Status"</dt>
            <dd>
                <DeliveryBadge status=delivery.status attempts=delivery.attempts/>
                {delivery.test.then(|| view! { " " <Badge tone=Tone::Neutral>{lang.pick("uji", "test")}</Badge> })}
            </dd>
            <dt>"Endpoint"</dt>
            <dd>{endpoint}</dd>
            <dt>"Event"</dt>
            <dd>
                <code>{delivery.event_id.to_string()}</code>
            </dd>
            <dt>{lang.pick("Kiriman", "Delivery")}</dt>
            <dd>
                <code>{delivery.id.to_string()}</code>
            </dd>
            <dt>{lang.pick("Dibuat", "Made")}</dt>
            <dd>
                <TimeStamp at=delivery.created_at exact=true/>
            </dd>
            {next}
            {ended}
            {replay_of}
        </dl>
    }
}
