//! Looking names up.
//!
//! A look-up holds a thread of the runtime's until the name service answers, whether anybody still
//! waits for it or not. So each partner has few at once: names that nobody answers for hold up those
//! of their own partner alone.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::ids::PartnerId;
use futures_util::future::BoxFuture;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Look-ups at once, of all partners in both stores: a quarter of the threads that there can be.
const LOOKUPS_MAX: usize = 128;
/// Look-ups at once of one partner.
pub(super) const LOOKUPS_EACH: usize = 4;

/// Knows the addresses of names.
pub trait Resolve: Send + Sync {
    /// All addresses of `name`, in the order in which they are to be tried.
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The system's name service.
#[derive(Debug)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Who may look up how much.
pub(super) struct Lookups {
    resolver: Arc<dyn Resolve>,
    all: Arc<Semaphore>,
    /// Of those who look something up, or wait for it.
    each: Mutex<HashMap<PartnerId, Arc<Semaphore>>>,
}

/// The right to look up one name.
pub(super) struct Turn {
    _own: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Lookups {
    pub fn new(resolver: Box<dyn Resolve>) -> Self {
        let all = Arc::new(Semaphore::new(LOOKUPS_MAX));
        Self { resolver: Arc::from(resolver), all, each: Mutex::default() }
    }

    /// Waits for a turn of the partner's; none: not within `longest`.
    pub async fn turn(&self, partner: &PartnerId, longest: Duration) -> Option<Turn> {
        let own = self.of(partner);
        let turn = async move {
            let own = own.acquire_owned().await.ok()?;
            let all = self.all.clone().acquire_owned().await.ok()?;
            Some(Turn { _own: own, _all: all })
        };
        timeout(longest, turn).await.ok().flatten()
    }

    fn of(&self, partner: &PartnerId) -> Arc<Semaphore> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        each.retain(|_, own| Arc::strong_count(own) > 1);
        let own = each.entry(partner.clone()).or_insert_with(|| Arc::new(Semaphore::new(LOOKUPS_EACH)));
        own.clone()
    }

    /// The addresses of `name`, if they are told within `longest`. The turn ends with the look-up, not
    /// with the wait for it.
    pub async fn look_up(&self, turn: Turn, name: &str, longest: Duration) -> io::Result<Vec<IpAddr>> {
        let (resolver, name) = (self.resolver.clone(), name.to_owned());
        let looking = tokio::spawn(async move {
            let found = resolver.resolve(&name).await;
            drop(turn);
            found
        });
        let found = timeout(longest, looking).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
        found.map_err(io::Error::other)?
    }
}
