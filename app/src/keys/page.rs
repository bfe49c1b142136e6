//! The page of a partner's keys.

use domain::{
    identity::SessionView,
    keys::{Environment, KeyCreated, KeyView},
    page::Page,
    partners::{PartnerStatus, PartnerView},
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    create::{self, CreateCard},
    manage::{self, ManageCard},
    secret::SecretCard,
    table::KeyTable,
    words::{environment_name, environment_purpose},
};
use crate::{
    account::PartnerStanding,
    address::query,
    api,
    load::load,
    outcome::FormState,
    ui::{Done, DoneNotice, EmptyState, LinkButton, PageHead, Tab, Tabs},
    visitor::use_lang,
};

const DONE: &[Done] = &[
    (
        "verified",
        "Email terverifikasi. Anda sudah masuk, dan sandbox siap dipakai.",
        "E-mail verified. You are signed in, and the sandbox is ready.",
    ),
    ("key_updated", "Kunci disimpan.", "Key saved."),
    (
        "key_revoked",
        "Kunci dicabut. Panggilan dengan kunci itu kini ditolak.",
        "Key revoked. Calls with it are now refused.",
    ),
];

struct Data {
    session: SessionView,
    partner: PartnerView,
    live: Page<KeyView>,
    test: Page<KeyView>,
}

#[component]
pub fn KeysPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Kunci API", "API keys");
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let partner = api::get::<PartnerView>("/portal-api/v1/partner");
    let keys = |environment: Environment| {
        api::get::<Page<KeyView>>(format!("/portal-api/v1/keys?environment={environment}&limit=100"))
    };
    let (live, test) = (keys(Environment::Live), keys(Environment::Test));
    let data = async move {
        Ok(Data { session: session.await?, partner: partner.await?, live: live.await?, test: test.await? })
    };
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Kirim kunci di header X-API-Key pada setiap permintaan dari server Anda.",
                    "Send a key in the X-API-Key header of every request from your server.",
                )
        />
        <DoneNotice words=DONE/>
        {load(data, |data| view! { <Keys data=data/> })}
    }
}

#[component]
fn Keys(data: Data) -> impl IntoView {
    let lang = use_lang();
    let Data { session, partner, live, test } = data;
    let (environment, chosen) = (query("environment"), query("key"));
    let fresh = if partner.status == PartnerStatus::Active { Environment::Live } else { Environment::Test };
    let environment = environment.and_then(|name| name.parse().ok()).unwrap_or(fresh);
    let tabs =
        [(Environment::Live, live.meta.total), (Environment::Test, test.meta.total)].map(|(tab, count)| {
            Tab {
                href: format!("/keys?environment={tab}"),
                label: format!("{} ({count})", environment_name(tab)),
                current: tab == environment,
            }
        });
    let keys = match environment {
        Environment::Live => live.data,
        Environment::Test => test.data,
    };
    let created = FormState::of(create::ACTION).answer::<KeyCreated>().or_else(|| {
        keys.iter().find_map(|key| FormState::of(&manage::rotate_action(key)).answer::<KeyCreated>())
    });
    let may_write = session.partner.is_some_and(|partner| partner.role.may_write());
    let may_create = may_write
        && match partner.status {
            PartnerStatus::Active => true,
            PartnerStatus::InReview => environment == Environment::Test,
            PartnerStatus::Registered | PartnerStatus::Rejected | PartnerStatus::Suspended => false,
        };
    let managed = keys
        .iter()
        .find(|key| {
            may_write && created.is_none() && key.works() && chosen.as_deref() == Some(key.id.as_str())
        })
        .cloned();
    let caption = lang.pick(
        format!("Kunci {}", environment_name(environment)),
        format!("{} keys", environment_name(environment)),
    );
    let form = match may_write {
        true => view! { <CreateCard environment=environment status=partner.status/> }.into_any(),
        false => view! {
            <p class="muted">
                {lang
                    .pick(
                        "Peran Anda hanya melihat. Mintalah pemilik atau developer untuk membuat kunci.",
                        "Your role only looks. Ask an owner or a developer to make keys.",
                    )}
            </p>
        }
        .into_any(),
    };
    view! {
        <div class="stack">
            <PartnerStanding status=partner.status reason=partner.status_reason/>
            <Tabs label=lang.pick("Lingkungan", "Environment") tabs=tabs.into()/>
            <p class="muted">{environment_purpose(lang, environment)}</p>
            {created.map(|created| view! { <SecretCard created=created/> })}
            {managed.map(|key| view! { <ManageCard key=key/> })}
            <KeyTable
                keys=keys
                caption=caption
                instead=empty(environment, may_create)
                manage=may_write.then_some(manage::address as fn(&KeyView) -> String)
            />
            {form}
        </div>
    }
}

fn empty(environment: Environment, may_create: bool) -> AnyView {
    let lang = use_lang();
    let title = lang.pick(
        format!("Belum ada kunci {}.", environment_name(environment)),
        format!("No {} keys yet.", environment_name(environment)),
    );
    let action = may_create.then(|| {
        view! { <LinkButton href="#create-name">{lang.pick("Buat kunci pertama", "Create the first key")}</LinkButton> }
            .into_any()
    });
    view! {
        <EmptyState title=title action=action>
            {lang
                .pick(
                    "Kunci yang Anda buat tampil di sini dengan status dan pemakaian terakhirnya.",
                    "The keys you make are listed here with their state and when they were last used.",
                )}
        </EmptyState>
    }
    .into_any()
}
