//! What stands where rows will be: what this is, why it is empty, and one thing to do.

use leptos::prelude::*;

/// Empty state, as high as a few rows so that nothing jumps when they come.
#[component]
pub fn EmptyState(
    /// "Belum ada kunci."
    #[prop(into)]
    title: String,
    /// One button or link.
    #[prop(optional_no_strip)]
    action: Option<AnyView>,
    /// What will be here and how it gets here, in a sentence.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            <p>{children()}</p>
            {action}
        </div>
    }
}
