//! What became of a form that was just sent: the page is rendered again with it.
//!
//! Forms post to a path of the portal. The server turns the fields into JSON and calls the API; it
//! answers with a redirect where it can. It renders the page again with an [`Outcome`] where
//! something went wrong (the fields keep what was typed) or where the answer must be shown at once
//! and never again (a new key).

use std::{collections::HashMap, sync::Arc};

use domain::problem::Problem;
use leptos::prelude::use_context;
use serde::de::DeserializeOwned;

use crate::ui::Choice;

/// The form that was sent to get this page, and what came of it.
#[derive(Debug, Clone)]
pub struct Outcome(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    /// Path the form was posted to.
    action: String,
    /// What was typed, by field name; passwords are left out.
    values: HashMap<String, String>,
    result: Result<serde_json::Value, Problem>,
}

impl Outcome {
    #[must_use]
    pub fn new(
        action: String,
        values: HashMap<String, String>,
        result: Result<serde_json::Value, Problem>,
    ) -> Self {
        Self(Arc::new(Parts { action, values, result }))
    }
}

/// The state of one form while its page is rendered: fresh, or sent back.
#[derive(Debug, Clone, Default)]
pub struct FormState(Option<Outcome>);

impl FormState {
    /// The state of the form that posts to `action`; fresh unless that is the one just sent.
    #[must_use]
    pub fn of(action: &str) -> Self {
        Self(use_context::<Outcome>().filter(|outcome| outcome.0.action == action))
    }

    /// What was typed into a field, or the empty string.
    #[must_use]
    pub fn value(&self, field: &str) -> String {
        self.0.as_ref().and_then(|outcome| outcome.0.values.get(field)).cloned().unwrap_or_default()
    }

    /// What was typed into a field, or `fresh` if the form was not sent.
    #[must_use]
    pub fn value_or(&self, field: &str, fresh: impl Into<String>) -> String {
        if self.0.is_some() { self.value(field) } else { fresh.into() }
    }

    /// What the API says about a field.
    #[must_use]
    pub fn error(&self, field: &str) -> Option<String> {
        let problem = self.problem()?;
        let name = match field.strip_suffix(']').and_then(|field| field.split_once('[')) {
            Some((object, key)) if !key.is_empty() => format!("{object}.{key}"),
            _ => field.trim_end_matches("[]").split(':').next().unwrap_or(field).to_owned(),
        };
        let name = name.as_str();
        let matches =
            |at: &str| at == name || at.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', '[']));
        problem.errors.iter().find(|error| matches(&error.field)).map(|error| error.message.clone())
    }

    /// The refusal, if the form was refused.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        self.0.as_ref()?.0.result.as_ref().err()
    }

    /// The API's answer, if the form was accepted and the answer is shown here.
    #[must_use]
    pub fn answer<T: DeserializeOwned>(&self) -> Option<T> {
        let answer = self.0.as_ref()?.0.result.as_ref().ok()?;
        serde_json::from_value(answer.clone()).ok()
    }

    /// The one among `choices` that was chosen, or `fresh`.
    #[must_use]
    pub fn chosen(&self, field: &str, choices: &[Choice], fresh: &str) -> String {
        let value = self.value_or(field, fresh);
        if choices.iter().any(|choice| choice.value == value) { value } else { fresh.to_owned() }
    }
}
