//! What came of a form, above it: the refusal, or that it was done.

use leptos::prelude::*;

use super::{Notice, ProblemNotice, Tone};
use crate::{address::query, outcome::FormState, visitor::use_lang};

/// Why the form was sent back. Says nothing where the fields say it themselves: errors of `fields`
/// stand beside those; errors of anything else are listed here, so that none is lost.
#[component]
pub fn FormNotice(
    state: FormState,
    /// Names of the fields that the form shows.
    #[prop(optional)]
    fields: &'static [&'static str],
) -> impl IntoView {
    let problem = state.problem()?.clone();
    if problem.errors.is_empty() {
        return Some(view! { <ProblemNotice problem=problem/> }.into_any());
    }
    let shown: Vec<_> = fields.iter().filter_map(|field| state.error(field)).collect();
    let elsewhere: Vec<_> =
        problem.errors.into_iter().filter(|error| !shown.contains(&error.message)).collect();
    let list = (!elsewhere.is_empty()).then(|| {
        let lines = elsewhere
            .into_iter()
            .map(|error| view! { <li><code>{error.field}</code> ": " {error.message}</li> });
        view! { <ul>{lines.collect_view()}</ul> }
    });
    let title = use_lang()
        .pick("Belum tersimpan: periksa isian yang ditandai.", "Not saved yet: check the marked fields.");
    Some(view! { <Notice tone=Tone::Danger title=title>{list}</Notice> }.into_any())
}

/// A word that a redirect after a form may carry as `?done=`, and what it says to the reader.
pub type Done = (&'static str, &'static str, &'static str);

/// The word of `?done=`, if it is one of `words`.
#[must_use]
pub fn done(words: &[Done]) -> Option<Done> {
    let said = query("done")?;
    words.iter().copied().find(|(word, ..)| *word == said)
}

/// Says that the form just sent was carried out. Only words from the list are ever shown, so an
/// address cannot put words in our mouth.
#[component]
pub fn DoneNotice(
    /// Word, sentence in Indonesian, sentence in English.
    words: &'static [Done],
) -> impl IntoView {
    let (_, id, en) = done(words)?;
    Some(view! { <Notice tone=Tone::Success><p>{use_lang().pick(id, en)}</p></Notice> })
}
