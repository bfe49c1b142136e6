//! What `/metrics` says of webhooks. Nothing about single partners.

use std::{sync::LazyLock, time::Duration};

use metrics::{Counter, Histogram, counter, gauge, histogram};
use tokio::time::Instant;

use super::{Post, queries, report::Outcome};
use crate::app::Environment;
use domain::webhooks::schedule::Next;

/// How often the backlog is counted.
const COUNT_EVERY: Duration = Duration::from_secs(15);

struct Handles {
    delivered: Counter,
    refused: Counter,
    unanswered: Counter,
    gone: Counter,
    /// From publishing to receipt, of first attempts.
    delay: Histogram,
}

static HANDLES: LazyLock<Handles> = LazyLock::new(|| {
    crate::http::metrics::collector();
    let attempts = |outcome: &'static str| counter!("webhook_attempts_total", "outcome" => outcome);
    Handles {
        delivered: attempts("delivered"),
        refused: attempts("refused"),
        unanswered: attempts("unanswered"),
        gone: attempts("gone"),
        delay: histogram!("webhook_delivery_delay_seconds"),
    }
});

pub fn count(outcome: &Outcome) {
    let handles = &*HANDLES;
    match (outcome.next, &outcome.attempt.outcome) {
        (Next::Delivered, _) => {
            handles.delivered.increment(1);
            if outcome.job.attempts == 0 {
                let delay = outcome.ended_at.duration_since(outcome.job.created_at);
                handles.delay.record(delay.as_secs_f64().max(0.0));
            }
        }
        (Next::Gone, _) => handles.gone.increment(1),
        (Next::RetryAt(_) | Next::Exhausted, Ok(_)) => handles.refused.increment(1),
        (Next::RetryAt(_) | Next::Exhausted, Err(_)) => handles.unanswered.increment(1),
    }
}

/// Counts what waits, now and then.
#[derive(Debug, Default)]
pub struct Backlog {
    counted: Option<Instant>,
}

impl Backlog {
    pub async fn measure(&mut self, post: &Post) {
        if self.counted.is_some_and(|counted| counted.elapsed() < COUNT_EVERY) {
            return;
        }
        self.counted = Some(Instant::now());
        let environment = match post.environment {
            Environment::Live => "live",
            Environment::Test => "test",
        };
        match post
            .db()
            .row(&queries::BACKLOG, &[])
            .await
            .and_then(|row| row.map_or(Ok(0), |row| row.get::<i64>("deliveries")))
        {
            Ok(deliveries) => gauge!("webhook_backlog", "environment" => environment).set(deliveries as f64),
            Err(error) => tracing::warn!(%error, "the backlog of webhooks could not be counted"),
        }
    }
}
