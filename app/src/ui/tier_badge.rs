//! The tier of a partner, or the one a feature begins with.

use domain::tiers::Tier;
use leptos::prelude::*;

/// Name of the tier in a chip.
#[component]
pub fn TierBadge(tier: Tier) -> impl IntoView {
    let (class, name) = match tier {
        Tier::Free => ("chip", "Free"),
        Tier::Pro => ("chip chip-pro", "Pro"),
        Tier::Enterprise => ("chip chip-enterprise", "Enterprise"),
    };
    view! { <span class=class>{name}</span> }
}
