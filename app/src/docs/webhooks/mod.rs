//! Webhooks: which events there are and who gets them, what is sent, how it is checked, and what
//! happens when it does not arrive.
//!
//! Figures and rules are printed from the constants the server works by; the sample is written by the
//! same code that writes deliveries and is really signed. How many events there are is measured.

mod events;
mod payload;
mod rules;
mod verify;
pub mod words;

use domain::webhooks::volume::EventVolumes;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

pub use self::events::EventRows;
use self::{
    payload::{Headers, Payloads},
    rules::{Addresses, Answering, Retries, Rotation},
    verify::Verify,
};
use crate::{
    api,
    load::load,
    ui::{LinkButton, PageHead},
    visitor::{SessionKind, Visitor, use_lang},
};

/// Where the measured volumes are read.
pub const VOLUMES: &str = "/portal-api/v1/event-volumes";

/// `/docs/webhooks`.
#[component]
pub fn WebhooksDocPage() -> impl IntoView {
    let Visitor { lang, session, .. } = Visitor::current();
    let lead = lang.pick(
        "Terima notifikasi real-time dari NFC Gate AFC ke server Anda",
        "Get real-time notifications from NFC Gate AFC on your server",
    );
    let member = session.is_some_and(|session| session.kind == SessionKind::Partner);
    let actions = member.then(|| {
        view! {
            <LinkButton href="/webhooks">{lang.pick("Kelola endpoint Anda", "Manage your endpoints")}</LinkButton>
        }
        .into_any()
    });
    view! {
        <Title text="Webhook Documentation"/>
        <Meta name="description" content=lead/>
        <PageHead title="Webhook Documentation" lead=lead actions=actions/>
        <Events/>
        <Payloads/>
        <Headers/>
        <Verify/>
        <Answering/>
        <Retries/>
        <Rotation/>
        <Addresses/>
    }
}

#[component]
fn Events() -> impl IntoView {
    let lang = use_lang();
    let volumes = api::get::<EventVolumes>(VOLUMES);
    view! {
        <section class="section" id="events">
            <div class="section-head">
                <h2>{lang.pick("Semua Webhook Events", "All webhook events")}</h2>
            </div>
            {load(volumes, |volumes| view! { <EventRows volumes=volumes/> })}
        </section>
    }
}
