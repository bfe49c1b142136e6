//! The applications that a rider allows something, and taking it back.

use domain::{
    page::Page,
    rider_accounts::{AllowedScope, ConnectedApplication},
    time::jakarta_day,
};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api,
    load::load,
    outcome::FormState,
    ui::{
        Button, ButtonLook, Card, Done, DoneNotice, EmptyState, Form, FormLook, FormNotice, PageHead,
        TimeStamp, fmt,
    },
    visitor::use_lang,
};

const DONE: &[Done] = &[(
    "withdrawn",
    "Izin dicabut. Aplikasi itu tidak dapat membaca data Anda lagi, mulai saat ini.",
    "Access withdrawn. That application can read nothing of yours from this moment on.",
)];

#[component]
pub fn RiderApplicationsPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Aplikasi terhubung", "Connected applications");
    let list = api::get::<Page<ConnectedApplication>>("/portal-api/v1/rider/applications");
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Aplikasi yang Anda izinkan melihat data Anda. Setiap izin berakhir 30 hari setelah Anda terakhir menyetujuinya; pencabutan berlaku seketika.",
                    "Applications that you let see your data. Each consent ends 30 days after you last gave it; withdrawing takes effect at once.",
                )
        />
        <DoneNotice words=DONE/>
        {load(list, |list| view! { <Applications applications=list.data/> })}
    }
}

#[component]
fn Applications(applications: Vec<ConnectedApplication>) -> impl IntoView {
    let lang = use_lang();
    if applications.is_empty() {
        return view! {
            <EmptyState title=lang.pick("Tidak ada aplikasi yang terhubung.", "No application is connected.")>
                {lang
                    .pick(
                        "Bila Anda mengizinkan sebuah aplikasi melihat data Anda, aplikasi itu tampil di sini dan dapat dicabut kapan saja.",
                        "When you let an application see your data, it shows here and can be withdrawn at any time.",
                    )}
            </EmptyState>
        }
        .into_any();
    }
    let cards = applications.into_iter().map(|connected| view! { <Connected connected=connected/> });
    view! { <div class="stack">{cards.collect_view()}</div> }.into_any()
}

#[component]
fn Connected(connected: ConnectedApplication) -> impl IntoView {
    let lang = use_lang();
    let ConnectedApplication { grant_id, application, scopes, since, changed_at, ends_at, last_access_at } =
        connected;
    let action = format!("/account/apps/{grant_id}/withdraw");
    let log = format!("/account/access-log?application={}", application.id);
    let name = application.name.clone();
    let withdraw = view! {
        <Form name=format!("withdraw-{grant_id}") action=action.clone() look=FormLook::Inline>
            <Button look=ButtonLook::Danger>
                {lang.pick("Cabut akses", "Withdraw access")}
                <span class="visually-hidden">": " {name}</span>
            </Button>
        </Form>
    };
    let logo =
        application.logo.map(|src| view! { <img class="app-logo" src=src alt="" width="64" height="64"/> });
    let homepage = application.homepage.map(|href| {
        let text = href.clone();
        view! {
            <a href=href rel="noopener noreferrer">{text}</a>
        }
    });
    let shown = scopes.into_iter().map(move |AllowedScope { scope, since, until }| {
        let day = |at| fmt::date(lang, jakarta_day(at));
        let (since, until) = (day(since), day(until));
        view! {
            <li>
                {scope.shows(lang)}
                " "
                <code>{scope.as_str()}</code>
                <small>
                    {lang.pick(format!("sejak {since}, berakhir {until}"), format!("since {since}, ends {until}"))}
                </small>
            </li>
        }
    });
    let last = match last_access_at {
        Some(at) => view! { <TimeStamp at=at/> }.into_any(),
        None => lang.pick("belum pernah", "never").into_any(),
    };
    view! {
        <Card title=application.name id=grant_id.to_string() actions=Some(withdraw.into_any())>
            <FormNotice state=FormState::of(&action)/>
            <div class="cluster">{logo} <p>{application.partner} <br/> {homepage}</p></div>
            <p>{lang.pick("Boleh melihat:", "May see:")}</p>
            <ul class="checks">{shown.collect_view()}</ul>
            <dl class="facts">
                <dt>{lang.pick("Pertama kali diizinkan", "First allowed")}</dt>
                <dd>
                    <TimeStamp at=since exact=true/>
                </dd>
                <dt>{lang.pick("Jawaban Anda yang terakhir", "Your last answer")}</dt>
                <dd>
                    <TimeStamp at=changed_at exact=true/>
                </dd>
                <dt>{lang.pick("Berakhir sendiri", "Ends by itself")}</dt>
                <dd>
                    <TimeStamp at=ends_at exact=true/>
                </dd>
                <dt>{lang.pick("Terakhir membaca", "Last read")}</dt>
                <dd>{last}</dd>
            </dl>
            <p>
                <a href=log>{lang.pick("Lihat semua yang dibaca", "See all that it read")}</a>
            </p>
        </Card>
    }
}
