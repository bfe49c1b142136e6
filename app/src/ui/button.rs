//! Things to press. The text is the verb: "Buat kunci", "Cabut", "Simpan".

use leptos::prelude::*;

/// Weight of a button. One primary button a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonLook {
    Primary,
    #[default]
    Secondary,
    /// No border until pointed at: row actions, toolbars.
    Quiet,
    /// Destroys something or takes a right away.
    Danger,
}

impl ButtonLook {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button",
            Self::Quiet => "button button-quiet",
            Self::Danger => "button button-danger",
        }
    }
}

/// What pressing does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// Sends the form it stands in.
    #[default]
    Submit,
    /// Only what a script attaches to it.
    Button,
}

/// A button; submits its form unless `kind` says otherwise. `name` and `value` go with the form.
#[component]
pub fn Button(
    #[prop(optional)] look: ButtonLook,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional)] disabled: bool,
    children: Children,
) -> impl IntoView {
    let kind = match kind {
        ButtonKind::Submit => "submit",
        ButtonKind::Button => "button",
    };
    view! {
        <button class=look.class() type=kind name=name value=value disabled=disabled>
            {children()}
        </button>
    }
}

/// A link that looks like a button, for going somewhere.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] look: ButtonLook,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=look.class() href=href>
            {children()}
        </a>
    }
}
