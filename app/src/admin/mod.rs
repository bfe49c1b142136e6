//! Pages.

use leptos::prelude::*;

#[component]
pub fn AdminPartnerPage() -> impl IntoView {}

#[component]
pub fn AdminPartnersPage() -> impl IntoView {}

#[component]
pub fn AdminUsagePage() -> impl IntoView {}
