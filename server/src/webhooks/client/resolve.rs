//! Looking names up.

use std::{io, net::IpAddr};

use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

/// Look-ups at once. Each holds a thread of the runtime's, and a name service that does not answer
/// holds it long.
const LOOKUPS_MAX: usize = 64;

/// Knows the addresses of names.
pub trait Resolve: Send + Sync {
    /// All addresses of `name`, in the order in which they are to be tried.
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The system's name service.
#[derive(Debug)]
pub struct SystemResolver {
    permits: Semaphore,
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self { permits: Semaphore::new(LOOKUPS_MAX) }
    }
}

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let _permit = self.permits.acquire().await.map_err(io::Error::other)?;
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}
