//! Events to pull: the same that are pushed, by the same rules, for 30 days.
//!
//! A cursor is the number of an event's publication. Numbers are given under a lock after the commit
//! of the events, and the newest is read before the events are: what has a number up to it is there to
//! be seen, so that a reader who goes on with the cursor misses nothing and sees nothing twice.
//!
//! One call looks at [`LOOKED_AT_MAX`] events at most, told or not; the cursor moves on over those that
//! are not for the reader.

use std::{collections::BTreeSet, net::IpAddr};

use data_encoding::BASE64URL_NOPAD;
use domain::{
    events::EventKind,
    realm::Realm,
    webhooks::{Feed, FeedEvent, FeedMeta, KEPT_DAYS},
};
use jiff::{SignedDuration, Timestamp};

use super::{Acting, queries};
use crate::{
    app::{App, Environment},
    oauth::{self, EventsRead},
    realms,
    store::{Db, DbError, Row, params},
};

/// Events of a network that one call looks at.
const LOOKED_AT_MAX: u64 = 20_000;
/// How far the order of publication may stray from that of the times of recording, at most.
const DISORDER: SignedDuration = SignedDuration::from_hours(1);
/// With fewer numbers between, nobody looks where the old ones end.
const OLD_MAX: i64 = 1_000;

/// Where a reader stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor(i64);

impl Cursor {
    /// After the publication of this number.
    #[must_use]
    pub fn at(published: i64) -> Self {
        Self(published)
    }

    /// As it is told: opaque, so that nobody counts with it.
    #[must_use]
    pub fn encode(self) -> String {
        BASE64URL_NOPAD.encode(format!("p{:x}", self.0).as_bytes())
    }

    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let digits = bytes.strip_prefix(b"p").and_then(|digits| std::str::from_utf8(digits).ok())?;
        let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        i64::from_str_radix(digits, 16).ok().filter(|_| plain).map(Self)
    }
}

/// What is asked of the feed.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub cursor: Cursor,
    /// Written at this instant or later.
    pub from: Option<Timestamp>,
    /// Of these kinds; empty: of all that the tier covers.
    pub kinds: Vec<EventKind>,
    pub limit: u64,
}

/// Events after the cursor, oldest first: those of stations and gates, and those about riders who let
/// an application of the partner see their journeys, and had done so before.
///
/// # Errors
/// When the store fails.
pub async fn read(
    app: &App,
    acting: &Acting,
    environment: Environment,
    wanted: Wanted,
) -> Result<Feed, DbError> {
    let Wanted { cursor, from, kinds, limit } = wanted;
    let (db, realm) = (app.store(environment), acting.realm(environment));
    let now = realms::now(app, &realm);
    let kept = now.checked_sub(SignedDuration::from_hours(24 * KEPT_DAYS)).unwrap_or(Timestamp::MIN);
    let newest = db.row(&queries::LAST_PUBLISHED, &[]).await?.map_or(Ok(0), |row| row.get("last"))?;
    let covered = acting.tier(environment).terms().events.iter();
    let kinds: Vec<_> =
        covered.filter(|kind| kinds.is_empty() || kinds.contains(kind)).map(|kind| kind.as_str()).collect();
    let kinds = format!(",{},", kinds.join(","));
    let from = from.unwrap_or(kept).max(kept);
    let start = without_old(db, &realm, cursor.0, newest, from).await?;
    let upto = reach(db, &realm, start, newest).await?;
    let params = params![&realm, &acting.partner, start, upto, from, kinds, now, limit];
    let total: u64 =
        db.row(&queries::COUNT_FEED, &params[..7]).await?.map_or(Ok(0), |row| row.get("total"))?;
    let rows = if total == 0 { Vec::new() } else { db.rows(&queries::FEED, params).await? };
    let data = told(app, db, &rows, acting.ip, now).await?;
    let is_cut = total > rows.len() as u64;
    let next = match rows.last() {
        Some(last) if is_cut => Cursor(last.get("published")?),
        // All up to there was looked at; a cursor from elsewhere does not run back.
        _ => Cursor(upto.max(cursor.0)),
    };
    let has_more = is_cut || upto < newest;
    Ok(Feed { data, meta: FeedMeta { total, page: 1, limit, next_cursor: next.encode(), has_more } })
}

/// Where to begin: at the cursor, or behind it as far as everything was recorded long before `from`, so
/// that a new reader need not ask through all that is kept no more. Halves the way, for numbers are
/// given in the order of writing.
async fn without_old(
    db: &Db,
    realm: &Realm,
    cursor: i64,
    newest: i64,
    from: Timestamp,
) -> Result<i64, DbError> {
    let edge = from.checked_sub(DISORDER).unwrap_or(Timestamp::MIN);
    let (mut old, mut kept, mut probe) = (cursor, newest, cursor);
    loop {
        let first = db.row(&queries::FEED_FIRST, params![realm, probe, newest]).await?;
        let is_old = |row: &Row| Ok::<_, DbError>(row.get::<Timestamp>("recorded_at")? < edge);
        match first {
            Some(row) if is_old(&row)? => old = row.get("published")?,
            _ => kept = probe,
        }
        if kept.saturating_sub(old) <= OLD_MAX {
            return Ok(old);
        }
        probe = old + (kept - old) / 2;
    }
}

/// The number up to which one call looks.
async fn reach(db: &Db, realm: &Realm, start: i64, newest: i64) -> Result<i64, DbError> {
    let row = db.row(&queries::FEED_REACH, params![realm, start, newest, LOOKED_AT_MAX]).await?;
    let Some(row) = row else { return Ok(newest) };
    let (events, last): (u64, Option<i64>) = (row.get("events")?, row.get("last")?);
    Ok(last.filter(|_| events >= LOOKED_AT_MAX).unwrap_or(newest))
}

/// The events, written down in the access logs of the riders they are about. What may not be told any
/// more is left out.
async fn told(
    app: &App,
    db: &Db,
    rows: &[Row],
    ip: IpAddr,
    now: Timestamp,
) -> Result<Vec<FeedEvent>, DbError> {
    let mut events = Vec::with_capacity(rows.len());
    let mut read = EventsRead::new();
    for row in rows {
        let about = row.parse_opt("application_id")?.zip(row.parse_opt("rider_id")?);
        if let Some(about) = &about {
            *read.entry(about.clone()).or_default() += 1;
        }
        events.push((about, event(app, row)?));
    }
    let allowed =
        if read.is_empty() { BTreeSet::new() } else { oauth::log_events(db, read, ip, now).await? };
    let may_be_told = |about: &Option<_>| about.as_ref().is_none_or(|about| allowed.contains(about));
    Ok(events.into_iter().filter(|(about, _)| may_be_told(about)).map(|(_, event)| event).collect())
}

fn event(app: &App, row: &Row) -> Result<FeedEvent, DbError> {
    let data: String = row.get("data")?;
    let application_id = row.parse_opt("application_id")?;
    let rider_id = row.parse_opt("rider_id")?;
    let user_id = match (&application_id, &rider_id) {
        (Some(application), Some(rider)) => Some(oauth::usr_id(app, application, rider).to_string()),
        _ => None,
    };
    Ok(FeedEvent {
        id: row.parse("id")?,
        event: row.parse("kind")?,
        timestamp: row.get("occurred_at")?,
        sequence: row.get("journey_sequence")?,
        user_id,
        application_id,
        data: serde_json::from_str(&data).map_err(|_| DbError::Corrupt { column: "data".to_owned() })?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_told_and_nothing_else_is_one() {
        for number in [0, 1, 255, i64::MAX] {
            assert_eq!(Cursor::decode(&Cursor(number).encode()), Some(Cursor(number)));
        }
        let encoded = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
        for bad in [
            "",
            "7",
            "p1",
            &encoded("1"),
            &encoded("p"),
            &encoded("p-1"),
            &encoded("p+1"),
            &encoded("pffffffffffffffff"),
        ] {
            assert_eq!(Cursor::decode(bad), None, "{bad}");
        }
    }
}
