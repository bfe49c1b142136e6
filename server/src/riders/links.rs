//! Whose a medium is, and what kind of rider somebody was: what rating asks inside its transaction.

use std::collections::HashMap;

use domain::{
    ids::RiderId, journeys::UserTypeHistory, media::MediaId, money::Rupiah, realm::Realm,
    time::day_from_number,
};
use jiff::Timestamp;

use super::queries::{LINKS, USER_TYPES};
use crate::store::{DbError, Row, Tx, Value};

/// How many are asked for in one statement: a list of one length is one text on both engines.
const AT_ONCE: usize = 16;

/// The rider that a medium belongs to, with their wallet as this transaction sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub rider_id: RiderId,
    /// Earlier taps are not the rider's.
    pub linked_from: Timestamp,
    pub balance: Rupiah,
    pub due: Rupiah,
}

/// The riders of those media that are somebody's, by the medium's id. One statement per sixteen.
///
/// # Errors
/// When the store fails.
pub async fn links(tx: &mut Tx, realm: &Realm, media: &[MediaId]) -> Result<HashMap<String, Link>, DbError> {
    let mut links = HashMap::with_capacity(media.len());
    for media in media.chunks(AT_ONCE) {
        let mut values = vec![Value::from(realm)];
        values.extend(sixteen(media.iter().map(MediaId::as_str)));
        for row in tx.rows(&LINKS, &values).await? {
            let link = Link {
                rider_id: row.parse("rider_id")?,
                linked_from: row.get("linked_from")?,
                balance: Rupiah(row.get("balance")?),
                due: Rupiah(row.get("due")?),
            };
            links.insert(row.get("id")?, link);
        }
    }
    Ok(links)
}

/// What kind of rider each of them was when. One statement per sixteen.
///
/// # Errors
/// When the store fails.
pub async fn user_types(
    tx: &mut Tx,
    riders: &[RiderId],
) -> Result<HashMap<RiderId, UserTypeHistory>, DbError> {
    let mut known = HashMap::with_capacity(riders.len());
    for riders in riders.chunks(AT_ONCE) {
        let rows = tx.rows(&USER_TYPES, &sixteen(riders.iter().map(RiderId::as_str))).await?;
        known.extend(histories(&rows)?);
    }
    Ok(known)
}

/// Rows of [`USER_TYPES`], by rider.
pub(super) fn histories(rows: &[Row]) -> Result<HashMap<RiderId, UserTypeHistory>, DbError> {
    let mut changes: HashMap<RiderId, Vec<_>> = HashMap::new();
    for row in rows {
        let change = (day_from_number(row.get("since_day")?), row.parse("user_type")?);
        changes.entry(row.parse("rider_id")?).or_default().push(change);
    }
    Ok(changes.into_iter().map(|(rider, changes)| (rider, UserTypeHistory::new(changes))).collect())
}

/// Fills the places that are left with the first once more: it is found once all the same.
pub(super) fn sixteen<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<Value> {
    let mut values: Vec<_> = texts.into_iter().map(Value::from).collect();
    let first = values.first().cloned().unwrap_or(Value::Text(Some(String::new())));
    values.resize(AT_ONCE, first);
    values
}
