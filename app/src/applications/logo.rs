//! The picture beside an application's name.

use domain::applications::ApplicationView;
use leptos::prelude::*;

use crate::{
    outcome::FormState,
    ui::{Button, ButtonLook, Card, Form, FormLook, FormNotice},
    visitor::use_lang,
};

#[component]
pub(super) fn Logo(application: ApplicationView) -> impl IntoView {
    let lang = use_lang();
    let path = format!("/applications/{}/logo", application.id);
    let state = FormState::of(&path);
    let error = state.error("logo");
    let shown = application.proposed.as_ref().unwrap_or(&application.registered).logo.clone();
    let picture = shown.as_ref().map(|logo| {
        view! { <img class="app-logo" src=logo.clone() alt=lang.pick("Logo sekarang", "Present logo") width="64" height="64"/> }
    });
    let remove = shown.is_some().then(|| {
        view! {
            <Form name="remove-logo" action=format!("{path}/remove") look=FormLook::Inline>
                <Button look=ButtonLook::Quiet>{lang.pick("Hapus logo", "Remove the logo")}</Button>
            </Form>
        }
    });
    view! {
        <Card title="Logo" id="logo">
            <div class="narrow stack">
                {picture}
                <FormNotice state=state fields=&["logo"]/>
                // A file needs this encoding; no idempotency key, since setting the same logo twice is the same.
                <form method="post" action=path enctype="multipart/form-data" class="form" id="set-logo" data-once>
                    <div class="field">
                        <label for="logo-file">{lang.pick("Gambar", "Picture")}</label>
                        <input
                            class="input"
                            type="file"
                            id="logo-file"
                            name="logo"
                            accept="image/png,image/jpeg,image/webp"
                            aria-describedby="logo-file-help"
                            aria-invalid=error.is_some().then_some("true")
                        />
                        {error.map(|error| view! { <p class="field-error">{error}</p> })}
                        <p class="field-help" id="logo-file-help">
                            {lang
                                .pick(
                                    "PNG, JPEG, atau WebP, persegi, paling besar 64 KiB.",
                                    "PNG, JPEG or WebP, square, 64 KiB at most.",
                                )}
                        </p>
                    </div>
                    <div class="form-actions">
                        <Button>{lang.pick("Simpan logo", "Save the logo")}</Button>
                    </div>
                </form>
                {remove}
            </div>
        </Card>
    }
}
