//! Families of refresh tokens in the store, and the tokens given out in them.

use domain::{
    ids::{ApplicationId, FamilyId, GrantId, RiderId},
    oauth::{
        Ending, Family, Live, Previous, Scopes, Standing, Token, TokenHash, TokenKind, access_expires_at,
        dpop::Thumbprint,
    },
};
use jiff::Timestamp;

use super::queries;
use crate::{
    random::Random,
    store::{DbError, Row, Tx, params},
};

/// One row of `oauth_families`.
#[derive(Debug, Clone)]
pub(super) struct FamilyRecord {
    pub id: FamilyId,
    pub grant_id: GrantId,
    pub application_id: ApplicationId,
    pub rider_id: RiderId,
    pub scopes: Scopes,
    pub family: Family,
    pub dpop_jkt: Option<Thumbprint>,
}

impl FamilyRecord {
    pub fn read(row: &Row) -> Result<Self, DbError> {
        let standing = match row.get::<Option<String>>("ended")? {
            Some(name) => Standing::Ended(
                Ending::from_name(&name).ok_or_else(|| DbError::Corrupt { column: "ended".to_owned() })?,
            ),
            None => Standing::Live(Live {
                current: TokenHash(row.get("current_hash")?),
                access_used: row.get("access_used")?,
                previous: previous(row)?,
            }),
        };
        Ok(Self {
            id: row.parse("id")?,
            grant_id: row.parse("grant_id")?,
            application_id: row.parse("application_id")?,
            rider_id: row.parse("rider_id")?,
            scopes: row.parse("scopes")?,
            family: Family { expires_at: row.get("expires_at")?, standing },
            dpop_jkt: row.parse_opt("dpop_jkt")?,
        })
    }

    /// The last refresh token given out, while the family lives.
    pub fn current(&self) -> Option<TokenHash> {
        match self.family.standing {
            Standing::Live(live) => Some(live.current),
            Standing::Ended(_) => None,
        }
    }
}

fn previous(row: &Row) -> Result<Option<Previous>, DbError> {
    let (token, rotated_at) = (row.get::<Option<[u8; 32]>>("previous_hash")?, row.get("rotated_at")?);
    Ok(token.zip(rotated_at).map(|(token, rotated_at)| Previous { token: TokenHash(token), rotated_at }))
}

/// A family with this id.
pub(super) async fn find(tx: &mut Tx, id: &FamilyId) -> Result<Option<FamilyRecord>, DbError> {
    tx.row(&queries::FAMILY, params![id]).await?.as_ref().map(FamilyRecord::read).transpose()
}

/// Keeps how a family stands now; false if it ended while this was decided.
pub(super) async fn keep(
    tx: &mut Tx,
    id: &FamilyId,
    before: &Family,
    after: &Family,
    now: Timestamp,
) -> Result<bool, DbError> {
    let (Standing::Live(was), Standing::Live(is)) = (before.standing, after.standing) else {
        if let (Standing::Live(_), Standing::Ended(ending)) = (before.standing, after.standing) {
            end(tx, id, ending, now).await?;
        }
        return Ok(true);
    };
    let previous = is.previous;
    let values = params![
        id,
        &was.current.0,
        &is.current.0,
        is.access_used,
        previous.map(|previous| previous.token.0.to_vec()),
        previous.map(|previous| previous.rotated_at),
    ];
    Ok(tx.execute(&queries::ROTATE_FAMILY, values).await? > 0)
}

/// Ends a family, unless it ended before.
pub(super) async fn end(tx: &mut Tx, id: &FamilyId, ending: Ending, now: Timestamp) -> Result<(), DbError> {
    tx.execute(&queries::END_FAMILY, params![id, ending.as_str(), now]).await.map(drop)
}

/// What a client is given.
#[derive(Debug, Clone)]
pub struct Issued {
    pub access: Token,
    pub refresh: Token,
    /// Of the access token.
    pub scopes: Scopes,
    pub expires_in_s: i64,
    /// The access token works with proofs of a key only (RFC 9449).
    pub is_bound: bool,
}

/// A new pair, not yet written.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub access: Token,
    pub refresh: Token,
}

impl Pair {
    pub fn generate(random: &Random) -> Self {
        Self {
            access: Token::generate(TokenKind::Access, random.bytes()),
            refresh: Token::generate(TokenKind::Refresh, random.bytes()),
        }
    }

    /// Writes the pair into a family that has it as its newest.
    pub async fn give(
        self,
        tx: &mut Tx,
        id: &FamilyId,
        family: &Family,
        (scopes, key): (Scopes, Option<&Thumbprint>),
        now: Timestamp,
    ) -> Result<Issued, DbError> {
        let (access, refresh) = (self.access.hash(), self.refresh.hash());
        let ends_at = access_expires_at(now, family.expires_at);
        tx.execute(&queries::INSERT_REFRESH, params![&refresh.0, id]).await?;
        let jkt = key.map(Thumbprint::as_str);
        let values = params![&access.0, id, &refresh.0, scopes.to_string(), now, ends_at, jkt];
        tx.execute(&queries::INSERT_ACCESS_TOKEN, values).await?;
        Ok(Issued {
            access: self.access,
            refresh: self.refresh,
            scopes,
            expires_in_s: ends_at.duration_since(now).as_secs(),
            is_bound: key.is_some(),
        })
    }
}
