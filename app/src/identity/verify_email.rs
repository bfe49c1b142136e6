//! The link in the first mail leads here.

use leptos::prelude::*;
use leptos_meta::Title;

use super::token::{TokenMissing, token};
use crate::{
    outcome::FormState,
    ui::{Button, ButtonLook, Form, FormNotice, Hidden, PageHead},
    visitor::use_lang,
};

#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/verify-email");
    let title = lang.pick("Verifikasi email", "Verify your e-mail");
    let body = match token(&state) {
        None => view! { <TokenMissing href="/sign-up" action=lang.pick("Ke pendaftaran", "To sign-up")/> }
            .into_any(),
        Some(token) => view! {
            <FormNotice state=state/>
            <Form name="verify-email" action="/verify-email">
                <Hidden name="token" value=token/>
                <p>
                    {lang
                        .pick(
                            "Tekan tombol ini untuk memastikan bahwa alamat email tersebut milik Anda.",
                            "Press this button to confirm that the address is yours.",
                        )}
                </p>
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>{lang.pick("Verifikasi email", "Verify e-mail")}</Button>
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
