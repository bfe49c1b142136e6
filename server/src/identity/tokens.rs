//! Tokens in mailed links: random, kept as a hash, used once, for one purpose.

use data_encoding::BASE64URL_NOPAD;
use domain::{identity::TokenText, ids::UserId};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{IdentityError, queries};
use crate::{
    app::App,
    random::Random,
    store::{Db, DbError, Tx, params},
};

/// What a mailed link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Verify,
    Reset,
    Invite,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Invite => "invite",
        }
    }

    fn valid_for(self) -> SignedDuration {
        match self {
            Self::Verify => SignedDuration::from_hours(24),
            Self::Reset => SignedDuration::from_hours(1),
            Self::Invite => SignedDuration::from_hours(24 * 7),
        }
    }
}

/// 256 random bits, safe in URLs and cookies.
pub(super) fn new_secret(random: &Random) -> String {
    BASE64URL_NOPAD.encode(&random.bytes::<32>())
}

/// What is kept of a secret. Plain SHA-256 will do: 256 random bits cannot be guessed.
pub(super) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// Issues a token and forgets earlier ones of the same kind: only the newest mail counts.
pub(super) async fn issue(
    tx: &mut Tx,
    app: &App,
    user: &UserId,
    purpose: Purpose,
) -> Result<String, DbError> {
    let now = app.clock.now();
    let expires_at = now.checked_add(purpose.valid_for()).unwrap_or(Timestamp::MAX);
    let secret = new_secret(&app.random);
    revoke(tx, user, purpose).await?;
    tx.execute(&queries::DELETE_EXPIRED_TOKENS, params![now]).await?;
    tx.execute(&queries::INSERT_TOKEN, params![&hash(&secret), purpose.as_str(), user, now, expires_at])
        .await?;
    Ok(secret)
}

pub(super) async fn revoke(tx: &mut Tx, user: &UserId, purpose: Purpose) -> Result<(), DbError> {
    tx.execute(&queries::DELETE_TOKENS, params![user, purpose.as_str()]).await.map(drop)
}

/// Whom a token was sent to, if it is still good. Does not use it up.
pub(super) async fn look(
    db: &Db,
    app: &App,
    token: &TokenText,
    purpose: Purpose,
) -> Result<UserId, IdentityError> {
    let now = app.clock.now();
    let row = db.row(&queries::FIND_TOKEN, params![&hash(token.expose()), purpose.as_str(), now]).await?;
    Ok(row.ok_or(IdentityError::TokenSpent)?.parse("user_id")?)
}

/// Uses a token up and tells whom it was sent to.
pub(super) async fn redeem(
    tx: &mut Tx,
    app: &App,
    token: &TokenText,
    purpose: Purpose,
) -> Result<UserId, IdentityError> {
    let now = app.clock.now();
    let row = tx.row(&queries::USE_TOKEN, params![&hash(token.expose()), purpose.as_str(), now]).await?;
    Ok(row.ok_or(IdentityError::TokenSpent)?.parse("user_id")?)
}
