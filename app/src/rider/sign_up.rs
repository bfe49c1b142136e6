//! Somebody who rides opens an account.

use domain::{lang::Lang, return_to::ReturnTo};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    address::query,
    identity::NewPasswordField,
    outcome::FormState,
    ui::{
        Button, ButtonLook, Checkbox, Done, Form, FormNotice, Hidden, InputKind, Notice, PageHead, TextField,
        Tone, done,
    },
    visitor::use_lang,
};

const FIELDS: &[&str] = &["name", "email", "phone", "password", "accept_terms"];

const DONE: &[Done] = &[("check_mail", "", "")];

#[component]
pub fn RiderSignUpPage() -> impl IntoView {
    let lang = use_lang();
    let sent = done(DONE).is_some();
    let title = if sent {
        lang.pick("Periksa email Anda", "Check your e-mail")
    } else {
        lang.pick("Daftar sebagai penumpang", "Sign up as a rider")
    };
    let body = if sent { check_email(lang).into_any() } else { view! { <SignUpForm/> }.into_any() };
    view! {
        <Title text=title/>
        <div class="narrow stack-lg">{body}</div>
    }
}

#[component]
fn SignUpForm() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/rider/sign-up");
    // Where the rider was going: the mailed link leads there.
    let next = state.value_or("return_to", query("next").unwrap_or_default());
    let sign_in = ReturnTo::from(next.clone()).by_way_of("/rider/sign-in");
    view! {
        <PageHead
            title=lang.pick("Daftar sebagai penumpang", "Sign up as a rider")
            lead=lang
                .pick(
                    "Lihat saldo dan perjalanan Anda, dan tentukan sendiri aplikasi mana yang boleh melihatnya.",
                    "See your balance and your journeys, and decide yourself which applications may see them.",
                )
        />
        <FormNotice state=state.clone() fields=FIELDS/>
        <Form name="rider-sign-up" action="/rider/sign-up">
            {(!next.is_empty()).then(|| view! { <Hidden name="return_to" value=next/> })}
            <TextField
                name="name"
                label=lang.pick("Nama Anda", "Your name")
                autocomplete="name"
                value=state.value("name")
                error=state.error("name")
                required=true
            />
            <TextField
                name="email"
                label="Email"
                kind=InputKind::Email
                help=lang.pick("Tautan konfirmasi dikirim ke alamat ini.", "The confirmation link goes to this address.")
                autocomplete="email"
                value=state.value("email")
                error=state.error("email")
                required=true
            />
            <TextField
                name="phone"
                label=lang.pick("Nomor HP", "Telephone number")
                help=lang
                    .pick(
                        "Bila diisi, Anda juga dapat masuk dengan nomor ini. Nomor yang sudah dipakai akun lain tidak disimpan.",
                        "If given, you can sign in by it too. A number that another account has is not kept.",
                    )
                autocomplete="tel"
                value=state.value("phone")
                error=state.error("phone")
            />
            <NewPasswordField state=state.clone() label=lang.pick("Kata sandi", "Password")/>
            <p class="muted">
                {lang
                    .pick(
                        "Akun dimulai dengan tarif umum. Tarif pelajar dan disabilitas diberikan petugas setelah memeriksa buktinya.",
                        "Accounts begin with the adult fare. Student and disability fares are given by staff who have seen the proof.",
                    )}
            </p>
            <Checkbox
                name="accept_terms"
                label=lang
                    .pick(
                        "Saya setuju data perjalanan dan saldo saya disimpan untuk menghitung tarif, dan hanya dibagikan kepada aplikasi yang saya izinkan.",
                        "I agree that my journeys and my balance are kept to work out fares, and shared only with applications that I allow.",
                    )
                checked=state.value("accept_terms") == "true"
                error=state.error("accept_terms")
            />
            <div class="form-actions">
                <Button look=ButtonLook::Primary>{lang.pick("Daftar", "Sign up")}</Button>
                <span class="muted">
                    {lang.pick("Sudah punya akun? ", "Already have an account? ")}
                    <a href=sign_in>{lang.pick("Masuk", "Sign in")}</a>
                </span>
            </div>
        </Form>
    }
}

/// The same whether or not the address was known before: nobody learns here who has an account.
fn check_email(lang: Lang) -> impl IntoView {
    view! {
        <PageHead title=lang.pick("Periksa email Anda", "Check your e-mail")/>
        <Notice tone=Tone::Success title=lang.pick("Pendaftaran diterima", "Registration received")>
            <p>
                {lang
                    .pick(
                        "Kami mengirim tautan ke alamat yang Anda isi. Buka tautan itu dalam 24 jam untuk memulai akun Anda.",
                        "We sent a link to the address you gave. Open it within 24 hours to start your account.",
                    )}
            </p>
        </Notice>
        <p class="muted">
            {lang.pick("Tidak menerima email? Periksa folder spam, atau ", "No mail? Check your spam folder, or ")}
            <a href="/rider/sign-up">{lang.pick("daftar lagi dengan alamat yang benar", "sign up again with the right address")}</a>
            "."
        </p>
    }
}
