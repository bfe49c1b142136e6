//! Test riders: the list, what can be done for one of them, and a form for a new one.

use domain::{money::Rupiah, riders::RiderView};
use leptos::prelude::*;

use super::words;
use crate::{
    address::query,
    outcome::FormState,
    ui::{Button, Card, Column, EmptyState, Form, FormNotice, InputKind, SelectField, Table, TextField, fmt},
    visitor::use_lang,
};

const CREATE: &str = "/sandbox/riders/create";

#[component]
pub(super) fn Riders(riders: Vec<RiderView>, total: u64, may_write: bool) -> impl IntoView {
    let lang = use_lang();
    let chosen = query("rider");
    let managed = riders.iter().find(|rider| chosen.as_deref() == Some(rider.rider.id.as_str())).cloned();
    let shown = riders.len() as u64;
    let mut columns = vec![
        Column::text(lang.pick("Nama", "Name")),
        Column::text(lang.pick("Tipe", "Kind")),
        Column::number(lang.pick("Saldo (Rp)", "Balance (Rp)")),
        Column::number(lang.pick("Tunggakan (Rp)", "Due (Rp)")),
        Column::text(lang.pick("Kartu", "Cards")),
    ];
    if may_write {
        columns.push(Column::actions(lang.pick("Tindakan", "Actions")));
    }
    let instead = riders.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Belum ada penumpang uji.", "No test riders yet.")>
                {lang
                    .pick(
                        "Buat satu di bawah: ia mendapat dompet kosong dan satu kartu.",
                        "Make one below: they get an empty wallet and a card.",
                    )}
            </EmptyState>
        }
        .into_any()
    });
    let amount = |Rupiah(amount): Rupiah| fmt::grouped(lang, amount.unsigned_abs());
    let rows = riders.into_iter().map(|rider| {
        let cards: Vec<_> = rider.media.iter().map(|card| card.label.clone()).collect();
        let row = rider.rider;
        view! {
            <tr>
                <th scope="row">{row.name.clone()}</th>
                <td>{words::user_type(lang, row.user_type)}</td>
                <td class="num">{amount(row.balance)}</td>
                <td class="num">{amount(row.due)}</td>
                <td>{cards.join(", ")}</td>
                {may_write
                    .then(|| {
                        view! {
                            <td class="actions">
                                <a href=format!("/sandbox?rider={}#rider", row.id) aria-label=format!("{} {}", lang.pick("Kelola", "Manage"), row.name)>
                                    {lang.pick("Kelola", "Manage")}
                                </a>
                            </td>
                        }
                    })}
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Card title=lang.pick("Penumpang uji", "Test riders") id="riders">
            <Table caption=lang.pick("Penumpang uji", "Test riders") columns=columns instead=instead>
                {rows}
            </Table>
            {(shown < total)
                .then(|| {
                    view! {
                        <p class="small muted">
                            {lang
                                .pick(
                                    format!("{shown} terbaru dari {total}; selebihnya lewat GET /sandbox/riders."),
                                    format!("The newest {shown} of {total}; the others by GET /sandbox/riders."),
                                )}
                        </p>
                    }
                })}
            {managed.filter(|_| may_write).map(|rider| view! { <Manage rider=rider/> })}
            {may_write.then(|| view! { <Create/> })}
        </Card>
    }
}

#[component]
fn Manage(rider: RiderView) -> impl IntoView {
    let lang = use_lang();
    let id = rider.rider.id.to_string();
    let path = |act: &str| format!("/sandbox/riders/{id}/{act}");
    let action = |act: &str| format!("{}?rider={id}#rider", path(act));
    let (top_up, media, kind) =
        (FormState::of(&path("top-up")), FormState::of(&path("media")), FormState::of(&path("user-type")));
    let kinds = words::user_types(lang);
    let kind_now = kind.chosen("user_type", &kinds, rider.rider.user_type.as_str());
    view! {
        <section id="rider" class="stack">
            <h3>{rider.rider.name.clone()}</h3>
            <p class="small muted">
                <code>{id.clone()}</code>
            </p>
            <div class="grid-2">
                <div>
                    <FormNotice state=top_up.clone() fields=&["amount:int"]/>
                    <Form name="top-up" action=action("top-up")>
                        <TextField
                            name="amount:int"
                            id="top-up-amount"
                            kind=InputKind::Number
                            label=lang.pick("Isi saldo (Rp)", "Top up (Rp)")
                            value=top_up.value_or("amount:int", "50000")
                            error=top_up.error("amount:int")
                            required=true
                        />
                        <Button>{lang.pick("Isi saldo", "Top up")}</Button>
                    </Form>
                </div>
                <div>
                    <FormNotice state=media.clone() fields=&["media", "label"]/>
                    <Form name="link-media" action=action("media")>
                        <TextField
                            name="media"
                            id="link-media-token"
                            label=lang.pick("Token kartu yang dihubungkan", "Token of the card to link")
                            help=lang
                                .pick(
                                    "Tap kartu ini hari ini ikut pindah ke penumpang.",
                                    "The card's taps of today go over to the rider.",
                                )
                            autocomplete="off"
                            value=media.value("media")
                            error=media.error("media")
                            required=true
                        />
                        <TextField
                            name="label"
                            id="link-media-label"
                            label=lang.pick("Nama kartu", "Name of the card")
                            autocomplete="off"
                            value=media.value("label")
                            error=media.error("label")
                        />
                        <Button>{lang.pick("Hubungkan kartu", "Link the card")}</Button>
                    </Form>
                </div>
                <div>
                    <FormNotice state=kind.clone() fields=&["user_type"]/>
                    <Form name="user-type" action=action("user-type")>
                        <SelectField
                            name="user_type"
                            id="manage-user-type"
                            label=lang.pick("Tipe mulai hari ini", "Kind from today on")
                            choices=kinds
                            value=kind_now
                            error=kind.error("user_type")
                        />
                        <Button>{lang.pick("Ubah tipe", "Change the kind")}</Button>
                    </Form>
                </div>
            </div>
        </section>
    }
}

#[component]
fn Create() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(CREATE);
    let (kinds, states) = (words::user_types(lang), words::kyc_statuses(lang));
    let (kind, kyc) =
        (state.chosen("user_type", &kinds, "adult"), state.chosen("kyc_status", &states, "none"));
    let open = state.problem().is_some();
    view! {
        <details class="fold" open=open id="new-rider">
            <summary>{lang.pick("Buat penumpang uji", "Make a test rider")}</summary>
            <div class="narrow stack">
                <FormNotice state=state.clone() fields=&["name", "email", "user_type", "kyc_status"]/>
                <Form name="create-rider" action=format!("{CREATE}#new-rider")>
                    <TextField
                        name="name"
                        id="rider-name"
                        label=lang.pick("Nama", "Name")
                        autocomplete="off"
                        value=state.value("name")
                        error=state.error("name")
                        required=true
                    />
                    <TextField
                        name="email"
                        id="rider-email"
                        kind=InputKind::Email
                        label="Email"
                        help=lang.pick("Data uji saja, jangan data orang sungguhan.", "Test data only, no data of real people.")
                        autocomplete="off"
                        value=state.value("email")
                        error=state.error("email")
                    />
                    <SelectField
                        name="user_type"
                        id="rider-user-type"
                        label=lang.pick("Tipe", "Kind")
                        choices=kinds
                        value=kind
                        error=state.error("user_type")
                    />
                    <SelectField
                        name="kyc_status"
                        id="rider-kyc"
                        label="KYC"
                        choices=states
                        value=kyc
                        error=state.error("kyc_status")
                    />
                    <div class="form-actions">
                        <Button>{lang.pick("Buat penumpang", "Make the rider")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}
