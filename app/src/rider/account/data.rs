//! What a rider can do with all that is kept about them, and with their password.

use domain::rider_accounts::RiderOverview;
use leptos::prelude::*;
use leptos_meta::Title;

use super::delete::DeleteCard;
use crate::{
    api,
    identity::{CurrentPasswordField, NewPasswordField},
    load::load,
    outcome::FormState,
    ui::{Button, Card, Done, DoneNotice, Form, FormLook, FormNotice, PageHead},
    visitor::use_lang,
};

const PASSWORD: &str = "/account/rider-password";
const DONE: &[Done] = &[(
    "password",
    "Kata sandi diganti. Sesi lain sudah diakhiri.",
    "Password changed. All other sessions are ended.",
)];

#[component]
pub fn RiderDataPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Data & keamanan", "Data & security");
    let overview = api::get::<RiderOverview>("/portal-api/v1/rider/overview");
    view! {
        <Title text=title/>
        <PageHead title=title/>
        <div class="stack-lg">
            <div class="grid-2">
                <ExportCard/>
                <PasswordCard/>
            </div>
            {load(overview, |overview| view! { <DeleteCard rider=overview.rider.rider/> })}
        </div>
    }
}

#[component]
fn ExportCard() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Card title=lang.pick("Unduh data saya", "Download my data") id="export">
            <p>
                {lang
                    .pick(
                        "Satu berkas JSON dengan semua yang disimpan tentang Anda: profil, kartu, perjalanan, transaksi saldo, izin aplikasi, dan siapa yang membaca data Anda.",
                        "One JSON file with all that is kept about you: profile, cards, journeys, movements of money, what applications were allowed, and who read your data.",
                    )}
            </p>
            <p>
                <a class="button" href="/portal-api/v1/rider/export" download>
                    {lang.pick("Unduh data saya (JSON)", "Download my data (JSON)")}
                </a>
            </p>
        </Card>
    }
}

#[component]
fn PasswordCard() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(PASSWORD);
    let everywhere = view! {
        <Form
            name="rider-sign-out-everywhere"
            action="/account/rider-sign-out-everywhere"
            look=FormLook::Inline
        >
            <Button>{lang.pick("Keluar di semua perangkat", "Sign out everywhere")}</Button>
        </Form>
    };
    view! {
        <Card title=lang.pick("Kata sandi", "Password") id="password" actions=Some(everywhere.into_any())>
            <DoneNotice words=DONE/>
            <FormNotice state=state.clone() fields=&["current_password", "password"]/>
            <Form name="change-rider-password" action=format!("{PASSWORD}#password")>
                <CurrentPasswordField state=state.clone() name="current_password" id="field-current_password"/>
                <NewPasswordField state=state label=lang.pick("Kata sandi baru", "New password")/>
                <div class="form-actions">
                    <Button>{lang.pick("Ganti kata sandi", "Change password")}</Button>
                </div>
            </Form>
        </Card>
    }
}
