//! Where applications send riders: the question, the choice of a test rider, or why there is none.
//!
//! The server asks the API first and hands over what it said; the page only shows it.

use domain::rider_accounts::{AuthorizeStep, ChooseRider, Leave};
use leptos::prelude::*;
use leptos_meta::Title;

use super::consent::{Asker, Consent};
use crate::{
    load::PageStatus,
    outcome::FormState,
    ui::{Badge, EmptyState, LinkButton, Notice, PageHead, ProblemNotice, Tone},
    visitor::{Visitor, use_lang},
};

#[component]
pub fn AuthorizePage() -> impl IntoView {
    let state = FormState::of("/oauth/authorize");
    if let Some(problem) = state.problem() {
        return view! { <Refused problem=problem.clone()/> }.into_any();
    }
    match state.answer::<AuthorizeStep>() {
        Some(AuthorizeStep::Consent(view)) => view! { <Consent view=*view/> }.into_any(),
        Some(AuthorizeStep::ChooseRider(choice)) => view! { <Choose choice=*choice/> }.into_any(),
        Some(AuthorizeStep::PageError { code, explanation }) => {
            view! { <Untrusted code=code explanation=explanation/> }.into_any()
        }
        Some(AuthorizeStep::Leave(leave)) => view! { <Leaving leave=*leave/> }.into_any(),
        // The server follows these by itself.
        Some(AuthorizeStep::Redirect { .. } | AuthorizeStep::SignIn { .. }) | None => {
            PageStatus::set(500);
            ().into_any()
        }
    }
}

/// The request can't be trusted, so nobody is sent anywhere.
#[component]
fn Untrusted(code: String, explanation: String) -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Permintaan ini tidak dapat dilanjutkan", "This request cannot go on");
    view! {
        <Title text=title/>
        <div class="narrow stack-lg">
            <PageHead title=title/>
            <Notice tone=Tone::Danger>
                <p>{explanation}</p>
            </Notice>
            <p>
                {lang
                    .pick(
                        "Tidak ada data Anda yang dibagikan. Kembali ke aplikasi dan coba lagi; bila tetap begini, beri tahu pembuat aplikasi kode ini: ",
                        "None of your data was shared. Go back to the application and try again; if it stays like this, tell its makers this code: ",
                    )}
                <code>{code}</code>
            </p>
            <p class="muted">
                {lang.pick("Untuk pengembang: ", "For developers: ")}
                <a href="/docs/authentication">"OAuth 2.0"</a>
            </p>
        </div>
    }
}

/// The request is refused, and nobody looked at where its application would hear that.
#[component]
fn Leaving(leave: Leave) -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Permintaan aplikasi ini ditolak", "This application's request is refused");
    let Leave { application, error, description, to } = leave;
    let place = to.split('?').next().unwrap_or_default().to_owned();
    view! {
        <Title text=title/>
        <div class="narrow stack-lg">
            <PageHead title=title/>
            <Asker application=application is_test=true/>
            <Notice tone=Tone::Danger>
                <p>
                    {lang.pick("Untuk pengembang: ", "For developers: ")}
                    <code>{error}</code>
                    ", "
                    <span lang="en">{description}</span>
                </p>
            </Notice>
            <p>
                {lang
                    .pick(
                        "Tidak ada data yang dibagikan. Alamat kembali aplikasi sandbox tidak ditinjau KAI Commuter; buka hanya bila Anda mengenalnya:",
                        "No data was shared. Nobody at KAI Commuter has looked at where a sandbox application leads; open it only if you know it:",
                    )}
            </p>
            <p>
                <a href=to rel="noreferrer">{lang.pick("Lanjut ke ", "On to ")} {place}</a>
            </p>
        </div>
    }
}

/// The form did not stand; nothing was allowed.
#[component]
fn Refused(problem: domain::problem::Problem) -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Tidak ada izin yang diberikan", "Nothing was allowed");
    let again = Visitor::current().address;
    view! {
        <Title text=title/>
        <div class="narrow stack-lg">
            <PageHead title=title/>
            <ProblemNotice problem=problem/>
            <p>
                <LinkButton href=again>{lang.pick("Lihat permintaannya lagi", "Look at the request again")}</LinkButton>
            </p>
        </div>
    }
}

/// In a test network nobody signs in: whoever develops chooses who to be.
#[component]
fn Choose(choice: ChooseRider) -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Pilih penumpang uji", "Choose a test rider");
    let ChooseRider { application, riders, request } = choice;
    let body = if riders.is_empty() {
        view! {
            <EmptyState title=lang.pick("Jaringan uji ini belum punya penumpang.", "This test network has no riders yet.")>
                <a href="/sandbox">{lang.pick("Buat penumpang uji di halaman Sandbox", "Make a test rider on the Sandbox page")}</a>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = riders.into_iter().map(|rider| {
            view! {
                <li>
                    <a class="list-row" href=format!("/oauth/authorize?{request}&test_rider={}", rider.id)>
                        <span class="list-main">
                            <b>{rider.name}</b>
                            <small>{rider.email}</small>
                        </span>
                        <Badge tone=Tone::Warning>{lang.pick("Uji", "Test")}</Badge>
                    </a>
                </li>
            }
        });
        view! { <ul class="list">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <Title text=title/>
        <div class="narrow stack-lg">
            <PageHead
                title=title
                lead=lang
                    .pick(
                        "Aplikasi ini terdaftar di sandbox: yang ditanya adalah penumpang uji, bukan orang sungguhan.",
                        "This application is registered in the sandbox: test riders are asked, and no real people.",
                    )
            />
            <Asker application=application is_test=true/>
            {body}
        </div>
    }
}
