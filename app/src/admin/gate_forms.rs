//! Making a gate, giving it another secret, ending it; and the secret, this once.

use domain::{
    gates::{GateCreated, GateView, OVERLAP_HOURS_MAX},
    network::GateDirection,
};
use leptos::prelude::*;

use super::gate_words::direction_name;
use crate::{
    outcome::FormState,
    ui::{
        Button, ButtonLook, Card, Choice, CopyButton, Form, FormNotice, IdempotencyField, Notice,
        SelectField, TextField, Tone, fmt,
    },
    visitor::use_lang,
};

/// Path that makes a gate; its answer carries the secret.
pub(super) const CREATE: &str = "/admin/gates/create";

/// Path of an act on a gate.
pub(super) fn act(gate: &str, act: &str) -> String {
    format!("/admin/gates/{gate}/{act}")
}

#[component]
pub(super) fn CreateCard(stations: Vec<Choice>) -> impl IntoView {
    let lang = use_lang();
    // A form that was accepted starts afresh for the next gate.
    let state = FormState::of(CREATE);
    let state = if state.problem().is_some() { state } else { FormState::default() };
    let station = state.chosen("station", &stations, "");
    let directions = [GateDirection::In, GateDirection::Out]
        .map(|direction| Choice::new(direction.as_str(), direction_name(lang, direction)));
    let direction = state.chosen("direction", &directions, GateDirection::In.as_str());
    view! {
        <Card title=lang.pick("Buat gate", "Make a gate") id="new-gate">
            <div class="narrow stack">
                <p class="muted">
                    {lang
                        .pick(
                            "Gate baru mendapat secret untuk menandatangani pesannya. Secret ditampilkan satu kali.",
                            "A new gate gets a secret to sign its messages with. The secret is shown once.",
                        )}
                </p>
                <FormNotice state=state.clone() fields=&["station", "direction", "id"]/>
                <Form name="create-gate" action=format!("{CREATE}#new-secret")>
                    <div class="form-row">
                        <SelectField
                            name="station"
                            id="create-station"
                            label=lang.pick("Stasiun", "Station")
                            choices=stations
                            value=station
                            error=state.error("station")
                        />
                        <SelectField
                            name="direction"
                            label=lang.pick("Arah", "Direction")
                            choices=directions.into()
                            value=direction
                            error=state.error("direction")
                        />
                    </div>
                    <TextField
                        name="id"
                        label=lang.pick("Nama gate", "Name of the gate")
                        help=lang
                            .pick(
                                "Kosongkan untuk nomor berikutnya, misalnya GATE_GMB_IN_03.",
                                "Leave empty for the next number, like GATE_GMB_IN_03.",
                            )
                        autocomplete="off"
                        value=state.value("id")
                        error=state.error("id")
                    />
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary>{lang.pick("Buat gate", "Make gate")}</Button>
                    </div>
                </Form>
            </div>
        </Card>
    }
}

#[component]
pub(super) fn SecretCard(created: GateCreated) -> impl IntoView {
    let lang = use_lang();
    let GateCreated { gate, secret } = created;
    let title = lang.pick(format!("Secret baru untuk {}", gate.id), format!("A new secret for {}", gate.id));
    let earlier = gate.earlier_secret_until.map(|until| {
        let until = fmt::instant(lang, until);
        let text = lang.pick(
            format!("Secret sebelumnya berlaku sampai {until}."),
            format!("The secret before it holds until {until}."),
        );
        view! { <p>{text}</p> }
    });
    view! {
        <Card title=title id="new-secret">
            <Notice tone=Tone::Success title=lang.pick("Secret dibuat", "Secret made")>
                <p>
                    {lang
                        .pick(
                            "Salin sekarang ke gate: secret tidak akan ditampilkan lagi.",
                            "Copy it to the gate now: it will not be shown again.",
                        )}
                </p>
                {earlier}
            </Notice>
            <div class="secret">
                <code id="gate-secret">{secret.expose().to_owned()}</code>
                <CopyButton selector="#gate-secret" what="secret"/>
            </div>
            <p>
                <a href=format!("/admin/gates/{}", gate.id)>
                    {lang.pick(format!("Lihat {}", gate.id), format!("See {}", gate.id))}
                </a>
            </p>
        </Card>
    }
}

#[component]
pub(super) fn Rotate(gate: GateView) -> impl IntoView {
    let lang = use_lang();
    let path = act(&gate.id, "rotate");
    let state = FormState::of(&path);
    let first = gate.provisioned_at.is_none();
    let hours = |hours: u8| {
        Choice::new(hours.to_string(), lang.pick(format!("{hours} jam"), format!("{hours} hours")))
    };
    let choices = vec![
        hours(OVERLAP_HOURS_MAX),
        hours(4),
        Choice::new("1", lang.pick("1 jam", "1 hour")),
        Choice::new("0", lang.pick("Langsung diakhiri", "Ends at once")),
    ];
    let chosen = state.chosen("overlap_hours:int", &choices, "24");
    let title = match first {
        true => lang.pick("Beri secret", "Give it a secret"),
        false => lang.pick("Ganti secret (rotate)", "Replace the secret (rotate)"),
    };
    let overlap = (!first).then(|| {
        view! {
            <SelectField
                name="overlap_hours:int"
                id="rotate-overlap"
                label=lang.pick("Secret lama masih berlaku", "The old secret still holds for")
                choices=choices
                value=chosen
                error=state.error("overlap_hours:int")
            />
        }
    });
    view! {
        <details class="fold" open=first || state.problem().is_some()>
            <summary>{title}</summary>
            <div class="narrow stack">
                <FormNotice state=state.clone() fields=&["overlap_hours:int"]/>
                <Form name="rotate-gate" action=format!("{path}#new-secret")>
                    {overlap}
                    <div class="form-actions">
                        <Button>{lang.pick("Buat secret baru", "Make a new secret")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}

/// The gate's name must be typed: the browser checks it, with scripts on or off.
#[component]
pub(super) fn Retire(gate: GateView) -> impl IntoView {
    let lang = use_lang();
    let path = act(&gate.id, "retire");
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    let label = lang.pick(
        format!("Ketik nama gate untuk memastikan: {}", gate.id),
        format!("Type the gate's name to confirm: {}", gate.id),
    );
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Pensiunkan gate", "Retire the gate")}</summary>
            <div class="narrow stack">
                <p>
                    {lang
                        .pick(
                            "Pesan berikutnya langsung ditolak dan gate tidak dihitung lagi. Tidak dapat dibatalkan.",
                            "Its very next message is refused and it is counted no more. This cannot be undone.",
                        )}
                </p>
                <FormNotice state=state/>
                <form method="post" action=path class="form" id="retire-gate" data-once>
                    <IdempotencyField form="retire-gate"/>
                    <div class="field">
                        <label for="retire-confirm">{label}</label>
                        <input
                            class="input"
                            type="text"
                            id="retire-confirm"
                            autocomplete="off"
                            required
                            // Letters, digits, underscores and hyphens: nothing that a pattern reads otherwise.
                            pattern=gate.id.clone()
                            title=lang.pick("Ketik nama gate persis seperti tertulis.", "Type the gate's name exactly as written.")
                        />
                    </div>
                    <div class="form-actions">
                        <Button look=ButtonLook::Danger>{lang.pick("Pensiunkan gate", "Retire gate")}</Button>
                    </div>
                </form>
            </div>
        </details>
    }
}
