//! Signing in: e-mail address or telephone number, and password.

use domain::return_to::ReturnTo;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    address::query,
    outcome::FormState,
    ui::{
        Button, ButtonLook, Done, DoneNotice, Form, FormNotice, Hidden, InputKind, Notice, PageHead,
        TextField, Tone,
    },
    visitor::use_lang,
};

const DONE: &[Done] = &[
    (
        "password_reset",
        "Kata sandi disimpan. Silakan masuk dengan kata sandi itu.",
        "Password saved. Sign in with it.",
    ),
    (
        "signed_out_everywhere",
        "Semua sesi telah diakhiri. Silakan masuk kembali.",
        "All sessions are ended. Please sign in again.",
    ),
    ("deleted", "Akun Anda sudah dihapus.", "Your account is deleted."),
];

#[component]
pub fn RiderSignInPage() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/rider/sign-in");
    // Where the rider was going; the server refuses addresses outside the portal.
    let next = state.value_or("next", query("next").unwrap_or_default());
    let login = state.value_or("login", query("login_hint").unwrap_or_default());
    let asked = next.starts_with("/oauth/authorize").then(|| {
        view! {
            <Notice tone=Tone::Info>
                <p>
                    {lang
                        .pick(
                            "Sebuah aplikasi ingin melihat data Anda. Setelah masuk, Anda melihat persis data yang mana, dan memilih boleh atau tidak.",
                            "An application would like to see some of your data. Once signed in you see exactly which, and choose whether it may.",
                        )}
                </p>
            </Notice>
        }
    });
    let on = ReturnTo::from(next.clone());
    let (forgot, sign_up) = (on.by_way_of("/rider/forgot-password"), on.by_way_of("/rider/sign-up"));
    let title = lang.pick("Masuk ke akun penumpang", "Sign in to your rider's account");
    view! {
        <Title text=title/>
        <div class="narrow stack-lg">
            <PageHead title=title/>
            <DoneNotice words=DONE/>
            {asked}
            <FormNotice state=state.clone() fields=&["login", "password"]/>
            <Form name="rider-sign-in" action="/rider/sign-in">
                {(!next.is_empty())
                    .then(|| {
                        // For the redirect, and for the link that is mailed again to whoever did not open it.
                        view! {
                            <Hidden name="next" value=next.clone()/>
                            <Hidden name="return_to" value=next.clone()/>
                        }
                    })}
                <TextField
                    name="login"
                    label=lang.pick("Email atau nomor HP", "E-mail or telephone number")
                    autocomplete="username"
                    value=login
                    error=state.error("login")
                    required=true
                />
                <TextField
                    name="password"
                    label=lang.pick("Kata sandi", "Password")
                    kind=InputKind::Password
                    autocomplete="current-password"
                    error=state.error("password")
                    required=true
                />
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>{lang.pick("Masuk", "Sign in")}</Button>
                    <a href=forgot>
                        {lang.pick("Belum punya atau lupa kata sandi?", "No password yet, or forgotten?")}
                    </a>
                </div>
            </Form>
            <p class="muted">
                {lang.pick("Belum punya akun? ", "No account yet? ")}
                <a href=sign_up>{lang.pick("Daftar sebagai penumpang", "Sign up as a rider")}</a>
                " · "
                {lang.pick("Partner? ", "A partner? ")}
                <a href="/sign-in">{lang.pick("Masuk di sini", "Sign in here")}</a>
            </p>
        </div>
    }
}
