//! One live application as the operator's staff sees it: what it wants and why, and the decision.

use domain::applications::{AdminApplicationView, Step};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{self, Failure},
    applications::{ApplicationStatusBadge, RegistrationFacts, client_type_name},
    load::load,
    outcome::FormState,
    ui::{
        Breadcrumb, Button, ButtonLook, Card, Crumb, Done, DoneNotice, Form, FormNotice, Hidden, PageHead,
        TextArea, TierBadge, TimeStamp, fmt,
    },
    visitor::use_lang,
};

const DONE: &[Done] = &[
    ("approved", "Disetujui; partner diberi kabar lewat email.", "Approved; the partner was told by e-mail."),
    ("rejected", "Ditolak; alasannya dikirim lewat email.", "Refused; the reason went out by e-mail."),
    (
        "disabled",
        "Aplikasi dinonaktifkan. Semua tokennya berakhir.",
        "Application disabled. All its tokens have ended.",
    ),
];

#[component]
pub fn AdminApplicationPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    // Only what an id is made of goes into an address of the API.
    let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let data = api::get::<AdminApplicationView>(format!("/portal-api/v1/admin/applications/{id}"));
    load(async move { Ok(data.await) }, |data| match data {
        Ok(data) => view! { <Application data=data/> }.into_any(),
        Err(failure) => view! { <NoApplication failure=failure/> }.into_any(),
    })
}

fn trail() -> Vec<Crumb> {
    vec![Crumb::new("/admin/applications", use_lang().pick("Aplikasi OAuth", "OAuth applications"))]
}

#[component]
fn NoApplication(failure: Failure) -> impl IntoView {
    let title = use_lang().pick("Aplikasi", "Application");
    view! {
        <Title text=title/>
        <Breadcrumb trail=trail() here=title/>
        <PageHead title=title/>
        {load(async move { Err::<(), _>(failure) }, |()| ())}
    }
}

#[component]
fn Application(data: AdminApplicationView) -> impl IntoView {
    let lang = use_lang();
    let AdminApplicationView { application, partner_id, partner_name, partner_tier, riders, steps } = data;
    let name = application.registered.registration.name.to_string();
    let badges = view! {
        <TierBadge tier=partner_tier/>
        <ApplicationStatusBadge status=application.status has_proposal=application.proposed.is_some()/>
    };
    let id = application.id.to_string();
    let registered = application.registered.clone();
    view! {
        <Title text=name.clone()/>
        <Breadcrumb trail=trail() here=name.clone()/>
        <PageHead title=name.clone() lead=partner_name.clone() actions=Some(badges.into_any())/>
        <div class="stack-lg">
            <DoneNotice words=DONE/>
            {(!steps.is_empty())
                .then(|| {
                    view! {
                        <Decisions
                            id=id.clone()
                            name=name
                            steps=steps
                            is_change=application.proposed.is_some()
                            seen=application.changed_at
                        />
                    }
                })}
            {application
                .proposed
                .clone()
                .map(|proposed| {
                    view! {
                        <Card title=lang.pick("Perubahan yang diusulkan", "The proposed change") id="proposed">
                            <RegistrationFacts view=proposed unlike=registered/>
                        </Card>
                    }
                })}
            <Card title=lang.pick("Yang terdaftar", "As registered") id="registered">
                <dl class="facts">
                    <dt>"Client ID"</dt>
                    <dd>
                        <code>{id}</code>
                    </dd>
                    <dt>"Partner"</dt>
                    <dd>
                        <a href=format!("/admin/partners/{partner_id}")>{partner_name}</a>
                    </dd>
                    <dt>{lang.pick("Jenis", "Kind")}</dt>
                    <dd>{client_type_name(lang, application.client_type)}</dd>
                    <dt>{lang.pick("Penumpang yang mengizinkan", "Riders who consented")}</dt>
                    <dd>{fmt::grouped(lang, riders)}</dd>
                    <dt>{lang.pick("Status sejak", "Status since")}</dt>
                    <dd>
                        <TimeStamp at=application.status_since exact=true/>
                    </dd>
                    {application
                        .status_reason
                        .map(|reason| {
                            view! {
                                <dt>{lang.pick("Alasan terakhir", "Last reason")}</dt>
                                <dd>{reason}</dd>
                            }
                        })}
                </dl>
                <RegistrationFacts view=application.registered/>
            </Card>
        </div>
    }
}

#[component]
fn Decisions(
    id: String,
    name: String,
    steps: Vec<Step>,
    is_change: bool,
    /// Which state of the application this page shows.
    seen: Timestamp,
) -> impl IntoView {
    let lang = use_lang();
    let forms = steps
        .into_iter()
        .map(|step| match step {
            Step::Approve => {
                let title = if is_change {
                    lang.pick("Setujui perubahan", "Approve the change")
                } else {
                    lang.pick("Setujui aplikasi", "Approve the application")
                };
                view! { <Approve id=id.clone() name=name.clone() title=title seen=seen/> }.into_any()
            }
            Step::Reject => {
                let title = if is_change {
                    lang.pick("Tolak perubahan", "Refuse the change")
                } else {
                    lang.pick("Tolak aplikasi", "Refuse the application")
                };
                view! {
                    <WithReason
                        id=id.clone()
                        act="reject"
                        seen=Some(seen)
                        title=title
                        warning=lang.pick("Partner dapat mengubahnya dan mengirim lagi.", "The partner may change it and send it in again.")
                    />
                }
                .into_any()
            }
            Step::Disable => view! {
                <WithReason
                    id=id.clone()
                    act="disable"
                    title=lang.pick("Nonaktifkan aplikasi", "Disable the application")
                    warning=lang
                        .pick(
                            "Semua tokennya langsung berakhir; izin penumpang tidak dapat diminta lagi.",
                            "All its tokens end at once; riders can't be asked any more.",
                        )
                />
            }
            .into_any(),
        })
        .collect_view();
    view! {
        <Card title=lang.pick("Keputusan", "Decisions") id="decisions">
            <div>{forms}</div>
        </Card>
    }
}

#[component]
fn Approve(id: String, name: String, title: &'static str, seen: Timestamp) -> impl IntoView {
    let lang = use_lang();
    let path = format!("/admin/applications/{id}/approve");
    view! {
        <details class="fold" open>
            <summary>{title}</summary>
            <div class="narrow stack">
                <p>
                    {lang
                        .pick(
                            "Periksa: nama dan logo milik partner ini, redirect URI di domainnya, dan setiap scope punya alasan yang masuk akal.",
                            "Check that name and logo are this partner's own, that the redirect URIs lie in its domain, and that each scope has a sound reason.",
                        )}
                </p>
                <FormNotice state=FormState::of(&path)/>
                <Form name="approve" action=format!("{path}#decisions")>
                    <Hidden name="seen" value=seen.to_string()/>
                    <Button look=ButtonLook::Primary>{lang.pick(format!("Setujui {name}"), format!("Approve {name}"))}</Button>
                </Form>
            </div>
        </details>
    }
}

#[component]
fn WithReason(
    id: String,
    act: &'static str,
    title: &'static str,
    warning: &'static str,
    #[prop(default = None)] seen: Option<Timestamp>,
) -> impl IntoView {
    let lang = use_lang();
    let path = format!("/admin/applications/{id}/{act}");
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    view! {
        <details class="fold" open=open>
            <summary>{title}</summary>
            <div class="narrow stack">
                <p>{warning}</p>
                <FormNotice state=state.clone() fields=&["reason"]/>
                <Form name=act action=format!("{path}#decisions")>
                    {seen.map(|seen| view! { <Hidden name="seen" value=seen.to_string()/> })}
                    <TextArea
                        name="reason"
                        id=format!("{act}-reason")
                        label=lang.pick("Alasan", "Reason")
                        help=lang.pick("Dikirim kepada partner lewat email.", "Mailed to the partner.")
                        value=state.value("reason")
                        error=state.error("reason")
                        required=true
                    />
                    <div class="form-actions">
                        <Button look=ButtonLook::Danger>{title}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}
