//! Riders of the network: search, and a new one.

use domain::{page::Page, riders::RiderRow};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    address::query,
    api,
    load::load,
    outcome::FormState,
    sandbox::words,
    ui::{
        Button, Card, Column, Done, DoneNotice, EmptyState, Form, FormNotice, InputKind, LinkButton,
        PageHead, Pagination, SelectField, Table, TextField, fmt,
    },
    visitor::use_lang,
};

const CREATE: &str = "/admin/riders/create";
const DONE: &[Done] = &[("rider", "Penumpang dibuat.", "Rider made.")];

#[component]
pub fn AdminRidersPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Penumpang", "Riders");
    let q = query("q").unwrap_or_default();
    let page: u64 = query("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let encoded: String = q.bytes().map(encode).collect();
    let list = api::get::<Page<RiderRow>>(format!("/portal-api/v1/admin/riders?q={encoded}&page={page}"));
    let href = if q.is_empty() { "/admin/riders".to_owned() } else { format!("/admin/riders?q={encoded}") };
    let is_set = !q.is_empty();
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Penumpang dengan akun: media, saldo, dan perjalanan mereka",
                    "Riders with an account: their media, balance and journeys",
                )
        />
        <DoneNotice words=DONE/>
        <div class="stack-lg">
            <div>
                <form class="filters" method="get" action="/admin/riders" role="search">
                    <TextField
                        name="q"
                        label=lang.pick("Cari nama, email, telepon, atau id", "Search name, e-mail, telephone or id")
                        kind=InputKind::Search
                        value=q
                        required=true
                    />
                    <Button>{lang.pick("Cari", "Search")}</Button>
                    {is_set.then(|| view! { <LinkButton href="/admin/riders">{lang.pick("Hapus filter", "Clear")}</LinkButton> })}
                </form>
                {load(list, move |list| view! { <List list=list href=href/> })}
            </div>
            <Create/>
        </div>
    }
}

fn encode(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

#[component]
fn List(list: Page<RiderRow>, href: String) -> impl IntoView {
    let lang = use_lang();
    let instead = list.data.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Tidak ada penumpang yang cocok.", "No rider fits.")>
                {lang
                    .pick(
                        "Penumpang tanpa akun hanya dikenal lewat kartunya dan tidak tampil di sini.",
                        "Riders without an account are known by their card alone and are not listed here.",
                    )}
            </EmptyState>
        }
        .into_any()
    });
    let columns = vec![
        Column::text(lang.pick("Nama", "Name")),
        Column::text("Email"),
        Column::text(lang.pick("Telepon", "Telephone")),
        Column::text(lang.pick("Tipe", "Kind")),
        Column::text("KYC"),
        Column::number(lang.pick("Saldo (Rp)", "Balance (Rp)")),
    ];
    let rows = list.data.into_iter().map(|rider| {
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("/admin/riders/{}", rider.id)>{rider.name}</a>
                </th>
                <td>{rider.email.unwrap_or_else(|| "–".to_owned())}</td>
                <td>{rider.phone.unwrap_or_else(|| "–".to_owned())}</td>
                <td>{words::user_type(lang, rider.user_type)}</td>
                <td>{words::kyc(lang, rider.kyc_status)}</td>
                <td class="num">{fmt::grouped(lang, rider.balance.0.unsigned_abs())}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Table caption=lang.pick("Penumpang", "Riders") columns=columns instead=instead>
            {rows}
        </Table>
        <Pagination meta=list.meta href=href/>
    }
}

#[component]
fn Create() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(CREATE);
    let (kinds, states) = (words::user_types(lang), words::kyc_statuses(lang));
    let (kind, kyc) =
        (state.chosen("user_type", &kinds, "adult"), state.chosen("kyc_status", &states, "none"));
    view! {
        <Card title=lang.pick("Buat penumpang", "Make a rider") id="new-rider">
            <div class="narrow">
                <FormNotice state=state.clone() fields=&["name", "email", "phone", "user_type", "kyc_status"]/>
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
                        autocomplete="off"
                        value=state.value("email")
                        error=state.error("email")
                    />
                    <TextField
                        name="phone"
                        id="rider-phone"
                        label=lang.pick("Telepon", "Telephone")
                        help="+62 812-3456-7890"
                        autocomplete="off"
                        value=state.value("phone")
                        error=state.error("phone")
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
                        help=lang
                            .pick(
                                "Hanya hasil pemeriksaan; nomor KTP dan biometrik tidak disimpan.",
                                "Only the outcome of the check; identity numbers and biometrics are not kept.",
                            )
                        choices=states
                        value=kyc
                        error=state.error("kyc_status")
                    />
                    <div class="form-actions">
                        <Button>{lang.pick("Buat penumpang", "Make the rider")}</Button>
                    </div>
                </Form>
            </div>
        </Card>
    }
}
