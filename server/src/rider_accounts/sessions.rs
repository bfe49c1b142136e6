//! Browsers in which a rider is signed in: as long-lived as partners' sessions, and kept apart from
//! them.

use domain::{
    ids::{RiderId, SessionId},
    realm::Realm,
    rider_accounts::RIDER_COOKIE,
};
use jiff::Timestamp;

use super::{RiderDevice, queries};
use crate::{
    app::App,
    identity::{
        sessions::{NOTED_EVERY, bounds, cookie},
        tokens,
    },
    store::{DbError, Tx, params},
};

/// A session that was just opened. The secret leaves once, in a cookie.
#[derive(Debug)]
pub struct NewRiderSession {
    secret: String,
}

impl NewRiderSession {
    /// `Set-Cookie` for it.
    #[must_use]
    pub fn cookie(&self) -> String {
        cookie(RIDER_COOKIE, &self.secret)
    }
}

/// A session as the store knows it, with the rider in it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub id: SessionId,
    pub rider_id: RiderId,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// Opens a session with a new id, and ends the one that the browser had.
pub(super) async fn open(
    tx: &mut Tx,
    app: &App,
    rider: &RiderId,
    device: &RiderDevice,
) -> Result<NewRiderSession, DbError> {
    let now = app.clock.now();
    let secret = tokens::new_secret(&app.random);
    if let Some(earlier) = &device.session {
        end(tx, earlier).await?;
    }
    let (oldest, _) = bounds(now);
    tx.execute(&queries::DELETE_EXPIRED_SESSIONS, params![oldest]).await?;
    let (id, ip) = (app.random.id(now, SessionId::new), device.device.ip.to_string());
    let user_agent = &device.device.user_agent;
    tx.execute(&queries::INSERT_SESSION, params![&tokens::hash(&secret), &id, rider, now, user_agent, ip])
        .await?;
    Ok(NewRiderSession { secret })
}

/// The session whose cookie this is, if it still lasts; using it makes it last longer.
pub(super) async fn find(app: &App, token_hash: [u8; 32]) -> Result<Option<Found>, DbError> {
    let now = app.clock.now();
    let (oldest, idle) = bounds(now);
    let params = params![&token_hash, oldest, idle, &Realm::Live];
    let Some(row) = app.live.row(&queries::FIND_SESSION, params).await? else { return Ok(None) };
    let seen_at: Timestamp = row.get("seen_at")?;
    let found = Found {
        id: row.parse("id")?,
        rider_id: row.parse("rider_id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        phone: row.get("phone")?,
    };
    if now.duration_since(seen_at) >= NOTED_EVERY {
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

/// Ends the session with this cookie, if there is one.
pub(super) async fn end(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<(), DbError> {
    tx.execute(&queries::DELETE_SESSION, params![token_hash]).await.map(drop)
}

/// Signs a rider out everywhere.
pub(super) async fn end_all(tx: &mut Tx, rider: &RiderId) -> Result<(), DbError> {
    tx.execute(&queries::DELETE_SESSIONS_OF_RIDER, params![rider]).await.map(drop)
}
