//! The first page of a rider's account.

use domain::{
    rider_accounts::RiderOverview,
    riders::{MediumView, RiderRow, masked_medium},
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{journeys::JourneyTable, wallet::Wallet};
use crate::{
    account::AccountPage,
    api,
    load::load,
    sandbox::words as rider_words,
    ui::{Card, Column, Done, DoneNotice, EmptyState, LinkButton, PageHead, Table, TimeStamp, fmt},
    visitor::{Visitor, use_lang},
};

const DONE: &[Done] =
    &[("welcome", "Selamat datang. Akun Anda sudah dibuka.", "Welcome. Your account is open.")];

/// The account of whoever is signed in: a member's, else a rider's.
#[component]
pub fn WhoseAccountPage() -> impl IntoView {
    let visitor = Visitor::current();
    if visitor.session.is_none() && visitor.rider.is_some() {
        view! { <RiderOverviewPage/> }.into_any()
    } else {
        view! { <AccountPage/> }.into_any()
    }
}

#[component]
pub fn RiderOverviewPage() -> impl IntoView {
    let visitor = Visitor::current();
    let lang = visitor.lang;
    let title = lang.pick("Saldo & kartu", "Balance & cards");
    let name = visitor.rider.map(|rider| rider.name).unwrap_or_default();
    let overview = api::get::<RiderOverview>("/portal-api/v1/rider/overview");
    view! {
        <Title text=title/>
        <PageHead title=title lead=name/>
        <DoneNotice words=DONE/>
        {load(overview, |overview| view! { <Overview overview=overview/> })}
    }
}

#[component]
fn Overview(overview: RiderOverview) -> impl IntoView {
    let lang = use_lang();
    let RiderOverview { rider, fare_cap, journeys, stations } = overview;
    let all = view! {
        <LinkButton href="/account/journeys">{lang.pick("Semua perjalanan", "All journeys")}</LinkButton>
    };
    view! {
        <div class="stack-lg">
            <Wallet rider=rider.rider.clone() fare_cap=fare_cap/>
            <Card
                title=lang.pick("Perjalanan terakhir", "Latest journeys")
                id="journeys"
                actions=Some(all.into_any())
            >
                <JourneyTable journeys=journeys stations=stations/>
            </Card>
            <Media media=rider.media/>
            <Profile rider=rider.rider/>
        </div>
    }
}

#[component]
fn Media(media: Vec<MediumView>) -> impl IntoView {
    let lang = use_lang();
    let instead = media.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Belum ada kartu atau ponsel.", "No card or phone yet.")>
                {lang
                    .pick(
                        "Petugas loket di stasiun menghubungkan kartu atau ponsel ke akun Anda.",
                        "The staff at a station's counter links a card or phone to your account.",
                    )}
            </EmptyState>
        }
        .into_any()
    });
    let rows = media.into_iter().map(|medium| {
        view! {
            <tr>
                <th scope="row">{medium.label}</th>
                <td>
                    <code>{masked_medium(&medium.id)}</code>
                </td>
                <td>
                    <TimeStamp at=medium.linked_from exact=true/>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let columns = vec![
        Column::text(lang.pick("Nama", "Name")),
        Column::text(lang.pick("Akhir sidik kartu", "End of its hash")),
        Column::text(lang.pick("Milik Anda sejak", "Yours since")),
    ];
    view! {
        <Card title=lang.pick("Kartu dan ponsel", "Cards and phones") id="media">
            <Table caption=lang.pick("Kartu dan ponsel", "Cards and phones") columns=columns instead=instead>
                {rows}
            </Table>
        </Card>
    }
}

#[component]
fn Profile(rider: RiderRow) -> impl IntoView {
    let lang = use_lang();
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    view! {
        <Card title=lang.pick("Profil", "Profile") id="profile">
            <dl class="facts">
                <dt>{lang.pick("Nama", "Name")}</dt>
                <dd>{rider.name}</dd>
                <dt>"Email"</dt>
                <dd>{or_none(rider.email)}</dd>
                <dt>{lang.pick("Telepon", "Telephone")}</dt>
                <dd>{or_none(rider.phone)}</dd>
                <dt>{lang.pick("Tipe hari ini", "Kind today")}</dt>
                <dd>{rider_words::user_type(lang, rider.user_type)}</dd>
                <dt>{lang.pick("Pemeriksaan identitas", "Check of identity")}</dt>
                <dd>{rider_words::kyc(lang, rider.kyc_status)}</dd>
                <dt>{lang.pick("Terdaftar", "Registered")}</dt>
                <dd>{fmt::instant(lang, rider.registered_at)}</dd>
            </dl>
        </Card>
    }
}
