//! A connection to a checked address, plain or with TLS.

use std::{
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use domain::{
    ids::PartnerId,
    keys::IpRule,
    webhooks::{AttemptError, addresses},
};
use http_body_util::Full;
use hyper::{
    body::Bytes,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Instant, timeout},
};
use tokio_rustls::TlsConnector;

use super::{
    Client, Progress, Stop,
    target::{Origin, Target, TargetHost},
};

/// Addresses of one name that are tried, one after the other.
const ADDRESSES_MAX: usize = 3;
/// How long one of several addresses gets, so that a dead one leaves time for the next.
const CONNECT_MAX: Duration = Duration::from_secs(4);
/// An answer's head may have so many bytes and headers.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;
/// How long a connection is kept without use: less than common servers keep it.
const IDLE_MAX: Duration = Duration::from_secs(4);
/// How long one is used at all: then its name is looked up again.
const AGE_MAX: Duration = Duration::from_secs(30);

/// Any transport.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

type Driver = http1::Connection<TokioIo<Box<dyn Stream>>, Full<Bytes>>;

/// An open connection, and what drives it: nothing runs while nobody uses it.
pub struct Kept {
    origin: Origin,
    address: SocketAddr,
    pub(super) sender: SendRequest<Full<Bytes>>,
    driver: Option<Pin<Box<Driver>>>,
    made: Instant,
    used: Instant,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Kept {
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether it has not been idle, or used, for too long.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.used.elapsed() < IDLE_MAX && self.made.elapsed() < AGE_MAX
    }

    /// Whether it may and can be used for `origin`: it was made for it (the endpoint may have been
    /// given another URL since), its address stands on today's list, and both ends are open.
    pub(super) fn is_usable(&mut self, origin: &Origin, allowed: &[IpRule]) -> bool {
        let is_allowed = addresses::check(self.address.ip(), allowed).is_ok();
        if self.origin != *origin || !self.is_fresh() || !is_allowed {
            return false;
        }
        // One look tells whether the other end has closed in the meantime.
        self.poll_driver(&mut Context::from_waker(Waker::noop()));
        self.driver.is_some() && self.sender.is_ready()
    }

    pub(super) fn touch(&mut self) {
        self.used = Instant::now();
    }

    fn poll_driver(&mut self, cx: &mut Context<'_>) {
        if let Some(driver) = &mut self.driver
            && driver.as_mut().poll(cx).is_ready()
        {
            self.driver = None;
        }
    }

    /// Runs `work` and the connection beside it, in this task.
    pub(super) async fn drive<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        std::future::poll_fn(|cx| {
            self.poll_driver(cx);
            match work.as_mut().poll(cx) {
                Poll::Ready(done) => Poll::Ready(done),
                Poll::Pending => {
                    // What `work` handed over is to go out at once.
                    self.poll_driver(cx);
                    Poll::Pending
                }
            }
        })
        .await
    }
}

impl Client {
    pub(super) async fn connect(
        &self,
        target: &Target,
        candidates: Vec<IpAddr>,
        progress: &mut Progress,
    ) -> Result<Kept, AttemptError> {
        let started = Instant::now();
        let mut connected = None;
        for address in candidates {
            let address = SocketAddr::new(address, target.origin.port);
            if let Ok(Ok(stream)) = timeout(CONNECT_MAX, TcpStream::connect(address)).await {
                connected = Some((address, stream));
                break;
            }
        }
        let (address, stream) = connected.ok_or(AttemptError::ConnectFailed)?;
        // What was checked is what answers, whatever stands in between.
        if stream.peer_addr().ok() != Some(address) {
            return Err(AttemptError::ConnectFailed);
        }
        progress.address = Some(address);
        progress.timing.connect = Some(started.elapsed());
        let _ = stream.set_nodelay(true);
        let stream: Box<dyn Stream> = if target.origin.is_https {
            self.secured(target, stream, progress).await?
        } else {
            Box::new(stream)
        };
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(HEAD_BYTES_MAX)
            .max_headers(HEADERS_MAX)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|_| AttemptError::ConnectionLost)?;
        let now = Instant::now();
        let origin = target.origin.clone();
        Ok(Kept { origin, address, sender, driver: Some(Box::pin(driver)), made: now, used: now })
    }

    /// The addresses that may be called. Looked up once: what is checked here is connected to.
    pub(super) async fn candidates(
        &self,
        partner: &PartnerId,
        target: &Target,
        progress: &mut Progress,
    ) -> Result<Vec<IpAddr>, Stop> {
        let found = match &target.origin.host {
            TargetHost::Address(ip) => vec![*ip],
            TargetHost::Name(name) => {
                let asked = Instant::now();
                let longest = self.0.deadline / 3;
                let turn = self.0.lookups.turn(partner, longest).await.ok_or(Stop::Crowded)?;
                let started = Instant::now();
                progress.started += started - asked;
                let left = self.deadline(progress).saturating_duration_since(started);
                let found = self.0.lookups.look_up(turn, name, longest.min(left)).await;
                progress.timing.dns = Some(started.elapsed());
                found.map_err(|_| AttemptError::DnsFailed)?
            }
        };
        if found.is_empty() {
            return Err(AttemptError::DnsFailed.into());
        }
        let allowed = |ip: &IpAddr| addresses::check(*ip, &self.0.allowed).is_ok();
        let candidates: Vec<IpAddr> = found.into_iter().filter(allowed).take(ADDRESSES_MAX).collect();
        if candidates.is_empty() { Err(AttemptError::AddressNotAllowed.into()) } else { Ok(candidates) }
    }

    async fn secured(
        &self,
        target: &Target,
        stream: TcpStream,
        progress: &mut Progress,
    ) -> Result<Box<dyn Stream>, AttemptError> {
        let started = Instant::now();
        let name = target.server_name().map_err(|_| AttemptError::TlsFailed)?;
        let stream = self.0.tls.connect(name, stream).await.map_err(|_| AttemptError::TlsFailed)?;
        progress.timing.tls = Some(started.elapsed());
        Ok(Box::new(stream))
    }
}

/// TLS 1.2 or 1.3, verified against the authorities of the public web.
pub(super) fn public_tls() -> TlsConnector {
    tls(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
}

/// TLS verified against `roots`.
pub(super) fn tls(roots: RootCertStore) -> TlsConnector {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring knows the versions that rustls has by default")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}
