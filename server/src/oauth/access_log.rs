//! Who read what of a rider, and when.

use std::net::IpAddr;

use domain::{
    ids::{ApplicationId, FamilyId, GrantId, PartnerId, RiderId},
    oauth::{Scope, Scopes},
    operations::Operation,
    page::{Page, PageRequest},
    realm::Realm,
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

/// A read, as the rider sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessEntry {
    /// Grows from read to read.
    pub sequence: i64,
    pub application_id: ApplicationId,
    pub partner_id: PartnerId,
    /// None for an operation that this version does not know.
    pub operation: Option<Operation>,
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

fn entry(row: &Row) -> Result<AccessEntry, DbError> {
    Ok(AccessEntry {
        sequence: row.get("sequence")?,
        application_id: row.parse("application_id")?,
        partner_id: row.parse("partner_id")?,
        operation: Operation::from_id(&row.get::<String>("operation")?),
        scope: row.parse("scope")?,
        records: row.get("records")?,
        at: row.get("at")?,
        ip: row.get("ip")?,
    })
}
