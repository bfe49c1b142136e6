//! Who read what of a rider, and when. What a webhook was sent is written down by
//! [`crate::webhooks::dispatch`], with the report that it has arrived.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use domain::{
    ids::{ApplicationId, FamilyId, GrantId, PartnerId, RiderId},
    oauth::{Scope, Scopes},
    operations::Operation,
    page::{Page, PageRequest},
    realm::Realm,
    rider_accounts::SENT_BY_WEBHOOK,
};
use jiff::Timestamp;

use super::{challenge, queries};
use crate::{
    http::problem::ApiError,
    store::{Db, DbError, Row, Tx, params},
};

/// What an access token that was found good stands for. In `Caller` of a call with one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub application_id: ApplicationId,
    pub partner_id: PartnerId,
    pub rider_id: RiderId,
    pub realm: Realm,
    /// What both the token and the rider's present grant allow.
    pub scopes: Scopes,
    pub grant_id: GrantId,
    pub family_id: FamilyId,
}

/// One read of a rider's data.
#[derive(Debug, Clone, Copy)]
pub struct Read {
    pub operation: Operation,
    pub scope: Scope,
    /// How many things of the rider are in the answer.
    pub records: u64,
    pub ip: IpAddr,
    /// By the realm's clock.
    pub at: Timestamp,
}

/// Why the data may not be answered.
#[derive(Debug, thiserror::Error)]
pub enum ReadRefused {
    #[error(transparent)]
    Db(#[from] DbError),
    /// The rider withdrew the grant since the token was looked at.
    #[error("the grant was withdrawn")]
    Withdrawn,
}

impl From<ReadRefused> for ApiError {
    fn from(refused: ReadRefused) -> Self {
        match refused {
            ReadRefused::Db(error) => error.into(),
            ReadRefused::Withdrawn => challenge::token_ended(),
        }
    }
}

/// Writes down a read, if it may still be answered. Call it in the transaction that settles what is
/// answered, before the answer leaves.
///
/// # Errors
/// [`ReadRefused::Withdrawn`].
pub async fn log_access(tx: &mut Tx, access: &Access, read: Read) -> Result<(), ReadRefused> {
    let Read { operation, scope, records, ip, at } = read;
    let values = params![&access.grant_id, operation.id(), scope.as_str(), records, at, ip.to_string()];
    match tx.execute(&queries::INSERT_ACCESS, values).await? {
        0 => Err(ReadRefused::Withdrawn),
        _ => Ok(()),
    }
}

/// Events of riders that are about to be answered: whose, by which application's consent, how many.
pub type EventsRead = BTreeMap<(ApplicationId, RiderId), u64>;

/// Writes down a read of the feed of events. Only what is in the answer may be told: a rider may have
/// taken the consent back since the events were looked up.
///
/// # Errors
/// When the store fails.
pub async fn log_events(
    db: &Db,
    read: EventsRead,
    ip: IpAddr,
    at: Timestamp,
) -> Result<BTreeSet<(ApplicationId, RiderId)>, DbError> {
    db.write(move |tx| {
        Box::pin(async move {
            let mut told = BTreeSet::new();
            for ((application, rider), records) in read {
                let operation = Operation::ListEvents.id();
                let values = params![&application, &rider, operation, records, at, ip.to_string()];
                if tx.execute(&queries::INSERT_EVENTS_READ, values).await? > 0 {
                    told.insert((application, rider));
                }
            }
            Ok(told)
        })
    })
    .await
}

/// A read, as the rider sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessEntry {
    /// Grows from read to read.
    pub sequence: i64,
    pub application_id: ApplicationId,
    pub partner_id: PartnerId,
    /// An operation's id, or [`SENT_BY_WEBHOOK`]; none for what this version does not know.
    pub operation: Option<&'static str>,
    pub scope: Scope,
    pub records: u64,
    pub at: Timestamp,
    pub ip: String,
}

/// What was read of a rider, newest first; by one application, if it is said.
///
/// # Errors
/// When the store fails.
pub async fn access_log_of(
    db: &Db,
    realm: &Realm,
    rider: &RiderId,
    application: Option<&ApplicationId>,
    request: PageRequest,
) -> Result<Page<AccessEntry>, DbError> {
    let total = db.row(&queries::COUNT_ACCESS_OF, params![realm, rider, application]).await?;
    let total = total.map_or(Ok(0), |row| row.get("total"))?;
    let values = params![realm, rider, application, request.limit(), request.offset()];
    let rows = db.rows(&queries::ACCESS_OF, values).await?;
    Ok(Page { data: rows.iter().map(entry).collect::<Result<_, _>>()?, meta: request.meta(total) })
}

/// The reads of a rider after the one with this sequence, oldest first; `limit` at most.
///
/// # Errors
/// When the store fails.
pub async fn accesses_after(
    db: &Db,
    realm: &Realm,
    rider: &RiderId,
    sequence: i64,
    limit: u32,
) -> Result<Vec<AccessEntry>, DbError> {
    let rows = db.rows(&queries::ACCESS_AFTER, params![realm, rider, sequence, limit]).await?;
    rows.iter().map(entry).collect()
}

/// When an application last read something of a rider.
///
/// # Errors
/// When the store fails.
pub async fn last_access(
    db: &Db,
    realm: &Realm,
    rider: &RiderId,
    application: &ApplicationId,
) -> Result<Option<Timestamp>, DbError> {
    let row = db.row(&queries::LAST_ACCESS, params![realm, rider, application]).await?;
    row.map(|row| row.get("at")).transpose()
}

/// The applications that a rider ever allowed something.
///
/// # Errors
/// When the store fails.
pub async fn ever_allowed(db: &Db, realm: &Realm, rider: &RiderId) -> Result<Vec<ApplicationId>, DbError> {
    let rows = db.rows(&queries::EVER_ALLOWED, params![realm, rider]).await?;
    rows.iter().map(|row| row.parse("application_id")).collect()
}

fn way(name: &str) -> Option<&'static str> {
    if name == SENT_BY_WEBHOOK { Some(SENT_BY_WEBHOOK) } else { Operation::from_id(name).map(Operation::id) }
}

fn entry(row: &Row) -> Result<AccessEntry, DbError> {
    Ok(AccessEntry {
        sequence: row.get("sequence")?,
        application_id: row.parse("application_id")?,
        partner_id: row.parse("partner_id")?,
        operation: way(&row.get::<String>("operation")?),
        scope: row.parse("scope")?,
        records: row.get("records")?,
        at: row.get("at")?,
        ip: row.get("ip")?,
    })
}
