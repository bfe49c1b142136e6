//! Grants: made and changed by a rider's consent, ended by the rider, or by time ([`super::endings`]).

use domain::{
    ids::{ApplicationId, GrantId, PartnerId, RiderId},
    oauth::{Allowed, Scope, Scopes, Span},
    realm::Realm,
};
use jiff::Timestamp;

use super::{OAuthError, codes::NewCode, endings, queries};
use crate::{
    app::App,
    random::Random,
    realms,
    store::{DbError, LockEach, Row, Tx, Value, params},
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
    pub allowed: Allowed,
    /// What of it may be seen now.
    pub scopes: Scopes,
    pub created_at: Timestamp,
    /// Of the rider's last answer.
    pub changed_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
}

impl GrantRecord {
    /// `now` is the realm's.
    pub(super) fn read(row: &Row, now: Timestamp) -> Result<Self, DbError> {
        let allowed = read_allowed(row)?;
        Ok(Self {
            id: row.parse("id")?,
            realm: row.parse("realm")?,
            partner_id: row.parse("partner_id")?,
            application_id: row.parse("application_id")?,
            rider_id: row.parse("rider_id")?,
            allowed,
            scopes: allowed.at(now),
            created_at: row.get("created_at")?,
            changed_at: row.get("changed_at")?,
            withdrawn_at: row.get("withdrawn_at")?,
        })
    }
}

/// Names of the columns that say since when and until when a scope is allowed.
const fn columns(scope: Scope) -> (&'static str, &'static str) {
    match scope {
        Scope::JourneyRead => ("journey_since", "journey_until"),
        Scope::ProfileRead => ("profile_since", "profile_until"),
        Scope::BalanceRead => ("balance_since", "balance_until"),
    }
}

fn read_allowed(row: &Row) -> Result<Allowed, DbError> {
    let mut spans = Vec::with_capacity(Scope::ALL.len());
    for scope in Scope::ALL {
        let (since, until) = columns(scope);
        let span = row.get::<Option<Timestamp>>(since)?.zip(row.get(until)?);
        spans.push((scope, span.map(|(since, until)| Span { since, until })));
    }
    Ok(Allowed::of(|scope| spans.iter().find_map(|(of, span)| span.filter(|_| *of == scope))))
}

/// What a row with the ends of a grant allows at `now`.
pub(super) fn granted_at(row: &Row, now: Timestamp) -> Result<Scopes, DbError> {
    let mut held = Vec::new();
    for scope in Scope::ALL {
        let until: Option<Timestamp> = row.get(columns(scope).1)?;
        held.extend(until.filter(|until| now < *until).map(|_| scope));
    }
    Ok(held.into_iter().collect())
}

/// Values of the columns in the order of the scopes, since before until.
fn values_of(allowed: Allowed) -> impl Iterator<Item = Value> {
    Scope::ALL.into_iter().flat_map(move |scope| {
        let span = allowed.span(scope);
        [span.map(|span| span.since).into(), span.map(|span| span.until).into()]
    })
}

/// An application that may hear of a rider's journeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiderGrant {
    pub partner_id: PartnerId,
    pub application_id: ApplicationId,
    /// Events before this are not for it.
    pub granted_at: Timestamp,
}

/// The grant of this consent: a new one, or the present one changed. True when the journeys are no
/// longer among what it allows: what waits for the application is to be called back.
pub(super) async fn agree(
    tx: &mut Tx,
    new: &NewCode,
    now: Timestamp,
    random: &Random,
) -> Result<(GrantId, bool), DbError> {
    let NewCode { realm, partner_id, rider_id, consented, .. } = new;
    let application = &consented.client_id;
    let before = hold(tx, application, rider_id, now).await?;
    let held = before.as_ref().map_or(Allowed::NONE, |grant| grant.allowed);
    let allowed = held.after_consent(consented.asked, consented.scopes, now);
    if let Some(before) = before {
        // One that has run out stays so: who agrees again gets another.
        let kept = if before.scopes.is_empty() { Allowed::NONE } else { allowed };
        if change(tx, &before, kept, now).await? == Changed::Kept {
            return Ok((before.id, is_told(held, now) && !is_told(allowed, now)));
        }
    }
    let id = random.id(now, GrantId::new);
    let mut values = params![&id, realm, partner_id, application, rider_id, now].to_vec();
    // Nothing of one that was withdrawn at this moment lives on in it.
    let anew = Allowed::NONE.after_consent(consented.asked, consented.scopes, now);
    values.extend(values_of(anew));
    tx.execute(&queries::INSERT_GRANT, &values).await?;
    Ok((id, false))
}

fn is_told(allowed: Allowed, now: Timestamp) -> bool {
    allowed.at(now).contains(Scope::JourneyRead)
}

/// The present grant. Nobody else makes or changes one of these two until the commit.
async fn hold(
    tx: &mut Tx,
    application: &ApplicationId,
    rider: &RiderId,
    now: Timestamp,
) -> Result<Option<GrantRecord>, DbError> {
    let name = format!("{application} {rider}");
    tx.lock_each(LockEach::Grants, std::iter::once(name.as_str())).await?;
    let row = tx.row(&queries::LIVE_GRANT, params![application, rider]).await?;
    row.as_ref().map(|row| GrantRecord::read(row, now)).transpose()
}

/// What became of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Changed {
    Kept,
    /// Nothing is left of it, or it was withdrawn meanwhile.
    Ended,
}

/// Has a grant allow this from now on. What it does not allow any more is not told any more.
async fn change(
    tx: &mut Tx,
    before: &GrantRecord,
    allowed: Allowed,
    now: Timestamp,
) -> Result<Changed, DbError> {
    let GrantRecord { id, realm, rider_id, application_id, .. } = before;
    if allowed.at(now).is_empty() {
        let rows = tx.rows(&queries::WITHDRAW, params![id, realm, rider_id, now]).await?;
        endings::end(tx, &rows, now).await?;
        return Ok(Changed::Ended);
    }
    let mut values = params![id, now].to_vec();
    values.extend(values_of(allowed));
    if tx.execute(&queries::CHANGE_GRANT, &values).await? == 0 {
        return Ok(Changed::Ended);
    }
    if is_told(before.allowed, now) && !is_told(allowed, now) {
        webhooks::deliveries::rider_withdrew(tx, application_id, rider_id, now).await?;
    }
    Ok(Changed::Kept)
}

/// The rider was asked for `asked` and left nothing of it ticked: what was allowed of it is taken
/// back. Nothing happens where nothing was.
///
/// # Errors
/// When the store fails.
pub async fn take_back(
    app: &App,
    realm: &Realm,
    application: &ApplicationId,
    rider: &RiderId,
    asked: Scopes,
) -> Result<(), DbError> {
    let now = realms::now(app, realm);
    let (application, rider) = (application.clone(), rider.clone());
    realms::store(app, realm)
        .write(move |tx| {
            Box::pin(async move {
                let Some(before) = hold(tx, &application, &rider, now).await? else { return Ok(()) };
                let allowed = before.allowed.after_consent(asked, Scopes::NONE, now);
                if before.allowed.at(now) != allowed.at(now) {
                    change(tx, &before, allowed, now).await?;
                }
                Ok(())
            })
        })
        .await
        .inspect(|()| dispatch::recall(app))
}

/// The grant with this id, withdrawn or not.
pub(super) async fn find(tx: &mut Tx, id: &GrantId, now: Timestamp) -> Result<Option<GrantRecord>, DbError> {
    let row = tx.row(&queries::GRANT, params![id]).await?;
    row.as_ref().map(|row| GrantRecord::read(row, now)).transpose()
}

/// What a rider allows at present, newest first.
///
/// # Errors
/// When the store fails.
pub async fn grants_of(app: &App, realm: &Realm, rider: &RiderId) -> Result<Vec<GrantRecord>, DbError> {
    let now = realms::now(app, realm);
    let rows = realms::store(app, realm).rows(&queries::GRANTS_OF, params![realm, rider]).await?;
    let grants = rows.iter().map(|row| GrantRecord::read(row, now));
    grants.filter(|grant| grant.as_ref().map_or(true, |grant| !grant.scopes.is_empty())).collect()
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
                Ok(endings::end(tx, &rows, now).await?)
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
    endings::end(tx, &rows, now).await
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
    now: Timestamp,
) -> Result<Vec<RiderGrant>, DbError> {
    let rows = tx.rows(&queries::GRANTS_FOR_EVENT, params![realm, rider, now]).await?;
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
