//! Every statement of the product, for the test that prepares them all on both engines.

use super::Statement;

/// The statements of each concept. A test fails if a `queries.rs` is missing here.
pub const MODULES: &[(&str, &[&Statement])] = &[
    ("realms", crate::realms::queries::STATEMENTS),
    ("installation", crate::installation::queries::STATEMENTS),
    ("http", crate::http::queries::STATEMENTS),
    ("gates", crate::gates::queries::STATEMENTS),
    ("audit", crate::audit::queries::STATEMENTS),
    ("identity", crate::identity::queries::STATEMENTS),
    ("mail", crate::mail::queries::STATEMENTS),
    ("partners", crate::partners::queries::STATEMENTS),
    ("scoped", crate::scoped::queries::STATEMENTS),
    ("keys", crate::keys::queries::STATEMENTS),
    ("applications", crate::applications::queries::STATEMENTS),
    ("rider_accounts", crate::rider_accounts::queries::STATEMENTS),
    ("riders", crate::riders::queries::STATEMENTS),
    ("oauth", crate::oauth::queries::STATEMENTS),
    ("events", crate::events::queries::STATEMENTS),
    ("journeys", crate::journeys::queries::STATEMENTS),
    ("ledger", crate::ledger::queries::STATEMENTS),
    ("limits", crate::limits::queries::STATEMENTS),
    ("usage", crate::usage::queries::STATEMENTS),
    ("webhooks", crate::webhooks::queries::STATEMENTS),
    ("webhooks::dispatch", crate::webhooks::dispatch::queries::STATEMENTS),
    ("webhooks::pages", crate::webhooks::pages::queries::STATEMENTS),
    ("traffic", crate::traffic::queries::STATEMENTS),
];
