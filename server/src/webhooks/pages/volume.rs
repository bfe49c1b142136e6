//! How many events of each kind the live network has a day, for the documentation.

use std::sync::Arc;

use axum::{Extension, extract::State};
use domain::{
    events::EventKind,
    ids::EventId,
    realm::Realm,
    time::{day_start, jakarta_day},
    webhooks::volume::{DAYS_MAX, EventVolume, EventVolumes},
};
use jiff::{SignedDuration, Span, Timestamp};
use tokio::sync::Mutex;

use super::queries;
use crate::{
    app::App,
    http::{json::PublicJson, problem::ApiResult},
    store::{DbError, params},
};

/// The past does not change; a day may turn, and what was told late is taken in with the next look.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(10);

/// The figures as last counted, and when. Who asks while they are counted waits for that.
#[derive(Clone, Default)]
pub(super) struct Kept(Arc<Mutex<Option<(Timestamp, EventVolumes)>>>);

/// For everybody: the documentation is.
pub(super) async fn get_event_volumes(
    State(app): State<App>,
    Extension(Kept(kept)): Extension<Kept>,
) -> ApiResult<PublicJson<EventVolumes>> {
    let now = app.clock.now();
    let mut kept = kept.lock().await;
    if let Some((at, volumes)) = kept.as_ref()
        && now.duration_since(*at) < KEPT_FOR
        && jakarta_day(*at) == jakarta_day(now)
    {
        return Ok(PublicJson(volumes.clone()));
    }
    let volumes = count(&app, now).await?;
    *kept = Some((now, volumes.clone()));
    Ok(PublicJson(volumes))
}

/// Over the last full days, but none before the network was told of.
async fn count(app: &App, now: Timestamp) -> Result<EventVolumes, DbError> {
    let today = jakarta_day(now);
    let none = || EventVolumes { from: None, days: 0, kinds: Vec::new() };
    let earliest = today.saturating_sub(Span::new().days(DAYS_MAX));
    let first = app.live.row(&queries::FIRST_EVENT, params![Realm::Live.as_str()]).await?;
    let Some(first) = first else { return Ok(none()) };
    // Nobody knows when on its first day the network began to tell.
    let first_whole = jakarta_day(first.get("recorded_at")?).saturating_add(Span::new().days(1));
    let from = first_whole.max(earliest);
    let days = from.until(today).map_or(0, |span| i64::from(span.get_days()));
    let Ok(days) = u64::try_from(days) else { return Ok(none()) };
    if days == 0 {
        return Ok(none());
    }
    let range = params![Realm::Live.as_str(), first_id(day_start(from)), first_id(day_start(today))];
    let mut kinds: Vec<_> = EventKind::ALL.iter().map(|&event| EventVolume { event, count: 0 }).collect();
    for row in app.live.rows(&queries::COUNT_EVENTS, range).await? {
        let event: EventKind = row.parse("kind")?;
        let count: i64 = row.get("events")?;
        if let Some(volume) = kinds.iter_mut().find(|volume| volume.event == event) {
            volume.count = count.unsigned_abs();
        }
    }
    Ok(EventVolumes { from: Some(from), days, kinds })
}

/// No event made before `at` has a greater id, and none made from then on a smaller one.
fn first_id(at: Timestamp) -> String {
    let unix_ms = u64::try_from(at.as_millisecond()).unwrap_or(0);
    EventId::new(unix_ms, [0; 10]).to_string()
}
