//! An endpoint as the store keeps it.

use domain::{
    events::EventKind,
    ids::{ApplicationId, PartnerId, WebhookId},
    realm::Realm,
    webhooks::{
        DisabledReason, EndpointStatus,
        health::{Breaker, Failing},
    },
};
use jiff::Timestamp;

use crate::{
    app::Environment,
    store::{DbError, Row, Value},
};

/// One row of `webhook_endpoints`.
#[derive(Debug, Clone)]
pub struct EndpointRecord {
    pub id: WebhookId,
    pub realm: Realm,
    pub partner_id: PartnerId,
    pub url: String,
    pub description: String,
    /// Each once, in the order in which they were named.
    pub events: Vec<EventKind>,
    pub status: EndpointStatus,
    pub disabled_reason: Option<DisabledReason>,
    /// Events about riders by the consent given to this application alone; none: to any of the
    /// partner's.
    pub application_id: Option<ApplicationId>,
    /// See [`super::opened`].
    pub sealed: Vec<u8>,
    /// Until when an old secret signs too; may lie in the past.
    pub overlap_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
    pub failing: Option<Failing>,
    pub breaker: Breaker,
    pub last_success_at: Option<Timestamp>,
    pub last_failure_at: Option<Timestamp>,
}

impl EndpointRecord {
    pub(super) fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.parse("id")?,
            realm: row.parse("realm")?,
            partner_id: row.parse("partner_id")?,
            url: row.get("url")?,
            description: row.get("description")?,
            events: read_events(row)?,
            status: row.parse("status")?,
            disabled_reason: row.parse_opt("disabled_reason")?,
            application_id: row.parse_opt("application_id")?,
            sealed: row.get("secrets")?,
            overlap_until: row.get("overlap_until")?,
            created_at: row.get("created_at")?,
            changed_at: row.get("changed_at")?,
            failing: read_failing(row)?,
            breaker: read_breaker(row)?,
            last_success_at: row.get("last_success_at")?,
            last_failure_at: row.get("last_failure_at")?,
        })
    }

    /// Where it lives.
    #[must_use]
    pub fn environment(&self) -> Environment {
        match self.realm {
            Realm::Live => Environment::Live,
            Realm::Sandbox(_) => Environment::Test,
        }
    }
}

fn read_events(row: &Row) -> Result<Vec<EventKind>, DbError> {
    let corrupt = || DbError::Corrupt { column: "events".to_owned() };
    let names: String = row.get("events")?;
    names.split(',').map(|name| name.parse().map_err(|_| corrupt())).collect()
}

/// As the store keeps what an endpoint subscribes to.
pub(super) fn write_events(events: &[EventKind]) -> String {
    let names: Vec<&str> = events.iter().map(|event| event.as_str()).collect();
    names.join(",")
}

pub(super) fn read_failing(row: &Row) -> Result<Option<Failing>, DbError> {
    let since: Option<Timestamp> = row.get("failing_since")?;
    let warnings = u8::try_from(row.get::<i64>("warnings")?).unwrap_or(u8::MAX);
    Ok(since.map(|since| Failing { since, warnings }))
}

pub(super) fn read_breaker(row: &Row) -> Result<Breaker, DbError> {
    let until: Option<Timestamp> = row.get("breaker_until")?;
    let (failures, wait_s): (i64, Option<i64>) = (row.get("breaker_failures")?, row.get("breaker_wait_s")?);
    Ok(match (until, wait_s) {
        (Some(lost_at), Some(wait_s)) if row.get("breaker_probing")? => Breaker::Probing { lost_at, wait_s },
        (Some(until), Some(wait_s)) => Breaker::Open { until, wait_s },
        _ => Breaker::Closed { failures: u32::try_from(failures).unwrap_or(0) },
    })
}

/// Values of `breaker_failures`, `breaker_until`, `breaker_wait_s` and `breaker_probing`.
#[must_use]
pub fn breaker_values(breaker: Breaker) -> [Value; 4] {
    let (failures, until, wait_s, probing) = match breaker {
        Breaker::Closed { failures } => (failures, None, None, false),
        Breaker::Open { until, wait_s } => (0, Some(until), Some(wait_s), false),
        Breaker::Probing { lost_at, wait_s } => (0, Some(lost_at), Some(wait_s), true),
    };
    [failures.into(), until.into(), wait_s.into(), probing.into()]
}
