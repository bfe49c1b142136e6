//! What is sent when: a day's taps as messages of gates, with the faults asked for.
//!
//! A plan follows from the population, the day, the pace and the faults alone. Messages keep their
//! number from run to run, which is what the journal remembers them by.

use domain::{
    gates::SentTap,
    network::GateDirection,
    time::{JAKARTA, day_start},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::Serialize;

use crate::{
    chance::Chance,
    day::PlannedTap,
    population::{GateNo, Population},
};

/// How gates gather taps into messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// A gate sends what it has after so many seconds; zero: each tap at once.
    pub gather_s: u32,
    /// ... or when it has so many.
    pub batch: usize,
    /// Only taps from this hour of the day on.
    pub from_hour: u8,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// One message in twenty comes one to three hours late.
    pub late: bool,
    /// One message in twenty is sent twice.
    pub duplicates: bool,
    /// The busiest entry is silent from 07:00 to 09:00, then sends what it has.
    pub dead_gate: bool,
    /// One gate in ten has a clock that is up to 90 s wrong.
    pub clock_drift: bool,
    /// Cloned media, passing back, impossible travel, haste.
    pub fraud: bool,
}

/// A gate's taps, sent together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    pub gate: GateNo,
    /// When it is due, by the simulated clock.
    pub send_at: Timestamp,
    first: u32,
    taps: u32,
    /// Sent before: a duplicate on purpose.
    repeat: bool,
}

/// A gate that is silent for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    pub gate: GateNo,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Silence {
    /// Whether the gate is silent at that instant.
    #[must_use]
    pub fn covers(&self, gate: GateNo, at: Timestamp) -> bool {
        gate == self.gate && (self.from..self.until).contains(&at)
    }

    fn hushes(&self, message: &Message) -> bool {
        self.covers(message.gate, message.send_at)
    }
}

/// A day's messages, in the order in which they are due.
#[derive(Debug)]
pub struct Plan {
    population: Population,
    /// By gate, then time.
    taps: Vec<PlannedTap>,
    pub messages: Vec<Message>,
    pub silence: Option<Silence>,
    /// By gate: how far its clock is ahead, in milliseconds.
    drift: Vec<i64>,
}

#[derive(Serialize)]
struct Body {
    taps: Vec<SentTap>,
}

impl Plan {
    #[must_use]
    pub fn new(population: Population, day: Date, pace: Pace, faults: Faults) -> Self {
        let mut taps = population.plan_day(day, faults.fraud);
        let start = day_start(day);
        let from = after(start, i64::from(pace.from_hour) * 3_600_000);
        taps.retain(|tap| tap.tapped_at >= from);
        // Stable: within a gate they stay in order of time.
        taps.sort_by_key(|tap| tap.gate);
        let mut plan = Self {
            drift: drifts(&population, faults.clock_drift),
            silence: faults.dead_gate.then(|| silence(&population, &taps, start)).flatten(),
            messages: messages(&taps, start, pace),
            population,
            taps,
        };
        plan.disturb(day, faults);
        plan.messages.sort_by_key(|message| (message.send_at, message.gate, message.first, message.repeat));
        plan
    }

    fn disturb(&mut self, day: Date, faults: Faults) {
        let mut chance = Chance::of(&[self.population.seed, 5, day_start(day).as_second().unsigned_abs()]);
        let mut repeats = Vec::new();
        for message in &mut self.messages {
            let (late, twice) = (chance.below(20) == 0, chance.below(20) == 0);
            let (late_ms, again_ms) = (chance.between(3_600_000, 10_800_000), chance.between(0, 900_000));
            if faults.late && late {
                message.send_at = after(message.send_at, late_ms);
            }
            if faults.duplicates && twice {
                repeats.push(Message { send_at: after(message.send_at, again_ms), repeat: true, ..*message });
            }
        }
        self.messages.append(&mut repeats);
        let Some(silence) = self.silence else { return };
        for message in self.messages.iter_mut().filter(|message| silence.hushes(message)) {
            message.send_at = silence.until;
        }
    }

    /// How many taps there are, duplicates on purpose left out.
    #[must_use]
    pub fn taps(&self) -> usize {
        self.taps.len()
    }

    #[must_use]
    pub fn population(&self) -> &Population {
        &self.population
    }

    #[must_use]
    pub fn gate_id(&self, message: &Message) -> &str {
        &self.population.gate(message.gate).id
    }

    /// How far a gate's clock is ahead, in milliseconds.
    #[must_use]
    pub fn drift_ms(&self, gate: GateNo) -> i64 {
        self.drift.get(usize::from(gate.0)).copied().unwrap_or(0)
    }

    /// The taps of a message.
    #[must_use]
    pub fn taps_of(&self, message: &Message) -> &[PlannedTap] {
        let first = message.first as usize;
        &self.taps[first..first + message.taps as usize]
    }

    /// The message as it goes over the wire.
    ///
    /// # Errors
    /// None that a tap can cause.
    pub fn body(&self, message: &Message) -> Result<Vec<u8>, serde_json::Error> {
        let drift_ms = self.drift_ms(message.gate);
        let sent = |tap: &PlannedTap| SentTap {
            sequence: tap.sequence,
            direction: tap.direction,
            media: self.population.token(tap.rider, tap.medium),
            payment_method: tap.payment_method,
            tapped_at: after(tap.tapped_at, drift_ms),
        };
        serde_json::to_vec(&Body { taps: self.taps_of(message).iter().map(sent).collect() })
    }
}

fn messages(taps: &[PlannedTap], start: Timestamp, pace: Pace) -> Vec<Message> {
    let gather_ms = i64::from(pace.gather_s) * 1_000;
    let slot = |tap: &PlannedTap| {
        let into_ms = tap.tapped_at.as_millisecond() - start.as_millisecond();
        if gather_ms == 0 { into_ms } else { into_ms.div_euclid(gather_ms) }
    };
    let mut messages = Vec::new();
    let mut first = 0_u32;
    for gathered in taps.chunk_by(|tap, next| tap.gate == next.gate && slot(tap) == slot(next)) {
        let slot_end = after(start, (slot(&gathered[0]) + 1).saturating_mul(gather_ms));
        for batch in gathered.chunks(pace.batch.max(1)) {
            let last = batch[batch.len() - 1].tapped_at;
            let full = gather_ms == 0 || batch.len() == pace.batch;
            let taps = u32::try_from(batch.len()).unwrap_or(0);
            let send_at = if full { last } else { slot_end };
            messages.push(Message { gate: batch[0].gate, send_at, first, taps, repeat: false });
            first += taps;
        }
    }
    messages
}

fn drifts(population: &Population, wanted: bool) -> Vec<i64> {
    let drift = |number: usize| {
        let mut chance = Chance::of(&[population.seed, 6, number as u64]);
        let (drifts, by_ms) = (chance.below(10) == 0, chance.between(-90_000, 90_000));
        if wanted && drifts { by_ms } else { 0 }
    };
    (0..population.gates().len()).map(drift).collect()
}

fn silence(population: &Population, taps: &[PlannedTap], start: Timestamp) -> Option<Silence> {
    let (from, until) = (after(start, 7 * 3_600_000), after(start, 9 * 3_600_000));
    let mut counts = vec![0_u32; population.gates().len()];
    let silent =
        |tap: &&PlannedTap| tap.direction == GateDirection::In && (from..until).contains(&tap.tapped_at);
    for tap in taps.iter().filter(silent) {
        counts[usize::from(tap.gate.0)] += 1;
    }
    let busiest = (0..).zip(&counts).max_by_key(|&(number, count)| (*count, std::cmp::Reverse(number)))?;
    Some(Silence { gate: GateNo(busiest.0), from, until })
}

fn after(at: Timestamp, by_ms: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_millis(by_ms)).unwrap_or(Timestamp::MAX)
}

/// The hour in Jakarta, for people.
#[must_use]
pub fn clock_text(at: Timestamp) -> String {
    let local = JAKARTA.to_datetime(at);
    format!("{:02}:{:02}", local.hour(), local.minute())
}
