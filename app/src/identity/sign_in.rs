//! Signing in: e-mail and password, and the code where two-step verification is on.

use domain::problem::Code;
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

const FIELDS: &[&str] = &["email", "password", "totp"];

const DONE: &[Done] = &[
    (
        "password_reset",
        "Kata sandi diganti. Silakan masuk dengan kata sandi baru.",
        "Password changed. Sign in with the new one.",
    ),
    ("signed_out", "Anda sudah keluar.", "You are signed out."),
    (
        "signed_out_everywhere",
        "Semua sesi telah diakhiri. Silakan masuk kembali.",
        "All sessions are ended. Please sign in again.",
    ),
];

#[component]
pub fn SignInPage() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/sign-in");
    // Where the visitor was going; the server refuses addresses outside the portal.
    let next = query("next").unwrap_or_default();
    let next = state.value_or("next", next);
    let asks_code = state.problem().is_some_and(|problem| problem.code == Code::TotpRequired.as_str());
    let notice = if asks_code {
        view! {
            <Notice tone=Tone::Info title=lang.pick("Satu langkah lagi", "One more step")>
                <p>
                    {lang
                        .pick(
                            "Akun ini memakai verifikasi dua langkah. Isi kata sandi sekali lagi bersama kode dari aplikasi autentikator.",
                            "This account uses two-step verification. Enter the password once more together with the code of your authenticator app.",
                        )}
                </p>
            </Notice>
        }
        .into_any()
    } else {
        view! { <FormNotice state=state.clone() fields=FIELDS/> }.into_any()
    };
    let title = lang.pick("Masuk", "Sign in");
    view! {
        <Title text=title/>
        <div class="narrow stack-lg">
            <PageHead title=title/>
            <DoneNotice words=DONE/>
            {notice}
            <Form name="sign-in" action="/sign-in">
                {(!next.is_empty()).then(|| view! { <Hidden name="next" value=next.clone()/> })}
                <TextField
                    name="email"
                    label="Email"
                    kind=InputKind::Email
                    autocomplete="username"
                    value=state.value("email")
                    error=state.error("email")
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
                <CodeField state=state.clone() asked=asks_code/>
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>{lang.pick("Masuk", "Sign in")}</Button>
                    <a href="/forgot-password">{lang.pick("Lupa kata sandi?", "Forgot your password?")}</a>
                </div>
            </Form>
            <p class="muted">
                {lang.pick("Belum menjadi partner? ", "Not a partner yet? ")}
                <a href="/sign-up">{lang.pick("Daftar", "Sign up")}</a>
            </p>
            <p class="muted">
                {lang.pick("Penumpang KRL? ", "A rider of the KRL? ")}
                <a href="/rider/sign-in">{lang.pick("Masuk ke akun penumpang", "Sign in to your rider's account")}</a>
            </p>
        </div>
    }
}

/// The code: folded away until the API asks for it, so that those who know they need it can give it
/// at the first go.
#[component]
fn CodeField(state: FormState, asked: bool) -> impl IntoView {
    let lang = use_lang();
    let field = view! {
        <TextField
            name="totp"
            label=lang.pick("Kode verifikasi", "Verification code")
            kind=InputKind::OneTimeCode
            help=lang
                .pick(
                    "Enam angka dari aplikasi autentikator, atau salah satu kode pemulihan.",
                    "The six digits of your authenticator app, or one of your recovery codes.",
                )
            error=state.error("totp")
            required=true
        />
    };
    if asked {
        return field.into_any();
    }
    view! {
        <details class="fold">
            <summary>{lang.pick("Saya memakai verifikasi dua langkah", "I use two-step verification")}</summary>
            {field}
        </details>
    }
    .into_any()
}
