//! Every form of the portal: the path it posts to, the API call it stands for, and what comes after.

use axum::http::Method;

/// One form.
#[derive(Debug)]
pub struct FormRoute {
    /// Path the form posts to.
    pub action: &'static str,
    /// Page it stands on, rendered again when the API refuses. Takes the action's parameters.
    pub page: &'static str,
    /// What the API is asked. Path parameters as in `action`.
    pub method: Method,
    pub api: &'static str,
    pub then: Then,
    /// The answer sets the session cookie.
    pub opens_session: bool,
}

/// What follows a form that was accepted.
#[derive(Debug, Clone, Copy)]
pub enum Then {
    /// To this page.
    Go(&'static str),
    /// To where the hidden field `next` says, else to this page.
    Next(&'static str),
    /// The same page, with the answer on it: for what is shown once.
    Show,
}

const fn form(
    action: &'static str,
    page: &'static str,
    method: Method,
    api: &'static str,
    then: Then,
) -> FormRoute {
    FormRoute { action, page, method, api, then, opens_session: false }
}

const fn session(
    action: &'static str,
    page: &'static str,
    api: &'static str,
    then: Then,
) -> FormRoute {
    FormRoute { action, page, method: Method::POST, api, then, opens_session: true }
}

/// All forms.
pub const FORMS: &[FormRoute] = &[
    form("/sign-up", "/sign-up", Method::POST, "/portal-api/v1/sign-up", Then::Go("/sign-up?done=check_mail")),
    session("/verify-email", "/verify-email", "/portal-api/v1/verify-email", Then::Go("/keys?done=verified")),
    session("/sign-in", "/sign-in", "/portal-api/v1/sign-in", Then::Next("/")),
    session("/sign-out", "/", "/portal-api/v1/sign-out", Then::Go("/")),
];
