//! What every handler and worker is handed: one value, built once, passed down.

use std::{ops::Deref, sync::Arc};

use domain::{fares::Tariffs, network::Network};
use secrecy::ExposeSecret;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    clock::Clock,
    config::Config,
    gates::Gates,
    identity::Identity,
    keys::KeyCache,
    limits::Limits,
    mail::Outbox,
    oauth::OAuth,
    random::Random,
    realms::RealmClocks,
    sandbox::TestingGrounds,
    store::{Db, DbError, Durability},
    traffic::Traffic,
    usage::Meter,
    vault::{Vault, VaultError},
    webhooks::dispatch::Dispatch,
};

pub use domain::keys::Environment;

/// The running product. Cloning shares it.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What [`App`] gives access to.
pub struct Parts {
    pub config: Config,
    pub clock: Clock,
    pub random: Random,
    /// Partners, people, live keys and all that is real.
    pub live: Db,
    /// What test keys act on.
    pub sandbox: Db,
    pub network: Network,
    pub tariffs: Tariffs,
    /// Which gates there are and which are online, as last read.
    pub gates: Gates,
    /// How far the test clocks run ahead.
    pub realms: RealmClocks,
    /// Numbers of test taps, and morning peaks under way.
    pub testing_grounds: TestingGrounds,
    /// Seals what must be read again.
    pub vault: Vault,
    pub outbox: Outbox,
    pub identity: Identity,
    pub keys: KeyCache,
    /// Who guesses client secrets and tokens.
    pub oauth: OAuth,
    pub limits: Limits,
    pub meter: Meter,
    /// Figures of traffic, as last shown.
    pub traffic: Traffic,
    /// What the dispatcher of webhooks is told.
    pub dispatch: Dispatch,
    /// Background tasks, waited for on shutdown.
    pub tasks: TaskTracker,
    /// Tells background tasks to stop.
    pub shutdown: CancellationToken,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Opens both stores and puts the product together. Nothing runs yet.
    ///
    /// # Errors
    /// When a store can't be opened or the built-in network data can't be read.
    pub async fn open(config: Config, clock: Clock, random: Random) -> Result<Self, OpenError> {
        let (live, sandbox) = open_stores(&config).await?;
        Self::with_stores(config, clock, random, live, sandbox)
    }

    /// Puts the product together over stores that are open already.
    ///
    /// # Errors
    /// When the built-in network data or the master key can't be read.
    pub fn with_stores(
        config: Config,
        clock: Clock,
        random: Random,
        live: Db,
        sandbox: Db,
    ) -> Result<Self, OpenError> {
        let network = Network::embedded().map_err(|cause| OpenError::Data(Box::new(cause)))?;
        let tariffs = Tariffs::embedded().map_err(|cause| OpenError::Data(Box::new(cause)))?;
        let vault = Vault::open(&config.data_dir, &random)?;
        Ok(Self(Arc::new(Parts {
            config,
            clock,
            random,
            live,
            sandbox,
            network,
            tariffs,
            gates: Gates::default(),
            realms: RealmClocks::default(),
            testing_grounds: TestingGrounds::default(),
            vault,
            outbox: Outbox::default(),
            identity: Identity::default(),
            keys: KeyCache::default(),
            oauth: OAuth::default(),
            limits: Limits::default(),
            meter: Meter::default(),
            traffic: Traffic::default(),
            dispatch: Dispatch::default(),
            tasks: TaskTracker::new(),
            shutdown: CancellationToken::new(),
        })))
    }

    /// The store of an environment.
    #[must_use]
    pub fn store(&self, environment: Environment) -> &Db {
        match environment {
            Environment::Live => &self.live,
            Environment::Test => &self.sandbox,
        }
    }
}

/// Why the product can't start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("the data folder {path} cannot be made")]
    Folder {
        path: std::path::PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("the built-in network data is not usable")]
    Data(#[source] Box<dyn std::error::Error + Send + Sync>),
}

async fn open_stores(config: &Config) -> Result<(Db, Db), OpenError> {
    if let Some(url) = &config.database_url {
        let (url, prefix) = (url.expose_secret(), &config.database_schema);
        let open = |name: &str| {
            let schema = format!("{prefix}_{name}");
            async move { Db::open_postgres(url, &schema, config.database_connections_max).await }
        };
        return Ok((open("live").await?, open("sandbox").await?));
    }
    let folder = &config.data_dir;
    std::fs::create_dir_all(folder).map_err(|cause| OpenError::Folder { path: folder.clone(), cause })?;
    let live = Db::open_sqlite(&folder.join("live.db"), Durability::Full).await?;
    let sandbox = Db::open_sqlite(&folder.join("sandbox.db"), Durability::Full).await?;
    Ok((live, sandbox))
}
