//! The front page: how the API is doing, what it offers, what it costs.
//!
//! Every figure comes from `GET /portal-api/v1/overview`; what was not measured yet is not shown.

mod figures;
mod offer;
mod partners;

use domain::usage::OverviewView;
use leptos::prelude::*;
use leptos_meta::Meta;

use self::figures::{Calls, Figures};
use self::offer::{ApiReference, Events, SampleCall, TierCards};
use self::partners::ActivePartners;
use crate::docs::document::{self, Document};
use crate::load::load;
use crate::ui::*;
use crate::visitor::Visitor;
use crate::{api, shell};

/// `/`.
#[component]
pub fn HomePage() -> impl IntoView {
    let Visitor { lang, session, .. } = Visitor::current();
    let lead = lang.pick(
        "Stasiun, tarif, dan kepadatan KRL untuk aplikasi Anda: satu API, siap dicoba dari halaman ini.",
        "Stations, fares and crowding of the Jakarta commuter rail for your application: one API, ready to try from this page.",
    );
    // The answer is kept for some seconds, so asking for each part costs one computation.
    let overview = || api::get::<OverviewView>("/portal-api/v1/overview");
    let join = session.is_none().then(|| {
        view! {
            <LinkButton href="/sign-up" look=ButtonLook::Primary>
                {lang.pick("Daftar sebagai partner", "Sign up as a partner")}
            </LinkButton>
            <LinkButton href="/docs/endpoints/list-stations#try">
                {lang.pick("Coba tanpa key", "Try without a key")}
            </LinkButton>
        }
        .into_any()
    });
    let figures = load(overview(), |overview| view! { <Figures overview=overview/> });
    let partners = load(overview(), |overview| view! { <ActivePartners overview=overview/> });
    let calls = load(overview(), |overview| view! { <Calls overview=overview/> });
    let sample =
        load(api::get::<Document>(document::PATH), |document| view! { <SampleCall document=document/> });
    view! {
        <Meta name="description" content=lead/>
        <PageHead title=format!("{} Open API Developer Portal", shell::PRODUCT) lead=lead actions=join/>
        {figures}
        <ApiReference/>
        {sample}
        <Events/>
        {partners}
        <TierCards/>
        {calls}
    }
}
