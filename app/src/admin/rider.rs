//! One rider: media, money, journeys, and what staff may do.

use domain::{
    money::Rupiah,
    riders::{AdminRiderView, MediumView, RiderRow},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::{
    api,
    load::load,
    outcome::FormState,
    sandbox::{Journeys, words},
    ui::{
        Button, Card, Column, Done, DoneNotice, EmptyState, Form, FormNotice, InputKind, PageHead,
        SelectField, Table, TextArea, TextField, fmt,
    },
    visitor::use_lang,
};

const DONE: &[Done] = &[
    ("top_up", "Saldo diisi.", "Wallet topped up."),
    ("pay_out", "Saldo dibayarkan.", "Paid out."),
    ("media", "Media dihubungkan.", "Medium linked."),
    ("user_type", "Tipe penumpang diubah.", "Kind of rider changed."),
];

#[component]
pub fn AdminRiderPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let rider = api::get::<AdminRiderView>(format!("/portal-api/v1/admin/riders/{id}"));
    view! { {load(rider, |rider| view! { <Rider view=rider/> })} }
}

#[component]
fn Rider(view: AdminRiderView) -> impl IntoView {
    let AdminRiderView { rider, journeys, may_manage, may_move_money } = view;
    let name = rider.rider.name.clone();
    let id = rider.rider.id.to_string();
    let (kind, balance) = (rider.rider.user_type.as_str(), rider.rider.balance);
    let riders = vec![rider.clone()];
    let stations = journeys
        .iter()
        .flat_map(|journey| [journey.from_station, journey.to_station])
        .flatten()
        .map(|id| domain::sandbox::StationChoice { id, name: id.to_string() })
        .collect();
    view! {
        <Title text=name.clone()/>
        <PageHead title=name lead=id.clone()/>
        <DoneNotice words=DONE/>
        <div class="stack-lg">
            <Facts rider=rider.rider/>
            <Media media=rider.media/>
            <Journeys journeys=journeys riders=riders stations=stations/>
            {may_move_money.then(|| view! { <Money id=id.clone() balance=balance/> })}
            {may_manage.then(|| view! { <Manage id=id kind=kind/> })}
        </div>
    }
}

#[component]
fn Facts(rider: RiderRow) -> impl IntoView {
    let lang = use_lang();
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    view! {
        <Card>
            <dl class="facts">
                <dt>"Email"</dt>
                <dd>{or_none(rider.email)}</dd>
                <dt>{lang.pick("Telepon", "Telephone")}</dt>
                <dd>{or_none(rider.phone)}</dd>
                <dt>{lang.pick("Tipe hari ini", "Kind today")}</dt>
                <dd>{words::user_type(lang, rider.user_type)}</dd>
                <dt>"KYC"</dt>
                <dd>{words::kyc(lang, rider.kyc_status)}</dd>
                <dt>{lang.pick("Saldo", "Balance")}</dt>
                <dd>{fmt::rupiah(lang, rider.balance)}</dd>
                <dt>{lang.pick("Tunggakan", "Due")}</dt>
                <dd>{fmt::rupiah(lang, rider.due)}</dd>
                <dt>{lang.pick("Terdaftar", "Registered")}</dt>
                <dd>{fmt::instant(lang, rider.registered_at)}</dd>
            </dl>
        </Card>
    }
}

#[component]
fn Media(media: Vec<MediumView>) -> impl IntoView {
    let lang = use_lang();
    let instead = media.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Belum ada media.", "No media yet.")>
                {lang.pick("Hubungkan kartu atau ponsel di bawah.", "Link a card or phone below.")}
            </EmptyState>
        }
        .into_any()
    });
    let rows = media.into_iter().map(|medium| {
        view! {
            <tr>
                <th scope="row">{medium.label}</th>
                <td>
                    <code>{medium.id}</code>
                </td>
                <td>{fmt::instant(lang, medium.linked_from)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let columns = vec![
        Column::text(lang.pick("Nama", "Name")),
        Column::text(lang.pick("Hash token", "Hash of the token")),
        Column::text(lang.pick("Berlaku sejak", "From")),
    ];
    view! {
        <Card title="Media" id="media">
            <Table caption="Media" columns=columns instead=instead>
                {rows}
            </Table>
        </Card>
    }
}

/// Money into the wallet, and out of it over the counter.
#[component]
fn Money(id: String, balance: Rupiah) -> impl IntoView {
    let lang = use_lang();
    let pay_out = (balance > Rupiah::ZERO).then(|| {
        let title = lang.pick("Bayarkan saldo", "Pay out");
        let amount = balance.0.to_string();
        view! { <MoneyForm path=format!("/admin/riders/{id}/pay-out") name="pay-out" title=title amount=amount/> }
    });
    view! {
        <div class="grid-2">
            <MoneyForm
                path=format!("/admin/riders/{id}/top-up")
                name="top-up"
                title=lang.pick("Isi saldo", "Top up")
                amount=String::new()
            />
            {pay_out}
        </div>
    }
}

#[component]
fn MoneyForm(
    path: String,
    name: &'static str,
    title: &'static str,
    /// What the field holds at first.
    amount: String,
) -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(&path);
    let card = format!("{name}-card");
    view! {
        <Card title=title id=card.clone()>
            <FormNotice state=state.clone() fields=&["amount:int", "reason"]/>
            <Form name=name action=format!("{path}#{card}")>
                <TextField
                    name="amount:int"
                    id=format!("{name}-amount")
                    kind=InputKind::Number
                    label=lang.pick("Jumlah (Rp)", "Amount (Rp)")
                    value=state.value_or("amount:int", amount)
                    error=state.error("amount:int")
                    required=true
                />
                <TextArea
                    name="reason"
                    id=format!("{name}-reason")
                    label=lang.pick("Alasan", "Reason")
                    help=lang.pick("Tercatat di audit log.", "Goes into the audit log.")
                    value=state.value("reason")
                    error=state.error("reason")
                    required=true
                />
                <div class="form-actions">
                    <Button>{title}</Button>
                </div>
            </Form>
        </Card>
    }
}

#[component]
fn Manage(id: String, kind: &'static str) -> impl IntoView {
    let lang = use_lang();
    let (media_path, kind_path) =
        (format!("/admin/riders/{id}/media"), format!("/admin/riders/{id}/user-type"));
    let (media, kind_state) = (FormState::of(&media_path), FormState::of(&kind_path));
    let kinds = words::user_types(lang);
    let kind = kind_state.chosen("user_type", &kinds, kind);
    view! {
        <Card title=lang.pick("Kelola", "Manage") id="manage">
            <div class="grid-2">
                <div>
                    <FormNotice state=media.clone() fields=&["media", "label"]/>
                    <Form name="link-media" action=format!("{media_path}#manage")>
                        <TextField
                            name="media"
                            id="link-media-token"
                            label=lang.pick("Token kartu atau ponsel", "Token of the card or phone")
                            help=lang
                                .pick(
                                    "Hanya hash-nya disimpan. Tap hari ini ikut pindah ke penumpang.",
                                    "Only its hash is kept. Taps of today go over to the rider.",
                                )
                            autocomplete="off"
                            value=media.value("media")
                            error=media.error("media")
                            required=true
                        />
                        <TextField
                            name="label"
                            id="link-media-label"
                            label=lang.pick("Nama media", "Name of the medium")
                            autocomplete="off"
                            value=media.value("label")
                            error=media.error("label")
                        />
                        <Button>{lang.pick("Hubungkan", "Link")}</Button>
                    </Form>
                </div>
                <div>
                    <FormNotice state=kind_state.clone() fields=&["user_type"]/>
                    <Form name="user-type" action=format!("{kind_path}#manage")>
                        <SelectField
                            name="user_type"
                            id="manage-user-type"
                            label=lang.pick("Tipe mulai hari ini", "Kind from today on")
                            choices=kinds
                            value=kind
                            error=kind_state.error("user_type")
                        />
                        <Button>{lang.pick("Ubah tipe", "Change the kind")}</Button>
                    </Form>
                </div>
            </div>
        </Card>
    }
}
