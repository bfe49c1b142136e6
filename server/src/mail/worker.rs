//! Empties the outbox.

use std::{error::Error, time::Duration};

use domain::ids::MailId;
use jiff::{SignedDuration, Timestamp};

use super::{
    queries, sealed_for,
    transport::{MailError, Outgoing, Transport},
};
use crate::{
    app::App,
    store::{DbError, params},
};

/// Mails taken at once.
const BATCH: i64 = 20;
/// How long a taken mail is kept from other nodes; longer than sending a batch takes.
const LEASE: SignedDuration = SignedDuration::from_mins(10);
/// Round without being called: for mails that are due again, and for calls that got lost.
const ROUND: Duration = Duration::from_secs(15);
/// Waits after the first, second, … failed try. After the last one it is given up: a day and a half.
const WAITS_MIN: [i64; 8] = [1, 5, 15, 60, 180, 360, 720, 720];
/// Sent and given-up mails (without their texts) stay listed this long.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    pub sent: usize,
    /// Left for a later try, or given up.
    pub failed: usize,
}

/// Starts the worker.
pub fn spawn(app: &App) {
    let app = app.clone();
    app.tasks.clone().spawn(async move {
        loop {
            if let Err(error) = deliver_pending(&app).await {
                tracing::error!(error = &error as &dyn Error, "the outbox cannot be read");
            }
            tokio::select! {
                () = app.shutdown.cancelled() => return,
                () = app.outbox.bell.notified() => {}
                () = app.clock.wait(ROUND) => {}
            }
        }
    });
}

/// Sends everything that is due now.
///
/// # Errors
/// When the store fails. A mail that can't be sent is no error: it is tried again later.
pub async fn deliver_pending(app: &App) -> Result<Delivered, DbError> {
    let mut transport = app.outbox.transport.lock().await;
    let mut done = Delivered::default();
    loop {
        let mails = claim(app).await?;
        if mails.is_empty() {
            break;
        }
        for mail in mails {
            match send(app, &mut transport, &mail).await {
                Ok(()) => {
                    note_sent(app, mail.id).await?;
                    done.sent += 1;
                }
                Err(error) => {
                    note_failed(app, mail, &error).await?;
                    done.failed += 1;
                }
            }
        }
    }
    if done != Delivered::default() {
        forget_old(app).await?;
    }
    Ok(done)
}

struct Claimed {
    id: MailId,
    recipient: String,
    subject: String,
    body: Vec<u8>,
    tries: i64,
}

async fn claim(app: &App) -> Result<Vec<Claimed>, DbError> {
    let now = app.clock.now();
    let until = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
    let rows = app
        .live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.rows(&queries::CLAIM, params![now, until, BATCH]).await })
        })
        .await?;
    let mut mails = rows
        .iter()
        .map(|row| {
            Ok(Claimed {
                id: row.parse("id")?,
                recipient: row.get("recipient")?,
                subject: row.get("subject")?,
                body: row.get("body")?,
                tries: row.get("tries")?,
            })
        })
        .collect::<Result<Vec<_>, DbError>>()?;
    // Ids sort by time of making: who was told first hears first.
    mails.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(mails)
}

async fn send(app: &App, transport: &mut Option<Transport>, mail: &Claimed) -> Result<(), MailError> {
    let text = app.vault.open_sealed(&sealed_for(&mail.id), &mail.body)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    if transport.is_none() {
        *transport = Some(Transport::open(&app.config).await?);
    }
    match transport {
        Some(transport) => {
            let at = app.clock.now();
            let (id, recipient, subject) = (mail.id.as_str(), &*mail.recipient, &*mail.subject);
            transport.send(Outgoing { id, recipient, subject, text, at }).await
        }
        None => Ok(()),
    }
}

async fn note_sent(app: &App, id: MailId) -> Result<(), DbError> {
    let now = app.clock.now();
    app.live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                tx.execute(&queries::SENT, params![&id, now]).await?;
                tx.execute(&queries::DELETE_LAST, params![&id]).await.map(drop)
            })
        })
        .await
}

async fn note_failed(app: &App, mail: Claimed, error: &MailError) -> Result<(), DbError> {
    let wait_min = usize::try_from(mail.tries - 1).ok().and_then(|tries| WAITS_MIN.get(tries));
    let again = wait_min.filter(|_| error.is_retryable()).map(|&minutes| {
        app.clock.now().checked_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX)
    });
    tracing::warn!(
        mail.id = mail.id.as_str(),
        mail.tries = mail.tries,
        error = error as &dyn Error,
        "mail {} was not sent{}",
        mail.id,
        if again.is_some() { "; it is tried again" } else { " and is given up" }
    );
    let reason = error.to_string();
    app.live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                tx.execute(&queries::FAILED, params![&mail.id, again, reason]).await?;
                if again.is_none() {
                    tx.execute(&queries::FORGET_TEXT, params![&mail.id]).await?;
                    tx.execute(&queries::DELETE_LAST, params![&mail.id]).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn forget_old(app: &App) -> Result<(), DbError> {
    let before = app.clock.now().checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    app.live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.execute(&queries::DELETE_OLD, params![before]).await.map(drop) })
        })
        .await
}
