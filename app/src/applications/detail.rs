//! One application: what holds, what waits for review, and all that can be done with it.

use domain::{
    applications::{ApplicationStatus, ApplicationView, Registration, RegistrationView, SecretCreated},
    identity::SessionView,
    keys::Environment,
    oauth::ClientType,
    samples,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    fields::{FIELDS, RegistrationFields},
    logo::Logo,
    secrets::{SecretOnce, Secrets, rotate_action},
    words::{ApplicationStatusBadge, client_type_name, scope_card},
};
use crate::{
    api::{self, Issuer},
    keys::environment_name,
    load::load,
    outcome::FormState,
    ui::{
        Badge, Breadcrumb, Button, ButtonLook, Card, CodeBlock, CopyButton, Crumb, Done, DoneNotice, Form,
        FormNotice, Hidden, Notice, PageHead, TimeStamp, Tone,
    },
    visitor::use_lang,
};

const DONE: &[Done] = &[
    ("updated", "Aplikasi disimpan.", "Application saved."),
    ("logo", "Logo disimpan.", "Logo saved."),
    ("logo_removed", "Logo dihapus.", "Logo removed."),
    ("secret_ended", "Secret lama tidak berlaku lagi.", "The old secret no longer works."),
];

#[component]
pub fn ApplicationPage() -> impl IntoView {
    let lang = use_lang();
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    // Only what an id is made of goes into an address of the API.
    let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let application = api::get::<ApplicationView>(format!("/portal-api/v1/applications/{id}"));
    let data = async move { Ok::<_, api::Failure>((session.await?, application.await?)) };
    let list = lang.pick("Aplikasi OAuth", "OAuth applications");
    load(async move { Ok(data.await) }, move |data| {
        match data {
        Ok((session, application)) => view! { <Application session=session application=application/> }.into_any(),
        Err(failure) => view! {
            <Title text=list/>
            <Breadcrumb trail=vec![Crumb::new("/applications", list)] here=lang.pick("Aplikasi", "Application")/>
            <PageHead title=lang.pick("Aplikasi", "Application")/>
            {load(async move { Err::<(), _>(failure) }, |()| ())}
        }
        .into_any(),
    }
    })
}

#[component]
fn Application(session: SessionView, application: ApplicationView) -> impl IntoView {
    let lang = use_lang();
    let name = application.registered.registration.name.to_string();
    let environment = application.environment;
    let may_write = session.partner.is_some_and(|partner| partner.role.may_write());
    let may_change = may_write && application.status != ApplicationStatus::Disabled;
    let rotated = FormState::of(&rotate_action(&application)).answer::<SecretCreated>();
    let badges = view! {
        <Badge tone=Tone::Neutral>{environment_name(environment)}</Badge>
        <ApplicationStatusBadge status=application.status has_proposal=application.proposed.is_some()/>
    };
    let list = lang.pick("Aplikasi OAuth", "OAuth applications");
    let registered = application.registered.clone();
    let secrets = (application.client_type == ClientType::Confidential)
        .then(|| view! { <Secrets application=application.clone() may_write=may_change/> });
    view! {
        <Title text=name.clone()/>
        <Breadcrumb
            trail=vec![Crumb::new(format!("/applications?environment={environment}"), list)]
            here=name.clone()
        />
        <PageHead
            title=name
            lead=application.registered.registration.description.to_string()
            actions=Some(badges.into_any())
        />
        <div class="stack-lg">
            <DoneNotice words=DONE/>
            <Standing application=application.clone()/>
            {rotated.map(|made| view! { <SecretOnce secret=made.client_secret/> })}
            <Facts application=application.clone()/>
            {application
                .proposed
                .clone()
                .map(|proposed| {
                    view! {
                        <Card title=lang.pick("Perubahan yang direview", "The change in review") id="proposed">
                            <RegistrationFacts view=proposed unlike=registered/>
                        </Card>
                    }
                })}
            {secrets}
            {may_change.then(|| view! { <Edit application=application.clone()/> })}
            {may_change.then(|| view! { <Logo application=application.clone()/> })}
            {may_write.then(|| view! { <Delete application=application/> })}
        </div>
    }
}

#[component]
fn Standing(application: ApplicationView) -> impl IntoView {
    let lang = use_lang();
    let reason = application.status_reason.map(|reason| view! { <p>{reason}</p> });
    match (application.status, application.environment) {
        (ApplicationStatus::InReview, _) => Some(
            view! {
                <Notice tone=Tone::Info title=lang.pick("Menunggu review operator", "Waiting for the operator's review")>
                    <p>
                        {lang
                            .pick(
                                "Hasilnya dikirim lewat email ke pemilik akun. Sampai disetujui, aplikasi belum boleh meminta izin penumpang; kembangkan dulu dengan aplikasi sandbox.",
                                "The owners hear of it by e-mail. Until it is approved it can't ask riders; build with a sandbox application meanwhile.",
                            )}
                    </p>
                </Notice>
            }
            .into_any(),
        ),
        (ApplicationStatus::Rejected, _) => Some(
            view! {
                <Notice tone=Tone::Danger title=lang.pick("Tidak disetujui", "Not approved")>
                    {reason}
                    <p>
                        {lang
                            .pick(
                                "Setelah diubah dan disimpan, aplikasi ditinjau lagi.",
                                "Once you change and save it, it is reviewed again.",
                            )}
                    </p>
                </Notice>
            }
            .into_any(),
        ),
        (ApplicationStatus::Disabled, _) => Some(
            view! {
                <Notice tone=Tone::Danger title=lang.pick("Dinonaktifkan operator", "Disabled by the operator")>
                    {reason}
                    <p>{lang.pick("Semua tokennya berakhir.", "All its tokens have ended.")}</p>
                </Notice>
            }
            .into_any(),
        ),
        (ApplicationStatus::Approved, _) => reason.map(|reason| {
            view! {
                <Notice tone=Tone::Warning title=lang.pick("Perubahan terakhir tidak disetujui", "The last change was not approved")>
                    {reason}
                </Notice>
            }
            .into_any()
        }),
    }
}

#[component]
fn Facts(application: ApplicationView) -> impl IntoView {
    let lang = use_lang();
    let registration = &application.registered.registration;
    let id = application.id.to_string();
    let (redirect_uri, scope) =
        (registration.redirect_uris.first(), registration.scopes.scopes().to_string());
    let query = [
        ("response_type", "code"),
        ("client_id", &id),
        ("redirect_uri", redirect_uri.map_or("", String::as_str)),
        ("scope", &scope),
        ("state", "STATE"),
        ("code_challenge", "CODE_CHALLENGE"),
        ("code_challenge_method", "S256"),
    ];
    let address = samples::url(&Issuer::current(), "/oauth/authorize", &[], &query).replace('&', "\n  &");
    view! {
        <Card title=lang.pick("Rincian", "Details") id="details">
            <dl class="facts">
                <dt>"Client ID"</dt>
                <dd class="cluster">
                    <code id="client-id">{id}</code>
                    <CopyButton selector="#client-id" what="client ID"/>
                </dd>
                <dt>{lang.pick("Jenis", "Kind")}</dt>
                <dd>{client_type_name(lang, application.client_type)}</dd>
                {(application.environment == Environment::Test)
                    .then(|| {
                        view! {
                            <dt>{lang.pick("Persetujuan otomatis", "Automatic consent")}</dt>
                            <dd>{if application.auto_consent { lang.pick("ya", "yes") } else { lang.pick("tidak", "no") }}</dd>
                        }
                    })}
                <dt>{lang.pick("Terdaftar", "Registered")}</dt>
                <dd>
                    <TimeStamp at=application.created_at exact=true/>
                </dd>
            </dl>
            <RegistrationFacts view=application.registered/>
            <CodeBlock
                id="authorize-url"
                title=lang.pick("Alamat izin", "Authorization address")
                code=address
            />
            <p>
                <a href="/docs/authentication">{lang.pick("Panduan lengkap", "The whole guide")}</a>
            </p>
        </Card>
    }
}

/// What is registered or proposed, in rows.
#[component]
pub fn RegistrationFacts(
    view: RegistrationView,
    /// What holds now: of a proposal only that is shown which differs from it.
    #[prop(optional, into)]
    unlike: Option<RegistrationView>,
) -> impl IntoView {
    let lang = use_lang();
    let RegistrationView { registration, logo } = view;
    let (held, held_logo) = unlike.map(|held| (held.registration, held.logo)).unzip();
    let differs = |same: fn(&Registration, &Registration) -> bool| {
        held.as_ref().is_none_or(|held| !same(held, &registration))
    };
    let row = |name: &'static str, shown: AnyView| {
        view! {
            <dt>{name}</dt>
            <dd>{shown}</dd>
        }
    };
    let picture = (held_logo.as_ref() != Some(&logo)).then(|| {
        let shown = match logo {
            Some(logo) => {
                view! { <img class="app-logo" src=logo alt="Logo" width="32" height="32"/> }.into_any()
            }
            None => lang.pick("tanpa logo", "no logo").into_any(),
        };
        row("Logo", shown)
    });
    let name = differs(|a, b| a.name == b.name)
        .then(|| row(lang.pick("Nama", "Name"), registration.name.to_string().into_any()));
    let description = differs(|a, b| a.description == b.description)
        .then(|| row(lang.pick("Deskripsi", "Description"), registration.description.to_string().into_any()));
    let homepage = differs(|a, b| a.homepage == b.homepage).then(|| {
        let shown = match &registration.homepage {
            Some(homepage) => view! {
                <a href=homepage.to_string() rel="noopener noreferrer nofollow">
                    {homepage.to_string()}
                </a>
            }
            .into_any(),
            None => "–".into_any(),
        };
        row(lang.pick("Alamat web", "Web address"), shown)
    });
    let uris = differs(|a, b| a.redirect_uris == b.redirect_uris).then(|| {
        let uris = registration.redirect_uris.iter().map(|uri| {
            view! {
                <li>
                    <code class="break">{uri.clone()}</code>
                </li>
            }
        });
        row("Redirect URI", view! { <ul>{uris.collect_view()}</ul> }.into_any())
    });
    let scopes = differs(|a, b| a.scopes == b.scopes).then(|| {
        let scopes = registration.scopes.iter().map(|(scope, reason)| {
            view! {
                <li>
                    {scope_card(lang, scope)} <p>{reason.to_owned()}</p>
                </li>
            }
        });
        let shown = view! { <ul class="stack">{scopes.collect_view()}</ul> };
        row(lang.pick("Scope dan alasannya", "Scopes and why"), shown.into_any())
    });
    view! {
        <dl class="facts">
            {picture} {name} {description} {homepage} {uris} {scopes}
        </dl>
    }
}

#[component]
fn Edit(application: ApplicationView) -> impl IntoView {
    let lang = use_lang();
    let path = format!("/applications/{}/update", application.id);
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    let reviewed = match (application.environment, application.status) {
        (Environment::Live, ApplicationStatus::Approved) => lang.pick(
            "Perubahan ditinjau operator dulu; yang disetujui sebelumnya tetap berlaku sampai saat itu.",
            "The operator reviews the change first; until then what was approved holds.",
        ),
        (Environment::Live, _) => {
            lang.pick("Aplikasi ditinjau dengan isian ini.", "The application is reviewed as it stands here.")
        }
        (Environment::Test, _) => lang.pick("Langsung berlaku.", "It takes effect at once."),
    };
    let now = application.proposed.clone().unwrap_or(application.registered);
    view! {
        <details class="fold" id="edit" open=open>
            <summary>{lang.pick("Ubah aplikasi", "Change the application")}</summary>
            <div class="narrow stack">
                <p>{reviewed}</p>
                <FormNotice state=state.clone() fields=FIELDS/>
                <Form name="edit-application" action=format!("{path}#edit")>
                    <RegistrationFields
                        state=state
                        environment=application.environment
                        now=Some(now)
                        auto_consent=application.auto_consent
                    />
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary>{lang.pick("Simpan", "Save")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}

#[component]
fn Delete(application: ApplicationView) -> impl IntoView {
    let lang = use_lang();
    let path = format!("/applications/{}/delete", application.id);
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Hapus aplikasi", "Delete the application")}</summary>
            <div class="narrow stack">
                <p>
                    {lang
                        .pick(
                            "Semua token dan secret-nya langsung berakhir. Tidak dapat dibatalkan.",
                            "All its tokens and secrets end at once. This cannot be undone.",
                        )}
                </p>
                <FormNotice state=state/>
                <Form name="delete-application" action=path>
                    <Hidden
                        name="next"
                        value=format!("/applications?environment={}&done=deleted", application.environment)
                    />
                    <div class="form-actions">
                        <Button look=ButtonLook::Danger>{lang.pick("Hapus aplikasi", "Delete application")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}
