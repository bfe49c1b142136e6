//! Changing an endpoint, its secret, trying it, and taking it away.

use domain::{
    applications::ApplicationView,
    events::EventKind,
    limits::tier_in,
    tiers::Tier,
    webhooks::{EndpointView, OVERLAP},
};
use leptos::prelude::*;

use super::create::{EndpointFields, SecretField};
use crate::{
    outcome::FormState,
    ui::{
        Button, ButtonLook, Card, Choice, Form, FormLook, FormNotice, Hidden, IdempotencyField, SelectField,
        TimeStamp,
    },
    visitor::use_lang,
};

/// Path of an act, and the address its form posts to.
fn posting(endpoint: &EndpointView, act: &str, anchor: &str) -> (String, String) {
    let path = format!("/webhooks/{}/{act}", endpoint.id);
    let action = format!("{path}#{anchor}");
    (path, action)
}

#[component]
pub(super) fn Change(
    endpoint: EndpointView,
    tier: Tier,
    applications: Vec<ApplicationView>,
) -> impl IntoView {
    let lang = use_lang();
    let (path, action) = posting(&endpoint, "update", "manage");
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    let environment = endpoint.environment;
    let covered = tier_in(environment, tier).terms().events;
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Ubah URL dan event", "Change URL and events")}</summary>
            <div class="narrow stack">
                <FormNotice state=state.clone() fields=&["url", "events[]", "application_id", "description"]/>
                <Form name="edit-endpoint" action=action>
                    <EndpointFields
                        state=state
                        endpoint=Some(endpoint)
                        environment=environment
                        covered=covered
                        applications=applications
                        form="edit"
                    />
                    <div class="form-actions">
                        <Button>{lang.pick("Simpan", "Save")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}

#[component]
pub(super) fn Rotate(endpoint: EndpointView) -> impl IntoView {
    let lang = use_lang();
    let (path, action) = posting(&endpoint, "rotate-secret", "new-secret");
    let (end_path, end_action) = posting(&endpoint, "end-overlap", "manage");
    let (state, end) = (FormState::of(&path), FormState::of(&end_path));
    let open = state.problem().is_some() || end.problem().is_some();
    let longest = OVERLAP.as_hours();
    let hours = |hours: i64| {
        Choice::new(hours.to_string(), lang.pick(format!("{hours} jam"), format!("{hours} hours")))
    };
    let choices = vec![
        hours(longest),
        hours(1),
        Choice::new("0", lang.pick("Langsung berakhir (secret bocor)", "Ends at once (it has leaked)")),
    ];
    let chosen = state.chosen("overlap_hours:int", &choices, &longest.to_string());
    let overlap = endpoint.overlap_until.map(|until| {
        view! {
            <p>
                {lang.pick("Masa transisi berjalan: secret lama berlaku sampai ", "An overlap is under way: the old secret is valid until ")}
                <TimeStamp at=until exact=true/>
                "."
            </p>
            <FormNotice state=end/>
            <Form name="end-overlap" action=end_action look=FormLook::Inline>
                <Button>{lang.pick("Akhiri masa transisi", "End the overlap")}</Button>
            </Form>
        }
    });
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Ganti secret", "Replace the secret")}</summary>
            <div class="narrow stack">
                {overlap}
                <p>
                    {lang
                        .pick(
                            "Selama masa transisi kiriman ditandatangani dengan keduanya, supaya server Anda dapat berpindah tanpa gangguan. ",
                            "During the overlap deliveries are signed with both, so that your servers can move over without a gap. ",
                        )}
                    <a href="/docs/webhooks#rotation">{lang.pick("Cara kerjanya", "How it works")}</a>
                </p>
                <FormNotice state=state.clone() fields=&["overlap_hours:int", "secret"]/>
                <Form name="rotate-secret" action=action>
                    <SelectField
                        name="overlap_hours:int"
                        id="rotate-overlap"
                        label=lang.pick("Secret lama masih berlaku", "The old secret is still valid for")
                        choices=choices
                        value=chosen
                        error=state.error("overlap_hours:int")
                    />
                    <SecretField error=state.error("secret") form="rotate"/>
                    <div class="form-actions">
                        <Button>{lang.pick("Ganti secret", "Replace the secret")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}

/// The browser asks for the word to be typed, with scripts on or off, so this form keeps its check.
#[component]
pub(super) fn Delete(endpoint: EndpointView) -> impl IntoView {
    let lang = use_lang();
    let (path, action) = posting(&endpoint, "delete", "manage");
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Hapus endpoint", "Delete the endpoint")}</summary>
            <div class="narrow stack">
                <FormNotice state=state/>
                <p>
                    {lang
                        .pick(
                            "Tidak ada lagi yang dikirim ke URL ini, dan yang menunggu dibatalkan. Log tetap terbaca 30 hari. Tidak dapat dibatalkan.",
                            "Nothing is sent to this URL any more, and what waits is cancelled. The log can be read for 30 days. This cannot be undone.",
                        )}
                </p>
                <form method="post" action=action class="form" id="delete-endpoint" data-once>
                    <IdempotencyField form="delete-endpoint"/>
                    <Hidden name="next" value=format!("/webhooks?environment={}&done=deleted", endpoint.environment)/>
                    <div class="field">
                        <label for="delete-confirm">{lang.pick("Ketik HAPUS untuk memastikan", "Type HAPUS to confirm")}</label>
                        <input class="input" type="text" id="delete-confirm" autocomplete="off" required pattern="HAPUS"/>
                    </div>
                    <div class="form-actions">
                        <Button look=ButtonLook::Danger>{lang.pick("Hapus endpoint", "Delete the endpoint")}</Button>
                    </div>
                </form>
            </div>
        </details>
    }
}

/// One event of any kind with made-up data, sent like a real one.
#[component]
pub(super) fn TestSend(endpoint: EndpointView) -> impl IntoView {
    let lang = use_lang();
    let (path, action) = posting(&endpoint, "test", "test");
    let state = FormState::of(&path);
    let choices: Vec<_> =
        EventKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.as_str())).collect();
    let first = endpoint.events.first().map_or("", |kind| kind.as_str());
    let chosen = state.chosen("event", &choices, first);
    view! {
        <Card title=lang.pick("Kirim event uji", "Send a test event") id="test">
            <p>
                {lang
                    .pick(
                        "Data contoh dengan \"test\": true. Ditandatangani, dikirim, dicatat, dan dicoba ulang seperti event sungguhan.",
                        "Made-up data with \"test\": true. Signed, sent, logged and retried like a real event.",
                    )}
            </p>
            <FormNotice state=state.clone() fields=&["event"]/>
            <Form name="test-endpoint" action=action look=FormLook::Inline>
                <SelectField
                    name="event"
                    id="test-event"
                    label="Event"
                    choices=choices
                    value=chosen
                    error=state.error("event")
                />
                <Button look=ButtonLook::Primary>{lang.pick("Kirim", "Send")}</Button>
            </Form>
        </Card>
    }
}
