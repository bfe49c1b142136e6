//! The question itself: who asks, what each scope would show, how long, and how to take it back.

use domain::{
    lang::Lang,
    oauth::Scope,
    rider_accounts::{ApplicationCard, AskedScope, ConsentView},
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::sample::SampleView;
use crate::{
    ui::{Badge, Button, ButtonLook, Hidden, IdempotencyField, Notice, PageHead, Tone, fmt},
    visitor::{Visitor, use_lang},
};

/// The application, and whose it is.
#[component]
pub(super) fn Asker(application: ApplicationCard, is_test: bool) -> impl IntoView {
    let lang = use_lang();
    let reviewed = match is_test {
        true => view! { <Badge tone=Tone::Warning>{lang.pick("Sandbox", "Sandbox")}</Badge> },
        false => view! {
            <Badge tone=Tone::Success>{lang.pick("Ditinjau KAI Commuter", "Reviewed by KAI Commuter")}</Badge>
        },
    };
    let logo = application.logo.map(|logo| {
        view! { <img class="asker-logo" src=logo alt="" width="56" height="56"/> }
    });
    let homepage = application.homepage.map(|homepage| {
        view! {
            <a href=homepage.clone() rel="noopener noreferrer" target="_blank">
                {homepage.trim_start_matches("https://").trim_end_matches('/').to_owned()}
            </a>
        }
    });
    view! {
        <div class="asker card">
            {logo}
            <div>
                <p class="asker-name">
                    <b>{application.name}</b>
                    " "
                    {reviewed}
                </p>
                <p class="muted">{lang.pick("oleh ", "by ")} {application.partner}</p>
                {homepage.map(|link| view! { <p>{link}</p> })}
            </div>
        </div>
    }
}

#[component]
pub(super) fn Consent(view: ConsentView) -> impl IntoView {
    let lang = use_lang();
    let name = view.application.name.clone();
    let title =
        lang.pick(format!("{name} ingin melihat data Anda"), format!("{name} would like to see your data"));
    let until = fmt::date(lang, domain::time::jakarta_day(view.until));
    let allowed = view.allowed_since.map(|since| {
        let since = fmt::date(lang, domain::time::jakarta_day(since));
        view! {
            <Notice tone=Tone::Info title=lang.pick("Sudah diizinkan", "Allowed already")>
                <p>
                    {lang
                        .pick(
                            format!("Anda sudah mengizinkan semua ini sejak {since}. Anda dapat melanjutkan, atau mengubahnya di bawah."),
                            format!("You have allowed all of this since {since}. Go on, or change it below."),
                        )}
                </p>
            </Notice>
        }
    });
    let changed = view.rider_changed.then(|| {
        view! {
            <Notice tone=Tone::Warning title=lang.pick("Akun lain sedang masuk", "Another account is signed in")>
                <p>
                    {lang
                        .pick(
                            "Halaman sebelumnya ditunjukkan kepada penumpang lain. Tidak ada izin yang diberikan; periksa lagi di bawah.",
                            "The page before was shown to another rider. Nothing was allowed; please look again below.",
                        )}
                </p>
            </Notice>
        }
    });
    let stations = view.stations.clone();
    let scopes = view
        .scopes
        .into_iter()
        .map(|asked| view! { <ScopeBox asked=asked stations=stations.clone()/> })
        .collect_view();
    view! {
        <Title text=title.clone()/>
        <div class="narrow stack-lg consent">
            <PageHead title=title/>
            <Asker application=view.application is_test=view.is_test/>
            <Who name=view.rider_name is_test=view.is_test/>
            {changed}
            {allowed}
            // Its own form, not `ui::Form`: it is answered with a redirect to the application.
            <form method="post" action="/oauth/authorize" class="form" id="consent" data-once>
                <Hidden name="request" value=view.request/>
                <Hidden name="form" value=view.form/>
                <fieldset class="consent-scopes stack">
                    <legend>
                        {lang
                            .pick(
                                "Yang diminta. Hapus centang untuk yang tidak Anda izinkan.",
                                "What it asks for. Untick what you do not allow.",
                            )}
                    </legend>
                    {scopes}
                </fieldset>
                <Terms lang=lang name=name until=until/>
                <div class="form-actions">
                    <Button look=ButtonLook::Primary name="decision" value="allow">
                        {lang.pick("Izinkan", "Allow")}
                    </Button>
                    <Button name="decision" value="deny">{lang.pick("Tolak", "Refuse")}</Button>
                </div>
            </form>
        </div>
    }
}

/// As whom the rider answers, with the way out.
#[component]
fn Who(name: String, is_test: bool) -> impl IntoView {
    let lang = use_lang();
    let address = Visitor::current().address;
    if is_test {
        return view! {
            <p>
                {lang.pick("Sebagai penumpang uji ", "As the test rider ")}
                <b>{name}</b>
            </p>
        }
        .into_any();
    }
    view! {
        <form class="consent-who cluster" method="post" action="/rider/sign-out">
            <IdempotencyField form="consent-sign-out"/>
            <Hidden name="next" value=address/>
            <span>
                {lang.pick("Anda masuk sebagai ", "You are signed in as ")}
                <b>{name}</b>
            </span>
            <Button look=ButtonLook::Quiet>{lang.pick("Bukan Anda? Keluar", "Not you? Sign out")}</Button>
        </form>
    }
    .into_any()
}

/// A scope with its tick and the rider's own data.
#[component]
fn ScopeBox(asked: AskedScope, stations: Vec<domain::sandbox::StationChoice>) -> impl IntoView {
    let lang = use_lang();
    let AskedScope { scope, is_allowed, sample } = asked;
    let id = format!("scope-{}", scope.as_str().replace(':', "-"));
    let told = format!("{id}-sample");
    view! {
        <div class="consent-scope card">
            <label class="check">
                <input
                    type="checkbox"
                    id=id
                    name="scope"
                    value=scope.as_str()
                    checked=true
                    aria-describedby=told.clone()
                />
                <span>
                    <b>{short(lang, scope)}</b>
                    {is_allowed
                        .then(|| view! { " " <Badge tone=Tone::Info>{lang.pick("Sudah diizinkan", "Allowed already")}</Badge> })}
                    <small>{scope.shows(lang)}</small>
                </span>
            </label>
            <div id=told class="consent-sample">
                <p class="muted">{lang.pick("Contoh dari data Anda saat ini:", "From your own data, as it is now:")}</p>
                <SampleView sample=sample stations=stations/>
            </div>
        </div>
    }
}

/// A scope in two words.
#[must_use]
fn short(lang: Lang, scope: Scope) -> &'static str {
    match scope {
        Scope::JourneyRead => lang.pick("Perjalanan", "Journeys"),
        Scope::ProfileRead => lang.pick("Profil", "Profile"),
        Scope::BalanceRead => lang.pick("Saldo dan batas tarif", "Balance and fare caps"),
    }
}

/// How long, and how it ends.
#[component]
fn Terms(lang: Lang, name: String, until: String) -> impl IntoView {
    view! {
        <ul class="checks consent-terms">
            <li>
                <span>
                    {lang
                        .pick(
                            format!("{name} hanya dapat membaca. Saldo tidak dapat dipakai dan tidak ada yang dapat diubah."),
                            format!("{name} can only read. It cannot spend your balance or change anything."),
                        )}
                </span>
            </li>
            <li>
                <span>
                    {lang
                        .pick(
                            format!("Semua ini berakhir 30 hari setelah Anda setuju ({until}), termasuk kabar yang dikirim sendiri, kecuali Anda mengizinkannya lagi."),
                            format!("All of this ends 30 days after you agree ({until}), what is sent by itself included, unless you allow it again."),
                        )}
                </span>
            </li>
            <li>
                <span>
                    {lang.pick("Anda dapat mencabutnya kapan saja, seketika, di ", "You can take it back at any time, at once, at ")}
                    <a href="/account/apps">{lang.pick("Aplikasi terhubung", "Connected applications")}</a>
                    {lang
                        .pick(
                            "; di sana juga tercatat setiap kali data Anda dibaca atau dikirim.",
                            ", where every time your data was read or sent is listed too.",
                        )}
                </span>
            </li>
        </ul>
    }
}
