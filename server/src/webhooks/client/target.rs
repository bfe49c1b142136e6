//! A URL taken apart for calling.

use std::net::IpAddr;

use domain::{
    keys::{Environment, IpRule},
    web_address::{Host, Scheme, WebAddress},
    webhooks::{EndpointUrl, UrlPolicy},
};
use rustls::pki_types::ServerName;

/// Who is called, and for what.
#[derive(Debug, Clone)]
pub struct Target {
    pub(super) origin: Origin,
    /// Value of `Host`.
    pub(super) authority: String,
    /// Path and query.
    pub(super) path: String,
}

/// Whom a connection leads to. What was made for one serves no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub is_https: bool,
    pub host: TargetHost,
    pub port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TargetHost {
    Name(String),
    Address(IpAddr),
}

/// The URL is none that may be called. It was when it was stored: the operator's list has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the URL may not be called")]
pub struct BadTarget;

impl Target {
    /// Reads a URL as strictly as when it was registered.
    ///
    /// # Errors
    /// [`BadTarget`].
    pub fn read(url: &str, environment: Environment, allowed: &[IpRule]) -> Result<Self, BadTarget> {
        EndpointUrl::check(url, UrlPolicy { environment, allowed }).map_err(|_| BadTarget)?;
        let address = WebAddress::parse(url).map_err(|_| BadTarget)?;
        let host = match address.host {
            Host::Name(name) => TargetHost::Name(name.to_owned()),
            Host::Address(ip) => TargetHost::Address(ip),
        };
        let shown = match &host {
            TargetHost::Name(name) => name.clone(),
            TargetHost::Address(IpAddr::V4(v4)) => v4.to_string(),
            TargetHost::Address(IpAddr::V6(v6)) => format!("[{v6}]"),
        };
        let authority = address.port.map_or_else(|| shown.clone(), |port| format!("{shown}:{port}"));
        let path = if address.path.is_empty() { "/" } else { address.path };
        let path = address.query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        let is_https = address.scheme == Scheme::Https;
        let origin = Origin { is_https, host, port: address.connect_port() };
        Ok(Self { origin, authority, path })
    }

    /// Whom the certificate has to name.
    pub(super) fn server_name(&self) -> Result<ServerName<'static>, BadTarget> {
        match &self.origin.host {
            TargetHost::Name(name) => ServerName::try_from(name.clone()).map_err(|_| BadTarget),
            TargetHost::Address(ip) => Ok(ServerName::from(*ip)),
        }
    }
}
