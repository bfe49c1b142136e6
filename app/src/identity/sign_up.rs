//! An organisation asks to become a partner.

use domain::lang::Lang;
use leptos::prelude::*;
use leptos_meta::Title;

use super::NewPasswordField;
use crate::{
    outcome::FormState,
    ui::{
        Button, ButtonLook, Checkbox, Done, Form, FormNotice, InputKind, Notice, PageHead, TextArea,
        TextField, Tone, done,
    },
    visitor::use_lang,
};

const FIELDS: &[&str] =
    &["organisation", "legal_name", "contact_name", "email", "password", "description", "accept_terms"];

const DONE: &[Done] = &[("check_mail", "", "")];

#[component]
pub fn SignUpPage() -> impl IntoView {
    let lang = use_lang();
    let sent = done(DONE).is_some();
    let title = if sent {
        lang.pick("Periksa email Anda", "Check your e-mail")
    } else {
        lang.pick("Daftar sebagai partner", "Sign up as a partner")
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
    let state = FormState::of("/sign-up");
    view! {
        <PageHead
            title=lang.pick("Daftar sebagai partner", "Sign up as a partner")
            lead=lang
                .pick(
                    "Sandbox langsung terbuka setelah email terverifikasi. Live key tersedia setelah tim kami meninjau pendaftaran.",
                    "The sandbox opens as soon as your e-mail is verified. Live keys come once our team has reviewed your registration.",
                )
        />
        <FormNotice state=state.clone() fields=FIELDS/>
        <Form name="sign-up" action="/sign-up">
            <TextField
                name="organisation"
                label=lang.pick("Nama aplikasi atau organisasi", "Name of your app or organisation")
                help=lang.pick("Nama yang tampil di portal, misalnya TravelKu App.", "The name shown in the portal, TravelKu App for example.")
                autocomplete="organization"
                value=state.value("organisation")
                error=state.error("organisation")
                required=true
            />
            <TextField
                name="legal_name"
                label=lang.pick("Nama badan hukum", "Legal name")
                help=lang.pick("Seperti pada akta, misalnya PT TravelKu Nusantara.", "As registered, PT TravelKu Nusantara for example.")
                value=state.value("legal_name")
                error=state.error("legal_name")
                required=true
            />
            <TextField
                name="contact_name"
                label=lang.pick("Nama Anda", "Your name")
                autocomplete="name"
                value=state.value("contact_name")
                error=state.error("contact_name")
                required=true
            />
            <TextField
                name="email"
                label="Email"
                kind=InputKind::Email
                help=lang.pick("Tautan verifikasi dikirim ke alamat ini.", "The verification link goes to this address.")
                autocomplete="email"
                value=state.value("email")
                error=state.error("email")
                required=true
            />
            <NewPasswordField state=state.clone() label=lang.pick("Kata sandi", "Password")/>
            <TextArea
                name="description"
                label=lang.pick("Apa yang Anda bangun?", "What are you building?")
                help=lang
                    .pick(
                        "Satu atau dua kalimat: siapa pemakainya dan endpoint mana yang dibutuhkan.",
                        "A sentence or two: who will use it and which endpoints it needs.",
                    )
                value=state.value("description")
                error=state.error("description")
                required=true
            />
            <Checkbox
                name="accept_terms"
                label=lang
                    .pick(
                        "Kami menyetujui ketentuan pemakaian: menjaga kerahasiaan API key, mematuhi rate limit, dan tidak mengambil data user tanpa persetujuannya.",
                        "We accept the terms of use: keep API keys secret, respect the rate limits, and take no user's data without their consent.",
                    )
                checked=state.value("accept_terms") == "true"
                error=state.error("accept_terms")
            />
            <div class="form-actions">
                <Button look=ButtonLook::Primary>{lang.pick("Daftar", "Sign up")}</Button>
                <span class="muted">
                    {lang.pick("Sudah punya akun? ", "Already have an account? ")}
                    <a href="/sign-in">{lang.pick("Masuk", "Sign in")}</a>
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
                        "Kami mengirim tautan verifikasi ke alamat yang Anda isi. Buka tautan itu untuk mulai memakai sandbox.",
                        "We sent a verification link to the address you gave. Open it to start using the sandbox.",
                    )}
            </p>
        </Notice>
        <h2>{lang.pick("Setelah itu", "What happens next")}</h2>
        <ol class="prose">
            <li>{lang.pick("Verifikasi email: test key dapat dibuat saat itu juga.", "Verify your e-mail: test keys can be made right away.")}</li>
            <li>{lang.pick("Tim partner meninjau pendaftaran dan memberi kabar lewat email.", "The partner team reviews the registration and tells you by e-mail.")}</li>
            <li>{lang.pick("Setelah disetujui, live key tersedia di halaman Kunci API.", "Once approved, live keys are available on the API keys page.")}</li>
        </ol>
        <p class="muted">
            {lang.pick("Tidak menerima email? Periksa folder spam, atau ", "No mail? Check your spam folder, or ")}
            <a href="/sign-up">{lang.pick("daftar lagi dengan alamat yang benar", "sign up again with the right address")}</a>
            "."
        </p>
    }
}
