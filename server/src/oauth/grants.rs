//! Grants: made and changed by a rider's consent, ended by the rider.

use domain::{
    ids::{ApplicationId, GrantId, PartnerId, RiderId},
    oauth::{Ending, Scope, Scopes},
    realm::Realm,
};
use jiff::Timestamp;

use super::{OAuthError, codes::NewCode, queries};
use crate::{
    app::App,
    random::Random,
    realms,
    store::{Db, DbError, LockEach, Row, Tx, params},
    webhooks::{self, dispatch},
};

/// What a rider allows an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRecord {
    pub id: GrantId,
    pub realm: Realm,
    pub partner_id: PartnerId,
    pub application_id: ApplicationId,
    pub rider_id: RiderId,
    pub scopes: Scopes,
    pub created_at: Timestamp,
    /// Of the last consent.
    pub changed_at: Timestamp,
    /// Since when the journeys are among what it may see.
    pub journey_since: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
}

impl GrantRecord {
    fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.parse("id")?,
            realm: row.parse("realm")?,
            partner_id: row.parse("partner_id")?,
            application_id: row.parse("application_id")?,
            rider_id: row.parse("rider_id")?,
            scopes: row.parse("scopes")?,
            created_at: row.get("created_at")?,
            changed_at: row.get("changed_at")?,
            journey_since: row.get("journey_since")?,
            withdrawn_at: row.get("withdrawn_at")?,
        })
    }
}

/// An application that may hear of a rider's journeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiderGrant {
    pub partner_id: PartnerId,
    pub application_id: ApplicationId,
    /// Events before this are not for it.
    pub granted_at: Timestamp,
}

/// The grant of this consent: a new one, or the present one changed.
pub(super) async fn agree(
    tx: &mut Tx,
    new: &NewCode,
    now: Timestamp,
    random: &Random,
) -> Result<GrantId, DbError> {
    let NewCode { rider_id, consented, .. } = new;
    let application = &consented.client_id;
    let name = format!("{application} {rider_id}");
    tx.lock_each(LockEach::Grants, std::iter::once(name.as_str())).await?;
    let before = tx.row(&queries::LIVE_GRANT, params![application, rider_id]).await?;
    let before = before.as_ref().map(GrantRecord::read).transpose()?;
    let held = before.as_ref().map_or(Scopes::NONE, |grant| grant.scopes);
    let scopes = held.after_consent(consented.asked, consented.scopes);
    let since = before.as_ref().and_then(|grant| grant.journey_since);
    let journey_since = scopes.contains(Scope::JourneyRead).then(|| since.unwrap_or(now));
    let scopes = scopes.to_string();
    if let Some(before) = before {
        let values = params![&before.id, scopes, now, journey_since];
        if tx.execute(&queries::CHANGE_GRANT, values).await? > 0 {
            return Ok(before.id);
        }
        // Withdrawn in another tab at this moment: this consent is the later word.
    }
    begin(tx, new, now, random).await
}

/// A new grant, of what this consent allows and nothing else.
async fn begin(tx: &mut Tx, new: &NewCode, now: Timestamp, random: &Random) -> Result<GrantId, DbError> {
    let NewCode { realm, partner_id, rider_id, consented, .. } = new;
    let journey_since = consented.scopes.contains(Scope::JourneyRead).then_some(now);
    let id = random.id(now, GrantId::new);
    let (application, scopes) = (&consented.client_id, consented.scopes.to_string());
    let values = params![&id, realm, partner_id, application, rider_id, scopes, now, now, journey_since];
    tx.execute(&queries::INSERT_GRANT, values).await?;
    Ok(id)
}

/// The grant with this id, withdrawn or not.
pub(super) async fn find(tx: &mut Tx, id: &GrantId) -> Result<Option<GrantRecord>, DbError> {
    tx.row(&queries::GRANT, params![id]).await?.as_ref().map(GrantRecord::read).transpose()
}

/// What a rider allows at present, newest first.
///
/// # Errors
/// When the store fails.
pub async fn grants_of(db: &Db, realm: &Realm, rider: &RiderId) -> Result<Vec<GrantRecord>, DbError> {
    db.rows(&queries::GRANTS_OF, params![realm, rider]).await?.iter().map(GrantRecord::read).collect()
}

/// Takes back what a rider allowed. Every token that came of it ends with it, on every node at once.
///
/// # Errors
/// [`OAuthError::NoGrant`] when it is not this rider's, or was withdrawn before.
pub async fn withdraw(app: &App, realm: &Realm, rider: &RiderId, grant: &GrantId) -> Result<(), OAuthError> {
    let now = realms::now(app, realm);
    let (of, rider, grant) = (realm.clone(), rider.clone(), grant.clone());
    realms::store(app, realm)
        .write(move |tx| {
            Box::pin(async move {
                let rows = tx.rows(&queries::WITHDRAW, params![&grant, &of, &rider, now]).await?;
                if rows.is_empty() {
                    return Err(OAuthError::NoGrant);
                }
                Ok(end(tx, &rows, now).await?)
            })
        })
        .await
        .inspect(|()| dispatch::recall(app))
}

/// Takes back all that a rider allowed: part of deleting an account.
///
/// # Errors
/// When the store fails.
pub async fn withdraw_all(
    tx: &mut Tx,
    realm: &Realm,
    rider: &RiderId,
    now: Timestamp,
) -> Result<(), DbError> {
    let rows = tx.rows(&queries::WITHDRAW_ALL, params![realm, rider, now]).await?;
    end(tx, &rows, now).await
}

/// Ends what came of grants that were just withdrawn: tokens, and what was about to be told.
async fn end(tx: &mut Tx, withdrawn: &[Row], now: Timestamp) -> Result<(), DbError> {
    for row in withdrawn {
        let grant: GrantId = row.parse("id")?;
        let ending = Ending::Withdrawn.as_str();
        tx.execute(&queries::END_FAMILIES_OF_GRANT, params![&grant, ending, now]).await?;
        let (application, rider) = (row.parse("application_id")?, row.parse("rider_id")?);
        webhooks::deliveries::rider_withdrew(tx, &application, &rider, now).await?;
    }
    Ok(())
}

/// Ends every code and token of an application, in the transaction that disables or deletes it, and
/// takes back what was about to be told by it; `webhooks::dispatch::recall` is due after the commit.
/// What riders allowed stays, for the application may come back.
///
/// # Errors
/// When the store fails.
pub async fn application_ended(
    tx: &mut Tx,
    application: &ApplicationId,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(&queries::USE_CODES_OF_APPLICATION, params![application, now]).await?;
    tx.execute(&queries::END_FAMILIES_OF_APPLICATION, params![application, now]).await?;
    webhooks::deliveries::application_ended(tx, application, now).await.map(drop)
}

/// The applications that may hear of a rider's journeys, who was allowed first before the others.
///
/// # Errors
/// When the store fails.
pub async fn grants_for_event(
    tx: &mut Tx,
    realm: &Realm,
    rider: &RiderId,
) -> Result<Vec<RiderGrant>, DbError> {
    let rows = tx.rows(&queries::GRANTS_FOR_EVENT, params![realm, rider]).await?;
    rows.iter()
        .map(|row| {
            Ok(RiderGrant {
                partner_id: row.parse("partner_id")?,
                application_id: row.parse("application_id")?,
                granted_at: row.get("journey_since")?,
            })
        })
        .collect()
}

/// Deletes all grants, codes and tokens of a test network, and what its riders could look at.
///
/// # Errors
/// When the store fails.
pub async fn erase(tx: &mut Tx, realm: &Realm) -> Result<(), DbError> {
    for statement in [
        &queries::ERASE_ACCESS_TOKENS,
        &queries::ERASE_REFRESH_TOKENS,
        &queries::ERASE_FAMILIES,
        &queries::ERASE_CODES,
        &queries::ERASE_PUSHED,
        &queries::ERASE_GRANTS,
        &queries::ERASE_ACCESS,
    ] {
        tx.execute(statement, params![realm]).await?;
    }
    Ok(())
}
