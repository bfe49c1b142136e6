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
    /// Members that are sent even when their field was left empty, so that the API names all that
    /// are missing at once.
    pub required: &'static [&'static str],
}

impl FormRoute {
    const fn requires(mut self, required: &'static [&'static str]) -> Self {
        self.required = required;
        self
    }
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
    FormRoute { action, page, method, api, then, opens_session: false, required: &[] }
}

const fn session(action: &'static str, page: &'static str, api: &'static str, then: Then) -> FormRoute {
    FormRoute { action, page, method: Method::POST, api, then, opens_session: true, required: &[] }
}

/// All forms.
pub const FORMS: &[FormRoute] = &[
    form(
        "/sign-up",
        "/sign-up",
        Method::POST,
        "/portal-api/v1/sign-up",
        Then::Go("/sign-up?done=check_mail"),
    )
    .requires(&[
        "organisation",
        "legal_name",
        "contact_name",
        "email",
        "password",
        "description",
        "accept_terms",
    ]),
    session("/verify-email", "/verify-email", "/portal-api/v1/verify-email", Then::Go("/keys?done=verified")),
    session("/sign-in", "/sign-in", "/portal-api/v1/sign-in", Then::Next("/"))
        .requires(&["email", "password"]),
    session("/sign-out", "/", "/portal-api/v1/sign-out", Then::Go("/")),
    form(
        "/forgot-password",
        "/forgot-password",
        Method::POST,
        "/portal-api/v1/password/forgot",
        Then::Go("/forgot-password?done=sent"),
    )
    .requires(&["email"]),
    form(
        "/reset-password",
        "/reset-password",
        Method::POST,
        "/portal-api/v1/password/reset",
        Then::Go("/sign-in?done=password_reset"),
    )
    .requires(&["password"]),
    session(
        "/accept-invitation",
        "/accept-invitation",
        "/portal-api/v1/invitation/accept",
        Then::Go("/account?done=welcome"),
    )
    .requires(&["name", "password"]),
    // The account.
    form(
        "/account/profile",
        "/account",
        Method::PATCH,
        "/portal-api/v1/profile",
        Then::Go("/account?done=profile"),
    )
    .requires(&["name"]),
    session(
        "/account/password",
        "/account",
        "/portal-api/v1/password/change",
        Then::Go("/account?done=password"),
    )
    .requires(&["current_password", "password"]),
    form("/account/totp/enrol", "/account", Method::POST, "/portal-api/v1/totp/enrol", Then::Show),
    session("/account/totp/confirm", "/account", "/portal-api/v1/totp/confirm", Then::Show)
        .requires(&["code"]),
    session(
        "/account/totp/disable",
        "/account",
        "/portal-api/v1/totp/disable",
        Then::Go("/account?done=totp_off"),
    )
    .requires(&["password", "code"]),
    form(
        "/account/sessions/{id}/revoke",
        "/account",
        Method::DELETE,
        "/portal-api/v1/sessions/{id}",
        Then::Go("/account?done=session"),
    ),
    session(
        "/account/sign-out-everywhere",
        "/account",
        "/portal-api/v1/sessions/sign-out-everywhere",
        Then::Go("/sign-in?done=signed_out_everywhere"),
    ),
    form(
        "/account/organisation",
        "/account",
        Method::PATCH,
        "/portal-api/v1/partner",
        Then::Go("/account?done=organisation"),
    )
    .requires(&["name", "description"]),
    form(
        "/account/members/invite",
        "/account",
        Method::POST,
        "/portal-api/v1/members",
        Then::Go("/account?done=invited"),
    )
    .requires(&["name", "email"]),
    form(
        "/account/members/{id}/role",
        "/account",
        Method::PATCH,
        "/portal-api/v1/members/{id}",
        Then::Go("/account?done=role"),
    ),
    form(
        "/account/members/{id}/remove",
        "/account",
        Method::DELETE,
        "/portal-api/v1/members/{id}",
        Then::Go("/account?done=removed"),
    ),
    // Riders who are not signed in yet.
    form(
        "/rider/sign-up",
        "/rider/sign-up",
        Method::POST,
        "/portal-api/v1/rider/sign-up",
        Then::Go("/rider/sign-up?done=check_mail"),
    )
    .requires(&["name", "email", "password", "accept_terms"]),
    session(
        "/rider/confirm-email",
        "/rider/confirm-email",
        "/portal-api/v1/rider/confirm-email",
        Then::Next("/account/rider?done=welcome"),
    ),
    session(
        "/rider/sign-in",
        "/rider/sign-in",
        "/portal-api/v1/rider/sign-in",
        // Not `/account`: that is a member's, where one is signed in too.
        Then::Next("/account/rider"),
    )
    .requires(&["login", "password"]),
    form(
        "/rider/forgot-password",
        "/rider/forgot-password",
        Method::POST,
        "/portal-api/v1/rider/password/forgot",
        Then::Go("/rider/forgot-password?done=sent"),
    )
    .requires(&["email"]),
    session(
        "/rider/reset-password",
        "/rider/reset-password",
        "/portal-api/v1/rider/password/reset",
        Then::Next("/rider/sign-in?done=password_reset"),
    )
    .requires(&["password"]),
    // The account of a rider.
    session("/rider/sign-out", "/", "/portal-api/v1/rider/sign-out", Then::Next("/")),
    form(
        "/account/apps/{id}/withdraw",
        "/account/apps",
        Method::DELETE,
        "/portal-api/v1/rider/applications/{id}",
        Then::Go("/account/apps?done=withdrawn"),
    ),
    session(
        "/account/rider-password",
        "/account/data",
        "/portal-api/v1/rider/password/change",
        Then::Go("/account/data?done=password"),
    )
    .requires(&["current_password", "password"]),
    session(
        "/account/rider-sign-out-everywhere",
        "/account/data",
        "/portal-api/v1/rider/sign-out-everywhere",
        Then::Go("/rider/sign-in?done=signed_out_everywhere"),
    ),
    session("/account/delete", "/account/data", "/portal-api/v1/rider/delete", Then::Go("/rider/deleted"))
        .requires(&["password"]),
    // Keys. Those that return to the list say by `next` to which environment's.
    form("/keys/create", "/keys", Method::POST, "/portal-api/v1/keys", Then::Show).requires(&["name"]),
    form(
        "/keys/{id}/update",
        "/keys",
        Method::PATCH,
        "/portal-api/v1/keys/{id}",
        Then::Next("/keys?done=key_updated"),
    )
    .requires(&["name"]),
    form("/keys/{id}/rotate", "/keys", Method::POST, "/portal-api/v1/keys/{id}/rotate", Then::Show),
    form(
        "/keys/{id}/revoke",
        "/keys",
        Method::POST,
        "/portal-api/v1/keys/{id}/revoke",
        Then::Next("/keys?done=key_revoked"),
    ),
    form(
        "/leaked-key",
        "/leaked-key",
        Method::POST,
        "/portal-api/v1/leaked-key",
        Then::Go("/leaked-key?done=revoked"),
    )
    .requires(&["secret"]),
    // Applications.
    form(
        "/applications/create",
        "/applications/new",
        Method::POST,
        "/portal-api/v1/applications",
        Then::Show,
    )
    .requires(&["name", "description", "client_type"]),
    form(
        "/applications/{id}/update",
        "/applications/{id}",
        Method::PATCH,
        "/portal-api/v1/applications/{id}",
        Then::Go("/applications/{id}?done=updated"),
    )
    .requires(&["name", "description"]),
    form(
        "/applications/{id}/logo",
        "/applications/{id}",
        Method::PUT,
        "/portal-api/v1/applications/{id}/logo",
        Then::Go("/applications/{id}?done=logo"),
    )
    .requires(&["logo"]),
    form(
        "/applications/{id}/logo/remove",
        "/applications/{id}",
        Method::DELETE,
        "/portal-api/v1/applications/{id}/logo",
        Then::Go("/applications/{id}?done=logo_removed"),
    ),
    form(
        "/applications/{id}/secret/rotate",
        "/applications/{id}",
        Method::POST,
        "/portal-api/v1/applications/{id}/secret/rotate",
        Then::Show,
    ),
    form(
        "/applications/{id}/secrets/{number}/end",
        "/applications/{id}",
        Method::POST,
        "/portal-api/v1/applications/{id}/secrets/{number}/end",
        Then::Go("/applications/{id}?done=secret_ended"),
    ),
    form(
        "/applications/{id}/delete",
        "/applications/{id}",
        Method::DELETE,
        "/portal-api/v1/applications/{id}",
        Then::Next("/applications?done=deleted"),
    ),
    form(
        "/admin/applications/{id}/approve",
        "/admin/applications/{id}",
        Method::POST,
        "/portal-api/v1/admin/applications/{id}/approve",
        Then::Go("/admin/applications/{id}?done=approved"),
    ),
    form(
        "/admin/applications/{id}/reject",
        "/admin/applications/{id}",
        Method::POST,
        "/portal-api/v1/admin/applications/{id}/reject",
        Then::Go("/admin/applications/{id}?done=rejected"),
    )
    .requires(&["reason"]),
    form(
        "/admin/applications/{id}/disable",
        "/admin/applications/{id}",
        Method::POST,
        "/portal-api/v1/admin/applications/{id}/disable",
        Then::Go("/admin/applications/{id}?done=disabled"),
    )
    .requires(&["reason"]),
    // What operators decide about a partner.
    form(
        "/admin/partners/{id}/approve",
        "/admin/partners/{id}",
        Method::POST,
        "/portal-api/v1/admin/partners/{id}/approve",
        Then::Go("/admin/partners/{id}?done=approved"),
    ),
    form(
        "/admin/partners/{id}/reject",
        "/admin/partners/{id}",
        Method::POST,
        "/portal-api/v1/admin/partners/{id}/reject",
        Then::Go("/admin/partners/{id}?done=rejected"),
    )
    .requires(&["reason"]),
    form(
        "/admin/partners/{id}/suspend",
        "/admin/partners/{id}",
        Method::POST,
        "/portal-api/v1/admin/partners/{id}/suspend",
        Then::Go("/admin/partners/{id}?done=suspended"),
    )
    .requires(&["reason"]),
    form(
        "/admin/partners/{id}/reinstate",
        "/admin/partners/{id}",
        Method::POST,
        "/portal-api/v1/admin/partners/{id}/reinstate",
        Then::Go("/admin/partners/{id}?done=reinstated"),
    ),
    form(
        "/admin/partners/{id}/tier",
        "/admin/partners/{id}",
        Method::POST,
        "/portal-api/v1/admin/partners/{id}/tier",
        Then::Go("/admin/partners/{id}?done=terms"),
    ),
    // Gates.
    form("/admin/gates/create", "/admin/gates", Method::POST, "/portal-api/v1/admin/gates", Then::Show)
        .requires(&["station"]),
    form(
        "/admin/gates/{id}/rotate",
        "/admin/gates/{id}",
        Method::POST,
        "/portal-api/v1/admin/gates/{id}/rotate",
        Then::Show,
    ),
    form(
        "/admin/gates/{id}/retire",
        "/admin/gates/{id}",
        Method::POST,
        "/portal-api/v1/admin/gates/{id}/retire",
        Then::Go("/admin/gates/{id}?done=retired"),
    ),
    // Webhooks. What is shown once (a secret) is shown on the page that comes back.
    form("/webhooks/create", "/webhooks", Method::POST, "/portal-api/v1/webhooks", Then::Show)
        .requires(&["url"]),
    form(
        "/webhooks/{id}/update",
        "/webhooks/{id}",
        Method::PATCH,
        "/portal-api/v1/webhooks/{id}",
        Then::Go("/webhooks/{id}?done=updated"),
    )
    .requires(&["url"]),
    form(
        "/webhooks/{id}/active",
        "/webhooks/{id}",
        Method::PATCH,
        "/portal-api/v1/webhooks/{id}",
        Then::Next("/webhooks"),
    ),
    form(
        "/webhooks/{id}/rotate-secret",
        "/webhooks/{id}",
        Method::POST,
        "/portal-api/v1/webhooks/{id}/rotate-secret",
        Then::Show,
    ),
    form(
        "/webhooks/{id}/end-overlap",
        "/webhooks/{id}",
        Method::POST,
        "/portal-api/v1/webhooks/{id}/end-overlap",
        Then::Go("/webhooks/{id}?done=overlap_ended"),
    ),
    form(
        "/webhooks/{id}/test",
        "/webhooks/{id}",
        Method::POST,
        "/portal-api/v1/webhooks/{id}/test",
        Then::Go("/webhooks/{id}?done=tested#deliveries"),
    ),
    form(
        "/webhooks/{id}/replay",
        "/webhooks/{id}",
        Method::POST,
        "/portal-api/v1/webhooks/{id}/replay",
        Then::Show,
    ),
    form(
        "/webhooks/{id}/delete",
        "/webhooks/{id}",
        Method::DELETE,
        "/portal-api/v1/webhooks/{id}",
        Then::Next("/webhooks?done=deleted"),
    ),
    form(
        "/webhooks/deliveries/{id}/replay",
        "/webhooks/deliveries/{id}",
        Method::POST,
        "/portal-api/v1/webhook-deliveries/{id}/replay",
        Then::Next("/webhooks/deliveries?done=replayed"),
    ),
    form("/webhooks/doctor", "/webhooks/doctor", Method::POST, "/portal-api/v1/webhook-doctor", Then::Show),
    // A partner's test network.
    form(
        "/sandbox/clock",
        "/sandbox",
        Method::POST,
        "/portal-api/v1/sandbox/clock",
        Then::Go("/sandbox?done=clock"),
    ),
    form("/sandbox/journey", "/sandbox", Method::POST, "/portal-api/v1/sandbox/journey", Then::Show),
    form("/sandbox/tap", "/sandbox", Method::POST, "/portal-api/v1/sandbox/tap", Then::Show),
    form(
        "/sandbox/riders/create",
        "/sandbox",
        Method::POST,
        "/portal-api/v1/sandbox/riders",
        Then::Go("/sandbox?done=rider"),
    )
    .requires(&["name"]),
    form(
        "/sandbox/riders/{id}/top-up",
        "/sandbox",
        Method::POST,
        "/portal-api/v1/sandbox/riders/{id}/top-up",
        Then::Go("/sandbox?done=top_up&rider={id}"),
    )
    .requires(&["amount"]),
    form(
        "/sandbox/riders/{id}/media",
        "/sandbox",
        Method::POST,
        "/portal-api/v1/sandbox/riders/{id}/media",
        Then::Go("/sandbox?done=media&rider={id}"),
    )
    .requires(&["media"]),
    form(
        "/sandbox/riders/{id}/user-type",
        "/sandbox",
        Method::POST,
        "/portal-api/v1/sandbox/riders/{id}/user-type",
        Then::Go("/sandbox?done=user_type&rider={id}"),
    ),
    form(
        "/sandbox/peak",
        "/sandbox",
        Method::POST,
        "/portal-api/v1/sandbox/peak",
        Then::Go("/sandbox?done=peak"),
    ),
    form(
        "/sandbox/reset",
        "/sandbox",
        Method::POST,
        "/portal-api/v1/sandbox/reset",
        Then::Go("/sandbox?done=reset"),
    ),
    // Riders, by the operator's staff.
    form(
        "/admin/riders/create",
        "/admin/riders",
        Method::POST,
        "/portal-api/v1/admin/riders",
        Then::Go("/admin/riders?done=rider"),
    )
    .requires(&["name"]),
    form(
        "/admin/riders/{id}/top-up",
        "/admin/riders/{id}",
        Method::POST,
        "/portal-api/v1/admin/riders/{id}/top-up",
        Then::Go("/admin/riders/{id}?done=top_up"),
    )
    .requires(&["amount", "reason"]),
    form(
        "/admin/riders/{id}/pay-out",
        "/admin/riders/{id}",
        Method::POST,
        "/portal-api/v1/admin/riders/{id}/pay-out",
        Then::Go("/admin/riders/{id}?done=pay_out"),
    )
    .requires(&["amount", "reason"]),
    form(
        "/admin/riders/{id}/media",
        "/admin/riders/{id}",
        Method::POST,
        "/portal-api/v1/admin/riders/{id}/media",
        Then::Go("/admin/riders/{id}?done=media"),
    )
    .requires(&["media"]),
    form(
        "/admin/riders/{id}/user-type",
        "/admin/riders/{id}",
        Method::POST,
        "/portal-api/v1/admin/riders/{id}/user-type",
        Then::Go("/admin/riders/{id}?done=user_type"),
    ),
];
