//! Mail: an outbox that is written with what it tells, and a worker that empties it.
//!
//! Owns `mails`. A mail is queued in the transaction of the act it reports, so that neither can
//! happen without the other; the worker sends it by SMTP, or, where no server is configured, writes
//! it as an `.eml` file. At least once: a crash between sending and noting it sends twice.
//!
//! Texts carry links that open accounts. They are sealed while they wait and deleted once sent.
//! Nothing a person typed becomes part of a header except through types that hold no line breaks.

mod letter;
pub mod letters;
pub mod queries;
pub mod rider_letters;
mod transport;
mod worker;

#[cfg(test)]
mod tests;

use domain::{identity::EmailAddress, ids::MailId};
use tokio::sync::{Mutex, Notify};

use self::transport::Transport;
pub use self::{
    letter::Letter,
    transport::MailError,
    worker::{Delivered, deliver_pending, spawn},
};
use crate::{
    app::App,
    store::{DbError, Tx, params},
};

/// What the outbox needs beside its table: the way out, and a bell for the worker.
#[derive(Debug, Default)]
pub struct Outbox {
    bell: Notify,
    /// Opened at the first mail; held while mails go out, so that one worker sends at a time.
    transport: Mutex<Option<Transport>>,
}

impl Outbox {
    /// Tells the worker that mails wait. Call it after the transaction that queued them; forgotten,
    /// they go out at its next round.
    pub fn ring(&self) {
        self.bell.notify_one();
    }
}

/// Queues a mail in the transaction of what it tells.
///
/// # Errors
/// When the store fails.
pub async fn queue(tx: &mut Tx, app: &App, letter: &Letter) -> Result<MailId, DbError> {
    let now = app.clock.now();
    let id = app.random.id(now, MailId::new);
    let body = app.vault.seal(&sealed_for(&id), letter.text().as_bytes());
    tx.execute(&queries::INSERT, params![&id, letter.recipient(), letter.subject(), body, now]).await?;
    Ok(id)
}

/// Forgets an address: mails to it that are over are deleted, those that wait go once they are.
///
/// # Errors
/// When the store fails.
pub async fn forget(tx: &mut Tx, address: &EmailAddress) -> Result<(), DbError> {
    tx.execute(&queries::MARK_LAST, params![address.folded()]).await?;
    tx.execute(&queries::DELETE_OVER, params![address.folded()]).await.map(drop)
}

fn sealed_for(id: &MailId) -> String {
    format!("mail:{id}")
}
