//! The rider's own data, as an application would see it.

use domain::{
    fares::CapPeriod,
    network::StationId,
    rider_accounts::Sample,
    sandbox::StationChoice,
    scoped::{BalanceView, JourneyView, ProfileView},
};
use leptos::prelude::*;

use crate::{sandbox::words, ui::fmt, visitor::use_lang};

#[component]
pub(super) fn SampleView(sample: Sample, stations: Vec<StationChoice>) -> impl IntoView {
    let lang = use_lang();
    match sample {
        Sample::Journey(None) => view! {
            <p>{lang.pick("Anda belum punya perjalanan; yang berikutnya akan terlihat.", "You have no journeys yet; the next ones would be seen.")}</p>
        }
        .into_any(),
        Sample::Journey(Some(journey)) => view! { <Journey journey=journey stations=stations/> }.into_any(),
        Sample::Profile(profile) => view! { <Profile profile=profile/> }.into_any(),
        Sample::Balance(balance) => view! { <Balance balance=balance/> }.into_any(),
    }
}

#[component]
fn Journey(journey: JourneyView, stations: Vec<StationChoice>) -> impl IntoView {
    let lang = use_lang();
    let place = |id: Option<StationId>| match id {
        None => "–".to_owned(),
        Some(id) => stations
            .iter()
            .find(|station| station.id == id)
            .map_or_else(|| id.to_string(), |station| station.name.clone()),
    };
    let at = |at: Option<jiff::Timestamp>| at.map_or_else(|| "–".to_owned(), |at| fmt::instant(lang, at));
    view! {
        <dl class="facts">
            <dt>{lang.pick("Masuk", "In")}</dt>
            <dd>{place(journey.tap_in_station)} " · " {at(journey.tap_in_time)}</dd>
            <dt>{lang.pick("Keluar", "Out")}</dt>
            <dd>{place(journey.tap_out_station)} " · " {at(journey.tap_out_time)}</dd>
            <dt>{lang.pick("Tarif", "Fare")}</dt>
            <dd>
                {fmt::rupiah(lang, journey.fare_charged)} " · "
                {words::payment_method(journey.payment_method)}
                {journey.fare_cap_applied.then(|| lang.pick(" · batas tarif dipakai", " · fare cap applied"))}
            </dd>
        </dl>
    }
}

#[component]
fn Profile(profile: ProfileView) -> impl IntoView {
    let lang = use_lang();
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    view! {
        <dl class="facts">
            <dt>{lang.pick("Nama", "Name")}</dt>
            <dd>{profile.name}</dd>
            <dt>"Email"</dt>
            <dd>{or_none(profile.email)}</dd>
            <dt>{lang.pick("Nomor HP", "Telephone")}</dt>
            <dd>{or_none(profile.phone)}</dd>
            <dt>{lang.pick("Verifikasi", "Verification")}</dt>
            <dd>{words::kyc(lang, profile.kyc_status)}</dd>
            <dt>{lang.pick("Tipe", "Kind")}</dt>
            <dd>{words::user_type(lang, profile.user_type)}</dd>
            <dt>{lang.pick("Terdaftar", "Registered")}</dt>
            <dd>{fmt::date(lang, domain::time::jakarta_day(profile.registered_at))}</dd>
            <dt>{lang.pick("Id untuk aplikasi ini", "Id for this application")}</dt>
            <dd>
                <code>{profile.id}</code>
            </dd>
        </dl>
    }
}

#[component]
fn Balance(balance: BalanceView) -> impl IntoView {
    let lang = use_lang();
    let caps = CapPeriod::ALL.iter().map(|&period| {
        let (spent, limit) = balance.fare_cap.of(period);
        let name = match period {
            CapPeriod::Daily => lang.pick("Hari ini", "Today"),
            CapPeriod::Weekly => lang.pick("Minggu ini", "This week"),
            CapPeriod::Monthly => lang.pick("Bulan ini", "This month"),
        };
        view! {
            <dt>{name}</dt>
            <dd>
                {fmt::rupiah(lang, spent)}
                {limit.map(|limit| format!("{}{}", lang.pick(" dari batas ", " of a cap of "), fmt::rupiah(lang, limit)))}
            </dd>
        }
    });
    let caps = caps.collect_view();
    view! {
        <dl class="facts">
            <dt>{lang.pick("Saldo", "Balance")}</dt>
            <dd>{fmt::rupiah(lang, balance.balance)}</dd>
            {caps}
        </dl>
    }
}
