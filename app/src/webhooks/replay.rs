//! Sending many deliveries of an endpoint again, by time, kind and how they ended.

use domain::webhooks::{DeliveryStatus, EndpointView, REPLAYED_MAX, ReplayedMany};
use leptos::prelude::*;

use super::words::{delivery_status, event_choices, short_url};
use crate::{
    outcome::FormState,
    ui::{
        Button, CheckboxGroup, Choice, Form, FormNotice, Hidden, InputKind, Notice, SelectField, TextField,
        Tone, fmt,
    },
    visitor::use_lang,
};

/// The filter, as the form sends it.
const FIELDS: &[&str] = &["from:wib", "to:wib", "events[]", "status[]", "to_endpoint"];

/// Ended, and so to be sent again.
const ENDED: [DeliveryStatus; 4] =
    [DeliveryStatus::Exhausted, DeliveryStatus::Gone, DeliveryStatus::Cancelled, DeliveryStatus::Delivered];

#[component]
pub(super) fn ReplayMany(
    endpoint: EndpointView,
    /// Of all environments.
    others: Vec<EndpointView>,
) -> impl IntoView {
    let lang = use_lang();
    let path = format!("/webhooks/{}/replay", endpoint.id);
    let state = FormState::of(&path);
    let answer = state.answer::<ReplayedMany>();
    let open = state.problem().is_some() || answer.is_some();
    let own = Choice::new("", lang.pick("Endpoint ini", "This endpoint"));
    let others = others
        .iter()
        .filter(|other| other.environment == endpoint.environment && other.id != endpoint.id)
        .map(|other| Choice::new(other.id.to_string(), short_url(&other.url)));
    let targets: Vec<_> = [own].into_iter().chain(others).collect();
    let target = state.chosen("to_endpoint", &targets, "");
    let states: Vec<_> =
        ENDED.iter().map(|&status| Choice::new(status.as_str(), delivery_status(lang, status).1)).collect();
    let ticked: Vec<String> =
        state.value_or("status[]", "exhausted\ngone").lines().map(ToOwned::to_owned).collect();
    let kinds: Vec<_> = event_choices("").into_iter().filter(|choice| !choice.value.is_empty()).collect();
    let ticked_kinds: Vec<String> = state.value("events[]").lines().map(ToOwned::to_owned).collect();
    let result = answer.map(|answer| {
        let kept = FIELDS.iter().map(|&name| view! { <Hidden name=name value=state.value(name)/> });
        let kept = kept.collect_view().into_any();
        view! { <Sent answer=answer action=path.clone() kept=kept/> }
    });
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Kirim ulang banyak", "Replay many")}</summary>
            <div class="narrow stack">
                {result}
                <p>
                    {lang
                        .pick(
                            "Event yang sama dengan id yang sama, sehingga server Anda mengenali yang sudah dikerjakan. Yang sudah sampai atau sedang menunggu tidak dikirim dua kali, kecuali Anda memilih yang terkirim.",
                            "The same events under the same ids, so that your server knows those it has worked on. What has arrived or is waiting is not sent twice, unless you choose delivered ones.",
                        )}
                </p>
                <FormNotice state=state.clone() fields=FIELDS/>
                <Form name="replay-many" action=format!("{path}#manage")>
                    <div class="form-row">
                        <TextField
                            name="from:wib"
                            id="replay-from"
                            kind=InputKind::DateTime
                            label=lang.pick("Dari (WIB)", "From (WIB)")
                            value=state.value("from:wib")
                            error=state.error("from:wib")
                        />
                        <TextField
                            name="to:wib"
                            id="replay-to"
                            kind=InputKind::DateTime
                            label=lang.pick("Sebelum (WIB)", "Before (WIB)")
                            value=state.value("to:wib")
                            error=state.error("to:wib")
                        />
                    </div>
                    <CheckboxGroup
                        name="status[]"
                        label=lang.pick("Yang berakhir", "That ended")
                        choices=states
                        values=ticked
                        error=state.error("status[]")
                    />
                    <CheckboxGroup
                        name="events[]"
                        label=lang.pick("Jenis event (kosong: semua)", "Kinds of event (none: all)")
                        choices=kinds
                        values=ticked_kinds
                        error=state.error("events[]")
                    />
                    <SelectField
                        name="to_endpoint"
                        id="replay-to-endpoint"
                        label=lang.pick("Kirim ke", "Send to")
                        choices=targets
                        value=target
                        error=state.error("to_endpoint")
                    />
                    <div class="form-actions">
                        <Button>{lang.pick("Kirim ulang", "Replay")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}

/// What was scheduled; while there is more, with the way to go on behind it.
#[component]
fn Sent(
    answer: ReplayedMany,
    /// Where the form posts to.
    action: String,
    /// The filter that was sent.
    kept: AnyView,
) -> impl IntoView {
    let lang = use_lang();
    let ReplayedMany { count, skipped, next_cursor, .. } = answer;
    let count = fmt::grouped(lang, count);
    let skipped = (skipped > 0).then(|| {
        let skipped = fmt::grouped(lang, skipped);
        lang.pick(
            format!(" {skipped} dilewati: izin penumpangnya tidak mencakupnya, atau sudah dicabut."),
            format!(" {skipped} were left out: their riders' consent does not cover them, or is gone."),
        )
    });
    let on = next_cursor.map(|cursor| {
        let most = fmt::grouped(lang, REPLAYED_MAX);
        view! {
            <p>
                {lang
                    .pick(
                        format!("Masih ada lagi; sekali kirim paling banyak {most}."),
                        format!("There are more; {most} go at a time."),
                    )}
            </p>
            <Form name="replay-on" action=format!("{action}#manage")>
                {kept}
                <Hidden name="cursor" value=cursor.to_string()/>
                <Button>{lang.pick("Lanjutkan", "Continue")}</Button>
            </Form>
        }
    });
    view! {
        <Notice tone=Tone::Success>
            <p id="replayed">
                {lang.pick(format!("{count} kiriman dijadwalkan lagi."), format!("{count} deliveries are on their way again."))}
                {skipped}
            </p>
            {on}
        </Notice>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;
    use crate::{outcome::Outcome, visitor::Visitor};

    #[test]
    fn a_part_that_was_sent_offers_to_go_on_behind_it_with_the_same_filter() {
        let endpoint: EndpointView = serde_json::from_value(json!({
            "id": "wh_06d2q8k7s5v3m0a9c1e4g6i8j0", "url": "https://yourapp.com/webhooks/kci",
            "events": ["gate.offline"], "active": true, "created_at": "2026-03-08T02:00:00Z",
            "environment": "live", "status": "active", "changed_at": "2026-03-08T02:00:00Z",
        }))
        .unwrap();
        let page = |answer: serde_json::Value| {
            let sent = [("status[]", "delivered\ngone"), ("from:wib", "2026-03-08T09:00")];
            let sent: HashMap<_, _> = sent.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            Owner::new().with(|| {
                provide_context(Visitor { form_key: "f7".into(), ..Visitor::default() });
                let action = format!("/webhooks/{}/replay", endpoint.id);
                provide_context(Outcome::new(action, sent, Ok(answer)));
                view! { <ReplayMany endpoint=endpoint.clone() others=Vec::new()/> }.to_html()
            })
        };
        let cursor = "dlv_06d2q8k7s5v3m0a9c1e4g6i8j0";
        let html = page(json!({"count": 10_000, "skipped": 0, "more": true, "next_cursor": cursor}));
        let form = html.split("id=\"replay-on\"").nth(1).unwrap().split("</form>").next().unwrap();
        for hidden in [
            "name=\"status[]\" value=\"delivered\ngone\"",
            "name=\"from:wib\" value=\"2026-03-08T09:00\"",
            &format!("name=\"cursor\" value=\"{cursor}\""),
        ] {
            assert!(form.contains(hidden), "{hidden}: {form}");
        }
        assert!(!page(json!({"count": 3, "skipped": 0, "more": false})).contains("replay-on"));
    }
}
