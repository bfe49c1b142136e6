//! Pages.

use leptos::prelude::*;

#[component]
pub fn AccountPage() -> impl IntoView {}
