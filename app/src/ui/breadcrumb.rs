//! The way from the home page to this one.

use leptos::prelude::*;

use crate::visitor::use_lang;

/// A page above this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    pub href: String,
    pub label: String,
}

impl Crumb {
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into() }
    }
}

/// `trail` from the top down, then the page itself.
#[component]
pub fn Breadcrumb(trail: Vec<Crumb>, #[prop(into)] here: String) -> impl IntoView {
    let trail = trail
        .into_iter()
        .map(|crumb| {
            view! {
                <li>
                    <a href=crumb.href>{crumb.label}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="breadcrumb" aria-label=use_lang().pick("Jejak halaman", "Breadcrumb")>
            <ol>
                {trail}
                <li aria-current="page">{here}</li>
            </ol>
        </nav>
    }
}
