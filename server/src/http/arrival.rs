//! What is found out about a request when it arrives, once, for everybody on its way.

use std::{net::IpAddr, sync::Arc, time::Instant};

use axum::{extract::ConnectInfo, http::Extensions};
use domain::{ids::RequestId, lang::Lang};
use jiff::Timestamp;

use super::client_ip::ClientIp;

/// Put into a request's extensions by the edge. A page that calls the API in process hands on its
/// visitor's, so that the call has the same id, language and address.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub request_id: RequestId,
    pub lang: Lang,
    pub client: ClientIp,
    /// By the product's clock.
    pub at: Timestamp,
    /// For measuring how long it takes.
    pub began: Instant,
}

impl Arrival {
    /// The arrival that the edge noted; none for a handler tested without it.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Option<&Arc<Self>> {
        extensions.get()
    }
}

/// The extensions of a call that a page makes for its visitor. Not everything the router left there,
/// since the page's route is not the call's.
#[must_use]
pub fn handed_on(visitor: &Extensions) -> Extensions {
    let mut handed_on = Extensions::new();
    if let Some(arrival) = Arrival::of(visitor) {
        handed_on.insert(Arc::new(Arrival { began: Instant::now(), ..Arrival::clone(arrival) }));
    }
    handed_on
}

/// Address of the connection that a request came by.
#[must_use]
pub fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get().map(|ConnectInfo(peer): &ConnectInfo<std::net::SocketAddr>| peer.ip().to_canonical())
}
