//! One gate: how it stands, and what can be done with it.

use domain::{
    gates::{GateCreated, GateState, GateView},
    identity::{OperatorRole, SessionView},
};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    gate_forms::{Retire, Rotate, SecretCard, act},
    gate_words::{GateStateBadge, direction_name},
};
use crate::{
    api::{self, Failure},
    load::load,
    outcome::FormState,
    ui::{Breadcrumb, Card, Crumb, Done, DoneNotice, PageHead, TimeStamp},
    visitor::use_lang,
};

const DONE: &[Done] = &[(
    "retired",
    "Gate dipensiunkan. Pesannya kini ditolak.",
    "Gate retired. Its messages are now refused.",
)];

#[component]
pub fn AdminGatePage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    // Only what a gate's name is made of goes into an address of the API.
    let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect();
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let gate = api::get::<GateView>(format!("/portal-api/v1/admin/gates/{id}"));
    let data = async move { Ok((gate.await?, session.await?)) };
    // A refusal is a page too, with a heading of its own.
    load(async move { Ok(data.await) }, |data: Result<_, Failure>| match data {
        Ok((gate, session)) => view! { <OneGate gate=gate session=session/> }.into_any(),
        Err(failure) => view! {
            <Title text="Gate"/>
            <Breadcrumb trail=vec![Crumb::new("/admin/gates", "Gate")] here="Gate"/>
            <PageHead title="Gate"/>
            {load(async move { Err::<(), _>(failure) }, |()| ())}
        }
        .into_any(),
    })
}

#[component]
fn OneGate(gate: GateView, session: SessionView) -> impl IntoView {
    let lang = use_lang();
    let created = FormState::of(&act(&gate.id, "rotate")).answer::<GateCreated>();
    let may_manage = gate.state != GateState::Retired
        && session.operator.is_some_and(|operator| OperatorRole::may_manage_gates(operator.role));
    let lead = format!("{} · {}", gate.station_name, direction_name(lang, gate.direction));
    view! {
        <Title text=gate.id.clone()/>
        <Breadcrumb trail=vec![Crumb::new("/admin/gates", "Gate")] here=gate.id.clone()/>
        <PageHead
            title=gate.id.clone()
            lead=lead
            actions=Some(view! { <GateStateBadge state=gate.state/> }.into_any())
        />
        <DoneNotice words=DONE/>
        <div class="stack">
            {created.map(|created| view! { <SecretCard created=created/> })}
            <Facts gate=gate.clone()/>
            {may_manage
                .then(|| {
                    view! {
                        <Card title=lang.pick("Kelola", "Manage") id="manage">
                            <div>
                                <Rotate gate=gate.clone()/>
                                <Retire gate=gate/>
                            </div>
                        </Card>
                    }
                })}
        </div>
    }
}

#[component]
fn Facts(gate: GateView) -> impl IntoView {
    let lang = use_lang();
    let time = |at: Option<Timestamp>, without: &'static str| match at {
        Some(at) => view! { <TimeStamp at=at exact=true/> }.into_any(),
        None => view! { <span class="muted">{without}</span> }.into_any(),
    };
    let never = lang.pick("belum pernah", "never");
    let row = |name: &'static str, value: AnyView| {
        view! {
            <dt>{name}</dt>
            <dd>{value}</dd>
        }
    };
    view! {
        <Card title=lang.pick("Keadaan", "State") id="state">
            <dl class="facts">
                {row(
                    lang.pick("Stasiun", "Station"),
                    view! {
                        <a href=format!("/admin/gates?station={}", gate.station_id)>{gate.station_name}</a>
                    }
                        .into_any(),
                )}
                {row(lang.pick("Terakhir terdengar", "Last heard of"), time(gate.last_seen_at, never))}
                {row("Firmware", gate.firmware.unwrap_or_else(|| "–".to_owned()).into_any())}
                {row(
                    lang.pick("Gangguan terakhir", "Last outage"),
                    time(gate.offline_since, lang.pick("belum ada", "none so far")),
                )}
                {row(
                    lang.pick("Secret diberikan", "Secret given"),
                    time(gate.provisioned_at, lang.pick("belum; gate ini tidak dapat mengirim", "not yet; this gate can't send")),
                )}
                {gate
                    .earlier_secret_until
                    .map(|until| row(lang.pick("Secret lama sampai", "Old secret until"), time(Some(until), "")))}
                {gate
                    .retired_at
                    .map(|at| row(lang.pick("Dipensiunkan", "Retired"), time(Some(at), "")))}
            </dl>
        </Card>
    }
}
