//! The page.

use domain::{identity::SessionView, sandbox::SandboxView};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    activity::{Events, Journeys, Peak, Reset},
    clock::Clock,
    journey::Journey,
    riders::Riders,
    tap::Tap,
};
use crate::{
    api,
    load::load,
    ui::{Done, DoneNotice, LinkButton, PageHead},
    visitor::use_lang,
};

const DONE: &[Done] = &[
    ("clock", "Jam uji dimajukan.", "The test clock was moved on."),
    ("rider", "Penumpang uji dibuat, dengan satu kartu.", "Test rider made, with a card."),
    ("top_up", "Saldo diisi.", "Wallet topped up."),
    ("media", "Kartu dihubungkan.", "Card linked."),
    ("user_type", "Tipe penumpang diubah.", "Kind of rider changed."),
    (
        "peak",
        "Jam sibuk pagi berjalan; muat ulang untuk melihat kemajuannya.",
        "The morning peak is running; reload to see how far it is.",
    ),
    (
        "reset",
        "Jaringan uji dikosongkan, jamnya kembali ke waktu nyata.",
        "The test network was emptied; its clock is back at real time.",
    ),
];

#[component]
pub fn SandboxPage() -> impl IntoView {
    let lang = use_lang();
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let sandbox = api::get::<SandboxView>("/portal-api/v1/sandbox");
    let data = async move { Ok((session.await?, sandbox.await?)) };
    view! {
        <Title text="Sandbox"/>
        <PageHead
            title="Sandbox"
            lead=lang
                .pick(
                    "Jaringan uji Anda sendiri: jam, penumpang, dan tap. Tidak ada yang sungguhan di sini, dan partner lain tidak melihatnya.",
                    "Your own test network: clock, riders and taps. Nothing here is real, and no other partner sees it.",
                )
            actions=Some(
                view! {
                    <LinkButton href="/docs/endpoints/send-test-taps">{lang.pick("Lewat API", "By API")}</LinkButton>
                }
                    .into_any(),
            )
        />
        <DoneNotice words=DONE/>
        {load(data, |(session, sandbox)| view! { <Sandbox session=session sandbox=sandbox/> })}
    }
}

#[component]
fn Sandbox(session: SessionView, sandbox: SandboxView) -> impl IntoView {
    let lang = use_lang();
    let may_write = session.partner.is_some_and(|partner| partner.role.may_write());
    let SandboxView { clock, riders, riders_total, journeys, events, peak, stations } = sandbox;
    view! {
        <div class="stack-lg">
            {(!may_write)
                .then(|| {
                    view! {
                        <p class="muted">
                            {lang
                                .pick(
                                    "Peran Anda hanya melihat. Pemilik dan developer dapat mengubah jaringan uji.",
                                    "Your role only looks. Owners and developers may change the test network.",
                                )}
                        </p>
                    }
                })}
            <Clock clock=clock may_write=may_write/>
            {may_write.then(|| view! { <Journey/> })}
            {may_write.then(|| view! { <Tap riders=riders.clone() stations=stations.clone()/> })}
            <Journeys journeys=journeys riders=riders.clone() stations=stations/>
            <Riders riders=riders total=riders_total may_write=may_write/>
            <Events events=events/>
            {may_write.then(|| view! { <Peak peak=peak/> })}
            {may_write.then(|| view! { <Reset/> })}
        </div>
    }
}
