//! `/traffic`: the network by day; for those who may, a station by hour.

use domain::{
    keys::Environment,
    operations::Operation,
    tiers::Tier,
    time::jakarta_day,
    traffic::{NetworkDaysView, NetworkView, TrafficView},
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{day::StationDay, days::NetworkDays};
use crate::{
    address::query,
    api,
    keys::environment_name,
    load::load,
    ui::{
        Button, Choice, DemoBadge, InputKind, LinkButton, Notice, PageHead, SelectField, Tab, Tabs,
        TextField, TierBadge, Tone,
    },
    visitor::{SessionKind, SessionView, Visitor, use_lang},
};

/// Shown until somebody chooses.
const STATION: &str = "STN_MGR";

#[component]
pub fn TrafficPage() -> impl IntoView {
    let visitor = Visitor::current();
    let lang = visitor.lang;
    let title = lang.pick("Traffic stasiun", "Station traffic");
    let days = api::get::<NetworkDaysView>("/portal-api/v1/traffic/days");
    let by_hour = match visitor.session.clone() {
        None => view! { <FromProOn session=None/> }.into_any(),
        Some(session) => view! { <ByHour session=session/> }.into_any(),
    };
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Tap masuk dan keluar di gate NFC, anonim. Hari dan jam menurut WIB.",
                    "Taps in and out at the NFC gates, anonymous. Days and hours are those of WIB.",
                )
            actions=Some(
                view! {
                    <DemoBadge/>
                    <LinkButton href="/map">{lang.pick("Peta kepadatan", "Crowding map")}</LinkButton>
                }
                    .into_any(),
            )
        />
        <div class="stack-lg">
            <div class="stack">{load(days, |days| view! { <NetworkDays view=days/> })}</div>
            <section class="stack" aria-labelledby="by-hour">
                <h2 id="by-hour">{lang.pick("Per stasiun dan jam", "By station and hour")}</h2>
                {by_hour}
            </section>
        </div>
    }
}

/// What is chosen, from the address.
#[derive(Debug, Clone)]
struct Chosen {
    station: String,
    date: String,
    environment: Environment,
}

#[component]
fn ByHour(session: SessionView) -> impl IntoView {
    let visitor = Visitor::current();
    let lang = visitor.lang;
    let asked = query("environment").and_then(|name| name.parse().ok());
    let chosen = Chosen {
        station: plain(query("station")).unwrap_or_else(|| STATION.to_owned()),
        date: plain(query("date")).unwrap_or_else(|| jakarta_day(visitor.now).to_string()),
        environment: asked.unwrap_or(Environment::Live),
    };
    let is_partner = session.kind == SessionKind::Partner;
    let has_live = session.tier.is_none_or(|tier| tier >= Operation::GetTraffic.tier_min());
    let tabs = is_partner.then(|| {
        let tabs = Environment::ALL.map(|tab| Tab {
            href: format!("/traffic?environment={tab}&station={}#by-hour", chosen.station),
            label: environment_name(tab).to_owned(),
            current: tab == chosen.environment,
        });
        view! { <Tabs label=lang.pick("Lingkungan", "Environment") tabs=tabs.into()/> }
    });
    let body = if chosen.environment == Environment::Live && !has_live {
        view! { <FromProOn session=Some(session)/> }.into_any()
    } else {
        view! { <Station chosen=chosen/> }.into_any()
    };
    view! {
        {tabs}
        {body}
    }
}

/// Only what can stand in an address as it is: anything else is no station and no date.
fn plain(value: Option<String>) -> Option<String> {
    let is_plain =
        |text: &String| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    value.filter(|text| !text.is_empty()).filter(is_plain)
}

#[component]
fn Station(chosen: Chosen) -> impl IntoView {
    let network = api::get::<NetworkView>("/portal-api/v1/network");
    let Chosen { station, date, environment } = &chosen;
    // A date without station would ask for the station of the default day: both are always sent.
    let day = api::get::<TrafficView>(format!(
        "/portal-api/v1/traffic?station_id={station}&date={date}&environment={environment}"
    ));
    let form = chosen.clone();
    let names = async move {
        let network = network.await?;
        let mut names: Vec<_> = network
            .lines
            .iter()
            .flat_map(|line| &line.stations)
            .map(|stop| (stop.name.clone(), stop.id.to_string()))
            .collect();
        names.sort();
        names.dedup();
        Ok(names)
    };
    let both = async move {
        let names = names.await?;
        // The form stands whatever comes of the choice.
        Ok((names, day.await))
    };
    load(both, move |(names, day)| {
        let name = day.as_ref().ok().and_then(|day| day.station_id).map(|id| id.to_string());
        let name = names.iter().find(|(_, id)| Some(id) == name.as_ref()).map(|(name, _)| name.clone());
        view! {
            <ChooseForm chosen=form names=names/>
            {load(
                std::future::ready(day),
                move |day| view! { <StationDay view=day station=name.unwrap_or_default()/> },
            )}
        }
    })
}

#[component]
fn ChooseForm(chosen: Chosen, names: Vec<(String, String)>) -> impl IntoView {
    let visitor = Visitor::current();
    let lang = visitor.lang;
    let choices = names.into_iter().map(|(name, id)| Choice::new(id, name)).collect();
    view! {
        <form class="filters" method="get" action="/traffic#by-hour">
            <SelectField name="station" label=lang.pick("Stasiun", "Station") choices=choices value=chosen.station/>
            <TextField
                name="date"
                label=lang.pick("Tanggal", "Date")
                kind=InputKind::Date
                value=chosen.date
                required=true
            />
            <input type="hidden" name="environment" value=chosen.environment.to_string()/>
            <Button>{lang.pick("Tampilkan", "Show")}</Button>
        </form>
    }
}

/// Who may see a station's hours, and what to do about it.
#[component]
fn FromProOn(session: Option<SessionView>) -> impl IntoView {
    let lang = use_lang();
    let action = match session {
        None => {
            view! { <LinkButton href="/sign-in?next=%2Ftraffic">{lang.pick("Masuk", "Sign in")}</LinkButton> }
                .into_any()
        }
        Some(_) => view! {
            <LinkButton href="/traffic?environment=test#by-hour">
                {lang.pick("Coba dengan data sandbox", "Try it with sandbox data")}
            </LinkButton>
        }
        .into_any(),
    };
    view! {
        <Notice tone=Tone::Info title=lang.pick("Mulai tier Pro", "From the Pro tier on")>
            <p>
                {lang
                    .pick(
                        "Angka per stasiun dan jam tersedia bagi partner mulai tier ",
                        "Figures by station and hour are for partners from the tier ",
                    )}
                <TierBadge tier=Tier::Pro/> {lang.pick(", di sini dan lewat ", " on, here and by ")}
                <a href="/docs/endpoints/get-traffic">
                    <code>"GET /stats/traffic"</code>
                </a> "."
            </p>
            <p class="cluster">{action}</p>
        </Notice>
    }
}
