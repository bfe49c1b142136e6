//! What changes journeys that were charged already: whose a medium is, and what a rider is.

use domain::{
    gates::TAP_AGE_MAX_DAYS,
    ids::RiderId,
    ledger::TransferReason,
    media::MediaId,
    realm::Realm,
    riders::{LinkMedium, SetUserType},
    sandbox::MEDIA_MAX,
    time::{day_number, day_start, jakarta_day},
};
use jiff::ToSpan as _;

use super::{Place, RiderError, open, queries};
use crate::{
    app::App,
    journeys,
    store::{Db, DbError, LockEach, Tx, params},
};

/// How far ahead a change of kind may be dated, in days.
const AHEAD_MAX_DAYS: i64 = 366;

/// Links a card or phone to a rider. Its taps since the beginning of the service day, and of a
/// journey that was on its way then, go over to the rider and are charged anew. Linking it again changes nothing.
///
/// # Errors
/// [`RiderError::NotFound`], [`RiderError::MediumTaken`], [`RiderError::TooManyMedia`].
pub async fn link(
    tx: &mut Tx,
    app: &App,
    place: &Place,
    rider: &RiderId,
    medium: &LinkMedium,
) -> Result<(), RiderError> {
    let Place { realm, now, .. } = place;
    let id = medium.media.id();
    // Held before it is looked at: taps that come in at this moment go by what is decided here.
    let name = format!("{realm}/{}", id.as_str());
    tx.lock_each(LockEach::Media, std::iter::once(name.as_str())).await?;
    open(tx, realm, rider).await?;
    let media = tx.row(&queries::COUNT_MEDIA, params![rider]).await?.map_or(Ok(0), |row| row.get("total"))?;
    if let Some(row) = tx.row(&queries::OWNER, params![realm, id.as_str()]).await? {
        let owner: RiderId = row.parse("rider_id")?;
        return if owner == *rider { Ok(()) } else { Err(RiderError::MediumTaken) };
    }
    if media >= MEDIA_MAX {
        return Err(RiderError::TooManyMedia { max: MEDIA_MAX });
    }
    let label = medium.label.as_ref().map_or_else(|| format!("Kartu {}", media + 1), ToString::to_string);
    let linked_from = journeys::link_begins(tx, realm, &id, day_start(jakarta_day(*now))).await?;
    tx.execute(&queries::LINK, params![realm, id.as_str(), rider, label, linked_from, *now]).await?;
    Ok(journeys::link_medium(tx, app, realm, &id, rider, linked_from).await?)
}

/// Makes somebody another kind of rider from a day on. Journeys since then are charged anew.
///
/// # Errors
/// [`RiderError::NotFound`], [`RiderError::DayOutOfRange`].
pub async fn set_user_type(
    tx: &mut Tx,
    app: &App,
    place: &Place,
    rider: &RiderId,
    change: &SetUserType,
) -> Result<(), RiderError> {
    let Place { realm, now, .. } = place;
    open(tx, realm, rider).await?;
    let today = jakarta_day(*now);
    let (first, last) =
        (today.saturating_sub(TAP_AGE_MAX_DAYS.days()), today.saturating_add(AHEAD_MAX_DAYS.days()));
    let since = change.since.unwrap_or(today);
    if !(first..=last).contains(&since) {
        return Err(RiderError::DayOutOfRange { first, last });
    }
    let values = params![rider, day_number(since), change.user_type.as_str(), *now];
    tx.execute(&queries::SET_USER_TYPE, values).await?;
    Ok(journeys::resettle(tx, app, realm, rider, since, TransferReason::UserTypeChanged).await?)
}

/// The rider that a medium is linked to.
///
/// # Errors
/// When the store fails.
pub async fn owner(db: &Db, realm: &Realm, medium: &MediaId) -> Result<Option<RiderId>, DbError> {
    let row = db.row(&queries::OWNER, params![realm, medium.as_str()]).await?;
    row.map(|row| row.parse("rider_id")).transpose()
}
