//! The partner as it presents itself; its owner edits it.

use domain::partners::PartnerView;
use leptos::prelude::*;

use super::StatusBadge;
use crate::{
    outcome::FormState,
    ui::{Button, Card, Done, DoneNotice, Form, FormNotice, TextArea, TextField, TierBadge, TimeStamp, fmt},
    visitor::use_lang,
};

const DONE: &[Done] = &[("organisation", "Organisasi disimpan.", "Organisation saved.")];

#[component]
pub(super) fn OrganisationCard(partner: PartnerView, may_manage: bool) -> impl IntoView {
    let lang = use_lang();
    let badges = view! {
        <TierBadge tier=partner.tier/>
        <StatusBadge status=partner.status/>
    };
    let contract = |label: &'static str, limit: Option<u64>| {
        limit.map(|limit| {
            view! {
                <dt>{label}</dt>
                <dd>{fmt::grouped(lang, limit)}</dd>
            }
        })
    };
    let facts = view! {
        <dl class="facts">
            <dt>{lang.pick("Badan hukum", "Legal name")}</dt>
            <dd>{partner.legal_name.clone()}</dd>
            <dt>"ID"</dt>
            <dd>
                <code>{partner.id.to_string()}</code>
            </dd>
            <dt>{lang.pick("Terdaftar", "Registered")}</dt>
            <dd>
                <TimeStamp at=partner.created_at exact=true/>
            </dd>
            {contract(lang.pick("Kuota kontrak per hari", "Contract quota per day"), partner.quota_per_day)}
            {contract(lang.pick("Burst kontrak per menit", "Contract burst per minute"), partner.burst_per_minute)}
        </dl>
    };
    let body = match may_manage {
        true => view! { <EditForm partner=partner/> }.into_any(),
        false => view! {
            <p>
                <b>{partner.name}</b>
            </p>
            <p>{partner.description}</p>
            <p class="muted">{lang.pick("Hanya pemilik yang dapat mengubahnya.", "Only an owner can change this.")}</p>
        }
        .into_any(),
    };
    view! {
        <Card title=lang.pick("Organisasi", "Organisation") id="organisation" actions=Some(badges.into_any())>
            <DoneNotice words=DONE/>
            {facts}
            {body}
        </Card>
    }
}

#[component]
fn EditForm(partner: PartnerView) -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/account/organisation");
    view! {
        <FormNotice state=state.clone() fields=&["name", "description"]/>
        <div class="narrow">
            <Form name="edit-organisation" action="/account/organisation#organisation">
                <TextField
                    name="name"
                    id="organisation-name"
                    label=lang.pick("Nama aplikasi atau organisasi", "Name of your app or organisation")
                    autocomplete="organization"
                    value=state.value_or("name", partner.name)
                    error=state.error("name")
                    required=true
                />
                <TextArea
                    name="description"
                    id="organisation-description"
                    label=lang.pick("Apa yang Anda bangun?", "What are you building?")
                    value=state.value_or("description", partner.description)
                    error=state.error("description")
                    required=true
                />
                <div class="form-actions">
                    <Button>{lang.pick("Simpan organisasi", "Save organisation")}</Button>
                </div>
            </Form>
        </div>
    }
}
