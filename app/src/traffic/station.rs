//! `/stations/{id}`: one station.

use domain::{
    lang::Lang,
    network::{Gate, GateDirection, StationDetail, StationStatus},
    operations::Operation,
    traffic::{FareTo, Neighbour, StationPageView, TrafficView},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    day::StationDay,
    level::{Level, level_time},
    line_mark::LineMark,
};
use crate::{
    api::{self, Failure},
    load::load,
    ui::{Badge, Breadcrumb, Card, Column, Crumb, DemoBadge, PageHead, Table, TimeStamp, Tone, fmt},
    visitor::{SessionKind, Visitor, use_lang},
};

#[component]
pub fn StationPage() -> impl IntoView {
    let visitor = Visitor::current();
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    // Ids and codes are letters, digits and a line; anything else is no station.
    let is_plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let id = if is_plain { id } else { "-".to_owned() };
    let view = api::get::<StationPageView>(format!("/portal-api/v1/network/stations/{id}"));
    let may_see_hours = visitor.session.as_ref().is_some_and(|session| match session.kind {
        SessionKind::Admin => true,
        SessionKind::Partner => session.tier.is_some_and(|tier| tier >= Operation::GetTraffic.tier_min()),
    });
    let today =
        may_see_hours.then(|| api::get::<TrafficView>(format!("/portal-api/v1/traffic?station_id={id}")));
    let both = async move {
        let view = view.await?;
        let today = match today {
            Some(today) => Some(today.await),
            None => None,
        };
        Ok((view, today))
    };
    load(both, |(view, today)| view! { <Station view=view today=today/> })
}

#[component]
fn Station(view: StationPageView, today: Option<Result<TrafficView, Failure>>) -> impl IntoView {
    let lang = use_lang();
    let name = view.detail.station.name.clone();
    let id = view.detail.station.id;
    let detail = view.detail.clone();
    let closed = (view.detail.station.status == StationStatus::Closed)
        .then(|| view! { <Badge tone=Tone::Warning>{lang.pick("tutup", "closed")}</Badge> });
    let level = view.crowd_level.map(|level| {
        view! {
            <Card title=lang.pick("Kepadatan saat ini", "Crowding now") id="crowding">
                <p>
                    <Level level=level/>
                </p>
                <p class="muted small">{level_time(lang, &view.crowding)}</p>
            </Card>
        }
    });
    let today = match today {
        // A partner that may not just now (suspended) has been told so elsewhere.
        Some(Ok(today)) => view! { <StationDay view=today station=name.clone()/> }.into_any(),
        Some(Err(_)) | None => view! {
            <p class="muted">
                {lang.pick("Tap per jam tersedia bagi partner mulai tier Pro: ", "Taps by hour are for partners from the Pro tier on: ")}
                <a href="/traffic">{lang.pick("lihat traffic", "see traffic")}</a> "."
            </p>
        }
        .into_any(),
    };
    let lines = view
        .lines
        .iter()
        .map(|line| {
            view! {
                <li>
                    <LineMark colour=line.colour.clone()/>
                    <a href=format!("/stations?line={}", line.id)>{line.name.clone()}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <Title text=name.clone()/>
        <Breadcrumb trail=vec![Crumb::new("/stations", lang.pick("Stasiun", "Stations"))] here=name.clone()/>
        <PageHead
            title=name
            actions=Some(
                view! {
                    {closed}
                    <code>{id.to_string()}</code>
                    <DemoBadge/>
                }
                    .into_any(),
            )
        />
        <div class="stack-lg">
            <div class="grid-2">
                <Card title=lang.pick("Tentang stasiun", "About the station") id="about">
                    <Facts detail=detail/>
                    <ul class="line-names">{lines}</ul>
                </Card>
                {level}
            </div>
            <section class="stack" aria-labelledby="traffic">
                <h2 id="traffic">{lang.pick("Traffic hari ini", "Traffic today")}</h2>
                {today}
            </section>
            <div class="grid-2">
                <Neighbours neighbours=view.neighbours/>
                <Fares fares=view.fares tariff=view.tariff.map(|tariff| tariff.id)/>
            </div>
            <Gates gates=view.detail.gates/>
            <p class="muted small">
                {lang.pick("Posisi dan jarak: ", "Positions and distances: ")}
                <a href="https://www.openstreetmap.org/copyright">"© OpenStreetMap contributors"</a>
            </p>
        </div>
    }
}

#[component]
fn Facts(detail: StationDetail) -> impl IntoView {
    let lang = use_lang();
    let station = detail.station;
    let hours = station.operating_hours.map_or_else(
        || "–".to_owned(),
        |hours| {
            let next =
                if hours.closes_next_day { lang.pick(" (hari berikutnya)", " (next day)") } else { "" };
            format!("{}–{}{next} WIB", hours.open, hours.close)
        },
    );
    let facilities = match station.facilities_known {
        true => station.facilities.iter().map(|word| facility(lang, word)).collect::<Vec<_>>().join(", "),
        false => lang.pick("tidak diketahui", "not known").to_owned(),
    };
    let known = |fact: Option<bool>| match fact {
        Some(true) => lang.pick("ada", "yes"),
        Some(false) => lang.pick("tidak ada", "no"),
        None => lang.pick("tidak diketahui", "not known"),
    };
    let near: Vec<_> = detail
        .nearby
        .iter()
        .map(|near| {
            view! {
                <a href=format!("/stations/{}", near.id)>{near.name.clone()}</a>
                " "
                <span class="muted">{format!("({})", km(lang, near.distance_km.metres()))}</span>
                " "
            }
        })
        .collect();
    view! {
        <dl class="facts">
            <dt>{lang.pick("Kode", "Code")}</dt>
            <dd>
                <code>{station.code}</code>
            </dd>
            <dt>{lang.pick("Jam operasi", "Hours")}</dt>
            <dd>{hours}</dd>
            <dt>{lang.pick("Gate online", "Gates online")}</dt>
            <dd>
                {lang
                    .pick(
                        format!("{} dari {}", station.gates_online, station.gates_total),
                        format!("{} of {}", station.gates_online, station.gates_total),
                    )}
            </dd>
            <dt>{lang.pick("Fasilitas", "Facilities")}</dt>
            <dd>{facilities}</dd>
            <dt>{lang.pick("Lift", "Lift")}</dt>
            <dd>{known(detail.accessibility.elevator)}</dd>
            <dt>{lang.pick("Toilet difabel", "Accessible toilet")}</dt>
            <dd>{known(detail.accessibility.accessible_toilet)}</dd>
            <dt>{lang.pick("Di sekitar", "Nearby")}</dt>
            <dd>{near}</dd>
        </dl>
    }
}

/// A facility in words; one that this page does not know yet stands as the API has it.
fn facility(lang: Lang, word: &str) -> String {
    match word {
        "elevator" => lang.pick("lift", "lift"),
        "escalator" => lang.pick("eskalator", "escalator"),
        "toilet" => "toilet",
        "accessible_toilet" => lang.pick("toilet difabel", "accessible toilet"),
        "musholla" => lang.pick("musala", "prayer room"),
        "nursing_room" => lang.pick("ruang laktasi", "nursing room"),
        "charging" => lang.pick("pengisian daya", "charging"),
        "lockers" => lang.pick("loker", "lockers"),
        "parking" => lang.pick("parkir", "parking"),
        "bike_parking" => lang.pick("parkir sepeda", "bicycle parking"),
        other => other,
    }
    .to_owned()
}

/// 1,4 km.
fn km(lang: Lang, metres: u32) -> String {
    format!("{} km", fmt::decimal(lang, f64::from(metres) / 1_000.0, 1))
}

#[component]
fn Neighbours(neighbours: Vec<Neighbour>) -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Stasiun berikutnya", "Next stations");
    let columns = vec![
        Column::text(lang.pick("Stasiun", "Station")),
        Column::text(lang.pick("Jalur", "Line")),
        Column::number(lang.pick("Jarak rel", "By track")),
    ];
    let rows = neighbours
        .into_iter()
        .map(|next| {
            view! {
                <tr>
                    <th scope="row">
                        <a href=format!("/stations/{}", next.id)>{next.name}</a>
                    </th>
                    <td>
                        <LineMark colour=next.line.colour/>
                        {next.line.name.trim_start_matches("Commuter Line ").to_owned()}
                    </td>
                    <td class="num">{km(lang, next.distance_km.metres())}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title=title id="neighbours">
            <Table caption=title columns=columns>
                {rows}
            </Table>
        </Card>
    }
}

#[component]
fn Fares(fares: Vec<FareTo>, tariff: Option<String>) -> impl IntoView {
    let lang = use_lang();
    let tariff = tariff?;
    let title = lang.pick("Tarif dari sini", "Fares from here");
    let columns = vec![
        Column::text(lang.pick("Tujuan", "To")),
        Column::number(lang.pick("Jarak rel", "By track")),
        Column::number(lang.pick("Tarif dewasa", "Adult fare")),
    ];
    let rows = fares
        .into_iter()
        .map(|to| {
            view! {
                <tr>
                    <th scope="row">
                        <a href=format!("/stations/{}", to.id)>{to.name}</a>
                    </th>
                    <td class="num">{km(lang, to.distance_km.metres())}</td>
                    <td class="num">{fmt::rupiah(lang, to.fare)}</td>
                </tr>
            }
        })
        .collect_view();
    Some(view! {
        <Card title=title id="fares">
            <p class="muted small">
                {lang.pick("Tarif ", "Tariff ")} <code>{tariff}</code>
                {lang.pick(", perjalanan pertama hari itu. Tujuan lain: ", ", first journey of the day. Other destinations: ")}
                <a href="/docs/endpoints/calculate-fare">"GET /fare/calculate"</a> "."
            </p>
            <Table caption=title columns=columns>
                {rows}
            </Table>
        </Card>
    })
}

#[component]
fn Gates(gates: Vec<Gate>) -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Gate", "Gates");
    let columns = vec![
        Column::text("Gate"),
        Column::text(lang.pick("Arah", "Direction")),
        Column::text("Status"),
        Column::text(lang.pick("Terakhir terdengar", "Last heard of")),
    ];
    let instead = gates.is_empty().then(|| {
        view! { <p class="muted">{lang.pick("Tidak ada gate di sini.", "There are no gates here.")}</p> }
            .into_any()
    });
    let rows = gates
        .into_iter()
        .map(|gate| {
            let direction = match gate.direction {
                GateDirection::In => lang.pick("masuk", "in"),
                GateDirection::Out => lang.pick("keluar", "out"),
            };
            let (tone, state) = match gate.online {
                true => (Tone::Success, "online"),
                false => (Tone::Danger, "offline"),
            };
            let seen = match gate.last_seen_at {
                Some(at) => view! { <TimeStamp at=at/> }.into_any(),
                None => "–".into_any(),
            };
            view! {
                <tr>
                    <th scope="row">
                        <code>{gate.id}</code>
                    </th>
                    <td>{direction}</td>
                    <td>
                        <Badge tone=tone>{state}</Badge>
                    </td>
                    <td>{seen}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title=title id="gates">
            <Table caption=title columns=columns instead=instead>
                {rows}
            </Table>
        </Card>
    }
}
