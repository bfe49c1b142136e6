//! Forms that work without scripts: they post to a page, the server answers with a redirect or with
//! the page again.

use leptos::prelude::*;

use crate::visitor::Visitor;

/// How a form stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FormLook {
    /// Fields under each other.
    #[default]
    Stacked,
    /// Fields and button in one line: filters, row actions.
    Inline,
}

/// Posting form. Carries its idempotency key, and `site.js` refuses to send it twice.
#[component]
pub fn Form(
    /// Unique on the page; also names the form in its idempotency key.
    #[prop(into)]
    name: String,
    /// Path of the page it posts to.
    #[prop(into)]
    action: String,
    #[prop(optional)] look: FormLook,
    children: Children,
) -> impl IntoView {
    let class = match look {
        FormLook::Stacked => "form",
        FormLook::Inline => "form form-inline",
    };
    // The server's words stand next to the fields; the browser's own bubbles would hide them.
    view! {
        <form method="post" action=action class=class id=name novalidate data-once>
            <IdempotencyField form=name.clone()/>
            {children()}
        </form>
    }
}

/// The hidden field `idempotency_key`: differs per rendered page and form, so that a form sent
/// twice counts once and two forms of a page do not collide.
#[component]
pub fn IdempotencyField(#[prop(into)] form: String) -> impl IntoView {
    let key = Visitor::current().form_key;
    (!key.is_empty()).then(|| view! { <Hidden name="idempotency_key" value=format!("{key}.{form}")/> })
}

/// A value that goes with the form unseen.
#[component]
pub fn Hidden(#[prop(into)] name: String, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_forms_of_a_page_have_different_idempotency_keys() {
        let html = Owner::new().with(|| {
            provide_context(Visitor { form_key: "f7".into(), ..Visitor::default() });
            view! {
                <Form name="create" action="/keys">
                    ""
                </Form>
                <Form name="revoke" action="/keys">
                    ""
                </Form>
            }
            .to_html()
        });
        assert!(html.contains("value=\"f7.create\"") && html.contains("value=\"f7.revoke\""), "{html}");
    }
}
