//! The page of a partner's applications.

use domain::{
    applications::ApplicationView, identity::SessionView, keys::Environment, page::Page,
    partners::PartnerView,
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::words::{ApplicationStatusBadge, client_type_name};
use crate::{
    account::PartnerStanding,
    address::query,
    api,
    keys::environment_name,
    load::load,
    ui::{
        ButtonLook, Column, Done, DoneNotice, EmptyState, LinkButton, PageHead, Tab, Table, Tabs, TimeStamp,
    },
    visitor::use_lang,
};

const DONE: &[Done] = &[(
    "deleted",
    "Aplikasi dihapus. Semua tokennya berakhir.",
    "Application deleted. All its tokens have ended.",
)];

struct Data {
    session: SessionView,
    partner: PartnerView,
    live: Page<ApplicationView>,
    test: Page<ApplicationView>,
}

#[component]
pub fn ApplicationsPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Aplikasi OAuth", "OAuth applications");
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let partner = api::get::<PartnerView>("/portal-api/v1/partner");
    let list = |environment: Environment| {
        let path = format!("/portal-api/v1/applications?environment={environment}&limit=100");
        api::get::<Page<ApplicationView>>(path)
    };
    let (live, test) = (list(Environment::Live), list(Environment::Test));
    let data = async move {
        Ok(Data { session: session.await?, partner: partner.await?, live: live.await?, test: test.await? })
    };
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Aplikasi yang meminta izin penumpang untuk melihat perjalanan, profil, atau saldonya.",
                    "Applications that ask riders for leave to see their journeys, profile or balance.",
                )
        />
        <DoneNotice words=DONE/>
        {load(data, |data| view! { <Applications data=data/> })}
    }
}

#[component]
fn Applications(data: Data) -> impl IntoView {
    let lang = use_lang();
    let Data { session, partner, live, test } = data;
    let environment = query("environment").and_then(|name| name.parse().ok()).unwrap_or(Environment::Live);
    let tabs =
        [(Environment::Live, live.meta.total), (Environment::Test, test.meta.total)].map(|(tab, count)| {
            Tab {
                href: format!("/applications?environment={tab}"),
                label: format!("{} ({count})", environment_name(tab)),
                current: tab == environment,
            }
        });
    let applications = match environment {
        Environment::Live => live.data,
        Environment::Test => test.data,
    };
    let may_write = session.partner.is_some_and(|partner| partner.role.may_write());
    let new = may_write.then(|| {
        let name = environment_name(environment);
        view! {
            <p>
                <LinkButton href=format!("/applications/new?environment={environment}") look=ButtonLook::Primary>
                    {lang.pick(format!("Daftarkan aplikasi {name}"), format!("Register a {name} application"))}
                </LinkButton>
            </p>
        }
    });
    view! {
        <div class="stack">
            <PartnerStanding status=partner.status reason=partner.status_reason/>
            <Tabs label=lang.pick("Lingkungan", "Environment") tabs=tabs.into()/>
            <p class="muted">{purpose(environment)}</p>
            {new}
            <ApplicationTable applications=applications environment=environment/>
            <p>
                <a href="/docs/authentication">{lang.pick("Cara kerja OAuth dengan PKCE", "How OAuth with PKCE works")}</a>
            </p>
        </div>
    }
}

fn purpose(environment: Environment) -> &'static str {
    let lang = use_lang();
    match environment {
        Environment::Live => lang.pick(
            "Meminta izin penumpang sungguhan, mulai tier Pro. Setiap aplikasi, dan setiap perubahannya, ditinjau operator dulu.",
            "They ask real riders, from the Pro tier on. Every application, and every change of one, is reviewed by the operator first.",
        ),
        Environment::Test => lang.pick(
            "Bekerja langsung, dengan penumpang uji Anda sendiri dan jam uji. Tersedia di semua tier.",
            "They work at once, with your own test riders and the test clock. Every tier has them.",
        ),
    }
}

#[component]
fn ApplicationTable(applications: Vec<ApplicationView>, environment: Environment) -> impl IntoView {
    let lang = use_lang();
    let name = environment_name(environment);
    let columns = vec![
        Column::text(lang.pick("Nama", "Name")),
        Column::text("Status"),
        Column::text("Scope"),
        Column::text("Client ID"),
        Column::text(lang.pick("Diubah", "Changed")),
    ];
    let instead = applications.is_empty().then(|| {
        view! {
            <EmptyState title=lang
                .pick(format!("Belum ada aplikasi {name}."), format!("No {name} applications yet."))>
                {lang
                    .pick(
                        "Aplikasi yang Anda daftarkan tampil di sini dengan statusnya.",
                        "The applications you register are listed here with their state.",
                    )}
            </EmptyState>
        }
        .into_any()
    });
    let rows = applications
        .into_iter()
        .map(|application| {
            let registration = application.registered.registration;
            view! {
                <tr>
                    <th scope="row">
                        <a href=format!("/applications/{}", application.id)>{registration.name.to_string()}</a>
                        <small>{client_type_name(lang, application.client_type)}</small>
                    </th>
                    <td>
                        <ApplicationStatusBadge
                            status=application.status
                            has_proposal=application.proposed.is_some()
                        />
                    </td>
                    <td>{registration.scopes.scopes().to_string()}</td>
                    <td>
                        <code>{application.id.to_string()}</code>
                    </td>
                    <td>
                        <TimeStamp at=application.changed_at/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table
            caption=lang.pick(format!("Aplikasi {name}"), format!("{name} applications"))
            columns=columns
            instead=instead
        >
            {rows}
        </Table>
    }
}
