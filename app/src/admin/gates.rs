//! All gates: how many live, which, and making another one.

use domain::{
    gates::{GateCreated, GateState, GateView, GatesOverview},
    identity::{OperatorRole, SessionView},
    page::Page,
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    gate_forms::{CREATE, CreateCard, SecretCard},
    gate_words::{GateStateBadge, direction_name, state_name},
};
use crate::{
    address::query,
    api,
    load::load,
    outcome::FormState,
    ui::{
        Button, Choice, Column, DemoBadge, EmptyState, LinkButton, PageHead, Pagination, SelectField,
        StatCard, Table, TimeStamp, fmt,
    },
    visitor::use_lang,
};

/// What the list is narrowed to; from the address. Only what a station or a state is made of.
#[derive(Debug, Clone, Default)]
struct Filter {
    station: String,
    state: Option<GateState>,
}

impl Filter {
    fn current() -> Self {
        let station = query("station").unwrap_or_default();
        Self {
            station: station.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect(),
            state: query("state").and_then(|state| state.parse().ok()),
        }
    }

    fn is_set(&self) -> bool {
        self.state.is_some() || !self.station.is_empty()
    }

    /// Under `base`: the page's own address, or the API's.
    fn href(&self, base: &str) -> String {
        let station = (!self.station.is_empty()).then(|| format!("station={}", self.station));
        let state = self.state.map(|state| format!("state={}", state.as_str()));
        let pairs: Vec<_> = [station, state].into_iter().flatten().collect();
        if pairs.is_empty() { base.to_owned() } else { format!("{base}?{}", pairs.join("&")) }
    }
}

struct Data {
    session: SessionView,
    overview: GatesOverview,
    list: Page<GateView>,
}

#[component]
pub fn AdminGatesPage() -> impl IntoView {
    let lang = use_lang();
    let title = "Gate";
    let filter = Filter::current();
    let page: u64 = query("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let overview = api::get::<GatesOverview>("/portal-api/v1/admin/gates-overview");
    let list = filter.href("/portal-api/v1/admin/gates");
    let join = if list.contains('?') { '&' } else { '?' };
    let list = api::get::<Page<GateView>>(format!("{list}{join}page={page}"));
    let data =
        async move { Ok(Data { session: session.await?, overview: overview.await?, list: list.await? }) };
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Gate di semua stasiun: mana yang hidup, kapan terakhir terdengar, dan kuncinya",
                    "The gates of all stations: which are alive, when they were last heard of, and their secrets",
                )
            actions=Some(view! { <DemoBadge/> }.into_any())
        />
        {load(data, |data| view! { <Gates data=data filter=filter/> })}
    }
}

#[component]
fn Gates(data: Data, filter: Filter) -> impl IntoView {
    let Data { session, overview, list } = data;
    let may_manage = session.operator.is_some_and(|operator| OperatorRole::may_manage_gates(operator.role));
    let created = FormState::of(CREATE).answer::<GateCreated>();
    let mut stations = vec![];
    stations.extend(
        overview.stations.iter().map(|station| Choice::new(station.id.to_string(), station.name.clone())),
    );
    view! {
        <div class="stack-lg">
            {created.map(|created| view! { <SecretCard created=created/> })}
            <Cards overview=overview/>
            <div>
                <Filters filter=filter.clone() stations=stations.clone()/>
                <List list=list filter=filter/>
            </div>
            {may_manage.then(|| view! { <CreateCard stations=stations/> })}
        </div>
    }
}

#[component]
fn Cards(overview: GatesOverview) -> impl IntoView {
    let lang = use_lang();
    let card = |state: GateState, count: u64, id: &'static str, definition: &'static str| {
        view! {
            <StatCard id=id label=state_name(lang, state) figure=fmt::grouped(lang, count) definition=definition>
                {(count > 0)
                    .then(|| {
                        view! {
                            <p class="small">
                                <a href=format!("/admin/gates?state={}", state.as_str())>
                                    {lang.pick("Lihat daftarnya", "See which")}
                                </a>
                            </p>
                        }
                    })}
            </StatCard>
        }
    };
    view! {
        <div class="grid-stats">
            {card(
                GateState::Online,
                overview.online,
                "gates-online",
                lang.pick(
                    "Mengirim tap atau heartbeat dalam 60 detik terakhir.",
                    "Have sent taps or a heartbeat within the last 60 seconds.",
                ),
            )}
            {card(
                GateState::Offline,
                overview.offline,
                "gates-offline",
                lang.pick(
                    "Pernah melapor, lalu diam lebih dari 60 detik.",
                    "Have reported, then were silent for more than 60 seconds.",
                ),
            )}
            {card(
                GateState::Unheard,
                overview.unheard,
                "gates-unheard",
                lang.pick(
                    "Direncanakan atau baru dibuat; belum pernah mengirim apa pun.",
                    "Planned or newly made; have never sent anything.",
                ),
            )}
            {card(
                GateState::Retired,
                overview.retired,
                "gates-retired",
                lang.pick("Pesannya ditolak dan tidak dihitung lagi.", "Their messages are refused; counted no more."),
            )}
        </div>
    }
}

#[component]
fn Filters(filter: Filter, stations: Vec<Choice>) -> impl IntoView {
    let lang = use_lang();
    let mut of_station = vec![Choice::new("", lang.pick("Semua stasiun", "All stations"))];
    of_station.extend(stations);
    let mut states = vec![Choice::new("", lang.pick("Semua keadaan", "Any state"))];
    states.extend(GateState::ALL.map(|state| Choice::new(state.as_str(), state_name(lang, state))));
    let is_set = filter.is_set();
    view! {
        <form class="filters" method="get" action="/admin/gates" role="search">
            <SelectField
                name="station"
                id="filter-station"
                label=lang.pick("Stasiun", "Station")
                choices=of_station
                value=filter.station
            />
            <SelectField
                name="state"
                label=lang.pick("Keadaan", "State")
                choices=states
                value=filter.state.map(GateState::as_str).unwrap_or_default()
            />
            <Button>{lang.pick("Terapkan", "Apply")}</Button>
            {is_set.then(|| view! { <LinkButton href="/admin/gates">{lang.pick("Hapus filter", "Clear")}</LinkButton> })}
        </form>
    }
}

#[component]
fn List(list: Page<GateView>, filter: Filter) -> impl IntoView {
    let lang = use_lang();
    let instead = list.data.is_empty().then(|| {
        view! {
            <EmptyState
                title=lang.pick("Tidak ada gate yang cocok.", "No gate fits.")
                action=Some(
                    view! { <LinkButton href="/admin/gates">{lang.pick("Hapus filter", "Clear the filter")}</LinkButton> }
                        .into_any(),
                )
            >
                {lang.pick("Pilih stasiun atau keadaan lain.", "Choose another station or state.")}
            </EmptyState>
        }
        .into_any()
    });
    let columns = vec![
        Column::text("Gate"),
        Column::text(lang.pick("Stasiun", "Station")),
        Column::text(lang.pick("Arah", "Direction")),
        Column::text(lang.pick("Keadaan", "State")),
        Column::text(lang.pick("Terakhir terdengar", "Last heard of")),
        Column::text("Firmware"),
        Column::text(lang.pick("Aksi", "Actions")),
    ];
    let href = filter.href("/admin/gates");
    let rows = list.data.into_iter().map(|gate| view! { <Row gate=gate/> }).collect_view();
    view! {
        <Table caption="Gate" columns=columns instead=instead>
            {rows}
        </Table>
        <Pagination meta=list.meta href=href/>
    }
}

#[component]
fn Row(gate: GateView) -> impl IntoView {
    let lang = use_lang();
    let href = format!("/admin/gates/{}", gate.id);
    let seen = match gate.last_seen_at {
        Some(at) => view! { <TimeStamp at=at/> }.into_any(),
        None => view! { <span class="muted">{lang.pick("belum pernah", "never")}</span> }.into_any(),
    };
    let firmware = match gate.firmware {
        Some(firmware) => firmware.into_any(),
        None => view! { <span class="muted">"–"</span> }.into_any(),
    };
    let secret = gate.provisioned_at.is_none().then(|| {
        view! { <small>{lang.pick("belum punya secret", "has no secret yet")}</small> }
    });
    view! {
        <tr>
            <th scope="row">
                <a href=href.clone()>
                    <code>{gate.id.clone()}</code>
                </a>
                {secret}
            </th>
            <td>{gate.station_name}</td>
            <td>{direction_name(lang, gate.direction)}</td>
            <td>
                <GateStateBadge state=gate.state/>
            </td>
            <td>{seen}</td>
            <td>{firmware}</td>
            <td class="actions">
                <a
                    class="button button-quiet"
                    href=href
                    aria-label=format!("{} {}", lang.pick("Kelola", "Manage"), gate.id)
                >
                    {lang.pick("Kelola", "Manage")}
                </a>
            </td>
        </tr>
    }
}
