//! Deliveries in rows, each with a button that sends it again.

use domain::{
    lang::Lang,
    webhooks::{DeliveryRow, DeliveryStatus},
};
use leptos::prelude::*;

use super::words::{DeliveryBadge, short_url};
use crate::{
    ui::{Badge, Button, ButtonLook, Column, Form, FormLook, Hidden, Table, TimeStamp, Tone},
    visitor::use_lang,
};

#[component]
pub(super) fn DeliveryTable(
    deliveries: Vec<DeliveryRow>,
    #[prop(into)] caption: String,
    /// Stands in the rows' place when there are none.
    instead: AnyView,
    /// Where the reader comes back to after sending one again; none: may not.
    #[prop(optional_no_strip)]
    back: Option<String>,
    /// Whether each row names its endpoint.
    names_endpoint: bool,
) -> impl IntoView {
    let lang = use_lang();
    let mut columns = vec![Column::text(lang.pick("Waktu", "Time")), Column::text("Event")];
    if names_endpoint {
        columns.push(Column::text("Endpoint"));
    }
    columns.extend([
        Column::text("Status"),
        Column::number(lang.pick("Percobaan", "Attempts")),
        Column::text(lang.pick("Jawaban", "Answer")),
    ]);
    if back.is_some() {
        columns.push(Column::actions(lang.pick("Tindakan", "Actions")));
    }
    let instead = deliveries.is_empty().then_some(instead);
    let rows = deliveries
        .into_iter()
        .map(|delivery| view! { <Row delivery=delivery back=back.clone() names_endpoint=names_endpoint/> })
        .collect_view();
    view! {
        <Table caption=caption columns=columns instead=instead>
            {rows}
        </Table>
    }
}

#[component]
fn Row(delivery: DeliveryRow, back: Option<String>, names_endpoint: bool) -> impl IntoView {
    let lang = use_lang();
    let endpoint = names_endpoint.then(|| {
        let name = match delivery.endpoint_url.as_deref() {
            Some(url) => view! { <a href=format!("/webhooks/{}", delivery.endpoint_id)>{short_url(url)}</a> }
                .into_any(),
            None => view! { <span class="muted">{lang.pick("dihapus", "deleted")}</span> }.into_any(),
        };
        view! { <td class="endpoint-url">{name}</td> }
    });
    let next = delivery.next_attempt_at.filter(|_| delivery.attempts > 0).map(|at| {
        view! {
            <small>{lang.pick("lagi ", "again ")} <TimeStamp at=at/></small>
        }
    });
    let marks = [
        delivery.test.then(|| lang.pick("uji", "test")),
        delivery.replay_of.is_some().then(|| lang.pick("replay", "replay")),
    ];
    let marks = marks
        .into_iter()
        .flatten()
        .map(|mark| view! { <Badge tone=Tone::Neutral>{mark}</Badge> })
        .collect_view();
    let may_replay = delivery.endpoint_url.is_some();
    let actions = back.map(|back| {
        view! { <td class="actions">{may_replay.then(|| view! { <Replay delivery=delivery.clone() back=back/> })}</td> }
    });
    view! {
        <tr>
            <td>
                <a href=format!("/webhooks/deliveries/{}", delivery.id)>
                    <TimeStamp at=delivery.created_at exact=true/>
                </a>
            </td>
            <th scope="row">
                <code>{delivery.event.as_str()}</code>
                {marks}
            </th>
            {endpoint}
            <td>
                <DeliveryBadge status=delivery.status attempts=delivery.attempts/>
                {next}
            </td>
            <td class="num">{delivery.attempts}</td>
            <td>{answer(lang, &delivery)}</td>
            {actions}
        </tr>
    }
}

/// The last answer, in a word.
fn answer(lang: Lang, delivery: &DeliveryRow) -> String {
    match (delivery.last_status, delivery.last_error, delivery.attempts) {
        (Some(status), ..) => status.to_string(),
        (None, Some(error), _) => error.as_str().to_owned(),
        (None, None, 0) => "–".to_owned(),
        (None, None, _) => lang.pick("tanpa jawaban", "no answer").to_owned(),
    }
}

/// Sends a delivery again, to its own endpoint.
#[component]
pub(super) fn Replay(delivery: DeliveryRow, #[prop(into)] back: String) -> impl IntoView {
    let lang = use_lang();
    let action = format!("/webhooks/deliveries/{}/replay", delivery.id);
    // One that waits is sent now rather than a second time.
    let label = match delivery.status {
        DeliveryStatus::Pending => lang.pick("Kirim sekarang", "Send now"),
        _ => lang.pick("Kirim ulang", "Replay"),
    };
    view! {
        <Form name=format!("replay-{}", delivery.id) action=action look=FormLook::Inline>
            <Hidden name="next" value=back/>
            <Button look=ButtonLook::Quiet>{label}</Button>
        </Form>
    }
}
