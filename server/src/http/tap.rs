//! What is known of a connection on both sides of the HTTP parser: the head as it came, and since
//! when the client keeps us waiting.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::edge::URI_BYTES_MAX;

/// So much of a head is remembered.
const HEAD_BYTES_KEPT: usize = 16 * 1024;
/// Spare room kept between requests; a larger buffer is given back.
const HEAD_BYTES_SPARE: usize = 2 * 1024;

/// How long a client may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// To send a head, from its first byte (at first: from connecting) to its last.
    pub head: Duration,
    /// Between an answer's last byte and the next request.
    pub idle: Duration,
}

/// What a connection is at.
#[derive(Debug, Clone, Copy)]
enum Stage {
    /// Waiting for a head, or in the middle of one, since then.
    Head(Instant),
    /// A request has been handed to the router.
    Busy,
    /// Answered; the last byte was written then.
    Idle(Instant),
}

/// What is known of a connection on both sides of the parser.
#[derive(Debug)]
pub struct Tap(Mutex<Seen>);

#[derive(Debug)]
struct Seen {
    /// The beginning of what came since the last answer.
    head: Vec<u8>,
    stage: Stage,
}

impl Default for Tap {
    fn default() -> Self {
        Self(Mutex::new(Seen { head: Vec::new(), stage: Stage::Head(Instant::now()) }))
    }
}

impl Tap {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn remember(&self, bytes: &[u8]) {
        let mut seen = self.seen();
        if let Stage::Idle(_) = seen.stage {
            seen.stage = Stage::Head(Instant::now());
        }
        let room = HEAD_BYTES_KEPT.saturating_sub(seen.head.len());
        seen.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    pub fn forget(&self) {
        let mut seen = self.seen();
        seen.stage = Stage::Idle(Instant::now());
        seen.head.clear();
        seen.head.shrink_to(HEAD_BYTES_SPARE);
    }

    /// The parser has handed a request over.
    pub fn head_is_read(&self) {
        self.seen().stage = Stage::Busy;
    }

    /// When the client's time is up.
    pub fn deadline(&self, patience: Patience) -> Option<Instant> {
        match self.seen().stage {
            Stage::Head(since) => Some(since + patience.head),
            Stage::Idle(since) => Some(since + patience.idle),
            Stage::Busy => None,
        }
    }

    /// Whether the head has a header of this name (in lower case). Of requests that a client sends
    /// without waiting for answers, only the first is looked at.
    #[must_use]
    pub fn head_has(&self, name: &[u8]) -> bool {
        let head = &self.seen().head;
        head.split(|&byte| byte == b'\n').skip(1).take_while(|line| !matches!(*line, b"" | b"\r")).any(
            |line| {
                line.len() > name.len()
                    && line[name.len()] == b':'
                    && line[..name.len()].eq_ignore_ascii_case(name)
            },
        )
    }

    /// Whether the address line goes on past what is allowed.
    pub fn has_long_address(&self) -> bool {
        let head = &self.seen().head;
        head.iter().position(|&byte| byte == b'\n').unwrap_or(head.len()) > URI_BYTES_MAX
    }
}
