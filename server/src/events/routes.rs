//! The live network's events, as operators watch them: a list, and a stream that tells of new ones.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
    routing::get,
};
use domain::{
    events::{EventKind, RecordedEvent},
    page::{Page, PageRequest},
    problem::Code,
    realm::Realm,
};
use futures_util::{Stream, stream};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{LOOKED_AT_MAX, latest_of, since};
use crate::{
    app::App,
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
        query::Query,
    },
    identity::Operator,
};

const LIMIT_MAX: u64 = 200;
/// How often a stream looks for new events.
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// Then the browser comes back by itself, and has to be signed in still.
const STREAMS_FOR: SignedDuration = SignedDuration::from_mins(1);
/// Events told at one look.
const TOLD_AT_ONCE: u32 = 100;

pub fn portal_routes() -> Router<App> {
    Router::new().route("/admin/events", get(list_events)).route("/admin/events/stream", get(stream_events))
}

#[derive(Debug, Deserialize)]
struct Filter {
    kind: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

/// Newest first, among the last [`LOOKED_AT_MAX`].
async fn list_events(
    State(app): State<App>,
    _operator: Operator,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<RecordedEvent>>> {
    let request = PageRequest::parse(filter.page.as_deref(), filter.limit.as_deref(), LIMIT_MAX)?;
    let kind = filter.kind.as_deref().filter(|kind| !kind.is_empty()).map(|kind| {
        kind.parse::<EventKind>().map_err(|_| {
            ApiError::new(Code::InvalidParameter).fault(
                "kind",
                "unknown_value",
                "Jenis peristiwa tidak dikenal",
                "No such kind of event",
            )
        })
    });
    let events = latest_of(&app.live, &Realm::Live, kind.transpose()?, LOOKED_AT_MAX).await?;
    Ok(Json(request.of(events.into_iter())))
}

#[derive(Debug, Deserialize)]
struct From {
    after: Option<i64>,
}

/// Where a stream stands.
struct Watch {
    app: App,
    after: i64,
    ends_at: Timestamp,
    waiting: std::vec::IntoIter<RecordedEvent>,
}

/// Each event as it is listed, with its sequence as the id that browsers come back with.
async fn stream_events(
    State(app): State<App>,
    _operator: Operator,
    headers: HeaderMap,
    Query(From { after }): Query<From>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let ends_at = app.clock.now().saturating_add(STREAMS_FOR).unwrap_or(Timestamp::MAX);
    let watch = Watch { app, after: last.or(after).unwrap_or(0), ends_at, waiting: Vec::new().into_iter() };
    Sse::new(stream::unfold(watch, next)).keep_alive(KeepAlive::default())
}

async fn next(mut watch: Watch) -> Option<(Result<Event, Infallible>, Watch)> {
    loop {
        if let Some(event) = watch.waiting.next() {
            watch.after = event.sequence;
            let told = Event::default().id(event.sequence.to_string()).json_data(&event);
            return Some((Ok(told.unwrap_or_default()), watch));
        }
        match since(&watch.app.live, &Realm::Live, watch.after, TOLD_AT_ONCE).await {
            Ok(events) if !events.is_empty() => {
                watch.waiting = events.into_iter();
                continue;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "events could not be read for a stream");
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

#[cfg(test)]
mod tests {
    use domain::{identity::OperatorRole, ids::EventId, network::StationId};
    use serde_json::json;

    use super::super::{NewEvent, record};
    use super::*;
    use crate::{
        identity::tests::support::{Browser, operator, owner},
        store::DbError,
        testing::TestApp,
    };

    async fn happens(app: &App, kind: EventKind, fact: &'static str) {
        let (id, now) = (app.random.id(app.clock.now(), EventId::new), app.clock.now());
        let station: StationId = "STN_GMB".parse().unwrap();
        app.live
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    let event = NewEvent {
                        id,
                        realm: &Realm::Live,
                        kind,
                        fact,
                        rider_id: None,
                        journey_id: None,
                        station_id: Some(station),
                        occurred_at: now,
                        recorded_at: now,
                        data: json!({"fact": fact}),
                    };
                    record(tx, &event).await
                })
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn operators_read_the_live_networks_events_newest_first_and_nobody_else_does() {
        for test in TestApp::each().await {
            let app = &test.app;
            happens(app, EventKind::StationCrowded, "one").await;
            happens(app, EventKind::GateOffline, "two").await;
            happens(app, EventKind::GateOffline, "three").await;
            let mut rani = owner(app, "rani@travelku.example").await;
            for role in OperatorRole::ALL {
                let mut staff = operator(app, &format!("{}@kci.example", role.as_str()), role).await;
                let facts = |body: &serde_json::Value| -> Vec<String> {
                    let rows = body["data"].as_array().unwrap().iter();
                    rows.map(|row| row["data"]["fact"].as_str().unwrap().to_owned()).collect()
                };
                let all = staff.get("/admin/events?limit=2").await.body;
                assert_eq!(
                    (facts(&all), &all["meta"]["total"]),
                    (vec!["three".into(), "two".into()], &json!(3))
                );
                let crowded = staff.get("/admin/events?kind=station.crowded").await.body;
                assert_eq!(facts(&crowded), ["one"]);
                let unknown = staff.get("/admin/events?kind=x").await;
                assert_eq!((unknown.status, unknown.fault.unwrap().0.as_str()), (400, "kind"));
            }
            for path in ["/admin/events", "/admin/events/stream"] {
                assert_eq!(rani.get(path).await.code, "not_allowed");
                assert_eq!(Browser::new(app).get(path).await.code, "not_signed_in");
            }
        }
    }

    #[tokio::test]
    async fn a_stream_goes_on_after_what_was_seen_and_ends_with_the_server() {
        for test in TestApp::each().await {
            let app = &test.app;
            for fact in ["one", "two", "three"] {
                happens(app, EventKind::GateOffline, fact).await;
            }
            let staff = operator(app, "admin@kci.example", OperatorRole::Admin).await;
            let first = super::super::latest(&app.live, &Realm::Live, 9).await.unwrap().pop().unwrap();
            // What was there already is told at once; then the stream would wait.
            app.shutdown.cancel();
            let token = staff.cookie.unwrap();
            let client = test.anonymous().header("cookie", &token).header("accept-encoding", "gzip, br");
            let path = format!("/portal-api/v1/admin/events/stream?after={}", first.sequence);
            let reply = client.get(&path).await;
            assert_eq!(
                (reply.text("content-type"), reply.text("content-encoding")),
                ("text/event-stream", "")
            );
            let text = String::from_utf8(reply.body.to_vec()).unwrap();
            assert!(
                !text.contains("\"one\"") && text.contains("\"two\"") && text.contains("\"three\""),
                "{text}"
            );
            let ids: Vec<i64> = text
                .lines()
                .filter_map(|line| line.strip_prefix("id: "))
                .map(|id| id.parse().unwrap())
                .collect();
            assert_eq!(ids.len(), 2);
            // The browser comes back with the id it saw last.
            let again = client.header("last-event-id", &ids[0].to_string()).get(&path).await;
            let text = String::from_utf8(again.body.to_vec()).unwrap();
            assert!(!text.contains("\"two\"") && text.contains("\"three\""), "{text}");
        }
    }
}
