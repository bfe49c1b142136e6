//! The link in a rider's first mail leads here.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    address::query,
    identity::token::{TokenMissing, token},
    outcome::FormState,
    ui::{Button, ButtonLook, Form, FormNotice, Hidden, PageHead},
    visitor::use_lang,
};

#[component]
pub fn RiderConfirmEmailPage() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/rider/confirm-email");
    // Where the rider was going when they signed up.
    let next = state.value_or("next", query("next").unwrap_or_default());
    let title = lang.pick("Konfirmasi email", "Confirm your e-mail");
    let body = match token(&state) {
        None => {
            view! { <TokenMissing href="/rider/sign-up" action=lang.pick("Ke pendaftaran", "To sign-up")/> }
                .into_any()
        }
        Some(token) => view! {
            <FormNotice state=state/>
            <Form name="rider-confirm-email" action="/rider/confirm-email">
                <Hidden name="token" value=token/>
                {(!next.is_empty()).then(|| view! { <Hidden name="next" value=next/> })}
                <p>
                    {lang
                        .pick(
                            "Tekan tombol ini untuk memastikan bahwa alamat email tersebut milik Anda.",
                            "Press this button to confirm that the address is yours.",
                        )}
                </p>
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>{lang.pick("Buka akun saya", "Open my account")}</Button>
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
