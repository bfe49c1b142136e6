//! Asking for a link to choose a new password.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    outcome::FormState,
    ui::{Button, ButtonLook, Done, Form, FormNotice, InputKind, Notice, PageHead, TextField, Tone, done},
    visitor::use_lang,
};

const DONE: &[Done] = &[("sent", "", "")];

#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Atur ulang kata sandi", "Reset your password");
    let body = if done(DONE).is_some() {
        // The same sentence for every address: nobody learns here who has an account.
        view! {
            <Notice tone=Tone::Success title=lang.pick("Periksa email Anda", "Check your e-mail")>
                <p>
                    {lang
                        .pick(
                            "Jika alamat tersebut terdaftar, tautan untuk memilih kata sandi baru sudah dikirim. Tautan berlaku satu kali dan untuk waktu terbatas.",
                            "If the address is registered, a link to choose a new password is on its way. It works once and for a limited time.",
                        )}
                </p>
            </Notice>
            <p>
                <a href="/sign-in">{lang.pick("Kembali ke halaman masuk", "Back to sign-in")}</a>
            </p>
        }
        .into_any()
    } else {
        view! { <ForgotPasswordForm/> }.into_any()
    };
    view! {
        <Title text=title/>
        <div class="narrow stack-lg">
            <PageHead title=title/>
            {body}
        </div>
    }
}

#[component]
fn ForgotPasswordForm() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/forgot-password");
    view! {
        <FormNotice state=state.clone() fields=&["email"]/>
        <Form name="forgot-password" action="/forgot-password">
            <TextField
                name="email"
                label="Email"
                kind=InputKind::Email
                help=lang
                    .pick(
                        "Kami kirimkan tautan untuk memilih kata sandi baru.",
                        "We will mail you a link to choose a new password.",
                    )
                autocomplete="username"
                value=state.value("email")
                error=state.error("email")
                required=true
            />
            <div class="form-actions">
                <Button look=ButtonLook::Primary>{lang.pick("Kirim tautan", "Send the link")}</Button>
                <a href="/sign-in">{lang.pick("Kembali", "Back")}</a>
            </div>
        </Form>
    }
}
