//! The top of a page: its title, what it is for, and what can be done here.

use leptos::prelude::*;

/// `<h1>` with an optional lead sentence; `actions` (buttons, badges) stand at the end of the line.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: Option<String>,
    #[prop(optional_no_strip)] actions: Option<AnyView>,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
            </div>
            {actions.map(|actions| view! { <div class="cluster">{actions}</div> })}
        </div>
    }
}
