//! A refusal of the API, in its own words.

use domain::problem::Problem;
use leptos::prelude::*;

use super::{Notice, Tone};

/// Title, detail and code of a problem. The code leads to its paragraph in the documentation; the
/// request id is what to quote when asking for help.
#[component]
pub fn ProblemNotice(problem: Problem) -> impl IntoView {
    view! {
        <Notice tone=Tone::Danger title=problem.title>
            <p>{problem.detail}</p>
            <p class="problem-trace">
                <a href=format!("/docs/rate-limits#{}", problem.code)>
                    <code>{problem.code.clone()}</code>
                </a>
                " · "
                <code>{problem.request_id}</code>
            </p>
        </Notice>
    }
}
