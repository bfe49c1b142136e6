//! Changing, replacing and ending one key.

use domain::keys::{Environment, KeyStatus, KeyView, Overlap};
use leptos::prelude::*;

use super::{
    conditions::{ConditionFields, FIELDS},
    words::{KeyStatusBadge, fingerprint},
};
use crate::{
    outcome::FormState,
    ui::{
        Button, ButtonLook, Card, Choice, Form, FormNotice, Hidden, IdempotencyField, LinkButton,
        SelectField, TextField,
    },
    visitor::use_lang,
};

/// Path that rotates a key; its answer carries the new one.
pub(super) fn rotate_action(key: &KeyView) -> String {
    format!("/keys/{}/rotate", key.id)
}

/// Where a key is managed.
pub(super) fn address(key: &KeyView) -> String {
    format!("/keys?environment={}&key={}#manage", key.environment, key.id)
}

#[component]
pub(super) fn ManageCard(key: KeyView) -> impl IntoView {
    let lang = use_lang();
    let title = format!("{} {}", lang.pick("Kelola", "Manage"), key.name);
    let back = format!("/keys?environment={}", key.environment);
    let head = view! {
        <code>{fingerprint(&key)}</code>
        <KeyStatusBadge status=key.status/>
        <LinkButton href=back look=ButtonLook::Quiet>
            {lang.pick("Tutup", "Close")}
        </LinkButton>
    };
    view! {
        <Card title=title id="manage" actions=Some(head.into_any())>
            <div>
                <Edit key=key.clone()/>
                {(key.status == KeyStatus::Active).then(|| view! { <Rotate key=key.clone()/> })}
                <Revoke key=key/>
            </div>
        </Card>
    }
}

/// The query keeps the key on the page that comes back after a refusal.
fn posting(key: &KeyView, act: &str) -> (String, String) {
    let path = format!("/keys/{}/{act}", key.id);
    let action = format!("{path}?environment={}&key={}#manage", key.environment, key.id);
    (path, action)
}

/// To the list of the key's environment, with what was done.
fn next(key: &KeyView, done: &str) -> String {
    format!("/keys?environment={}&done={done}", key.environment)
}

#[component]
fn Edit(key: KeyView) -> impl IntoView {
    let lang = use_lang();
    let (path, action) = posting(&key, "update");
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Ubah nama dan batasan", "Change name and limits")}</summary>
            <div class="narrow stack">
                <FormNotice state=state.clone() fields=FIELDS/>
                <Form name="edit-key" action=action>
                    <Hidden name="next" value=next(&key, "key_updated")/>
                    <TextField
                        name="name"
                        id="edit-name"
                        label=lang.pick("Nama", "Name")
                        autocomplete="off"
                        value=state.value_or("name", key.name.clone())
                        error=state.error("name")
                        required=true
                    />
                    <ConditionFields state=state key=Some(key) form="edit"/>
                    <div class="form-actions">
                        <Button>{lang.pick("Simpan", "Save")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}

#[component]
fn Rotate(key: KeyView) -> impl IntoView {
    let lang = use_lang();
    let (path, action) = posting(&key, "rotate");
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    let hours = |hours: u16| {
        Choice::new(hours.to_string(), lang.pick(format!("{hours} jam"), format!("{hours} hours")))
    };
    let days = |days: u16| {
        let label = lang.pick(format!("{days} hari"), format!("{days} days"));
        Choice::new((days * 24).to_string(), label)
    };
    let choices = vec![
        Choice::new("0", lang.pick("Langsung dimatikan", "Ends at once")),
        hours(1),
        hours(24),
        days(3),
        days(Overlap::HOURS_MAX / 24),
    ];
    let chosen = state.chosen("overlap_hours:int", &choices, "24");
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Ganti dengan kunci baru (rotate)", "Replace by a new key (rotate)")}</summary>
            <div class="narrow stack">
                <p>
                    {lang
                        .pick(
                            "Kunci baru dibuat dengan batasan yang sama. Kunci lama tetap berlaku selama masa transisi, supaya server Anda dapat berpindah tanpa gangguan.",
                            "A new key is made with the same limits. The old one goes on working for the overlap, so that your servers can move over without a gap.",
                        )}
                </p>
                <FormNotice state=state.clone() fields=&["overlap_hours:int"]/>
                <Form name="rotate-key" action=action.replace("#manage", "#new-secret")>
                    <SelectField
                        name="overlap_hours:int"
                        id="rotate-overlap"
                        label=lang.pick("Kunci lama masih berlaku", "The old key still works for")
                        choices=choices
                        value=chosen
                        error=state.error("overlap_hours:int")
                    />
                    <div class="form-actions">
                        <Button>{lang.pick("Buat kunci pengganti", "Create the replacement")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}

/// Ends the key. For a live one the name must be typed: the browser checks it, with scripts on or
/// off, so this form is the one that keeps the browser's own check.
#[component]
fn Revoke(key: KeyView) -> impl IntoView {
    let lang = use_lang();
    let (path, action) = posting(&key, "revoke");
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    let next = next(&key, "key_revoked");
    let confirmation = (key.environment == Environment::Live).then(|| {
        let label = lang.pick(
            format!("Ketik nama kunci untuk memastikan: {}", key.name),
            format!("Type the key's name to confirm: {}", key.name),
        );
        view! {
            <div class="field">
                <label for="revoke-confirm">{label}</label>
                <input
                    class="input"
                    type="text"
                    id="revoke-confirm"
                    autocomplete="off"
                    required
                    pattern=exactly(&key.name)
                    title=lang.pick("Ketik nama kunci persis seperti tertulis.", "Type the key's name exactly as written.")
                />
            </div>
        }
    });
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Cabut kunci", "Revoke the key")}</summary>
            <div class="narrow stack">
                <p>
                    {lang
                        .pick(
                            "Panggilan berikutnya dengan kunci ini langsung ditolak. Pencabutan tidak dapat dibatalkan.",
                            "The very next call with this key is refused. Revoking cannot be undone.",
                        )}
                </p>
                <FormNotice state=state/>
                <form method="post" action=action class="form" id="revoke-key" data-once>
                    <IdempotencyField form="revoke-key"/>
                    <Hidden name="next" value=next/>
                    {confirmation}
                    <div class="form-actions">
                        <Button look=ButtonLook::Danger>{lang.pick("Cabut kunci", "Revoke key")}</Button>
                    </div>
                </form>
            </div>
        </details>
    }
}

/// A pattern of the HTML standard that matches `text` and nothing else.
fn exactly(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => c.to_string(),
            _ => format!("\\u{{{:X}}}", u32::from(c)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::exactly;

    #[test]
    fn a_name_is_no_pattern() {
        assert_eq!(exactly("CI 1"), "CI\\u{20}1");
        assert_eq!(exactly("a.*|é"), "a\\u{2E}\\u{2A}\\u{7C}\\u{E9}");
    }
}
