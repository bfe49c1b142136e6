//! Calling a URL that a partner named, without being used by it.
//!
//! One attempt: look the name up once, drop every address that must not be called
//! ([`domain::webhooks::addresses`]), connect to exactly one of those that are left, and check that
//! the other end is the one asked for. No redirects, no proxy, no decompression. TLS is verified
//! against the name in the URL. One deadline holds for everything from the look-up on; at most
//! [`ANSWER_BYTES_MAX`] of an answer's body are read, then the connection is dropped.
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

use domain::{keys::IpRule, webhooks::schedule::ATTEMPT_TIMEOUT_S};
use hyper::body::Bytes;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

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
    resolver: Box<dyn Resolve>,
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

/// What is known of an attempt under way, so that one cut off by its deadline can be told of.
#[derive(Debug, Default)]
struct Progress {
    address: Option<SocketAddr>,
    answer: Option<Answer>,
    timing: Timing,
}

impl Client {
    /// With the system's name service and the certificate authorities of the public web.
    #[must_use]
    pub fn new(allowed: Vec<IpRule>) -> Self {
        let tls = connect::public_tls();
        let deadline = Duration::from_secs(ATTEMPT_TIMEOUT_S);
        Self(Arc::new(Parts { resolver: Box::new(SystemResolver::default()), tls, allowed, deadline }))
    }

    /// With everything given: for tests.
    #[cfg(test)]
    pub fn with(
        allowed: Vec<IpRule>,
        resolver: Box<dyn Resolve>,
        tls: TlsConnector,
        deadline: Duration,
    ) -> Self {
        Self(Arc::new(Parts { resolver, tls, allowed, deadline }))
    }

    /// The operator's list.
    #[must_use]
    pub fn allowed(&self) -> &[IpRule] {
        &self.0.allowed
    }

    /// Sends `outgoing` once, over `kept` if it still holds. Returns the connection too, if it can be
    /// used again.
    ///
    /// A kept connection that turns out to be closed before anything of an answer came is replaced by a
    /// new one: servers close idle connections at any time, and a message that comes twice has one id.
    pub async fn attempt(
        &self,
        target: &Target,
        kept: Option<Kept>,
        outgoing: &Outgoing,
    ) -> (Attempt, Option<Kept>) {
        let started = Instant::now();
        let mut progress = Progress::default();
        let work = self.run(target, kept, outgoing, &mut progress);
        let ended = timeout_at(started + self.0.deadline, work).await;
        progress.timing.total = started.elapsed();
        let (outcome, kept) = match (ended, progress.answer) {
            // An answer whose body did not come to its end is an answer all the same.
            (Ok(Ok(kept)), Some(answer)) => (Ok(answer), kept),
            (Ok(Err(_)) | Err(_), Some(answer)) => (Ok(Answer { truncated: true, ..answer }), None),
            (Ok(Err(error)), None) => (Err(error), None),
            (Ok(Ok(_)), None) => (Err(AttemptError::ConnectionLost), None),
            (Err(_), None) => (Err(AttemptError::TimedOut), None),
        };
        (Attempt { address: progress.address, outcome, timing: progress.timing }, kept)
    }

    async fn run(
        &self,
        target: &Target,
        kept: Option<Kept>,
        outgoing: &Outgoing,
        progress: &mut Progress,
    ) -> Result<Option<Kept>, AttemptError> {
        if let Some(mut kept) = kept
            && kept.is_usable(&target.origin, &self.0.allowed)
        {
            progress.address = Some(kept.address());
            match answer::exchange(&mut kept, target, outgoing, progress).await {
                Ok(reusable) => return Ok(reusable.then_some(kept)),
                Err(AttemptError::ConnectionLost) if progress.answer.is_none() => {
                    *progress = Progress::default();
                }
                Err(error) => return Err(error),
            }
        }
        let mut connection = self.connect(target, progress).await?;
        let reusable = answer::exchange(&mut connection, target, outgoing, progress).await?;
        Ok(reusable.then_some(connection))
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}
