//! Whose address a request comes from: the peer's, or the one a trusted proxy forwards.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr},
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, request::Parts},
};

use super::arrival::Arrival;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Address of the client, worked out by the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientIp(pub IpAddr);

impl ClientIp {
    /// Of a call that did not come over a socket.
    pub const UNKNOWN: Self = Self(IpAddr::V4(Ipv4Addr::LOCALHOST));
}

impl<S: Sync> FromRequestParts<S> for ClientIp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Arrival::of(&parts.extensions).map_or(Self::UNKNOWN, |arrival| arrival.client))
    }
}

/// The client of a request. A forwarded address counts only if the peer is one of `trusted`, and in
/// the list only what a trusted proxy wrote: the last address that is not itself a trusted proxy.
#[must_use]
pub fn of(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpAddr]) -> ClientIp {
    let Some(peer) = peer else { return ClientIp::UNKNOWN };
    let mut client = peer;
    if trusted.is_empty() {
        return ClientIp(client);
    }
    let mut hops = headers
        .get_all(X_FORWARDED_FOR)
        .iter()
        .rev()
        .flat_map(|value| value.to_str().unwrap_or_default().rsplit(','))
        .map(|hop| hop.trim().parse::<IpAddr>());
    while trusted.contains(&client) {
        match hops.next() {
            Some(Ok(hop)) => client = hop.to_canonical(),
            Some(Err(_)) | None => break,
        }
    }
    ClientIp(client)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(peer: &str, forwarded: &[&'static str], expected: &str) {
        let trusted = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let peer = peer.parse::<IpAddr>().unwrap().to_canonical();
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_static(value));
        }
        let ClientIp(client) = of(Some(peer), &headers, &trusted);
        assert_eq!(client.to_string(), expected, "{peer} {forwarded:?}");
    }

    #[test]
    fn a_stranger_cannot_claim_another_address() {
        check("203.0.113.7", &[], "203.0.113.7");
        check("203.0.113.7", &["198.51.100.1"], "203.0.113.7");
        check("::ffff:203.0.113.7", &[], "203.0.113.7");
    }

    #[test]
    fn a_trusted_proxy_is_believed_about_the_hop_before_it_only() {
        check("10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &["6.6.6.6, 198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.0.0.2"], "198.51.100.1");
        check("10.0.0.1", &["6.6.6.6", "198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &["nonsense"], "10.0.0.1");
        check("10.0.0.1", &[], "10.0.0.1");
    }
}
