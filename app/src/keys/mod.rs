//! Pages.

use leptos::prelude::*;

#[component]
pub fn KeysPage() -> impl IntoView {}

#[component]
pub fn LeakedKeyPage() -> impl IntoView {}
