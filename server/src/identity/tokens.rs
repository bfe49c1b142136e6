//! Tokens in mailed links: random, kept as a hash, used once, for one purpose. A token's subject is
//! the id of a user or of a rider; the purpose says which.

use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use domain::identity::TokenText;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{IdentityError, queries};
use crate::{
    app::App,
    random::Random,
    store::{Db, DbError, Tx, Value, params},
};

/// What a mailed link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Verify,
    Reset,
    Invite,
    /// A rider's address.
    VerifyRider,
    /// A rider's new password.
    ResetRider,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Invite => "invite",
            Self::VerifyRider => "verify_rider",
            Self::ResetRider => "reset_rider",
        }
    }

    fn valid_for(self) -> SignedDuration {
        match self {
            Self::Verify | Self::VerifyRider => SignedDuration::from_hours(24),
            Self::Reset | Self::ResetRider => SignedDuration::from_hours(1),
            Self::Invite => SignedDuration::from_hours(24 * 7),
        }
    }
}

/// 256 random bits, safe in URLs and cookies.
pub(crate) fn new_secret(random: &Random) -> String {
    BASE64URL_NOPAD.encode(&random.bytes::<32>())
}

/// What is kept of a secret. Plain SHA-256 will do: 256 random bits cannot be guessed.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// Issues a token and forgets earlier ones of the same kind: only the newest mail counts.
pub(crate) async fn issue(
    tx: &mut Tx,
    app: &App,
    subject: impl Into<Value>,
    purpose: Purpose,
) -> Result<String, DbError> {
    let (now, subject) = (app.clock.now(), subject.into());
    let expires_at = now.checked_add(purpose.valid_for()).unwrap_or(Timestamp::MAX);
    let secret = new_secret(&app.random);
    revoke(tx, subject.clone(), purpose).await?;
    tx.execute(&queries::DELETE_EXPIRED_TOKENS, params![now]).await?;
    tx.execute(&queries::INSERT_TOKEN, params![&hash(&secret), purpose.as_str(), subject, now, expires_at])
        .await?;
    Ok(secret)
}

pub(crate) async fn revoke(tx: &mut Tx, subject: impl Into<Value>, purpose: Purpose) -> Result<(), DbError> {
    tx.execute(&queries::DELETE_TOKENS, params![subject.into(), purpose.as_str()]).await.map(drop)
}

/// Whom a token was sent to, if it is still good. Does not use it up.
pub(crate) async fn look<T: FromStr>(
    db: &Db,
    app: &App,
    token: &TokenText,
    purpose: Purpose,
) -> Result<T, IdentityError> {
    let now = app.clock.now();
    let row = db.row(&queries::FIND_TOKEN, params![&hash(token.expose()), purpose.as_str(), now]).await?;
    Ok(row.ok_or(IdentityError::TokenSpent)?.parse("user_id")?)
}

/// Uses a token up and tells whom it was sent to.
pub(crate) async fn redeem<T: FromStr>(
    tx: &mut Tx,
    app: &App,
    token: &TokenText,
    purpose: Purpose,
) -> Result<T, IdentityError> {
    let now = app.clock.now();
    let row = tx.row(&queries::USE_TOKEN, params![&hash(token.expose()), purpose.as_str(), now]).await?;
    Ok(row.ok_or(IdentityError::TokenSpent)?.parse("user_id")?)
}
