//! Connections: accepting them, bounding them, and letting them go.
//!
//! A client has [`header_timeout`](crate::config::Config::header_timeout) to send a request's head;
//! a connection that stands idle is closed after a while; there are at most `connections_max` connections, more wait
//! in the kernel's queue; on shutdown nothing new is accepted and requests in flight have
//! `drain_timeout` to finish. Refusals that the HTTP parser answers by itself become problem
//! details in [`super::wire`].

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{Version, header},
    response::Response,
    routing::future::RouteFuture,
};
use domain::ids::RequestId;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::{
    edge::Unfit,
    idempotency, metrics, router,
    tap::{Patience, Tap},
    wire::{MakeId, Wire},
};
use crate::app::App;

/// A whole request head: the longest address line, generous cookies and headers.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// Read at once at most; also bounds what a head that never ends can make us hold.
const BUFFER_BYTES_MAX: usize = 128 * 1024;
/// Longer than clients and proxies usually keep a connection they do not use (nginx: 60 s).
const IDLE_MAX: Duration = Duration::from_secs(75);
/// Pause after the system refuses a connection (usually: no more file descriptors).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
const METRICS_CONNECTIONS_MAX: usize = 64;
/// Buckets of histograms are emptied so often, whether or not somebody asks for `/metrics`.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// Serves the product on `listener` until shutdown, then drains.
///
/// # Errors
/// When the address for metrics can't be listened on.
pub async fn serve(app: App, listener: TcpListener) -> io::Result<()> {
    idempotency::spawn(&app);
    keep_metrics(&app);
    if let Some(address) = app.config.listen_metrics {
        let metrics_listener = TcpListener::bind(address).await?;
        let metrics_router = Router::new().route("/metrics", axum::routing::get(async || metrics::text()));
        let limits = Limits { connections_max: METRICS_CONNECTIONS_MAX, ..Limits::of(&app) };
        tokio::spawn(accept(metrics_listener, metrics_router, limits, id_maker(&app), app.shutdown.clone()));
    }
    let (limits, shutdown, make_id) = (Limits::of(&app), app.shutdown.clone(), id_maker(&app));
    accept(listener, router(app), limits, make_id, shutdown).await;
    Ok(())
}

pub(super) fn id_maker(app: &App) -> MakeId {
    let app = app.clone();
    Arc::new(move || app.random.id(app.clock.now(), RequestId::new))
}

/// Bounds of one listener.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub connections_max: usize,
    pub patience: Patience,
    pub drain_timeout: Duration,
}

impl Limits {
    fn of(app: &App) -> Self {
        let config = &app.config;
        Self {
            connections_max: config.connections_max.clamp(1, Semaphore::MAX_PERMITS),
            patience: Patience { head: config.header_timeout, idle: IDLE_MAX },
            drain_timeout: config.drain_timeout,
        }
    }
}

/// Accepts until `shutdown`, then waits for the connections to finish, but not for ever.
pub(super) async fn accept(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    make_id: MakeId,
    shutdown: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let http = protocol();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            accepted = next_connection(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        // Answers are whole when they are written; waiting for more only delays them.
        let _ = stream.set_nodelay(true);
        let tap = Arc::new(Tap::default());
        let service = Connection { router: router.clone(), peer, tap: tap.clone() };
        let connection = http.serve_connection(
            TokioIo::new(Wire::new(stream, tap, make_id.clone(), limits.patience)),
            service,
        );
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain_timeout, graceful.shutdown()).await.is_err() {
        tracing::warn!(drain_timeout_s = limits.drain_timeout.as_secs(), "connections still busy are cut");
        connections.shutdown().await;
    }
}

fn protocol() -> http1::Builder {
    let mut http = http1::Builder::new();
    // `wire` keeps the time.
    http.header_read_timeout(None).max_buf_size(BUFFER_BYTES_MAX).max_header_size(HEAD_BYTES_MAX);
    http
}

/// The next connection, once there is a place for it; none if the system refused one.
async fn next_connection(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    // The semaphore is never closed.
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            let transient = matches!(
                error.kind(),
                io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionRefused
            );
            if !transient {
                tracing::error!(%error, "cannot accept connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
            None
        }
    }
}

/// One client's connection: hands its requests to the router with the peer's address.
struct Connection {
    router: Router,
    peer: SocketAddr,
    tap: Arc<Tap>,
}

impl hyper::service::Service<hyper::Request<Incoming>> for Connection {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn call(&self, request: hyper::Request<Incoming>) -> Self::Future {
        self.tap.head_is_read();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        if let Some(unfit) = self.unfit(&request) {
            request.extensions_mut().insert(unfit);
        }
        self.router.clone().call(request)
    }
}

impl Connection {
    /// Faults of the head that are ambiguous to whoever stands between the client and us.
    fn unfit(&self, request: &Request) -> Option<Unfit> {
        let headers = request.headers();
        // The parser keeps only Transfer-Encoding of the two, so the bytes themselves are asked.
        if headers.contains_key(header::TRANSFER_ENCODING)
            && (headers.contains_key(header::CONTENT_LENGTH) || self.tap.head_has(b"content-length"))
        {
            return Some(Unfit(
                "Kirim Content-Length atau Transfer-Encoding, tidak keduanya.",
                "Send Content-Length or Transfer-Encoding, not both.",
            ));
        }
        let hosts = headers.get_all(header::HOST).iter().count();
        if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
            return Some(Unfit("Kirim tepat satu header Host.", "Send exactly one Host header."));
        }
        None
    }
}

/// Empties the histograms' buckets now and then, so that they stay small when nobody asks.
fn keep_metrics(app: &App) {
    let collector = metrics::collector();
    let shutdown = app.shutdown.clone();
    tokio::spawn(async move {
        while tokio::time::timeout(METRICS_UPKEEP, shutdown.cancelled()).await.is_err() {
            collector.run_upkeep();
        }
    });
}
