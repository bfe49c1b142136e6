//! Calling a URL that a partner named, without being used by it.
//!
//! One attempt: look the name up once, drop every address that must not be called
//! ([`domain::webhooks::addresses`]), connect to exactly one of those that are left, and check that
//! the other end is the one asked for. No redirects, no proxy, no decompression. TLS is verified
//! against the name in the URL. One deadline holds for everything from the look-up on, of which the
//! look-up gets a third; at most [`ANSWER_BYTES_MAX`] of an answer's body are read, then the connection
//! is dropped. Waiting for a look-up of ours to become free is no part of it, and no failure.
//!
//! Promise: the address that was checked is the address that is connected to. A connection is used
//! again only for the endpoint, scheme, host and port it was made for, for a short time, and after a
//! new look at its address.

mod answer;
mod connect;
mod resolve;
mod target;
#[cfg(test)]
pub mod tests;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use domain::{ids::PartnerId, keys::IpRule, webhooks::schedule::ATTEMPT_TIMEOUT_S};
use hyper::body::Bytes;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use self::resolve::Lookups;
pub use self::{
    answer::{Answer, OWN_HEADERS},
    connect::Kept,
    resolve::{Resolve, SystemResolver},
    target::{BadTarget, Target},
};
pub use domain::webhooks::{AttemptError, schedule::ANSWER_BYTES_MAX};

/// Makes attempts. Cheap to clone.
#[derive(Clone)]
pub struct Client(Arc<Parts>);

struct Parts {
    lookups: Lookups,
    tls: TlsConnector,
    allowed: Vec<IpRule>,
    deadline: Duration,
}

/// What is sent: one POST.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

/// How long each part took; none: it was not reached, or was not needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    pub dns: Option<Duration>,
    pub connect: Option<Duration>,
    pub tls: Option<Duration>,
    /// From sending the request to the answer's head.
    pub first_byte: Option<Duration>,
    pub total: Duration,
}

/// What became of an attempt.
#[derive(Debug)]
pub struct Attempt {
    /// Who was connected to.
    pub address: Option<SocketAddr>,
    pub outcome: Result<Answer, AttemptError>,
    pub timing: Timing,
}

/// So many names are being looked up for the partner that this one's turn did not come. Nothing was
/// sent, and it says nothing of the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many names are being looked up")]
pub struct Crowded;

/// Why an attempt went no further.
enum Stop {
    Crowded,
    Failed(AttemptError),
}

impl From<AttemptError> for Stop {
    fn from(error: AttemptError) -> Self {
        Self::Failed(error)
    }
}

/// What is known of an attempt under way, so that one cut off by its deadline can be told of.
#[derive(Debug)]
struct Progress {
    /// Later by what was waited for ourselves.
    started: Instant,
    address: Option<SocketAddr>,
    answer: Option<Answer>,
    timing: Timing,
}

impl Progress {
    fn since(started: Instant) -> Self {
        Self { started, address: None, answer: None, timing: Timing::default() }
    }
}

impl Client {
    /// With the system's name service and the certificate authorities of the public web.
    #[must_use]
    pub fn new(allowed: Vec<IpRule>) -> Self {
        let tls = connect::public_tls();
        let deadline = Duration::from_secs(ATTEMPT_TIMEOUT_S);
        Self(Arc::new(Parts { lookups: Lookups::new(Box::new(SystemResolver)), tls, allowed, deadline }))
    }

    /// With everything given: for tests.
    #[cfg(test)]
    pub fn with(
        allowed: Vec<IpRule>,
        resolver: Box<dyn Resolve>,
        tls: TlsConnector,
        deadline: Duration,
    ) -> Self {
        Self(Arc::new(Parts { lookups: Lookups::new(resolver), tls, allowed, deadline }))
    }

    /// The operator's list.
    #[must_use]
    pub fn allowed(&self) -> &[IpRule] {
        &self.0.allowed
    }

    /// Sends `outgoing` once for a partner, over `kept` if it still holds. Returns the connection too,
    /// if it can be used again.
    ///
    /// A kept connection that turns out to be closed before anything of an answer came is replaced by a
    /// new one: servers close idle connections at any time, and a message that comes twice has one id.
    ///
    /// # Errors
    /// [`Crowded`], after a third of an attempt's time.
    pub async fn attempt(
        &self,
        partner: &PartnerId,
        target: &Target,
        kept: Option<Kept>,
        outgoing: &Outgoing,
    ) -> Result<(Attempt, Option<Kept>), Crowded> {
        let mut progress = Progress::since(Instant::now());
        let ended = self.run(partner, target, kept, outgoing, &mut progress).await;
        progress.timing.total = progress.started.elapsed();
        let (outcome, kept) = match (ended, progress.answer) {
            (Err(Stop::Crowded), _) => return Err(Crowded),
            (Ok(kept), Some(answer)) => (Ok(answer), kept),
            // An answer whose body did not come to its end is an answer all the same.
            (Err(_), Some(answer)) => (Ok(Answer { truncated: true, ..answer }), None),
            (Err(Stop::Failed(error)), None) => (Err(error), None),
            (Ok(_), None) => (Err(AttemptError::ConnectionLost), None),
        };
        Ok((Attempt { address: progress.address, outcome, timing: progress.timing }, kept))
    }

    async fn run(
        &self,
        partner: &PartnerId,
        target: &Target,
        kept: Option<Kept>,
        outgoing: &Outgoing,
        progress: &mut Progress,
    ) -> Result<Option<Kept>, Stop> {
        if let Some(mut kept) = kept
            && kept.is_usable(&target.origin, &self.0.allowed)
        {
            progress.address = Some(kept.address());
            let deadline = self.deadline(progress);
            match within(deadline, answer::exchange(&mut kept, target, outgoing, progress)).await {
                Ok(reusable) => return Ok(reusable.then_some(kept)),
                Err(AttemptError::ConnectionLost) if progress.answer.is_none() => {
                    *progress = Progress::since(progress.started);
                }
                Err(error) => return Err(error.into()),
            }
        }
        let candidates = self.candidates(partner, target, progress).await?;
        let deadline = self.deadline(progress);
        let fresh = async {
            let mut connection = self.connect(target, candidates, progress).await?;
            let reusable = answer::exchange(&mut connection, target, outgoing, progress).await?;
            Ok(reusable.then_some(connection))
        };
        Ok(within(deadline, fresh).await?)
    }

    fn deadline(&self, progress: &Progress) -> Instant {
        progress.started + self.0.deadline
    }
}

async fn within<T>(
    deadline: Instant,
    work: impl Future<Output = Result<T, AttemptError>>,
) -> Result<T, AttemptError> {
    timeout_at(deadline, work).await.unwrap_or(Err(AttemptError::TimedOut))
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}
