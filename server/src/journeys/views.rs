//! What others read: journeys of a payer, the latest of a realm, fraud findings.

use domain::{
    fares::CapPeriod,
    ids::JourneyId,
    journeys::{RecordedFinding, RecordedJourney},
    money::Rupiah,
    page::{Page, PageRequest},
    realm::Realm,
    time::{day_from_number, day_number},
};
use jiff::civil::Date;

use super::queries;
use crate::store::{Db, DbError, Row, Tx, params};

/// Most journeys that are read at once.
pub const READ_MAX: u32 = 500;

/// A page of the journeys of a payer (id of a rider, or of a medium that is nobody's), newest day
/// first; those that were taken back are left out.
///
/// # Errors
/// When the store fails.
pub async fn journeys_of(
    db: &Db,
    realm: &Realm,
    payer: &str,
    request: PageRequest,
) -> Result<Page<RecordedJourney>, DbError> {
    let total = db.row(&queries::COUNT_JOURNEYS_OF, params![realm, payer]).await?;
    let total = total.map_or(Ok(0), |row| row.get("total"))?;
    let params = params![realm, payer, request.limit(), request.offset()];
    let rows = db.rows(&queries::JOURNEYS_OF, params).await?;
    Ok(Page { data: rows.iter().map(read).collect::<Result<_, _>>()?, meta: request.meta(total) })
}

/// The journeys of a payer after the one of this day and id (none: from the first), oldest first;
/// [`READ_MAX`] at most.
///
/// # Errors
/// When the store fails.
pub async fn journeys_after(
    db: &Db,
    realm: &Realm,
    payer: &str,
    last: Option<(Date, &JourneyId)>,
) -> Result<Vec<RecordedJourney>, DbError> {
    let (day, id) = last.map_or((Date::MIN, ""), |(day, id)| (day, id.as_str()));
    let params = params![realm, payer, day_number(day), id, READ_MAX];
    db.rows(&queries::JOURNEYS_AFTER, params).await?.iter().map(read).collect()
}

/// What a payer was charged in the periods that a day lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    pub daily: Rupiah,
    pub weekly: Rupiah,
    pub monthly: Rupiah,
}

/// What a payer was charged on `day`, in its week and in its month, up to that day.
///
/// # Errors
/// When the store fails.
pub async fn spent(db: &Db, realm: &Realm, payer: &str, day: Date) -> Result<Spent, DbError> {
    let since = |period: CapPeriod| day_number(period.start(day));
    let params = params![realm, payer, day_number(day), since(CapPeriod::Weekly), since(CapPeriod::Monthly)];
    let Some(row) = db.row(&queries::SPENT, params).await? else { return Ok(Spent::default()) };
    Ok(Spent {
        daily: Rupiah(row.get("daily")?),
        weekly: Rupiah(row.get("weekly")?),
        monthly: Rupiah(row.get("monthly")?),
    })
}

/// The latest journeys of a realm, newest first; `limit` is cut to [`READ_MAX`].
///
/// # Errors
/// When the store fails.
pub async fn latest_journeys(db: &Db, realm: &Realm, limit: u32) -> Result<Vec<RecordedJourney>, DbError> {
    let rows = db.rows(&queries::LATEST_JOURNEYS, params![realm, limit.min(READ_MAX)]).await?;
    rows.iter().map(read).collect()
}

/// A page of a realm's fraud findings, newest first; those that were withdrawn say so.
///
/// # Errors
/// When the store fails.
pub async fn findings(
    db: &Db,
    realm: &Realm,
    request: PageRequest,
) -> Result<Page<RecordedFinding>, DbError> {
    let total = db.row(&queries::COUNT_FINDINGS, params![realm]).await?;
    let total = total.map_or(Ok(0), |row| row.get("total"))?;
    let params = params![realm, request.limit(), request.offset()];
    let rows = db.rows(&queries::LIST_FINDINGS, params).await?;
    Ok(Page { data: rows.iter().map(finding).collect::<Result<_, _>>()?, meta: request.meta(total) })
}

/// Forgets all taps of a realm and what they amounted to: for the reset of a test network.
///
/// # Errors
/// When the store fails.
pub async fn erase(tx: &mut Tx, realm: &Realm) -> Result<(), DbError> {
    for statement in [&queries::ERASE_TAPS, &queries::ERASE_JOURNEYS, &queries::ERASE_FINDINGS] {
        tx.execute(statement, params![realm]).await?;
    }
    Ok(())
}

/// A journey of a row that has all its columns.
///
/// # Errors
/// When a column does not hold what it should.
pub fn read(row: &Row) -> Result<RecordedJourney, DbError> {
    Ok(RecordedJourney {
        id: row.parse("id")?,
        payer: row.get("payer")?,
        media_id: row.get("media_id")?,
        payment_method: row.parse("payment_method")?,
        status: row.parse("status")?,
        from_station: row.parse_opt("from_station_id")?,
        to_station: row.parse_opt("to_station_id")?,
        tapped_in_at: row.get("tapped_in_at")?,
        tapped_out_at: row.get("tapped_out_at")?,
        day: day_from_number(row.get("day")?),
        tariff: row.get("tariff_id")?,
        user_type: row.parse("user_type")?,
        base_fare: Rupiah(row.get("base_fare")?),
        fare: Rupiah(row.get("fare")?),
        charge: Rupiah(row.get("charge")?),
        limited_by: row.parse_opt("limited_by")?,
        due_at: row.get("due_at")?,
    })
}

fn finding(row: &Row) -> Result<RecordedFinding, DbError> {
    let corrupt = |column: &str| DbError::Corrupt { column: column.to_owned() };
    let (reasons, taps): (String, String) = (row.get("reasons")?, row.get("taps")?);
    Ok(RecordedFinding {
        id: row.parse("id")?,
        rule: row.parse("rule")?,
        score: row.get::<i64>("score")?.try_into().map_err(|_| corrupt("score"))?,
        reasons: serde_json::from_str(&reasons).map_err(|_| corrupt("reasons"))?,
        taps: serde_json::from_str(&taps).map_err(|_| corrupt("taps"))?,
        payer: row.get("payer")?,
        media_id: row.get("media_id")?,
        station: row.parse("station_id")?,
        gate_id: row.get("gate_id")?,
        occurred_at: row.get("occurred_at")?,
        recorded_at: row.get("recorded_at")?,
        withdrawn_at: row.get("withdrawn_at")?,
    })
}
