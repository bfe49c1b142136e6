//! The person's own name.

use domain::identity::SessionUser;
use leptos::prelude::*;

use crate::{
    outcome::FormState,
    ui::{Button, Card, Done, DoneNotice, Form, FormNotice, TextField},
    visitor::use_lang,
};

const DONE: &[Done] = &[("profile", "Profil disimpan.", "Profile saved.")];

#[component]
pub(super) fn ProfileCard(user: SessionUser) -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of("/account/profile");
    view! {
        <Card title=lang.pick("Profil", "Profile") id="profile">
            <DoneNotice words=DONE/>
            <FormNotice state=state.clone() fields=&["name"]/>
            <dl class="facts">
                <dt>"Email"</dt>
                <dd>{user.email}</dd>
            </dl>
            <Form name="edit-profile" action="/account/profile#profile">
                <TextField
                    name="name"
                    id="profile-name"
                    label=lang.pick("Nama", "Name")
                    autocomplete="name"
                    value=state.value_or("name", user.name)
                    error=state.error("name")
                    required=true
                />
                <div class="form-actions">
                    <Button>{lang.pick("Simpan profil", "Save profile")}</Button>
                </div>
            </Form>
        </Card>
    }
}
