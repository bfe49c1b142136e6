//! The document every page stands in: head, header, navigation, main part, footer.
//!
//! Everything here works without scripts: the phone's navigation is a popover, preferences and
//! signing out are forms, menus are `<details>`. `site.js` only makes them quicker. The wasm of the
//! islands is not loaded here: `site.js` fetches it once a reader turns to an island.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};

use crate::assets::Assets;
use crate::nav::{self, Link};
use crate::ui::{Glyph, Icon, IdempotencyField, MethodBadge, TierBadge};
use crate::visitor::{RiderVisitor, SessionView, Theme, Visitor, use_lang};

/// Name of the product, as in the header.
pub const PRODUCT: &str = "NFC Gate";

/// The whole document around `app`.
pub fn shell<V: IntoView + 'static>(app: impl FnOnce() -> V) -> impl IntoView {
    provide_meta_context();
    let visitor = Visitor::current();
    let assets = Assets::current();
    view! {
        <!DOCTYPE html>
        <html lang=visitor.lang.tag() data-theme=visitor.theme.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="preload" href=assets.url("sans.woff2") r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href=assets.url("site.css")/>
                <link rel="icon" href=assets.url("favicon.svg") r#type="image/svg+xml"/>
                <script
                    type="module"
                    nonce=use_nonce()
                    src=assets.url("site.js")
                    data-site=""
                    data-app-js=assets.url("app.js")
                    data-app-wasm=assets.url("app.wasm")
                    data-charts=assets.url("charts.js")
                ></script>
                <MetaTags/>
            </head>
            <body>{app()}</body>
        </html>
    }
}

/// Everything around the page itself. Stands once, around the routes.
#[component]
pub fn Layout(children: Children) -> impl IntoView {
    let visitor = Visitor::current();
    let lang = visitor.lang;
    view! {
        <Title text="" formatter=tab_title/>
        <a class="skip" href="#main">
            {lang.pick("Langsung ke isi", "Skip to content")}
        </a>
        <Header visitor=visitor.clone()/>
        <div class="frame">
            <Navigation visitor=visitor/>
            <main id="main" tabindex="-1">
                {children()}
            </main>
            <Footer/>
        </div>
    }
}

/// Where the tab says you are. `leptos_meta` writes the result into the head as it is, so names
/// that people chose are escaped here.
fn tab_title(page: String) -> String {
    let page = page.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    if page.is_empty() {
        format!("{PRODUCT} Open API Developer Portal")
    } else {
        format!("{page} · {PRODUCT}")
    }
}

#[component]
fn Header(visitor: Visitor) -> impl IntoView {
    let lang = visitor.lang;
    let account = match (visitor.session, visitor.rider) {
        (Some(session), rider) => view! { <AccountMenu session=session rider=rider/> }.into_any(),
        (None, Some(rider)) => view! { <RiderMenu rider=rider/> }.into_any(),
        (None, None) => view! {
            <a class="button button-quiet" href="/sign-in">
                {lang.pick("Masuk", "Sign in")}
            </a>
            <a class="button button-primary" href="/sign-up">
                {lang.pick("Daftar", "Sign up")}
            </a>
        }
        .into_any(),
    };
    view! {
        <header class="top">
            <button
                class="button button-quiet nav-open"
                type="button"
                popovertarget="nav"
                aria-label=lang.pick("Buka navigasi", "Open navigation")
            >
                <Glyph icon=Icon::Menu/>
            </button>
            <a class="brand" href="/">
                <Mark/>
                <b>{PRODUCT}</b>
                " "
                <span>"Open API Developer Portal"</span>
            </a>
            <div class="top-tools">
                <Preferences theme=visitor.theme next=visitor.address/>
                {account}
            </div>
        </header>
    }
}

/// A gate's two leaves and the wave of a card before them.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
            <rect width="24" height="24" rx="6"></rect>
            <path d="M6 6.5v11M18 6.5v11M9.6 9.2a4 4 0 0 1 0 5.6M12.4 7.2a6.8 6.8 0 0 1 0 9.6"></path>
        </svg>
    }
}

#[component]
fn AccountMenu(session: SessionView, rider: Option<RiderVisitor>) -> impl IntoView {
    let lang = use_lang();
    let rider = rider.map(|rider| {
        view! {
            <a href="/account/rider">{lang.pick("Akun penumpang: ", "Rider's account: ")} {rider.name}</a>
        }
    });
    view! {
        <details class="menu account">
            <summary class="button button-quiet">
                <Glyph icon=Icon::User/>
                <span>{session.name}</span>
                <Glyph icon=Icon::ChevronDown/>
            </summary>
            <div class="menu-items">
                <p class="menu-about">
                    <b>{session.organisation}</b>
                    {session.tier.map(|tier| view! { <TierBadge tier=tier/> })}
                    <small>{session.email}</small>
                </p>
                <a href="/account">{lang.pick("Akun & keamanan", "Account & security")}</a>
                {rider}
                <form method="post" action="/sign-out" data-once>
                    <IdempotencyField form="sign-out"/>
                    <button>{lang.pick("Keluar", "Sign out")}</button>
                </form>
            </div>
        </details>
    }
}

#[component]
fn RiderMenu(rider: RiderVisitor) -> impl IntoView {
    let lang = use_lang();
    view! {
        <details class="menu account">
            <summary class="button button-quiet">
                <Glyph icon=Icon::User/>
                <span>{rider.name}</span>
                <Glyph icon=Icon::ChevronDown/>
            </summary>
            <div class="menu-items">
                <p class="menu-about">
                    <b>{lang.pick("Akun penumpang", "Rider's account")}</b>
                    <small>{rider.login}</small>
                </p>
                <a href="/account/rider">{lang.pick("Saldo & kartu", "Balance & cards")}</a>
                <a href="/account/apps">{lang.pick("Aplikasi terhubung", "Connected applications")}</a>
                <a href="/account/data">{lang.pick("Data & keamanan", "Data & security")}</a>
                <form method="post" action="/rider/sign-out" data-once>
                    <IdempotencyField form="rider-sign-out"/>
                    <button>{lang.pick("Keluar", "Sign out")}</button>
                </form>
            </div>
        </details>
    }
}

/// Language and colour scheme. Buttons of a form: one press, one cookie, back to the same page.
#[component]
fn Preferences(theme: Theme, #[prop(into)] next: String) -> impl IntoView {
    let lang = use_lang();
    let languages = [("id", "Bahasa Indonesia"), ("en", "English")].map(|(tag, name)| {
        let pressed = if tag == lang.tag() { "true" } else { "false" };
        view! {
            <button name="lang" value=tag title=name aria-pressed=pressed>
                {tag.to_uppercase()}
            </button>
        }
    });
    let themes = Theme::ALL.map(|choice| {
        let (icon, name) = match choice {
            Theme::System => (Icon::Monitor, lang.pick("Tema sistem", "System theme")),
            Theme::Light => (Icon::Sun, lang.pick("Tema terang", "Light theme")),
            Theme::Dark => (Icon::Moon, lang.pick("Tema gelap", "Dark theme")),
        };
        let pressed = if choice == theme { "true" } else { "false" };
        view! {
            <button name="theme" value=choice.as_str() aria-label=name title=name aria-pressed=pressed>
                <Glyph icon=icon/>
            </button>
        }
    });
    view! {
        <form class="preferences" method="post" action="/preferences">
            <input type="hidden" name="next" value=next/>
            <div class="segmented" role="group" aria-label=lang.pick("Bahasa", "Language")>
                {languages.into_iter().collect_view()}
            </div>
            <div class="segmented" role="group" aria-label=lang.pick("Tema", "Theme")>
                {themes.into_iter().collect_view()}
            </div>
        </form>
    }
}

#[component]
fn Navigation(visitor: Visitor) -> impl IntoView {
    let lang = visitor.lang;
    let groups = nav::groups(&visitor)
        .into_iter()
        .map(|group| {
            let path = visitor.path.clone();
            let links =
                group.links.into_iter().map(move |link| view! { <NavRow here=link.holds(&path) link=link/> });
            view! {
                {group.title.map(|title| view! { <h2>{title}</h2> })}
                <ul>{links.collect_view()}</ul>
            }
        })
        .collect_view();
    view! {
        <nav id="nav" class="nav" popover aria-label=lang.pick("Navigasi utama", "Main navigation")>
            <div class="nav-head">
                <b>{PRODUCT}</b>
                <button
                    class="button button-quiet"
                    type="button"
                    popovertarget="nav"
                    popovertargetaction="hide"
                    aria-label=lang.pick("Tutup navigasi", "Close navigation")
                >
                    <Glyph icon=Icon::Close/>
                </button>
            </div>
            {groups}
            <div class="nav-preferences">
                <Preferences theme=visitor.theme next=visitor.address/>
            </div>
        </nav>
    }
}

/// Operations show their path under the name while pointed at or focused.
#[component]
fn NavRow(here: bool, link: Link) -> impl IntoView {
    let (badge, path) = match link.operation {
        None => (None, None),
        Some((method, path)) => (
            Some(view! { <MethodBadge method=method/> }),
            Some(view! { <span class="nav-path">{path}</span> }),
        ),
    };
    view! {
        <li>
            <a href=link.href aria-current=here.then_some("page")>
                {badge}
                <span class="nav-label">{link.label}</span>
                {path}
            </a>
        </li>
    }
}

#[component]
fn Footer() -> impl IntoView {
    let lang = use_lang();
    view! {
        <footer class="foot">
            <p>
                {lang.pick("Data jaringan: ", "Network data: ")}
                <a href="https://www.openstreetmap.org/copyright">"© OpenStreetMap contributors"</a>
            </p>
            <p>
                <a href="/open-api/v1/openapi.json">"OpenAPI 3.1"</a>
                <a href="/leaked-key">{lang.pick("Laporkan key bocor", "Report a leaked key")}</a>
            </p>
        </footer>
    }
}

#[cfg(test)]
mod tests {
    use domain::lang::Lang;
    use leptos_meta::ServerMetaContext;

    use super::*;

    #[test]
    fn the_document_is_painted_as_its_reader_asked() {
        let html = Owner::new().with(|| {
            let (meta, _output) = ServerMetaContext::new();
            provide_context(meta);
            provide_context(Visitor {
                lang: Lang::En,
                theme: Theme::Dark,
                path: "/".into(),
                ..Visitor::default()
            });
            shell(|| view! { <Layout>"page"</Layout> }).to_html()
        });
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\" data-theme=\"dark\">"), "{html}");
        let skip = html.find("href=\"#main\"").expect("skip link");
        assert!(html.find("<button").is_some_and(|first| skip < first), "the skip link comes first");
        assert!(html.contains("openstreetmap.org/copyright"));
    }

    #[test]
    fn a_name_in_the_tab_cannot_become_markup() {
        assert_eq!(tab_title("</title><script>".into()), "&lt;/title&gt;&lt;script&gt; · NFC Gate");
    }
}
