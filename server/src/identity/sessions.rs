//! Sessions: browsers in which somebody is signed in.
//!
//! The cookie holds 256 random bits, the store their hash. A session ends after 30 minutes without
//! use, after 12 hours in any case, and whenever its row is deleted; there is no cache, so at once.

use domain::{
    identity::{OperatorRole, SESSION_COOKIE, SessionRow},
    ids::{PartnerId, SessionId, UserId},
    partners::MemberRole,
};
use jiff::{SignedDuration, Timestamp};

use super::{Device, IdentityError, queries, tokens};
use crate::{
    app::App,
    store::{Db, DbError, Row, Tx, params},
};

const IDLE_MAX: SignedDuration = SignedDuration::from_mins(30);
const AGE_MAX: SignedDuration = SignedDuration::from_hours(12);
/// Use is noted at most this often, so that reading pages does not write.
pub(crate) const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// What the visitor's browser forgets the cookie after; the server decides by itself.
const COOKIE_MAX_AGE_S: i64 = AGE_MAX.as_secs();

/// A session that was just opened. The secret leaves once, in a cookie.
#[derive(Debug)]
pub struct NewSession {
    pub id: SessionId,
    secret: String,
}

impl NewSession {
    /// `Set-Cookie` for it.
    #[must_use]
    pub fn cookie(&self) -> String {
        cookie(SESSION_COOKIE, &self.secret)
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }
}

/// `Set-Cookie` that ends one.
#[must_use]
pub fn no_cookie() -> String {
    no_cookie_of(SESSION_COOKIE)
}

/// `Set-Cookie` for a session of any kind.
#[must_use]
pub(crate) fn cookie(name: &str, secret: &str) -> String {
    format!("{name}={secret}; Path=/; Max-Age={COOKIE_MAX_AGE_S}; Secure; HttpOnly; SameSite=Lax")
}

/// `Set-Cookie` that ends one of any kind.
#[must_use]
pub(crate) fn no_cookie_of(name: &str) -> String {
    format!("{name}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
}

/// A session as the store knows it, with the person in it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub id: SessionId,
    pub user_id: UserId,
    pub email: String,
    pub name: String,
    pub member: Option<(PartnerId, MemberRole)>,
    pub operator: Option<OperatorRole>,
    pub totp_enabled: bool,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

impl Found {
    fn read(row: &Row) -> Result<Self, DbError> {
        let partner: Option<PartnerId> = row.parse_opt("partner_id")?;
        Ok(Self {
            id: row.parse("id")?,
            user_id: row.parse("user_id")?,
            email: row.get("email")?,
            name: row.get("name")?,
            member: partner.zip(row.parse_opt("member_role")?),
            operator: row.parse_opt("operator_role")?,
            totp_enabled: row.get::<Option<Vec<u8>>>("totp_secret")?.is_some(),
            created_at: row.get("created_at")?,
            seen_at: row.get("seen_at")?,
        })
    }
}

/// Beginnings and uses before these instants no longer count.
pub(crate) fn bounds(now: Timestamp) -> (Timestamp, Timestamp) {
    let before = |span| now.checked_sub(span).unwrap_or(Timestamp::MIN);
    (before(AGE_MAX), before(IDLE_MAX))
}

/// Opens a session. Sign-in, and everything that changes how one signs in, comes through here, so
/// the id is always a new one.
pub(super) async fn open(
    tx: &mut Tx,
    app: &App,
    user: &UserId,
    device: &Device,
) -> Result<NewSession, DbError> {
    let now = app.clock.now();
    let session =
        NewSession { id: app.random.id(now, SessionId::new), secret: tokens::new_secret(&app.random) };
    let (oldest, _) = bounds(now);
    tx.execute(&queries::DELETE_EXPIRED_SESSIONS, params![oldest]).await?;
    let token_hash = tokens::hash(&session.secret);
    let ip = device.ip.to_string();
    tx.execute(
        &queries::INSERT_SESSION,
        params![&token_hash, &session.id, user, now, &device.user_agent, ip],
    )
    .await?;
    Ok(session)
}

/// The session whose cookie this is, if it still lasts; using it makes it last longer.
pub(super) async fn find(app: &App, token_hash: [u8; 32]) -> Result<Option<Found>, DbError> {
    let now = app.clock.now();
    let (oldest, idle) = bounds(now);
    let Some(row) = app.live.row(&queries::FIND_SESSION, params![&token_hash, oldest, idle]).await? else {
        return Ok(None);
    };
    let found = Found::read(&row)?;
    if now.duration_since(found.seen_at) >= NOTED_EVERY {
        app.live
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    tx.execute(&queries::TOUCH_SESSION, params![&token_hash, now]).await.map(drop)
                })
            })
            .await?;
    }
    Ok(Some(found))
}

/// Where somebody is signed in, latest use first.
pub(super) async fn list(
    db: &Db,
    now: Timestamp,
    user: &UserId,
    current: &SessionId,
) -> Result<Vec<SessionRow>, DbError> {
    let (oldest, idle) = bounds(now);
    let rows = db.rows(&queries::LIST_SESSIONS, params![user, oldest, idle]).await?;
    rows.iter()
        .map(|row| {
            let id: SessionId = row.parse("id")?;
            let (created_at, seen_at): (Timestamp, Timestamp) = (row.get("created_at")?, row.get("seen_at")?);
            let after = |at: Timestamp, span| at.checked_add(span).unwrap_or(Timestamp::MAX);
            Ok(SessionRow {
                current: id == *current,
                id,
                created_at,
                seen_at,
                expires_at: after(seen_at, IDLE_MAX).min(after(created_at, AGE_MAX)),
                user_agent: row.get("user_agent")?,
                ip: row.get("ip")?,
            })
        })
        .collect()
}

/// Ends the session with this cookie, if there is one.
pub(super) async fn end(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<bool, DbError> {
    Ok(tx.execute(&queries::DELETE_SESSION, params![token_hash]).await? > 0)
}

/// Ends one of somebody's sessions by its id.
pub(super) async fn end_one(tx: &mut Tx, user: &UserId, id: &SessionId) -> Result<(), IdentityError> {
    match tx.execute(&queries::DELETE_SESSION_OF_USER, params![user, id]).await? {
        0 => Err(IdentityError::NotFound),
        _ => Ok(()),
    }
}

/// Signs somebody out everywhere.
///
/// # Errors
/// When the store fails.
pub async fn end_sessions_of_user(tx: &mut Tx, user: &UserId) -> Result<(), DbError> {
    tx.execute(&queries::DELETE_SESSIONS_OF_USER, params![user]).await.map(drop)
}

/// Signs all members of a partner out.
///
/// # Errors
/// When the store fails.
pub async fn end_sessions_of_partner(tx: &mut Tx, partner: &PartnerId) -> Result<(), DbError> {
    tx.execute(&queries::DELETE_SESSIONS_OF_PARTNER, params![partner]).await.map(drop)
}
