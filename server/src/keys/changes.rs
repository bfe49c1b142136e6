//! How every node hears that a key or a partner has changed.
//!
//! A change writes a row in its own transaction. The node that made it forgets the facts before it
//! acknowledges; the others read the table twice a second. With SQLite there is one process, so
//! nobody has to read. Rows get their numbers when they are written but show when they are committed,
//! so readers look back over the last thousand numbers and skip those they have seen.

use std::{collections::BTreeSet, time::Duration};

use domain::{ids::PartnerId, keys::Environment};
use jiff::Timestamp;

use super::{
    cache::SecretHash,
    queries::{CHANGES_AFTER, INSERT_CHANGE, NEWEST_CHANGE, PRUNE_CHANGES},
};
use crate::{
    app::App,
    store::{DbError, Tx, params},
};

/// How often other nodes' changes are read. Two rounds fit into the second that is promised.
const EVERY: Duration = Duration::from_millis(400);
/// Numbers looked back over.
const LOOK_BACK: i64 = 1000;
/// After failing to read for this many rounds (ten seconds), nothing remembered is trusted.
const ROUNDS_BLIND_MAX: u32 = 25;
/// How long rows are kept.
const KEEP: Duration = Duration::from_secs(24 * 3600);

/// Says that a partner's status, tier or limits change, in the transaction that changes them. After
/// the commit call [`super::KeyCache::forget_partner`].
///
/// # Errors
/// When the store fails.
pub async fn record(tx: &mut Tx, now: Timestamp, partner: &PartnerId) -> Result<(), DbError> {
    tx.execute(&INSERT_CHANGE, params![now, partner, None::<Vec<u8>>]).await.map(drop)
}

/// As [`record`], for one key.
pub(super) async fn record_key(tx: &mut Tx, now: Timestamp, hash: &SecretHash) -> Result<(), DbError> {
    tx.execute(&INSERT_CHANGE, params![now, None::<String>, hash]).await.map(drop)
}

/// What has been read so far of one store's changes.
#[derive(Debug)]
pub(super) struct Reader {
    environment: Environment,
    newest: i64,
    seen: BTreeSet<i64>,
    rounds_blind: u32,
}

impl Reader {
    /// Begins with the changes after now: nothing is in memory yet.
    pub async fn begin(app: &App, environment: Environment) -> Result<Self, DbError> {
        let row = app.store(environment).row(&NEWEST_CHANGE, &[]).await?;
        let newest: i64 = row.map_or(Ok(0), |row| row.get("sequence"))?;
        let mut reader = Self { environment, newest, seen: BTreeSet::new(), rounds_blind: 0 };
        // What is committed by now is old news; lower numbers that show later are not.
        reader.seen = reader.fetch(app).await?.into_iter().map(|change| change.sequence).collect();
        Ok(reader)
    }

    async fn fetch(&self, app: &App) -> Result<Vec<Change>, DbError> {
        let rows = app.store(self.environment).rows(&CHANGES_AFTER, params![self.newest - LOOK_BACK]).await?;
        rows.iter()
            .map(|row| {
                let hash: Option<Vec<u8>> = row.get("secret_hash")?;
                Ok(Change {
                    sequence: row.get("sequence")?,
                    partner: row.parse_opt("partner_id")?,
                    hash: hash.and_then(|hash| hash.try_into().ok()),
                })
            })
            .collect()
    }

    /// Reads what is new and forgets what it concerns.
    pub async fn round(&mut self, app: &App) -> Result<(), DbError> {
        match self.fetch(app).await {
            Ok(changes) => {
                self.rounds_blind = 0;
                for change in changes {
                    if self.seen.insert(change.sequence) {
                        change.take_effect(app);
                        self.newest = self.newest.max(change.sequence);
                    }
                }
                self.seen = self.seen.split_off(&(self.newest - LOOK_BACK));
                Ok(())
            }
            Err(error) => {
                self.rounds_blind += 1;
                if self.rounds_blind >= ROUNDS_BLIND_MAX {
                    app.keys.forget_all();
                }
                Err(error)
            }
        }
    }
}

struct Change {
    sequence: i64,
    partner: Option<PartnerId>,
    hash: Option<SecretHash>,
}

impl Change {
    fn take_effect(&self, app: &App) {
        if let Some(partner) = &self.partner {
            app.keys.forget_partner(partner);
        }
        if let Some(hash) = &self.hash {
            app.keys.forget_key(hash);
        }
    }
}

/// Follows one store's changes until the server stops.
pub(super) async fn follow(app: App, environment: Environment) {
    let mut reader = None;
    loop {
        let outcome = match &mut reader {
            None => match Reader::begin(&app, environment).await {
                Ok(begun) => {
                    // Anything remembered from before may have changed unheard.
                    app.keys.forget_all();
                    reader = Some(begun);
                    Ok(())
                }
                Err(error) => Err(error),
            },
            Some(reader) => reader.round(&app).await,
        };
        if let Err(error) = outcome {
            tracing::warn!(%environment, error = %error, "changes of credentials could not be read");
        }
        // The promise is in real seconds, whatever the product's clock is told.
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.shutdown.cancelled() => return,
        }
    }
}

/// Deletes what every node has read long ago.
pub(super) async fn prune(app: &App) -> Result<(), DbError> {
    let before = app.clock.now().checked_sub(KEEP).unwrap_or(Timestamp::MIN);
    for environment in Environment::ALL {
        app.store(environment)
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(&PRUNE_CHANGES, params![before]).await })
            })
            .await?;
    }
    Ok(())
}
