//! Sending many deliveries of an endpoint again, by time, kind and how they ended.

use domain::webhooks::{DeliveryStatus, EndpointView, REPLAYED_MAX, ReplayedMany};
use leptos::prelude::*;

use super::words::{delivery_status, event_choices, short_url};
use crate::{
    outcome::FormState,
    ui::{
        Button, CheckboxGroup, Choice, Form, FormNotice, InputKind, Notice, SelectField, TextField, Tone, fmt,
    },
    visitor::use_lang,
};

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
    let result = answer.map(|ReplayedMany { count, skipped, more }| {
        let (count, most) = (fmt::grouped(lang, count), fmt::grouped(lang, REPLAYED_MAX));
        let skipped = (skipped > 0).then(|| {
            let skipped = fmt::grouped(lang, skipped);
            lang.pick(
                format!(" {skipped} dilewati: izin penumpangnya sudah dicabut."),
                format!(" {skipped} were left out: their riders' consent is gone."),
            )
        });
        let more = more.then(|| {
            lang.pick(
                format!(" Masih ada lagi; sekali kirim paling banyak {most}."),
                format!(" There are more; {most} go at a time."),
            )
        });
        view! {
            <Notice tone=Tone::Success>
                <p id="replayed">
                    {lang.pick(format!("{count} kiriman dijadwalkan lagi."), format!("{count} deliveries are on their way again."))}
                    {skipped} {more}
                </p>
            </Notice>
        }
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
                <FormNotice state=state.clone() fields=&["from:wib", "to:wib", "events[]", "status[]", "to_endpoint"]/>
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
