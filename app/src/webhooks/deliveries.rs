//! The log: every delivery of the last days, by endpoint, event, state and time. Its first page renews
//! itself while it is looked at.

use domain::{
    identity::SessionView,
    keys::Environment,
    page::Page,
    webhooks::{
        DeliveryRow, EndpointView, KEPT_DAYS,
        tail::{LOOKED_AT, mark},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    filter::{Filter, FilterForm},
    table::DeliveryTable,
    words,
};
use crate::{
    api,
    keys::environment_name,
    load::load,
    ui::{Breadcrumb, Crumb, Done, DoneNotice, EmptyState, LinkButton, PageHead, Pagination, Tab, Tabs},
    visitor::use_lang,
};

const DONE: &[Done] = &[("replayed", "Kiriman dijadwalkan lagi.", "The delivery is on its way again.")];

struct Data {
    session: SessionView,
    endpoints: Page<EndpointView>,
    list: Page<DeliveryRow>,
}

#[component]
pub fn WebhookDeliveriesPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Log pengiriman", "Delivery log");
    let filter = Filter::of_page(Environment::Live);
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let endpoints = words::endpoints(filter.environment);
    let list = api::get::<Page<DeliveryRow>>(filter.call(LOOKED_AT));
    let data =
        async move { Ok(Data { session: session.await?, endpoints: endpoints.await?, list: list.await? }) };
    let tabs = Environment::ALL.map(|tab| Tab {
        href: format!("/webhooks/deliveries?environment={tab}"),
        label: environment_name(tab).to_owned(),
        current: tab == filter.environment,
    });
    let lead = lang.pick(
        format!("Setiap kiriman {KEPT_DAYS} hari terakhir dengan semua percobaannya: apa yang dikirim, apa jawabannya, dan berapa lama."),
        format!("Every delivery of the last {KEPT_DAYS} days with all its attempts: what was sent, what was answered, and how long it took."),
    );
    view! {
        <Title text=title/>
        <Breadcrumb trail=vec![Crumb::new("/webhooks", "Webhook")] here=title/>
        <PageHead
            title=title
            lead=lead
            actions=Some(
                view! {
                    <LinkButton href="/webhooks/doctor">
                        {lang.pick("Dokter tanda tangan", "Signature doctor")}
                    </LinkButton>
                }
                    .into_any(),
            )
        />
        <DoneNotice words=DONE/>
        <div class="stack">
            <Tabs label=lang.pick("Lingkungan", "Environment") tabs=tabs.into()/>
            {load(data, move |data| view! { <Log data=data filter=filter/> })}
        </div>
    }
}

#[component]
fn Log(data: Data, filter: Filter) -> impl IntoView {
    let Data { session, endpoints, list } = data;
    let may_write = session.partner.is_some_and(|partner| partner.role.may_write());
    let href = filter.href();
    // The address always has a query: it names the environment.
    let back = may_write.then(|| format!("{href}&page={}&done=replayed", list.meta.page));
    let lang = use_lang();
    view! {
        <FilterForm filter=filter.clone() endpoints=endpoints/>
        <Live list=list.clone() filter=filter.clone()>
            <DeliveryTable
                deliveries=list.data
                caption=lang.pick("Kiriman", "Deliveries")
                instead=empty(&filter)
                back=back
                names_endpoint=true
            />
            <Pagination meta=list.meta href=href/>
        </Live>
    }
}

/// What renews itself: the first page, unless rows are left out that a newer one may stand among.
#[component]
pub(super) fn Live(list: Page<DeliveryRow>, filter: Filter, children: Children) -> impl IntoView {
    let lang = use_lang();
    let states = list
        .data
        .iter()
        .map(|delivery| (delivery.id.as_str(), delivery.status.as_str(), delivery.attempts.into()));
    let seen = mark(states);
    let live = (filter.page == 1 && !filter.is_narrow()).then(|| {
        let query = [
            ("environment", filter.environment.as_str()),
            ("endpoint_id", &filter.endpoint),
            ("mark", &seen),
        ];
        words::address("/portal-api/v1/webhook-tail", &query)
    });
    view! {
        <div class="stack" data-live=live>
            <p class="cluster small muted" hidden>
                <span
                    data-live-state
                    data-on=lang.pick("Diperbarui sendiri", "Updates by itself")
                    data-off=lang.pick("Dihentikan sementara", "Held still")
                ></span>
                <button
                    class="button button-quiet"
                    type="button"
                    data-live-hold
                    data-on=lang.pick("Tahan", "Hold still")
                    data-off=lang.pick("Lanjutkan", "Go on")
                ></button>
            </p>
            {children()}
        </div>
    }
}

fn empty(filter: &Filter) -> AnyView {
    let lang = use_lang();
    if filter.is_narrow() {
        return view! {
            <EmptyState title=lang.pick("Tidak ada kiriman yang cocok.", "No delivery fits.")>
                {lang.pick("Longgarkan filter di atas.", "Loosen the filter above.")}
            </EmptyState>
        }
        .into_any();
    }
    let action = view! {
        <LinkButton href=format!("/webhooks?environment={}", filter.environment)>
            {lang.pick("Ke endpoint", "To the endpoints")}
        </LinkButton>
    };
    view! {
        <EmptyState title=lang.pick("Belum ada kiriman.", "No deliveries yet.") action=Some(action.into_any())>
            {lang
                .pick(
                    "Kiriman tampil di sini begitu ada event, atau bila Anda mengirim event uji dari halaman endpoint.",
                    "Deliveries are listed here as soon as there is an event, or once you send a test event from an endpoint's page.",
                )}
        </EmptyState>
    }
    .into_any()
}
