//! A stream that tells when the latest deliveries have changed: the log renews itself by it.
//!
//! It tells only that, by a mark of what is there now; the page asks for its rows again as always. So
//! what a reader sees is the page's own list, with its own checks.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use domain::{
    ids::{PartnerId, WebhookId},
    realm::Realm,
    webhooks::tail::{LOOKED_AT, mark},
};
use futures_util::{Stream, stream};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::queries;
use crate::{
    app::{App, Environment},
    http::{
        problem::{ApiError, ApiResult},
        query::Query,
    },
    identity::Member,
    keys::environment,
    realms,
    store::{DbError, params},
};
use domain::problem::Code;

/// How often a stream looks.
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// Then the browser comes back by itself, and has to be signed in still.
const STREAMS_FOR: SignedDuration = SignedDuration::from_mins(1);

#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    environment: Option<String>,
    /// Only of this endpoint.
    endpoint_id: Option<String>,
    /// Of what the reader has before them.
    mark: Option<String>,
}

/// Where a stream stands.
struct Watch {
    app: App,
    realm: Realm,
    partner_id: PartnerId,
    endpoint_id: Option<WebhookId>,
    mark: String,
    ends_at: Timestamp,
}

pub(super) async fn stream_deliveries(
    State(app): State<App>,
    member: Member,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let environment = environment(wanted.environment.as_deref())?.unwrap_or(Environment::Live);
    let endpoint_id = wanted.endpoint_id.filter(|id| !id.is_empty());
    let endpoint_id =
        endpoint_id.map(|id| id.parse().map_err(|_| ApiError::new(Code::NotFound))).transpose()?;
    // A browser that comes back says what it was told last.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(ToOwned::to_owned);
    let watch = Watch {
        realm: realms::of(environment, &member.partner_id),
        partner_id: member.partner_id.clone(),
        endpoint_id,
        mark: last.or(wanted.mark).unwrap_or_default(),
        ends_at: app.clock.now().saturating_add(STREAMS_FOR).unwrap_or(Timestamp::MAX),
        app,
    };
    Ok(Sse::new(stream::unfold(watch, next)).keep_alive(KeepAlive::default()))
}

async fn next(mut watch: Watch) -> Option<(Result<Event, Infallible>, Watch)> {
    loop {
        match look(&watch).await {
            Ok(mark) if mark != watch.mark => {
                let told = Event::default().id(&mark).data(&mark);
                watch.mark = mark;
                return Some((Ok(told), watch));
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "deliveries could not be read for a stream");
                return None;
            }
        }
        if watch.app.clock.now() >= watch.ends_at {
            return None;
        }
        tokio::select! {
            () = watch.app.shutdown.cancelled() => return None,
            () = watch.app.clock.wait(LOOKS_EVERY) => {}
        }
    }
}

async fn look(watch: &Watch) -> Result<String, DbError> {
    let db = realms::store(&watch.app, &watch.realm);
    let (realm, partner) = (watch.realm.to_string(), &watch.partner_id);
    let rows = match &watch.endpoint_id {
        None => db.rows(&queries::LATEST_STATES, params![&realm, partner, LOOKED_AT]).await?,
        Some(id) => {
            let params = params![&realm, partner, id, LOOKED_AT];
            db.rows(&queries::LATEST_STATES_OF_ENDPOINT, params).await?
        }
    };
    let mut states = Vec::with_capacity(rows.len());
    for row in &rows {
        let attempts: i64 = row.get("attempts")?;
        states.push((row.get::<String>("id")?, row.get::<String>("status")?, attempts.unsigned_abs()));
    }
    Ok(mark(states.iter().map(|(id, status, attempts)| (id.as_str(), status.as_str(), *attempts))))
}
