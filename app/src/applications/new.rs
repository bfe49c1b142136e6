//! Registering an application.

use domain::{
    applications::ApplicationCreated, identity::SessionView, keys::Environment, oauth::ClientType,
    partners::PartnerView, tiers::Feature,
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    fields::{FIELDS, RegistrationFields},
    secrets::SecretOnce,
    words::client_type_name,
};
use crate::{
    address::query,
    api,
    keys::environment_name,
    load::load,
    outcome::FormState,
    ui::{
        Breadcrumb, Button, ButtonLook, Card, Choice, Crumb, Form, FormNotice, Hidden, LinkButton, Notice,
        PageHead, SelectField, Tone,
    },
    visitor::use_lang,
};

const ACTION: &str = "/applications/create";

#[component]
pub fn NewApplicationPage() -> impl IntoView {
    let lang = use_lang();
    let environment = query("environment").and_then(|name| name.parse().ok()).unwrap_or(Environment::Test);
    let name = environment_name(environment);
    let title = lang.pick(format!("Daftarkan aplikasi {name}"), format!("Register a {name} application"));
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let partner = api::get::<PartnerView>("/portal-api/v1/partner");
    let data = async move { Ok((session.await?, partner.await?)) };
    let list = lang.pick("Aplikasi OAuth", "OAuth applications");
    view! {
        <Title text=title.clone()/>
        <Breadcrumb
            trail=vec![Crumb::new(format!("/applications?environment={environment}"), list)]
            here=title.clone()
        />
        <PageHead title=title/>
        {load(data, move |(session, partner)| {
            match FormState::of(ACTION).answer::<ApplicationCreated>() {
                Some(created) => view! { <Registered created=created/> }.into_any(),
                None => view! { <Register session=session partner=partner environment=environment/> }.into_any(),
            }
        })}
    }
}

#[component]
fn Registered(created: ApplicationCreated) -> impl IntoView {
    let lang = use_lang();
    let ApplicationCreated { application, client_secret } = created;
    let next = match application.environment {
        Environment::Live => lang.pick(
            "Operator meninjau aplikasi ini dan mengabari lewat email. Sampai disetujui, aplikasi belum boleh meminta izin penumpang.",
            "The operator reviews this application and tells you by e-mail. Until it is approved it can't ask riders.",
        ),
        Environment::Test => {
            lang.pick("Aplikasi sandbox ini langsung bekerja.", "This sandbox application works at once.")
        }
    };
    view! {
        <div class="stack">
            <Notice tone=Tone::Success title=lang.pick("Aplikasi terdaftar", "Application registered")>
                <p>{next}</p>
            </Notice>
            <p>
                "Client ID: " <code>{application.id.to_string()}</code>
            </p>
            {client_secret.map(|secret| view! { <SecretOnce secret=secret/> })}
            <p>
                <LinkButton href=format!("/applications/{}", application.id)>
                    {lang.pick("Ke halaman aplikasi", "To the application")}
                </LinkButton>
            </p>
        </div>
    }
}

#[component]
fn Register(session: SessionView, partner: PartnerView, environment: Environment) -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(ACTION);
    if !session.partner.is_some_and(|partner| partner.role.may_write()) {
        return view! {
            <p class="muted">
                {lang
                    .pick(
                        "Peran Anda hanya melihat. Mintalah pemilik atau developer untuk mendaftarkan aplikasi.",
                        "Your role only looks. Ask an owner or a developer to register applications.",
                    )}
            </p>
        }
        .into_any();
    }
    let too_small = environment == Environment::Live && !partner.tier.terms().has(Feature::Scoped);
    let tier = too_small.then(|| {
        view! {
            <Notice tone=Tone::Warning title=lang.pick("Mulai tier Pro", "From the Pro tier on")>
                <p>
                    {lang
                        .pick(
                            format!("Aplikasi live tersedia mulai tier Pro; tier Anda {}. Di sandbox Anda dapat mencobanya sekarang.", partner.tier.label()),
                            format!("Live applications begin with the Pro tier; yours is {}. You can try them in the sandbox now.", partner.tier.label()),
                        )}
                    " "
                    <a href="/applications/new?environment=test">{lang.pick("Aplikasi sandbox", "Sandbox application")}</a>
                </p>
            </Notice>
        }
    });
    if too_small {
        return tier.into_any();
    }
    let choices: Vec<Choice> = ClientType::ALL
        .map(|client_type| Choice::new(client_type.as_str(), client_type_name(lang, client_type)))
        .into();
    let chosen = state.chosen("client_type", &choices, "public");
    view! {
        <Card title=lang.pick("Tentang aplikasi", "About the application") id="register">
            <div class="narrow stack">
                <FormNotice state=state.clone() fields=FIELDS/>
                <Form name="register-application" action=format!("{ACTION}?environment={environment}")>
                    <Hidden name="environment" value=environment.as_str()/>
                    <SelectField
                        name="client_type"
                        id="app-client-type"
                        label=lang.pick("Jenis", "Kind")
                        choices=choices
                        value=chosen
                        help=lang
                            .pick(
                                "Konfidensial bila kodenya berjalan di server Anda dan dapat menyimpan client secret; kalau tidak, publik. Tidak dapat diubah nanti.",
                                "Confidential if its code runs on your server and can keep a client secret; public otherwise. It can't be changed later.",
                            )
                        error=state.error("client_type")
                    />
                    <RegistrationFields state=state environment=environment now=None auto_consent=false/>
                    <p class="small muted">
                        {lang
                            .pick(
                                "Logo dapat ditambahkan setelah aplikasi terdaftar.",
                                "A logo can be added once the application is registered.",
                            )}
                    </p>
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary>{lang.pick("Daftarkan", "Register")}</Button>
                    </div>
                </Form>
            </div>
        </Card>
    }
    .into_any()
}
