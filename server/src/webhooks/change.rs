//! Changing an endpoint.

use domain::{
    ids::WebhookId,
    webhooks::{EndpointStatus, EndpointView, UpdateEndpoint, health::Breaker},
};
use jiff::Timestamp;

use super::{
    Acting, EndpointRecord, WebhookError, dispatch,
    manage::{checked_application, checked_events, checked_url, find, summary, view},
    queries,
    record::write_events,
};
use crate::{
    app::{App, Environment},
    realms,
    store::{DbError, Tx, params},
};

/// How often a change is made anew that others keep coming before.
const UPDATES_MAX: usize = 5;

/// Changes an endpoint. Another URL, or making it active, forgets how it did before. What is changed at
/// the same time, by the partner or by the server that disables it, holds as well: the change is made
/// of what is read, and again if that is not there any more.
///
/// # Errors
/// As [`create`], and [`WebhookError::NotFound`], [`WebhookError::ChangedMeanwhile`].
pub async fn update(
    app: &App,
    acting: &Acting,
    id: &WebhookId,
    change: UpdateEndpoint,
) -> Result<EndpointView, WebhookError> {
    for _ in 0..UPDATES_MAX {
        let (environment, before) = find(app, acting, id).await?;
        let now = realms::now(app, &before.realm);
        let after = changed(app, acting, environment, &before, &change, now).await?;
        let updated = after.clone();
        let is_updated = app
            .store(environment)
            .write::<_, DbError, _>(move |tx| Box::pin(async move { replace(tx, &before, &updated).await }))
            .await?;
        if is_updated {
            dispatch::recall(app);
            acting.record(app, "webhook.update", id.as_str(), summary(&after)).await?;
            return Ok(view(&after, now));
        }
    }
    Err(WebhookError::ChangedMeanwhile)
}

/// What an endpoint becomes by a change.
async fn changed(
    app: &App,
    acting: &Acting,
    environment: Environment,
    before: &EndpointRecord,
    change: &UpdateEndpoint,
    now: Timestamp,
) -> Result<EndpointRecord, WebhookError> {
    let mut after = EndpointRecord { changed_at: now, ..before.clone() };
    if let Some(url) = &change.url {
        after.url = checked_url(app, environment, url)?;
    }
    if let Some(events) = &change.events {
        after.events = checked_events(acting, environment, events)?;
    }
    if let Some(description) = &change.description {
        after.description = description.as_ref().map(ToString::to_string).unwrap_or_default();
    }
    if let Some(application) = &change.application_id {
        after.application_id = checked_application(app, acting, environment, application.clone()).await?;
    }
    match change.active {
        None => {}
        Some(false) if after.status == EndpointStatus::Active => after.status = EndpointStatus::Paused,
        Some(false) => {}
        Some(true) => {
            acting.may_send(environment)?;
            after.status = EndpointStatus::Active;
        }
    }
    if is_fresh(before, &after) {
        (after.failing, after.breaker) = (None, Breaker::default());
    }
    if after.status != EndpointStatus::Disabled {
        after.disabled_reason = None;
    }
    Ok(after)
}

/// Whether how it did before says nothing of how it will do.
fn is_fresh(before: &EndpointRecord, after: &EndpointRecord) -> bool {
    let is_woken = after.status == EndpointStatus::Active && before.status != EndpointStatus::Active;
    after.url != before.url || is_woken
}

/// Puts `after` in the place of `before`; false if that is not what is there.
async fn replace(tx: &mut Tx, before: &EndpointRecord, after: &EndpointRecord) -> Result<bool, DbError> {
    let params = params![
        &after.id,
        &after.url,
        &after.description,
        write_events(&after.events),
        after.status.as_str(),
        after.disabled_reason.map(|reason| reason.as_str()),
        after.application_id.as_ref(),
        after.changed_at,
        &before.url,
        &before.description,
        write_events(&before.events),
        before.status.as_str(),
        before.disabled_reason.map(|reason| reason.as_str()),
        before.application_id.as_ref()
    ];
    if tx.execute(&queries::UPDATE_ENDPOINT, params).await? == 0 {
        return Ok(false);
    }
    if is_fresh(before, after) {
        tx.execute(&queries::FORGET_HEALTH, params![&after.id]).await?;
    }
    // What waited may go on.
    tx.announce();
    Ok(true)
}
