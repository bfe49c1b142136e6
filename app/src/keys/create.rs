//! The form that makes a key.

use domain::{keys::Environment, partners::PartnerStatus};
use leptos::prelude::*;

use super::{
    conditions::{ConditionFields, FIELDS},
    words::environment_name,
};
use crate::{
    outcome::FormState,
    ui::{Button, ButtonLook, Card, Form, FormNotice, Hidden, TextField},
    visitor::use_lang,
};

/// Path the form posts to.
pub(super) const ACTION: &str = "/keys/create";

#[component]
pub(super) fn CreateCard(environment: Environment, status: PartnerStatus) -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick(
        format!("Buat kunci {}", environment_name(environment)),
        format!("Create a {} key", environment_name(environment)),
    );
    let body = match (status, environment) {
        (PartnerStatus::Active, _) | (PartnerStatus::InReview, Environment::Test) => {
            view! { <CreateForm environment=environment/> }.into_any()
        }
        (PartnerStatus::InReview, Environment::Live) => view! {
            <p>
                {lang
                    .pick(
                        "Kunci live dapat dibuat setelah pendaftaran disetujui. Sampai saat itu, kembangkan integrasi Anda dengan kunci sandbox: alamat, bentuk jawaban, dan kode error-nya sama.",
                        "Live keys can be made once the registration is approved. Until then build against the sandbox: addresses, answers and error codes are the same.",
                    )}
                " "
                <a href="/keys?environment=test#new-key">{lang.pick("Buat kunci sandbox", "Create a sandbox key")}</a>
            </p>
        }
        .into_any(),
        (PartnerStatus::Registered | PartnerStatus::Rejected | PartnerStatus::Suspended, _) => view! {
            <p>
                {lang
                    .pick(
                        "Kunci baru tidak dapat dibuat dalam status sekarang; lihat keterangan di atas.",
                        "No keys can be made in the present state; see the note above.",
                    )}
            </p>
        }
        .into_any(),
    };
    view! {
        <Card title=title id="new-key">
            {body}
        </Card>
    }
}

#[component]
fn CreateForm(environment: Environment) -> impl IntoView {
    let lang = use_lang();
    // A form that was accepted starts afresh for the next key.
    let state = FormState::of(ACTION);
    let state = if state.problem().is_some() { state } else { FormState::default() };
    let conditions = ["expires_at", "ip_allow[]", "origin", "read_only:bool"];
    let open = conditions.iter().any(|field| state.error(field).is_some());
    view! {
        <div class="narrow">
            <FormNotice state=state.clone() fields=FIELDS/>
            <Form name="create-key" action=format!("{ACTION}?environment={environment}#new-key")>
                <Hidden name="environment" value=environment.as_str()/>
                <TextField
                    name="name"
                    id="create-name"
                    label=lang.pick("Nama", "Name")
                    help=lang.pick("Di mana kunci ini dipakai: Server produksi, CI, Laptop Rani.", "Where it will be used: production server, CI, Rani's laptop.")
                    autocomplete="off"
                    value=state.value("name")
                    error=state.error("name")
                    required=true
                />
                <details class="fold" open=open>
                    <summary>{lang.pick("Batasi pemakaian", "Limit its use")}</summary>
                    <ConditionFields state=state key=None form="create"/>
                </details>
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>{lang.pick("Buat kunci", "Create key")}</Button>
                </div>
            </Form>
        </div>
    }
}
