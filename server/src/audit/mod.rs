//! The audit log: who did what to whom, on record for good.
//!
//! Owns `audit_log`. Every act of a partner's member, of an operator and of the system itself that
//! changes what somebody may do writes one row, in the transaction of the act. Rows are chained:
//! each one's hash covers the hash before it, so altering, removing or inserting a row shows in
//! [`verify_chain`]. The chain proves nothing about rows cut off at its end; compare its newest hash
//! with one kept elsewhere for that.

pub mod queries;
mod routes;
#[cfg(test)]
mod tests;

use domain::ids::{AuditId, RiderId, UserId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

pub use self::routes::{page, portal_routes};
use crate::{
    app::App,
    random::Random,
    store::{Db, DbError, Lock, Row, Tx, params},
};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    User(UserId),
    /// A signed-in rider.
    Rider(RiderId),
    /// Somebody who is not signed in: signing up, reporting a leaked key.
    Anonymous,
    /// The server by itself.
    System,
    /// Whoever runs `nfcgate` on the server's machine.
    Console,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::User(id) => id.as_str(),
            Self::Rider(id) => id.as_str(),
            Self::Anonymous => "anonymous",
            Self::System => "system",
            Self::Console => "console",
        })
    }
}

/// What every row says beside the act itself.
#[derive(Debug, Clone)]
pub struct AuditContext {
    pub now: Timestamp,
    pub random: Random,
    pub actor: Actor,
    /// Of the request that does it.
    pub request_id: Option<String>,
}

impl AuditContext {
    /// An act that happens now.
    #[must_use]
    pub fn new(app: &App, actor: Actor, request_id: Option<String>) -> Self {
        Self { now: app.clock.now(), random: app.random.clone(), actor, request_id }
    }

    /// An act of the server or of its console: no request stands behind it.
    #[must_use]
    pub fn local(app: &App, actor: Actor) -> Self {
        Self::new(app, actor, None)
    }
}

/// Writes one act down, as part of the transaction that does it.
///
/// `action` is a stable name (`partner.approve`), `subject` the id it was done to, `detail` says
/// what changed, without secrets.
///
/// # Errors
/// When the store fails.
pub async fn record(
    tx: &mut Tx,
    context: &AuditContext,
    action: &'static str,
    subject: &str,
    detail: impl Into<String>,
) -> Result<(), DbError> {
    // Two rows must not follow the same one.
    tx.lock(Lock::AuditChain).await?;
    let tail = tx.row(&queries::TAIL, &[]).await?;
    let (sequence, previous) = match tail {
        Some(row) => (row.get::<i64>("sequence")? + 1, row.get("hash")?),
        None => (1, [0; 32]),
    };
    let entry = Entry {
        sequence,
        id: context.random.id(context.now, AuditId::new).to_string(),
        at_us: context.now.as_microsecond(),
        actor: context.actor.to_string(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: detail.into(),
        request_id: context.request_id.clone(),
    };
    let hash = entry.hash(&previous);
    tx.execute(
        &queries::INSERT,
        params![
            entry.sequence,
            entry.id,
            entry.at_us,
            entry.actor,
            entry.action,
            entry.subject,
            entry.detail,
            entry.request_id,
            &hash
        ],
    )
    .await?;
    Ok(())
}

/// What [`verify_chain`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// All rows stand as they were written. The newest hash, to keep elsewhere.
    Intact { rows: u64, newest: [u8; 32] },
    /// The first row that is not what was written, or does not follow the one before it.
    Broken { sequence: i64 },
}

/// Recomputes the whole chain.
///
/// # Errors
/// When the store fails.
pub async fn verify_chain(db: &Db) -> Result<Chain, DbError> {
    const ROWS_AT_ONCE: i64 = 500;
    let (mut sequence, mut previous) = (0, [0; 32]);
    loop {
        let rows = db.rows(&queries::AFTER, params![sequence, ROWS_AT_ONCE]).await?;
        if rows.is_empty() {
            let rows = u64::try_from(sequence).unwrap_or(0);
            return Ok(Chain::Intact { rows, newest: previous });
        }
        for row in &rows {
            let entry = Entry::read(row)?;
            let stored: Vec<u8> = row.get("hash")?;
            let hash = entry.hash(&previous);
            if entry.sequence != sequence + 1 || stored != hash {
                return Ok(Chain::Broken { sequence: sequence + 1 });
            }
            (sequence, previous) = (entry.sequence, hash);
        }
    }
}

/// A row, as far as its hash covers it: that is, all of it.
struct Entry {
    sequence: i64,
    id: String,
    at_us: i64,
    actor: String,
    action: String,
    subject: String,
    detail: String,
    request_id: Option<String>,
}

impl Entry {
    fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            sequence: row.get("sequence")?,
            id: row.get("id")?,
            at_us: row.get("at")?,
            actor: row.get("actor")?,
            action: row.get("action")?,
            subject: row.get("subject")?,
            detail: row.get("detail")?,
            request_id: row.get("request_id")?,
        })
    }

    /// SHA-256 over the hash before it and every field with its length, so that no two rows have
    /// the same bytes.
    fn hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update(self.sequence.to_be_bytes());
        hasher.update(self.at_us.to_be_bytes());
        for text in [&self.id, &self.actor, &self.action, &self.subject, &self.detail] {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        match &self.request_id {
            None => hasher.update([0]),
            Some(id) => {
                hasher.update([1]);
                hasher.update(id);
            }
        }
        hasher.finalize().into()
    }
}
