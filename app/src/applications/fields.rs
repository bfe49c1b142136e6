//! What a partner says of an application: the same fields when it is registered and when it changes.

use domain::{
    applications::{REDIRECT_URIS_MAX, RegistrationView},
    keys::Environment,
    oauth::Scope,
};
use leptos::prelude::*;

use crate::{
    outcome::FormState,
    ui::{Checkbox, Hidden, InputKind, TextArea, TextField},
    visitor::use_lang,
};

/// Names of the fields here, for the form's notice.
pub(super) const FIELDS: &[&str] = &[
    "name",
    "description",
    "homepage",
    "client_type",
    "redirect_uris[]",
    "scopes",
    "scopes[journey:read]",
    "scopes[profile:read]",
    "scopes[balance:read]",
    "auto_consent:bool",
];

/// Name, description, homepage, redirect URIs, scopes with their reasons, automatic consent.
#[component]
pub(super) fn RegistrationFields(
    state: FormState,
    environment: Environment,
    /// As it is now; none for a new one.
    now: Option<RegistrationView>,
    auto_consent: bool,
) -> impl IntoView {
    let lang = use_lang();
    let now = now.map(|view| view.registration);
    let text =
        |get: fn(&domain::applications::Registration) -> String| now.as_ref().map(get).unwrap_or_default();
    let name = text(|now| now.name.to_string());
    let description = text(|now| now.description.to_string());
    let homepage = text(|now| now.homepage.as_ref().map(ToString::to_string).unwrap_or_default());
    let uris = text(|now| now.redirect_uris.join("\n"));
    let scopes = Scope::ALL
        .map(|scope| {
            let field = format!("scopes[{}]", scope.as_str());
            let reason = now.as_ref().and_then(|now| now.scopes.reason(scope)).unwrap_or_default().to_owned();
            view! {
                <TextArea
                    id=format!("scope-{}", scope.as_str().replace(':', "-"))
                    label=scope.as_str()
                    rows=2
                    help=scope.shows(lang)
                    value=state.value_or(&field, reason)
                    error=state.error(&field)
                    name=field
                />
            }
        })
        .collect_view();
    let scopes_missing = state.error("scopes").filter(|_| {
        Scope::ALL.iter().all(|scope| state.error(&format!("scopes[{}]", scope.as_str())).is_none())
    });
    let consent = (environment == Environment::Test).then(|| {
        let checked =
            state.value_or("auto_consent:bool", if auto_consent { "true" } else { "false" }) == "true";
        view! {
            <Hidden name="auto_consent:bool" value="false"/>
            <Checkbox
                name="auto_consent:bool"
                id="auto-consent"
                label=lang.pick("Persetujuan otomatis", "Automatic consent")
                checked=checked
                help=lang
                    .pick(
                        "Untuk uji otomatis (CI): /oauth/authorize dengan login_hint penumpang uji langsung dijawab dengan kode, tanpa halaman.",
                        "For automatic tests (CI): /oauth/authorize with the login_hint of a test rider is answered with a code at once, without a page.",
                    )
                error=state.error("auto_consent:bool")
            />
        }
    });
    view! {
        <TextField
            name="name"
            id="app-name"
            label=lang.pick("Nama aplikasi", "Name of the application")
            help=lang.pick("Seperti yang dikenal penumpang; tampil di halaman persetujuan.", "As riders know it; the consent page shows it.")
            autocomplete="off"
            value=state.value_or("name", name)
            error=state.error("name")
            required=true
        />
        <TextArea
            name="description"
            id="app-description"
            rows=2
            label=lang.pick("Apa yang dilakukannya", "What it does")
            value=state.value_or("description", description)
            error=state.error("description")
            required=true
        />
        <TextField
            name="homepage"
            id="app-homepage"
            label=lang.pick("Alamat web", "Web address")
            kind=InputKind::Url
            placeholder="https://"
            value=state.value_or("homepage", homepage)
            error=state.error("homepage")
        />
        <TextArea
            name="redirect_uris[]"
            id="app-redirect-uris"
            rows=3
            label="Redirect URI"
            help=redirect_help(environment)
            value=state.value_or("redirect_uris[]", uris)
            error=state.error("redirect_uris[]")
            required=true
        />
        <fieldset class="field" aria-describedby="scopes-help scopes-error">
            <legend>{lang.pick("Scope dan alasannya", "Scopes and why")}</legend>
            <p class="field-help" id="scopes-help">
                {lang
                    .pick(
                        "Tulis alasan untuk setiap scope yang dibutuhkan; kosongkan yang tidak. Mintalah sesedikit mungkin: penumpang dapat menolak satu per satu.",
                        "Give a reason for every scope you need; leave the others empty. Ask for as little as possible: riders can refuse each of them.",
                    )}
            </p>
            {scopes_missing.map(|error| view! { <p class="field-error" id="scopes-error">{error}</p> })}
            {scopes}
        </fieldset>
        {consent}
    }
}

fn redirect_help(environment: Environment) -> String {
    let lang = use_lang();
    let local = match environment {
        Environment::Live => lang.pick(
            "Aplikasi publik juga boleh http://127.0.0.1 atau skema sendiri seperti com.example.app:/callback.",
            "Public applications may also use http://127.0.0.1 or a scheme of their own such as com.example.app:/callback.",
        ),
        Environment::Test => {
            lang.pick("Di sandbox juga boleh http://localhost.", "In the sandbox http://localhost is fine too.")
        }
    };
    lang.pick(
        format!(
            "Satu per baris, paling banyak {REDIRECT_URIS_MAX}, dibandingkan persis. https wajib. {local}"
        ),
        format!("One a line, {REDIRECT_URIS_MAX} at most, compared exactly. https is needed. {local}"),
    )
}
