//! Marks figures that come from the demo.

use leptos::prelude::*;

use crate::visitor::{Visitor, use_lang};

/// "data demo", on every page fed by the demo; nothing elsewhere.
#[component]
pub fn DemoBadge() -> impl IntoView {
    let lang = use_lang();
    Visitor::current().demo.then(|| {
        let why = lang.pick(
            "Angka di halaman ini berasal dari partner demo yang memanggil API sungguhan.",
            "Figures on this page come from demo partners calling the real API.",
        );
        view! {
            <span class="badge badge-demo" title=why>
                {lang.pick("data demo", "demo data")}
            </span>
        }
    })
}
