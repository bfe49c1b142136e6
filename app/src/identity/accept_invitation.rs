//! A colleague joins a partner with the token of a mailed link.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    NewPasswordField,
    token::{TokenMissing, token},
};
use crate::{
    outcome::FormState,
    ui::{Button, ButtonLook, Form, FormNotice, Hidden, PageHead, TextField},
    visitor::use_lang,
};

#[component]
pub fn AcceptInvitationPage() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/accept-invitation");
    let title = lang.pick("Terima undangan", "Accept the invitation");
    let body = match token(&state) {
        None => view! { <TokenMissing href="/sign-in" action=lang.pick("Ke halaman masuk", "To sign-in")/> }
            .into_any(),
        Some(token) => view! {
            <FormNotice state=state.clone() fields=&["name", "password"]/>
            <Form name="accept-invitation" action="/accept-invitation">
                <Hidden name="token" value=token/>
                <TextField
                    name="name"
                    label=lang.pick("Nama Anda", "Your name")
                    autocomplete="name"
                    value=state.value("name")
                    error=state.error("name")
                    required=true
                />
                <NewPasswordField state=state label=lang.pick("Kata sandi", "Password")/>
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>{lang.pick("Bergabung", "Join")}</Button>
                </div>
            </Form>
        }
        .into_any(),
    };
    view! {
        <Title text=title/>
        <div class="narrow stack-lg">
            <PageHead
                title=title
                lead=lang
                    .pick(
                        "Anda diundang ke portal NFC Gate Open API. Pilih kata sandi untuk mulai.",
                        "You are invited to the NFC Gate Open API portal. Choose a password to begin.",
                    )
            />
            {body}
        </div>
    }
}
