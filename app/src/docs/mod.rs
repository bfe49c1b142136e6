//! Pages.

use leptos::prelude::*;

#[component]
pub fn AuthenticationPage() -> impl IntoView {}

#[component]
pub fn EndpointPage() -> impl IntoView {}

#[component]
pub fn RateLimitsPage() -> impl IntoView {}
