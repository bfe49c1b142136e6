//! A bordered group with an optional title line.

use leptos::prelude::*;

/// Card. `title` becomes an `<h2>`; `actions` stand at the end of the title line.
#[component]
pub fn Card(
    #[prop(optional, into)] title: Option<String>,
    /// Anchor of the card.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional_no_strip)] actions: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let head = (title.is_some() || actions.is_some()).then(|| {
        view! {
            <div class="card-head">
                {title.map(|title| view! { <h2>{title}</h2> })}
                {actions.map(|actions| view! { <div class="cluster">{actions}</div> })}
            </div>
        }
    });
    view! {
        <section class="card" id=id>
            {head}
            {children()}
        </section>
    }
}
