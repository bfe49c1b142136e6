//! Pages.

use leptos::prelude::*;

#[component]
pub fn AcceptInvitationPage() -> impl IntoView {}

#[component]
pub fn ForgotPasswordPage() -> impl IntoView {}

#[component]
pub fn ResetPasswordPage() -> impl IntoView {}

#[component]
pub fn SignInPage() -> impl IntoView {}

#[component]
pub fn SignUpPage() -> impl IntoView {}

#[component]
pub fn VerifyEmailPage() -> impl IntoView {}
