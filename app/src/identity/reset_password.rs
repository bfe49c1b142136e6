//! Choosing a new password with the token of a mailed link.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    NewPasswordField,
    token::{TokenMissing, token},
};
use crate::{
    outcome::FormState,
    ui::{Button, ButtonLook, Form, FormNotice, Hidden, PageHead},
    visitor::use_lang,
};

#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/reset-password");
    let title = lang.pick("Pilih kata sandi baru", "Choose a new password");
    let body = match token(&state) {
        None => {
            view! { <TokenMissing href="/forgot-password" action=lang.pick("Minta tautan baru", "Ask for a new link")/> }.into_any()
        }
        Some(token) => view! {
            <FormNotice state=state.clone() fields=&["password"]/>
            <Form name="reset-password" action="/reset-password">
                <Hidden name="token" value=token/>
                <NewPasswordField state=state label=lang.pick("Kata sandi baru", "New password")/>
                <p class="muted">
                    {lang
                        .pick(
                            "Semua sesi yang masih masuk akan diakhiri.",
                            "All sessions still signed in will be ended.",
                        )}
                </p>
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>{lang.pick("Ganti kata sandi", "Change password")}</Button>
                </div>
            </Form>
        }
        .into_any(),
    };
    view! {
        <Title text=title/>
        <div class="narrow stack-lg">
            <PageHead title=title/>
            {body}
        </div>
    }
}
