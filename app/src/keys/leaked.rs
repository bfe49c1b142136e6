//! The public page where anyone who found a key can end it.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    outcome::FormState,
    ui::{Button, ButtonLook, Done, DoneNotice, Form, FormNotice, InputKind, PageHead, TextField},
    visitor::use_lang,
};

const DONE: &[Done] = &[(
    "revoked",
    "Terima kasih. Kunci itu sudah dicabut dan pemiliknya diberi tahu.",
    "Thank you. The key is revoked and its owner has been told.",
)];

#[component]
pub fn LeakedKeyPage() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/leaked-key");
    let title = lang.pick("Laporkan kunci bocor", "Report a leaked key");
    view! {
        <Title text=title/>
        <div class="narrow stack-lg">
            <PageHead
                title=title
                lead=lang
                    .pick(
                        "Menemukan API key di repositori, log, atau aplikasi? Cabut di sini. Siapa pun yang memegang sebuah kunci boleh mencabutnya; akun tidak diperlukan.",
                        "Found an API key in a repository, a log or an app? End it here. Whoever holds a key may revoke it; no account is needed.",
                    )
            />
            <DoneNotice words=DONE/>
            <FormNotice state=state.clone() fields=&["secret"]/>
            <Form name="leaked-key" action="/leaked-key">
                <TextField
                    name="secret"
                    label=lang.pick("Kunci lengkap", "The whole key")
                    kind=InputKind::Text
                    help=lang
                        .pick(
                            "Diawali nfcg_live_ atau nfcg_test_, 48 karakter. Panggilan berikutnya dengan kunci ini langsung ditolak.",
                            "Begins with nfcg_live_ or nfcg_test_, 48 characters. The very next call with it is refused.",
                        )
                    autocomplete="off"
                    error=state.error("secret")
                    required=true
                />
                <div class="form-actions">
                    <Button look=ButtonLook::Danger>{lang.pick("Cabut kunci ini", "Revoke this key")}</Button>
                </div>
            </Form>
            <p class="muted">
                {lang.pick("Kunci Anda sendiri? Kelola di halaman ", "Your own key? Manage it on the ")}
                <a href="/keys">{lang.pick("Kunci API", "API keys page")}</a>
                "."
            </p>
        </div>
    }
}
