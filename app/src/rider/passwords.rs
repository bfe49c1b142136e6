//! Asking for a link to choose a password, and choosing it.

use domain::return_to::ReturnTo;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    address::query,
    identity::{
        NewPasswordField,
        token::{TokenMissing, token},
    },
    outcome::FormState,
    ui::{
        Button, ButtonLook, Done, Form, FormNotice, Hidden, InputKind, Notice, PageHead, TextField, Tone,
        done,
    },
    visitor::use_lang,
};

const DONE: &[Done] = &[("sent", "", "")];

#[component]
pub fn RiderForgotPasswordPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Pilih kata sandi lewat email", "Choose a password by e-mail");
    let body = if done(DONE).is_some() {
        // The same sentence for every address: nobody learns here who has an account.
        view! {
            <Notice tone=Tone::Success title=lang.pick("Periksa email Anda", "Check your e-mail")>
                <p>
                    {lang
                        .pick(
                            "Jika alamat tersebut terdaftar, tautan untuk memilih kata sandi sudah dikirim. Tautan berlaku satu kali dan selama satu jam.",
                            "If the address is registered, a link to choose a password is on its way. It works once, for one hour.",
                        )}
                </p>
            </Notice>
            <p>
                <a href="/rider/sign-in">{lang.pick("Kembali ke halaman masuk", "Back to sign-in")}</a>
            </p>
        }
        .into_any()
    } else {
        view! { <ForgotForm/> }.into_any()
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
fn ForgotForm() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/rider/forgot-password");
    // Where the rider was going: the mailed link leads there, by way of signing in.
    let next = state.value_or("return_to", query("next").unwrap_or_default());
    let sign_in = ReturnTo::from(next.clone()).by_way_of("/rider/sign-in");
    view! {
        <FormNotice state=state.clone() fields=&["email"]/>
        <Form name="rider-forgot-password" action="/rider/forgot-password">
            {(!next.is_empty()).then(|| view! { <Hidden name="return_to" value=next/> })}
            <TextField
                name="email"
                label="Email"
                kind=InputKind::Email
                help=lang
                    .pick(
                        "Juga bila akun Anda dibuatkan petugas dan belum punya kata sandi.",
                        "Also if staff opened your account and it has no password yet.",
                    )
                autocomplete="username"
                value=state.value("email")
                error=state.error("email")
                required=true
            />
            <div class="form-actions">
                <Button look=ButtonLook::Primary>{lang.pick("Kirim tautan", "Send the link")}</Button>
                <a href=sign_in>{lang.pick("Kembali", "Back")}</a>
            </div>
        </Form>
    }
}

#[component]
pub fn RiderResetPasswordPage() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/rider/reset-password");
    let title = lang.pick("Pilih kata sandi", "Choose a password");
    // A new password is signed in with first.
    let on = ReturnTo::from(query("next").unwrap_or_default());
    let next = state.value_or("next", on.by_way_of("/rider/sign-in?done=password_reset"));
    let body = match token(&state) {
        None => {
            view! { <TokenMissing href="/rider/forgot-password" action=lang.pick("Minta tautan baru", "Ask for a new link")/> }
                .into_any()
        }
        Some(token) => view! {
            <FormNotice state=state.clone() fields=&["password"]/>
            <Form name="rider-reset-password" action="/rider/reset-password">
                <Hidden name="token" value=token/>
                <Hidden name="next" value=next/>
                <NewPasswordField state=state label=lang.pick("Kata sandi baru", "New password")/>
                <p class="muted">
                    {lang.pick("Semua sesi yang masih masuk akan diakhiri.", "All sessions still signed in will be ended.")}
                </p>
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>{lang.pick("Simpan kata sandi", "Save the password")}</Button>
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
