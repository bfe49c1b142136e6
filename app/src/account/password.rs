//! Changing the password.

use leptos::prelude::*;

use crate::{
    identity::{CurrentPasswordField, NewPasswordField},
    outcome::FormState,
    ui::{Button, Card, Done, DoneNotice, Form, FormNotice},
    visitor::use_lang,
};

const DONE: &[Done] = &[(
    "password",
    "Kata sandi diganti. Sesi lain sudah diakhiri.",
    "Password changed. All other sessions are ended.",
)];

#[component]
pub(super) fn PasswordCard() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/account/password");
    view! {
        <Card title=lang.pick("Kata sandi", "Password") id="password">
            <DoneNotice words=DONE/>
            <FormNotice state=state.clone() fields=&["current_password", "password"]/>
            <Form name="change-password" action="/account/password#password">
                <CurrentPasswordField state=state.clone() name="current_password" id="field-current_password"/>
                <NewPasswordField state=state label=lang.pick("Kata sandi baru", "New password")/>
                <div class="form-actions">
                    <Button>{lang.pick("Ganti kata sandi", "Change password")}</Button>
                </div>
            </Form>
        </Card>
    }
}
