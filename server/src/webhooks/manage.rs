//! Making, showing and deleting endpoints, and the rules that what is said of one keeps.

use domain::{
    events::EventKind,
    ids::{ApplicationId, WebhookId},
    page::{Page, PageRequest},
    webhooks::{
        CreateEndpoint, ENDPOINTS_MAX, EndpointStatus, EndpointUrl, EndpointView, EndpointWithSecret,
        EventName, SecretSet, SigningSecret, UrlPolicy, health::Breaker,
    },
};
use jiff::Timestamp;

use super::{
    Acting, EndpointRecord, WebhookError, dispatch, queries,
    record::write_events,
    sealed,
    test_send::{self, Test},
};
use crate::{
    app::{App, Environment},
    applications, realms,
    store::{DbError, Lock, Tx, params},
};

/// Endpoints that a list looks at.
const LISTED_MAX: i64 = 1_000;

/// Registers an endpoint. The secret is in the answer only if it was made here.
///
/// # Errors
/// [`WebhookError::NotActive`], [`WebhookError::TierInsufficient`], [`WebhookError::Url`],
/// [`WebhookError::NoEvents`], [`WebhookError::NoApplication`], [`WebhookError::TooMany`].
pub async fn create(
    app: &App,
    acting: &Acting,
    environment: Environment,
    new: CreateEndpoint,
) -> Result<EndpointWithSecret, WebhookError> {
    acting.may_send(environment)?;
    let realm = acting.realm(environment);
    let now = realms::now(app, &realm);
    let id = app.random.id(now, WebhookId::new);
    let made = new.secret.is_none();
    let secret = new.secret.unwrap_or_else(|| SigningSecret::generate(app.random.bytes()));
    let told = made.then(|| secret.expose().to_owned());
    let record = EndpointRecord {
        url: checked_url(app, environment, &new.url)?,
        description: new.description.map(|text| text.to_string()).unwrap_or_default(),
        events: checked_events(acting, environment, &new.events)?,
        status: if new.active { EndpointStatus::Active } else { EndpointStatus::Paused },
        disabled_reason: None,
        application_id: checked_application(app, acting, environment, new.application_id).await?,
        sealed: sealed(&app.vault, &id, &SecretSet::new(secret)),
        overlap_until: None,
        created_at: now,
        changed_at: now,
        failing: None,
        breaker: Breaker::default(),
        last_success_at: None,
        last_failure_at: None,
        partner_id: acting.partner.clone(),
        realm,
        id,
    };
    let endpoint = view(&record, now);
    let test = (new.send_test && new.active)
        .then(|| record.events.first().map(|&kind| Test::new(app, &record, kind)))
        .flatten();
    let sent = test.as_ref().map(Test::view);
    let row = record.clone();
    app.store(environment)
        .write::<_, WebhookError, _>(move |tx| {
            Box::pin(async move {
                let count = tx.row(&queries::COUNT_OF_PARTNER, params![&row.realm, &row.partner_id]).await?;
                if count.map_or(Ok(0), |row| row.get::<u64>("total"))? >= ENDPOINTS_MAX {
                    return Err(WebhookError::TooMany);
                }
                insert(tx, &row).await?;
                if let Some(test) = test {
                    test_send::enqueue(tx, &row, &test).await?;
                }
                Ok(())
            })
        })
        .await?;
    acting.record(app, "webhook.create", endpoint.id.as_str(), summary(&record)).await?;
    Ok(EndpointWithSecret { endpoint, secret: told, test: sent })
}

async fn insert(tx: &mut Tx, row: &EndpointRecord) -> Result<(), DbError> {
    let params = params![
        &row.id,
        &row.realm,
        &row.partner_id,
        &row.url,
        &row.description,
        write_events(&row.events),
        row.status.as_str(),
        row.application_id.as_ref(),
        row.sealed.as_slice(),
        row.created_at
    ];
    tx.execute(&queries::INSERT_ENDPOINT, params).await.map(drop)
}

/// A page of a partner's endpoints, newest first; those of all environments they act in unless one is
/// named.
///
/// # Errors
/// When a store fails.
pub async fn list(
    app: &App,
    acting: &Acting,
    environment: Option<Environment>,
    request: PageRequest,
) -> Result<Page<EndpointView>, DbError> {
    let mut endpoints = Vec::new();
    for of in acting.environments().filter(|of| environment.is_none_or(|environment| environment == *of)) {
        let realm = acting.realm(of);
        let now = realms::now(app, &realm);
        let params = params![&realm, &acting.partner, LISTED_MAX];
        for row in app.store(of).rows(&queries::LIST_OF_PARTNER, params).await? {
            endpoints.push(view(&EndpointRecord::read(&row)?, now));
        }
    }
    endpoints.sort_by(|a, b| b.id.cmp(&a.id));
    Ok(request.of(endpoints.into_iter()))
}

/// A partner's endpoint, wherever it lives.
///
/// # Errors
/// [`WebhookError::NotFound`], also for somebody else's.
pub async fn find(
    app: &App,
    acting: &Acting,
    id: &WebhookId,
) -> Result<(Environment, EndpointRecord), WebhookError> {
    for environment in acting.environments() {
        let params = params![id, &acting.realm(environment), &acting.partner];
        if let Some(row) = app.store(environment).row(&queries::FIND_OF_PARTNER, params).await? {
            return Ok((environment, EndpointRecord::read(&row)?));
        }
    }
    Err(WebhookError::NotFound)
}

/// What its partner sees of an endpoint at `now`, by its realm's clock.
#[must_use]
pub fn view(record: &EndpointRecord, now: Timestamp) -> EndpointView {
    let spared_until = match record.breaker {
        Breaker::Open { until, .. } => Some(until),
        Breaker::Closed { .. } | Breaker::Probing { .. } => None,
    };
    EndpointView {
        id: record.id.clone(),
        url: record.url.clone(),
        events: record.events.clone(),
        active: record.status == EndpointStatus::Active,
        created_at: record.created_at,
        environment: record.environment(),
        status: record.status,
        disabled_reason: record.disabled_reason,
        description: Some(record.description.clone()).filter(|text| !text.is_empty()),
        application_id: record.application_id.clone(),
        overlap_until: record.overlap_until.filter(|until| *until > now),
        changed_at: record.changed_at,
        failing_since: record.failing.map(|failing| failing.since),
        spared_until: spared_until.filter(|until| *until > now),
        last_success_at: record.last_success_at,
        last_failure_at: record.last_failure_at,
    }
}

/// Deletes an endpoint: what waits for it is cancelled, what was sent stays listed.
///
/// # Errors
/// [`WebhookError::NotFound`].
pub async fn delete(app: &App, acting: &Acting, id: &WebhookId) -> Result<(), WebhookError> {
    let (environment, record) = find(app, acting, id).await?;
    let now = realms::now(app, &record.realm);
    let endpoint = id.clone();
    let deleted = app
        .store(environment)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                // What is published at the same time is cancelled here, or not made.
                tx.lock(Lock::Publish).await?;
                let deleted = tx.execute(&queries::DELETE_ENDPOINT, params![&endpoint]).await?;
                tx.execute(&queries::CANCEL_OF_ENDPOINT, params![&endpoint, now]).await?;
                Ok(deleted)
            })
        })
        .await?;
    if deleted == 0 {
        return Err(WebhookError::NotFound);
    }
    dispatch::recall(app);
    acting.record(app, "webhook.delete", id.as_str(), summary(&record)).await?;
    Ok(())
}

pub(super) fn checked_url(app: &App, environment: Environment, url: &str) -> Result<String, WebhookError> {
    let allowed = app.config.webhook_allowed();
    let policy = UrlPolicy { environment, allowed: &allowed };
    EndpointUrl::check(url, policy).map(|url| url.as_str().to_owned()).map_err(WebhookError::Url)
}

/// Each once, in the order given.
pub(super) fn checked_events(
    acting: &Acting,
    environment: Environment,
    names: &[EventName],
) -> Result<Vec<EventKind>, WebhookError> {
    let covered = acting.tier(environment).terms().events;
    let mut events = Vec::with_capacity(EventKind::ALL.len());
    for &EventName(event) in names {
        if !covered.contains(&event) {
            return Err(WebhookError::TierInsufficient { event: Some(event) });
        }
        if !events.contains(&event) {
            events.push(event);
        }
    }
    if events.is_empty() { Err(WebhookError::NoEvents) } else { Ok(events) }
}

pub(super) async fn checked_application(
    app: &App,
    acting: &Acting,
    environment: Environment,
    id: Option<ApplicationId>,
) -> Result<Option<ApplicationId>, WebhookError> {
    let Some(id) = id else { return Ok(None) };
    let found = applications::find(app, &id).await?;
    let own = found.filter(|found| {
        found.partner_id == acting.partner && found.environment() == environment && found.deleted_at.is_none()
    });
    own.map(|_| Some(id)).ok_or(WebhookError::NoApplication)
}

/// For the audit log: no secret, and no query of the URL, which may hold one.
pub(super) fn summary(record: &EndpointRecord) -> String {
    let url = record.url.split(['?', '#']).next().unwrap_or_default();
    format!("{url} ({}, {}, {})", record.environment(), record.status, write_events(&record.events))
}
