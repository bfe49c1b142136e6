//! What an operator decides about a partner: each step a form of its own, and only those the API offers.

use domain::{
    lang::Lang,
    partners::{AdminStep, PartnerView},
    tiers::Tier,
};
use leptos::prelude::*;

use crate::{
    outcome::FormState,
    ui::{
        Button, ButtonLook, Card, Choice, Form, FormNotice, InputKind, SelectField, TextArea, TextField, fmt,
    },
    visitor::use_lang,
};

#[component]
pub(super) fn Decisions(partner: PartnerView, steps: Vec<AdminStep>) -> impl IntoView {
    let lang = use_lang();
    let forms = steps
        .into_iter()
        .map(|step| match step {
            AdminStep::Approve => view! { <Approve partner=partner.clone()/> }.into_any(),
            AdminStep::Reject => view! {
                <WithReason
                    partner=partner.clone()
                    act="reject"
                    title=lang.pick("Tolak pendaftaran", "Reject the registration")
                    warning=lang.pick("Penolakan bersifat final.", "A rejection is final.")
                    verb=lang.pick("Tolak", "Reject")
                />
            }
            .into_any(),
            AdminStep::Suspend => view! {
                <WithReason
                    partner=partner.clone()
                    act="suspend"
                    title=lang.pick("Tangguhkan partner", "Suspend the partner")
                    warning=lang
                        .pick(
                            "Semua kuncinya langsung ditolak sampai penangguhan dicabut.",
                            "All its keys are refused at once, until it is reinstated.",
                        )
                    verb=lang.pick("Tangguhkan", "Suspend")
                />
            }
            .into_any(),
            AdminStep::Reinstate => view! { <Reinstate partner=partner.clone()/> }.into_any(),
            AdminStep::SetTerms => view! { <SetTerms partner=partner.clone()/> }.into_any(),
        })
        .collect_view();
    view! {
        <Card title=lang.pick("Keputusan", "Decisions") id="decisions">
            <div>{forms}</div>
        </Card>
    }
}

/// Path of a step, and the same with the card it returns to.
fn posting(partner: &PartnerView, act: &str) -> (String, String) {
    let path = format!("/admin/partners/{}/{act}", partner.id);
    let action = format!("{path}#decisions");
    (path, action)
}

/// The tiers with what they allow a day.
fn tier_choices(lang: Lang) -> Vec<Choice> {
    let describe = |tier: Tier| match tier.terms().requests_per_day {
        Some(quota) => {
            format!("{} — {} {}", tier.label(), fmt::grouped(lang, quota), lang.pick("req/hari", "req/day"))
        }
        None => format!(
            "{} — {}",
            tier.label(),
            lang.pick("tanpa batas atau kontrak", "unlimited or by contract")
        ),
    };
    Tier::ALL.map(|tier| Choice::new(tier.as_str(), describe(tier))).into()
}

/// The first thing to do for a partner in review, so it stands open.
#[component]
fn Approve(partner: PartnerView) -> impl IntoView {
    let lang = use_lang();
    let (path, action) = posting(&partner, "approve");
    let state = FormState::of(&path);
    let choices = tier_choices(lang);
    let chosen = state.chosen("tier", &choices, partner.tier.as_str());
    view! {
        <details class="fold" open>
            <summary>{lang.pick("Setujui pendaftaran", "Approve the registration")}</summary>
            <div class="narrow stack">
                <FormNotice state=state.clone() fields=&["tier"]/>
                <Form name="approve" action=action>
                    <SelectField name="tier" id="approve-tier" label="Tier" choices=choices value=chosen error=state.error("tier")/>
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary>
                            {lang.pick(format!("Setujui {}", partner.name), format!("Approve {}", partner.name))}
                        </Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}

/// Rejecting and suspending: the partner reads why.
#[component]
fn WithReason(
    partner: PartnerView,
    act: &'static str,
    title: &'static str,
    warning: &'static str,
    verb: &'static str,
) -> impl IntoView {
    let lang = use_lang();
    let (path, action) = posting(&partner, act);
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    view! {
        <details class="fold" open=open>
            <summary>{title}</summary>
            <div class="narrow stack">
                <p>{warning}</p>
                <FormNotice state=state.clone() fields=&["reason"]/>
                <Form name=act action=action>
                    <TextArea
                        name="reason"
                        id=format!("{act}-reason")
                        label=lang.pick("Alasan", "Reason")
                        help=lang.pick("Dikirim kepada partner lewat email.", "Mailed to the partner.")
                        value=state.value("reason")
                        error=state.error("reason")
                        required=true
                    />
                    <div class="form-actions">
                        <Button look=ButtonLook::Danger>{format!("{verb} {}", partner.name)}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}

#[component]
fn Reinstate(partner: PartnerView) -> impl IntoView {
    let lang = use_lang();
    let (path, action) = posting(&partner, "reinstate");
    view! {
        <details class="fold" open>
            <summary>{lang.pick("Cabut penangguhan", "Reinstate the partner")}</summary>
            <div class="narrow stack">
                <p>{lang.pick("Kuncinya kembali berlaku.", "Its keys work again.")}</p>
                <FormNotice state=FormState::of(&path)/>
                <Form name="reinstate" action=action>
                    <Button look=ButtonLook::Primary>
                        {lang.pick(format!("Aktifkan kembali {}", partner.name), format!("Reinstate {}", partner.name))}
                    </Button>
                </Form>
            </div>
        </details>
    }
}

#[component]
fn SetTerms(partner: PartnerView) -> impl IntoView {
    let lang = use_lang();
    let (path, action) = posting(&partner, "tier");
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    let choices = tier_choices(lang);
    let chosen = state.chosen("tier", &choices, partner.tier.as_str());
    let own = |limit: Option<u64>| limit.map(|limit| limit.to_string()).unwrap_or_default();
    let help = lang.pick("Kosong: sesuai tier.", "Empty: the tier's own.");
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Ubah tier dan batas", "Change tier and limits")}</summary>
            <div class="stack">
                <FormNotice state=state.clone() fields=&["tier", "quota_per_day:int", "burst_per_minute:int"]/>
                <Form name="set-terms" action=action>
                    <div class="form-row">
                        <SelectField name="tier" id="terms-tier" label="Tier" choices=choices value=chosen error=state.error("tier")/>
                        <TextField
                            name="quota_per_day:int"
                            id="terms-quota"
                            label=lang.pick("Kuota kontrak per hari", "Contract quota per day")
                            kind=InputKind::Number
                            help=help
                            value=state.value_or("quota_per_day:int", own(partner.quota_per_day))
                            error=state.error("quota_per_day:int")
                        />
                        <TextField
                            name="burst_per_minute:int"
                            id="terms-burst"
                            label=lang.pick("Burst kontrak per menit", "Contract burst per minute")
                            kind=InputKind::Number
                            help=help
                            value=state.value_or("burst_per_minute:int", own(partner.burst_per_minute))
                            error=state.error("burst_per_minute:int")
                        />
                    </div>
                    <div class="form-actions">
                        <Button>{lang.pick("Simpan tier dan batas", "Save tier and limits")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}
