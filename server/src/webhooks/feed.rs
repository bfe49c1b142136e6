//! Events to pull: the same that are pushed, by the same rules, for 30 days.
//!
//! A cursor is the number of an event's publication. Numbers are given under a lock after the commit
//! of the events, and the newest is read before the events are: what has a number up to it is there to
//! be seen, so that a reader who goes on with the cursor misses nothing and sees nothing twice.

use data_encoding::BASE64URL_NOPAD;
use domain::{
    events::EventKind,
    webhooks::{Feed, FeedEvent, FeedMeta, KEPT_DAYS},
};
use jiff::{SignedDuration, Timestamp};

use super::{Acting, queries};
use crate::{
    app::{App, Environment},
    oauth, realms,
    store::{DbError, Row, params},
};

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
    let params = params![&realm, &acting.partner, cursor.0, newest, from, kinds, limit];
    let total: u64 =
        db.row(&queries::COUNT_FEED, &params[..6]).await?.map_or(Ok(0), |row| row.get("total"))?;
    let rows = if total == 0 { Vec::new() } else { db.rows(&queries::FEED, params).await? };
    let mut data = Vec::with_capacity(rows.len());
    for row in &rows {
        data.push(event(app, row)?);
    }
    let has_more = total > data.len() as u64;
    let next = match rows.last() {
        Some(last) if has_more => Cursor(last.get("published")?),
        // All up to the newest was looked at; a cursor from elsewhere does not run back.
        _ => Cursor(newest.max(cursor.0)),
    };
    Ok(Feed { data, meta: FeedMeta { total, page: 1, limit, next_cursor: next.encode(), has_more } })
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
