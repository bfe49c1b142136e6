//! Idempotency-Key: one effect, one answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    http::StatusCode,
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::post,
};
use domain::problem::Code;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::{
    http::{
        edge::EdgeLayer,
        idempotency::{Idempotency, honour, prune},
        problem::ApiError,
        queries::SELECT_ALL_ATTEMPTS,
    },
    testing::{TestApp, client::Client},
};

/// A surface with one POST that counts how often it really ran.
struct Counting {
    test: TestApp,
    client: Client,
    ran: Arc<AtomicU32>,
    /// Runs as far as here only with a permit.
    gate: Arc<Semaphore>,
}

impl Counting {
    fn over(test: TestApp) -> Self {
        let (ran, gate) = (Arc::new(AtomicU32::new(0)), Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)));
        let act = {
            let (ran, gate) = (ran.clone(), gate.clone());
            async move |body: String| -> Response {
                let _permit = gate.acquire().await;
                let number = ran.fetch_add(1, Ordering::SeqCst) + 1;
                match body.trim_matches('"') {
                    "refuse" => ApiError::invalid("name", "taken", "sudah ada", "taken").into_response(),
                    "throttle" => ApiError::new(Code::TooManyAttempts).retry_after_s(9).into_response(),
                    "fail" => ApiError::internal(std::io::Error::other("broken")).into_response(),
                    _ => {
                        let headers = [("set-cookie", "__Host-nfcg_session=s3cret"), ("location", "/keys/1")];
                        let body = axum::Json(json!({ "number": number, "secret": "nfcg_live_s3cret" }));
                        (StatusCode::CREATED, headers, body).into_response()
                    }
                }
            }
        };
        let app = test.app.clone();
        let router = Router::new()
            .route("/portal-api/v1/act", post(act))
            .layer(from_fn_with_state(Idempotency::new(app.clone()), honour))
            .layer(EdgeLayer::new(app));
        Self { test, client: Client::of(router), ran, gate }
    }

    async fn each() -> Vec<Self> {
        TestApp::each().await.into_iter().map(Self::over).collect()
    }

    fn keyed(&self, key: &str) -> Client {
        self.client.clone().header("idempotency-key", key)
    }

    fn times_ran(&self) -> u32 {
        self.ran.load(Ordering::SeqCst)
    }
}

const ACT: &str = "/portal-api/v1/act";

#[tokio::test]
async fn the_same_request_again_gets_the_first_answer() {
    for counting in Counting::each().await {
        let first = counting.keyed("k1").post(ACT, "a").await;
        let again = counting.keyed("k1").post(ACT, "a").await;
        assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
        assert_eq!((&first.body, again.text("location")), (&again.body, "/keys/1"));
        assert_eq!((first.text("idempotency-replayed"), again.text("idempotency-replayed")), ("", "true"));
        assert_eq!(counting.times_ran(), 1);
        assert_eq!(
            counting.keyed("k2").post(ACT, "a").await.json()["number"],
            2,
            "another key is another request"
        );
    }
}

#[tokio::test]
async fn a_session_cookie_is_never_given_again() {
    let counting = Counting::over(TestApp::one().await);
    assert_ne!(counting.keyed("k1").post(ACT, "a").await.text("set-cookie"), "");
    assert_eq!(counting.keyed("k1").post(ACT, "a").await.text("set-cookie"), "");
}

#[tokio::test]
async fn another_body_under_the_same_key_is_refused() {
    for counting in Counting::each().await {
        counting.keyed("k1").post(ACT, "a").await;
        assert_eq!(
            counting.keyed("k1").post(ACT, "b").await.code(),
            (422, "idempotency_key_reused".to_owned())
        );
        assert_eq!(counting.times_ran(), 1);
    }
}

#[tokio::test]
async fn callers_do_not_see_each_others_answers() {
    let counting = Counting::over(TestApp::one().await);
    let number = async |name: &'static str, value: &str| {
        counting.keyed("k1").header(name, value).post(ACT, "a").await.json()["number"].as_u64()
    };
    assert_eq!(number("x-api-key", "nfcg_live_x").await, Some(1));
    assert_eq!(number("x-api-key", "nfcg_live_y").await, Some(2));
    assert_eq!(number("x-api-key", "nfcg_test_x").await, Some(3));
    assert_eq!(number("authorization", "Bearer x").await, Some(4));
    assert_eq!(number("cookie", "__Host-nfcg_session=x").await, Some(5));
    assert_eq!(number("cookie", "__Host-nfcg_session=y").await, Some(6));
    assert_eq!(number("x-api-key", "nfcg_live_x").await, Some(1));
}

#[tokio::test]
async fn what_a_session_was_told_is_not_told_again_once_it_has_ended() {
    let counting = Counting::over(TestApp::one().await);
    let ended = counting.keyed("k1").header("cookie", "__Host-nfcg_session=ended");
    assert_eq!(ended.post(ACT, "a").await.status.as_u16(), 201);
    assert_eq!(ended.post(ACT, "a").await.code(), (401, "not_signed_in".to_owned()));
    assert_eq!(counting.times_ran(), 1);
}

#[tokio::test]
async fn fifty_at_once_have_one_effect_and_one_answer() {
    for counting in Counting::each().await {
        let asking: Vec<_> = (0..50)
            .map(|_| {
                let client = counting.keyed("k1");
                tokio::spawn(async move { client.post(ACT, "a").await })
            })
            .collect();
        for asked in asking {
            let reply = asked.await.unwrap();
            assert_eq!((reply.status.as_u16(), reply.json()["number"].as_u64()), (201, Some(1)));
        }
        assert_eq!(counting.times_ran(), 1);
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_gets_the_answer_next_time() {
    let counting = Counting::over(TestApp::one().await);
    counting.gate.forget_permits(Semaphore::MAX_PERMITS);
    let client = counting.keyed("k1");
    let hanging_up = client.post(ACT, "a");
    let cut = tokio::time::timeout(Duration::from_millis(20), hanging_up).await;
    assert!(cut.is_err(), "it waits for the gate");
    counting.gate.add_permits(1);
    assert_eq!(counting.keyed("k1").post(ACT, "a").await.json()["number"], 1);
    assert_eq!(counting.times_ran(), 1);
}

#[tokio::test]
async fn a_refusal_is_given_again_to_the_letter() {
    let counting = Counting::over(TestApp::one().await);
    let first = counting.keyed("k1").post(ACT, "refuse").await;
    let again = counting.keyed("k1").post(ACT, "refuse").await;
    assert_eq!((first.status.as_u16(), &first.body), (422, &again.body));
    assert_eq!(again.text("content-type"), "application/problem+json");
    assert_eq!(counting.times_ran(), 1);
}

#[tokio::test]
async fn a_request_turned_away_for_now_may_come_again() {
    let counting = Counting::over(TestApp::one().await);
    assert_eq!(counting.keyed("k1").post(ACT, "throttle").await.text("retry-after"), "9");
    assert_eq!(counting.keyed("k1").post(ACT, "throttle").await.code().0, 429);
    assert_eq!(counting.times_ran(), 2);
}

#[tokio::test]
async fn an_attempt_that_broke_off_is_not_silently_repeated() {
    for counting in Counting::each().await {
        assert_eq!(counting.keyed("k1").post(ACT, "fail").await.code().0, 500);
        assert_eq!(counting.keyed("k1").post(ACT, "fail").await.code(), (409, "wrong_state".to_owned()));
        assert_eq!(counting.times_ran(), 1);
    }
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    for counting in Counting::each().await {
        let app = &counting.test.app;
        counting.keyed("k1").post(ACT, "a").await;
        app.clock.advance(Duration::from_secs(24 * 3600 - 1));
        assert_eq!(prune(app, &app.live).await.unwrap(), 0);
        assert_eq!(counting.keyed("k1").post(ACT, "a").await.json()["number"], 1);
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(
            counting.keyed("k1").post(ACT, "a").await.json()["number"],
            2,
            "expired, though not yet pruned"
        );
        app.clock.advance(Duration::from_secs(24 * 3600));
        assert_eq!(prune(app, &app.live).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn nothing_readable_lies_in_the_store() {
    for counting in Counting::each().await {
        counting.keyed("the-raw-key").header("x-api-key", "nfcg_live_caller").post(ACT, "the-body").await;
        let rows = counting.test.app.live.rows(&SELECT_ALL_ATTEMPTS, &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
        for column in ["lookup", "fingerprint", "answer"] {
            let bytes: Vec<u8> = rows[0].get(column).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            for secret in ["the-raw-key", "nfcg_live_caller", "the-body", "s3cret", "number"] {
                assert!(!text.contains(secret), "{column} holds {secret}");
            }
        }
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_one_is_refused() {
    let counting = Counting::over(TestApp::one().await);
    for key in [String::new(), "k".repeat(256)] {
        let (status, field, _) = counting.keyed(&key).post(ACT, "a").await.fault();
        assert_eq!((status, field.as_str()), (400, "Idempotency-Key"));
    }
    assert_eq!(counting.keyed(&"k".repeat(255)).post(ACT, "a").await.status.as_u16(), 201);
}
