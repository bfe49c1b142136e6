//! Riders in the demo: the last days' taps, signed by the gates and sent through the whole router.
//!
//! Modelled demand (`docs/simulator.md`): a few hundred people around the busiest stations, so that
//! hours have counts large enough to be shown. Gates send what they gathered in some minutes; those
//! that are due together are sent together, as they would be.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use domain::{
    gates::{GateCreated, HEADER_GATE, HEADER_SIGNATURE, HEADER_TIMESTAMP, TapAnswers, TapStatus},
    network::Network,
    time::jakarta_day,
};
use futures_util::future::try_join_all;
use jiff::{Timestamp, ToSpan};
use simulator::{Faults, Message, Pace, Plan, Population, Secrets};
use tower::ServiceExt as _;

use super::DemoError;
use crate::app::App;

/// Days with taps, today among them.
const DAYS: i32 = 8;
const RIDERS: u32 = 320;
/// Where they live, work and go.
const STATIONS: usize = 12;
const SEED: u64 = 2026;
const PACE: Pace = Pace { gather_s: GATHER_S, batch: 100, from_hour: 0 };
const GATHER_S: u32 = 600;
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// The demo's riders on their way.
pub struct Riders {
    router: Router,
    secrets: Secrets,
    /// The days' plans, and how far each has been sent.
    plans: Vec<(Plan, usize)>,
    /// Nothing that happens later is sent.
    until: Timestamp,
}

/// The people of the demo, who use the gates that no one else was given.
#[must_use]
pub fn population(network: &Network, gates: &[GateCreated]) -> Population {
    let own = |id: &str| gates.iter().any(|given| given.gate.id == id);
    Population::around(network, STATIONS, RIDERS, SEED).only_at(own)
}

impl Riders {
    pub fn new(router: Router, population: &Population, gates: &[GateCreated], until: Timestamp) -> Self {
        let secrets =
            gates.iter().map(|given| (given.gate.id.clone(), given.secret.expose().to_owned())).collect();
        let today = jakarta_day(until);
        let days = (0..DAYS).rev().map(|back| today.saturating_sub(back.days()));
        let plan =
            |day| Plan::new(population.clone(), day, PACE, Faults { fraud: true, ..Faults::default() });
        Self { router, secrets, plans: days.map(|day| (plan(day), 0)).collect(), until }
    }

    /// Sends what is due up to `at`, moving the clock along.
    pub async fn send_until(&mut self, app: &App, at: Timestamp) -> Result<(), DemoError> {
        let at = at.min(self.until);
        while let Some(due) = self.next_due().filter(|due| *due <= at) {
            app.clock.advance_to(due);
            for place in 0..self.plans.len() {
                let (plan, sent) = &self.plans[place];
                let together = plan.messages[*sent..].partition_point(|message| message.send_at <= due);
                let messages = &plan.messages[*sent..*sent + together];
                try_join_all(messages.iter().map(|message| self.send(plan, message, due))).await?;
                self.plans[place].1 += together;
            }
        }
        Ok(())
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.plans.iter().filter_map(|(plan, sent)| plan.messages.get(*sent)).map(|next| next.send_at).min()
    }

    async fn send(&self, plan: &Plan, message: &Message, now: Timestamp) -> Result<(), DemoError> {
        let unexpected = |text: String| DemoError::Unexpected(text);
        let gate = plan.gate_id(message);
        let body = plan.body(message).map_err(|error| unexpected(error.to_string()))?;
        let timestamp = now.as_second().to_string();
        let signature = self.secrets.signature(gate, &timestamp, &body);
        let signature = signature.ok_or_else(|| unexpected(format!("the secret of {gate}")))?;
        let request = Request::post("/gate/v1/taps")
            .header(header::CONTENT_TYPE, "application/json")
            .header(HEADER_GATE, gate)
            .header(HEADER_TIMESTAMP, timestamp)
            .header(HEADER_SIGNATURE, signature)
            .body(Body::from(body))
            .map_err(|error| unexpected(error.to_string()))?;
        let Ok(response) = self.router.clone().oneshot(request).await;
        let status = response.status();
        let answer = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
        if !status.is_success() {
            let body = String::from_utf8_lossy(&answer).into_owned();
            return Err(DemoError::Refused { act: "taps".to_owned(), status: status.as_u16(), body });
        }
        let answers: TapAnswers =
            serde_json::from_slice(&answer).map_err(|error| unexpected(error.to_string()))?;
        match answers.results.iter().find(|answer| answer.status != TapStatus::Accepted) {
            Some(answer) => Err(unexpected(format!("every tap to be taken, not {answer:?}"))),
            None => Ok(()),
        }
    }
}
