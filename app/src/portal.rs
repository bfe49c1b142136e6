//! The routes of the portal. Every page is rendered completely before it is sent: its status and
//! title depend on its data, and it must be whole with scripts off.

use leptos::prelude::*;
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    admin::{
        AdminApplicationPage, AdminApplicationsPage, AdminEventsPage, AdminFraudPage, AdminGatePage,
        AdminGatesPage, AdminPartnerPage, AdminPartnersPage, AdminRiderPage, AdminRidersPage, AdminUsagePage,
    },
    applications::{ApplicationPage, ApplicationsPage, NewApplicationPage},
    docs::{AuthenticationCallbackPage, AuthenticationPage, EndpointPage, RateLimitsPage, WebhooksDocPage},
    home::HomePage,
    identity::{
        AcceptInvitationPage, ForgotPasswordPage, ResetPasswordPage, SignInPage, SignUpPage, VerifyEmailPage,
    },
    keys::{KeysPage, LeakedKeyPage},
    load::PageStatus,
    rider::{
        AuthorizePage, RiderConfirmEmailPage, RiderForgotPasswordPage, RiderResetPasswordPage,
        RiderSignInPage, RiderSignUpPage,
        account::{
            RiderAccessesPage, RiderApplicationsPage, RiderDataPage, RiderDeletedPage, RiderJourneysPage,
            RiderOverviewPage, WhoseAccountPage,
        },
    },
    sandbox::SandboxPage,
    shell::Layout,
    traffic::{MapPage, StationPage, StationsPage, TrafficPage},
    ui::{EmptyState, PageHead},
    usage::UsagePage,
    visitor::use_lang,
    webhooks::{
        WebhookDeliveriesPage, WebhookDeliveryPage, WebhookDoctorPage, WebhookEndpointPage, WebhooksPage,
    },
};

/// The whole portal.
#[component]
pub fn Portal() -> impl IntoView {
    view! {
        <Router>
            <Layout>
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=path!("/") view=HomePage/>
                    <Route path=path!("/docs/endpoints/:slug") view=EndpointPage/>
                    <Route path=path!("/docs/authentication") view=AuthenticationPage/>
                    <Route path=path!("/docs/authentication/callback") view=AuthenticationCallbackPage/>
                    <Route path=path!("/docs/rate-limits") view=RateLimitsPage/>
                    <Route path=path!("/docs/webhooks") view=WebhooksDocPage/>
                    <Route path=path!("/sign-up") view=SignUpPage/>
                    <Route path=path!("/sign-in") view=SignInPage/>
                    <Route path=path!("/verify-email") view=VerifyEmailPage/>
                    <Route path=path!("/forgot-password") view=ForgotPasswordPage/>
                    <Route path=path!("/reset-password") view=ResetPasswordPage/>
                    <Route path=path!("/accept-invitation") view=AcceptInvitationPage/>
                    <Route path=path!("/rider/sign-up") view=RiderSignUpPage/>
                    <Route path=path!("/rider/confirm-email") view=RiderConfirmEmailPage/>
                    <Route path=path!("/rider/sign-in") view=RiderSignInPage/>
                    <Route path=path!("/rider/forgot-password") view=RiderForgotPasswordPage/>
                    <Route path=path!("/rider/reset-password") view=RiderResetPasswordPage/>
                    <Route path=path!("/oauth/authorize") view=AuthorizePage/>
                    <Route path=path!("/account") view=WhoseAccountPage/>
                    <Route path=path!("/account/rider") view=RiderOverviewPage/>
                    <Route path=path!("/account/journeys") view=RiderJourneysPage/>
                    <Route path=path!("/account/apps") view=RiderApplicationsPage/>
                    <Route path=path!("/account/access-log") view=RiderAccessesPage/>
                    <Route path=path!("/account/data") view=RiderDataPage/>
                    <Route path=path!("/rider/deleted") view=RiderDeletedPage/>
                    <Route path=path!("/keys") view=KeysPage/>
                    <Route path=path!("/applications") view=ApplicationsPage/>
                    <Route path=path!("/applications/new") view=NewApplicationPage/>
                    <Route path=path!("/applications/:id") view=ApplicationPage/>
                    <Route path=path!("/leaked-key") view=LeakedKeyPage/>
                    <Route path=path!("/usage") view=UsagePage/>
                    <Route path=path!("/sandbox") view=SandboxPage/>
                    <Route path=path!("/webhooks") view=WebhooksPage/>
                    <Route path=path!("/webhooks/doctor") view=WebhookDoctorPage/>
                    <Route path=path!("/webhooks/deliveries") view=WebhookDeliveriesPage/>
                    <Route path=path!("/webhooks/deliveries/:id") view=WebhookDeliveryPage/>
                    <Route path=path!("/webhooks/:id") view=WebhookEndpointPage/>
                    <Route path=path!("/admin/riders") view=AdminRidersPage/>
                    <Route path=path!("/admin/riders/:id") view=AdminRiderPage/>
                    <Route path=path!("/traffic") view=TrafficPage/>
                    <Route path=path!("/map") view=MapPage/>
                    <Route path=path!("/stations") view=StationsPage/>
                    <Route path=path!("/stations/:id") view=StationPage/>
                    <Route path=path!("/admin/partners") view=AdminPartnersPage/>
                    <Route path=path!("/admin/partners/:id") view=AdminPartnerPage/>
                    <Route path=path!("/admin/applications") view=AdminApplicationsPage/>
                    <Route path=path!("/admin/applications/:id") view=AdminApplicationPage/>
                    <Route path=path!("/admin/usage") view=AdminUsagePage/>
                    <Route path=path!("/admin/gates") view=AdminGatesPage/>
                    <Route path=path!("/admin/gates/:id") view=AdminGatePage/>
                    <Route path=path!("/admin/events") view=AdminEventsPage/>
                    <Route path=path!("/admin/fraud") view=AdminFraudPage/>
                </FlatRoutes>
            </Layout>
        </Router>
    }
}

/// Nothing is kept at this address.
#[component]
fn NotFoundPage() -> impl IntoView {
    PageStatus::set(404);
    let lang = use_lang();
    view! {
        <PageHead title=lang.pick("Halaman tidak ditemukan", "Page not found")/>
        <EmptyState title=lang.pick("Tidak ada apa-apa di alamat ini.", "There is nothing at this address.")>
            <a href="/">{lang.pick("Ke halaman utama", "To the front page")}</a>
        </EmptyState>
    }
}
