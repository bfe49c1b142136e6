//! The form that registers an endpoint, and the fields it shares with the one that changes it.

use domain::{
    applications::ApplicationView,
    events::EventKind,
    keys::Environment,
    lang::Lang,
    limits::tier_in,
    partners::PartnerStatus,
    tiers::Tier,
    webhooks::{ENDPOINTS_MAX, EndpointView, SECRET_BYTES_MAX, SECRET_BYTES_MIN},
};
use leptos::prelude::*;

use crate::{
    keys::environment_name,
    outcome::FormState,
    ui::{
        Button, ButtonLook, Card, Checkbox, CheckboxGroup, Choice, Form, FormNotice, Hidden, InputKind,
        SelectField, TextField,
    },
    visitor::use_lang,
};

/// Path the form posts to.
pub(super) const ACTION: &str = "/webhooks/create";
const FIELDS: &[&str] =
    &["url", "events[]", "application_id", "secret", "description", "environment", "send_test:bool"];

#[component]
pub(super) fn CreateCard(
    environment: Environment,
    tier: Tier,
    status: PartnerStatus,
    /// Endpoints there are already.
    count: u64,
    applications: Vec<ApplicationView>,
) -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick(
        format!("Daftarkan endpoint {}", environment_name(environment)),
        format!("Register a {} endpoint", environment_name(environment)),
    );
    let covered = tier_in(environment, tier).terms().events;
    let note = |id: &'static str, en: &'static str| {
        view! {
            <p>
                {lang.pick(id, en)} " "
                <a href="/webhooks?environment=test#new-endpoint">
                    {lang.pick("Coba dulu di sandbox.", "Try it in the sandbox first.")}
                </a>
            </p>
        }
        .into_any()
    };
    let body = if covered.is_empty() {
        note(
            "Webhook di live tersedia mulai tier Pro. Di sandbox setiap partner mendapat fitur Pro.",
            "Webhooks on live begin with the Pro tier. In the sandbox every partner has Pro's features.",
        )
    } else if environment == Environment::Live && status != PartnerStatus::Active {
        note(
            "Endpoint live dapat didaftarkan setelah pendaftaran Anda disetujui.",
            "Live endpoints can be registered once your registration is approved.",
        )
    } else if count >= ENDPOINTS_MAX {
        let text = lang.pick(
            format!("Sudah {ENDPOINTS_MAX} endpoint, jumlah terbanyak. Hapus yang tidak dipakai."),
            format!("There are {ENDPOINTS_MAX} endpoints already, as many as there may be. Delete one you do not use."),
        );
        view! { <p>{text}</p> }.into_any()
    } else {
        view! { <CreateForm environment=environment covered=covered applications=applications/> }.into_any()
    };
    view! {
        <Card title=title id="new-endpoint">
            {body}
        </Card>
    }
}

#[component]
fn CreateForm(
    environment: Environment,
    covered: &'static [EventKind],
    applications: Vec<ApplicationView>,
) -> impl IntoView {
    let lang = use_lang();
    // A form that was accepted starts afresh for the next one.
    let state = FormState::of(ACTION);
    let state = if state.problem().is_some() { state } else { FormState::default() };
    let secret = state.error("secret");
    let open = secret.is_some();
    let send_test = state.value_or("send_test:bool", "true") == "true";
    view! {
        <div class="narrow">
            <FormNotice state=state.clone() fields=FIELDS/>
            <Form name="create-endpoint" action=format!("{ACTION}?environment={environment}#new-endpoint")>
                <Hidden name="environment" value=environment.as_str()/>
                <EndpointFields
                    state=state.clone()
                    endpoint=None
                    environment=environment
                    covered=covered
                    applications=applications
                    form="create"
                />
                <details class="fold" open=open>
                    <summary>{lang.pick("Pakai secret sendiri", "Use a secret of your own")}</summary>
                    <SecretField error=secret form="create"/>
                </details>
                <Hidden name="send_test:bool" value="false"/>
                <Checkbox
                    name="send_test:bool"
                    id="create-send-test"
                    label=lang.pick("Kirim event uji sekarang", "Send a test event now")
                    checked=send_test
                    error=state.error("send_test:bool")
                />
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>{lang.pick("Daftarkan endpoint", "Register endpoint")}</Button>
                </div>
            </Form>
        </div>
    }
}

/// URL, events, application, note. `form` makes the ids unique on the page.
#[component]
pub(super) fn EndpointFields(
    state: FormState,
    /// As it is now; none for a new one.
    endpoint: Option<EndpointView>,
    environment: Environment,
    covered: &'static [EventKind],
    applications: Vec<ApplicationView>,
    form: &'static str,
) -> impl IntoView {
    let lang = use_lang();
    let id = |field: &str| format!("{form}-{field}");
    let (url, description, application, events) = match &endpoint {
        None => (String::new(), String::new(), String::new(), Vec::new()),
        Some(endpoint) => (
            endpoint.url.clone(),
            endpoint.description.clone().unwrap_or_default(),
            endpoint.application_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            endpoint.events.iter().map(|event| event.as_str().to_owned()).collect(),
        ),
    };
    let ticked: Vec<String> =
        state.value_or("events[]", events.join("\n")).lines().map(ToOwned::to_owned).collect();
    let help = match environment {
        Environment::Live => lang.pick(
            "https dengan sertifikat yang sah. Alamat privat dan lokal ditolak.",
            "https with a certificate that holds. Private and local addresses are refused.",
        ),
        Environment::Test => {
            lang.pick("https, atau http di sandbox ini.", "https, or http here in the sandbox.")
        }
    };
    let own = applications.into_iter().filter(|application| application.environment == environment);
    let own: Vec<_> =
        own.map(|it| Choice::new(it.id.to_string(), it.registered.registration.name.to_string())).collect();
    let application = (!own.is_empty()).then(|| {
        let any = Choice::new("", lang.pick("Aplikasi mana pun", "Any application"));
        view! {
            <SelectField
                name="application_id"
                id=id("application")
                label=lang.pick("Izin penumpang untuk", "Riders' consent to")
                help=lang
                    .pick(
                        "Event tentang penumpang dikirim hanya bila penumpang mengizinkan aplikasi ini.",
                        "Events about riders are sent only where the rider agreed to this application.",
                    )
                choices=std::iter::once(any).chain(own).collect()
                value=state.value_or("application_id", application)
                error=state.error("application_id")
                required=false
            />
        }
    });
    // An empty list is a choice too, which the API refuses by its name.
    view! {
        <TextField
            name="url"
            id=id("url")
            label="URL"
            kind=InputKind::Url
            placeholder="https://yourapp.com/webhooks/kci"
            help=help
            autocomplete="off"
            value=state.value_or("url", url)
            error=state.error("url")
            required=true
        />
        <Hidden name="events[]" value=""/>
        <CheckboxGroup
            name="events[]"
            label="Event"
            choices=choices(lang, covered)
            values=ticked
            help=higher(lang, covered)
            error=state.error("events[]")
        />
        {application}
        <TextField
            name="description"
            id=id("description")
            label=lang.pick("Catatan", "Note")
            help=lang.pick("Untuk Anda sendiri: produksi, analitik, laptop Rani.", "For yourselves: production, analytics, Rani's laptop.")
            autocomplete="off"
            value=state.value_or("description", description)
            error=state.error("description")
        />
    }
}

fn choices(lang: Lang, covered: &[EventKind]) -> Vec<Choice> {
    let shown = EventKind::ALL.iter().filter(|kind| covered.contains(kind));
    shown
        .map(|kind| Choice::new(kind.as_str(), format!("{} — {}", kind.as_str(), kind.describe(lang))))
        .collect()
}

/// What a greater tier would add, if anything.
fn higher(lang: Lang, covered: &[EventKind]) -> String {
    let missing: Vec<_> = EventKind::ALL.iter().filter(|kind| !covered.contains(kind)).collect();
    let names: Vec<_> = missing.iter().map(|kind| kind.as_str()).collect();
    match missing.iter().map(|kind| kind.tier_min()).max() {
        None => lang.pick("Semua event tersedia untuk Anda.", "All events are yours to have.").to_owned(),
        Some(tier) => lang.pick(
            format!("{} mulai tier {}.", names.join(", "), tier.label()),
            format!("{} with the {} tier.", names.join(", "), tier.label()),
        ),
    }
}

#[component]
pub(super) fn SecretField(error: Option<String>, form: &'static str) -> impl IntoView {
    let lang = use_lang();
    let help = lang.pick(
        format!("{SECRET_BYTES_MIN} sampai {SECRET_BYTES_MAX} byte, atau whsec_ dan base64-nya. Kosong: kami buatkan dan tampilkan sekali."),
        format!("{SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes, or whsec_ and their base64. Empty: we make one and show it once."),
    );
    view! {
        <TextField
            name="secret"
            id=format!("{form}-secret")
            label="Secret"
            help=help
            autocomplete="off"
            error=error
        />
    }
}
