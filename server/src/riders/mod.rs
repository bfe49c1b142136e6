//! Riders: people with an account, the media they tap with, and what kind of rider they are.
//!
//! Owns `riders`, `rider_user_types` and `media`; a rider's row in `wallets` is made here and kept
//! by the ledger. Actors: the operator's staff (live riders, on the record), a partner's members and
//! test keys (riders of the partner's own test network). Who taps without an account is nobody here:
//! known by the medium alone.
//!
//! Promise: a medium is one rider's. Of a medium's token only the hash is kept; national identity
//! numbers and biometrics are never asked for. A rider of one realm is absent in every other.

mod admin;
mod changes;
mod links;
pub mod queries;
mod refusals;
mod shown;
#[cfg(test)]
mod tests;

use domain::{
    ids::RiderId,
    journeys::UserTypeHistory,
    money::Rupiah,
    page::{Page, PageRequest},
    realm::Realm,
    riders::{CreateRider, MediumView, RiderRow, RiderView, TopUpAmount, balance_max},
    time::{day_number, jakarta_day},
};
use jiff::{Timestamp, civil::Date};

pub use self::{
    admin::portal_routes,
    changes::{link, owner, set_user_type},
    links::{Link, links, user_types},
    shown::{balance, fare_caps, profile},
};
use crate::{
    journeys::RecordError,
    ledger::{self, Balances, LedgerError, PayOut, TopUp},
    random::Random,
    store::{Db, DbError, LockEach, Row, Tx, params},
};

/// Why something cannot be done for a rider.
#[derive(Debug, thiserror::Error)]
pub enum RiderError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// Absent, or in another realm.
    #[error("no such rider")]
    NotFound,
    /// Another rider of the realm has this address or number.
    #[error("the {field} is another rider's")]
    Taken { field: &'static str },
    #[error("there are {max} riders already")]
    TooManyRiders { max: u64 },
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The medium is another rider's.
    #[error("the medium is another rider's")]
    MediumTaken,
    #[error("the rider has {max} media already")]
    TooManyMedia { max: u64 },
    /// A change of kind is dated too long ago, or too far ahead.
    #[error("a kind of rider begins between {first} and {last}")]
    DayOutOfRange { first: Date, last: Date },
    #[error("the rider's journeys could not be charged anew")]
    Rating(#[source] RecordError),
}

impl From<RecordError> for RiderError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Db(error) => Self::Db(error),
            error => Self::Rating(error),
        }
    }
}

/// Where and when riders are made and changed.
#[derive(Debug, Clone)]
pub struct Place {
    pub realm: Realm,
    /// By the realm's clock.
    pub now: Timestamp,
    pub random: Random,
}

/// Puts a rider on the books, with an empty wallet.
///
/// # Errors
/// [`RiderError::Taken`].
pub async fn create(tx: &mut Tx, place: &Place, new: &CreateRider) -> Result<RiderId, RiderError> {
    let id = place.random.id(place.now, RiderId::new);
    create_as(tx, place, &id, new).await?;
    Ok(id)
}

/// As [`create`], where the id was promised before.
///
/// # Errors
/// As [`create`].
pub async fn create_as(
    tx: &mut Tx,
    place: &Place,
    id: &RiderId,
    new: &CreateRider,
) -> Result<(), RiderError> {
    let Place { realm, now, .. } = place;
    let email = new.email.as_ref().map(domain::identity::EmailAddress::folded);
    let phone = new.phone.as_ref().map(ToString::to_string);
    if let Some(row) = tx.row(&queries::FIND_BY_CONTACT, params![realm, email.clone(), phone.clone()]).await?
    {
        let is_email = email.is_some() && row.get::<Option<String>>("email")? == email;
        return Err(RiderError::Taken { field: if is_email { "email" } else { "phone" } });
    }
    let values = params![id, realm, new.name.as_str(), email, phone, new.kyc_status.as_str(), *now];
    match tx.execute(&queries::INSERT, values).await {
        Ok(_) => {}
        // Somebody else gave the same a moment ago.
        Err(error) if error.is_unique_violation() => return Err(RiderError::Taken { field: "email" }),
        Err(error) => return Err(error.into()),
    }
    tx.execute(&queries::INSERT_WALLET, params![id, realm]).await?;
    let today = day_number(jakarta_day(*now));
    tx.execute(&queries::SET_USER_TYPE, params![id, today, new.user_type.as_str(), *now]).await?;
    Ok(())
}

/// How many riders a realm has.
///
/// # Errors
/// When the store fails.
pub async fn count(tx: &mut Tx, realm: &Realm) -> Result<u64, DbError> {
    tx.row(&queries::COUNT_ALL, params![realm]).await?.map_or(Ok(0), |row| row.get("total"))
}

/// Puts money into a rider's wallet, within what it may hold. `actor` is who took the money.
///
/// # Errors
/// [`RiderError::NotFound`], [`LedgerError::LimitPassed`].
pub async fn top_up(
    tx: &mut Tx,
    place: &Place,
    id: &RiderId,
    amount: TopUpAmount,
    actor: &str,
) -> Result<Balances, RiderError> {
    let Place { realm, now, random } = place;
    let row = open(tx, realm, id).await?;
    let limit = balance_max(row.parse("kyc_status")?);
    let amount = amount.rupiah();
    Ok(ledger::top_up(tx, &TopUp { realm, rider_id: id, amount, actor, now: *now, limit, random }).await?)
}

/// Pays money out of a rider's wallet. `actor` is who handed it over.
///
/// # Errors
/// [`RiderError::NotFound`], [`LedgerError::NotInWallet`].
pub async fn pay_out(
    tx: &mut Tx,
    place: &Place,
    id: &RiderId,
    amount: Rupiah,
    actor: &str,
) -> Result<Balances, RiderError> {
    let Place { realm, now, random } = place;
    open(tx, realm, id).await?;
    Ok(ledger::pay_out(tx, &PayOut { realm, rider_id: id, amount, actor, now: *now, random }).await?)
}

/// A rider of a realm, with their media. `now` is the realm's time.
///
/// # Errors
/// [`RiderError::NotFound`].
pub async fn find(db: &Db, realm: &Realm, id: &RiderId, now: Timestamp) -> Result<RiderView, RiderError> {
    let row = db.row(&queries::FIND, params![realm, id]).await?.ok_or(RiderError::NotFound)?;
    let rider = read(db, &row, now).await?;
    let media = db.rows(&queries::MEDIA_OF, params![id]).await?;
    Ok(RiderView { rider, media: media.iter().map(medium).collect::<Result<_, _>>()? })
}

/// A page of a realm's riders, newest first; those whose name, address, number or id `text` is part
/// of. `now` is the realm's time.
///
/// # Errors
/// When the store fails.
pub async fn list(
    db: &Db,
    realm: &Realm,
    text: Option<&str>,
    request: PageRequest,
    now: Timestamp,
) -> Result<Page<RiderRow>, DbError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_lowercase);
    let pattern = text.as_deref().map(contains);
    let phone = text.as_deref().and_then(phone_pattern);
    let total = db.row(&queries::COUNT, params![realm, pattern.clone(), phone.clone(), text.clone()]).await?;
    let total = total.map_or(Ok(0), |row| row.get("total"))?;
    let values = params![realm, pattern, phone, text, request.limit(), request.offset()];
    let mut data = Vec::new();
    for row in db.rows(&queries::LIST, values).await? {
        data.push(read(db, &row, now).await?);
    }
    Ok(Page { data, meta: request.meta(total) })
}

/// Forgets all riders of a realm, their media and wallets: for the reset of a test network.
///
/// # Errors
/// When the store fails.
pub async fn erase(tx: &mut Tx, realm: &Realm) -> Result<(), DbError> {
    for statement in
        [&queries::ERASE_USER_TYPES, &queries::ERASE_MEDIA, &queries::ERASE_WALLETS, &queries::ERASE_RIDERS]
    {
        tx.execute(statement, params![realm]).await?;
    }
    Ok(())
}

/// A rider's row, held for this transaction; who deleted the account is absent.
async fn open(tx: &mut Tx, realm: &Realm, id: &RiderId) -> Result<Row, RiderError> {
    tx.lock_each(LockEach::Riders, std::iter::once(id.as_str())).await?;
    tx.row(&queries::FIND_OPEN, params![realm, id]).await?.ok_or(RiderError::NotFound)
}

async fn read(db: &Db, row: &Row, now: Timestamp) -> Result<RiderRow, DbError> {
    let id: RiderId = row.parse("id")?;
    let types = db.rows(&queries::USER_TYPES, &links::sixteen([id.as_str()])).await?;
    let history = links::histories(&types)?.remove(&id).unwrap_or_else(UserTypeHistory::default);
    Ok(RiderRow {
        id,
        name: row.get("name")?,
        email: row.get("email")?,
        phone: row.get("phone")?,
        user_type: history.on(jakarta_day(now)),
        kyc_status: row.parse("kyc_status")?,
        registered_at: row.get("registered_at")?,
        balance: Rupiah(row.get("balance")?),
        due: Rupiah(row.get("due")?),
    })
}

fn medium(row: &Row) -> Result<MediumView, DbError> {
    Ok(MediumView {
        id: row.get("id")?,
        label: row.get("label")?,
        linked_from: row.get("linked_from")?,
        linked_at: row.get("linked_at")?,
    })
}

/// A LIKE pattern that finds `text` anywhere, its own wildcards taken literally.
fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Numbers are kept as `+62812…`: a search for `0812-34` means those digits.
fn phone_pattern(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_number = text.chars().all(|c| c.is_ascii_digit() || " +-.()".contains(c));
    (is_number && digits.len() >= 3).then(|| format!("%{}%", digits.strip_prefix('0').unwrap_or(&digits)))
}
