//! The list of a rider's journeys: which are wanted, and where it goes on.

use data_encoding::BASE64URL_NOPAD;
use domain::{
    fares::PaymentMethod,
    ids::{JourneyId, RiderId},
    page::PageRequest,
    problem::Code,
    realm::Realm,
    scoped::JourneyView,
    time::day_number,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::queries;
use crate::{
    http::{
        problem::{ApiError, ApiResult},
        query::unreadable,
    },
    journeys,
    store::{Db, DbError, params},
};

/// As the pages print it.
const LIMIT_MAX: u64 = 100;

/// One page of a rider's journeys.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Journeys {
    pub data: Vec<JourneyView>,
    pub meta: JourneysMeta,
}

/// Where a page stands in its list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct JourneysMeta {
    /// Journeys the filter matches, on all pages.
    pub total: u64,
    /// Number of this page, from 1.
    pub page: u64,
    /// Journeys a page holds at most, after clamping.
    pub limit: u64,
    /// Send it as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// Query of the list, still as text.
#[derive(Debug, Default, Deserialize)]
pub(super) struct JourneyQuery {
    pub from_date: Option<String>,
    pub to_date: Option<String>,
    pub limit: Option<String>,
    pub page: Option<String>,
    pub cursor: Option<String>,
    pub payment_method: Option<String>,
}

/// Which journeys are wanted: read and checked.
#[derive(Debug)]
pub(super) struct Wanted {
    first: i64,
    last: i64,
    payment_method: Option<PaymentMethod>,
    request: PageRequest,
    after: Option<Cursor>,
}

/// The last journey that was seen, and the number of the page that follows it. Going on from a
/// journey instead of a number, nobody sees one twice because others came before it meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cursor {
    day: i64,
    id: JourneyId,
    page: u64,
}

impl Cursor {
    fn write(&self) -> String {
        BASE64URL_NOPAD.encode(format!("{}.{}.{}", self.page, self.day, self.id).as_bytes())
    }

    fn read(text: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()?;
        let mut parts = text.splitn(3, '.');
        let page = parts.next()?.parse().ok().filter(|page| *page > 1)?;
        Some(Self { page, day: parts.next()?.parse().ok()?, id: parts.next()?.parse().ok()? })
    }
}

impl Wanted {
    /// What can't be read is 400, a word we do not know or days in the wrong order 422.
    pub fn read(query: &JourneyQuery) -> ApiResult<Self> {
        let day = |field, text: &Option<String>| text.as_deref().map(|text| day(field, text)).transpose();
        let (first, last) = (day("from_date", &query.from_date)?, day("to_date", &query.to_date)?);
        let request = PageRequest::parse(query.page.as_deref(), query.limit.as_deref(), LIMIT_MAX)?;
        let after = match (&query.cursor, &query.page) {
            (None, _) => None,
            (Some(_), Some(_)) => {
                return Err(unreadable(
                    "cursor",
                    "Kirim `cursor` atau `page`, tidak keduanya".to_owned(),
                    "Send `cursor` or `page`, not both".to_owned(),
                ));
            }
            (Some(text), None) => Some(Cursor::read(text).ok_or_else(|| {
                unreadable(
                    "cursor",
                    "`cursor` harus meta.next_cursor dari jawaban sebelumnya".to_owned(),
                    "`cursor` must be the meta.next_cursor of an earlier answer".to_owned(),
                )
            })?),
        };
        let payment_method = match query.payment_method.as_deref().map(str::parse::<PaymentMethod>) {
            None => None,
            Some(Ok(method)) => Some(method),
            Some(Err(_)) => {
                let all =
                    PaymentMethod::ALL.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", ");
                return Err(ApiError::new(Code::ValidationFailed).fault(
                    "payment_method",
                    "not_one_of",
                    format!("`payment_method` harus salah satu dari {all}"),
                    format!("`payment_method` must be one of {all}"),
                ));
            }
        };
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            return Err(ApiError::new(Code::ValidationFailed).fault(
                "to_date",
                "out_of_range",
                "`to_date` tidak boleh sebelum `from_date`",
                "`to_date` must not lie before `from_date`",
            ));
        }
        Ok(Self {
            first: first.map_or(i64::MIN, day_number),
            last: last.map_or(i64::MAX, day_number),
            payment_method,
            request,
            after,
        })
    }

    /// Looks the journeys up.
    pub async fn of(&self, db: &Db, realm: &Realm, rider: &RiderId) -> Result<Journeys, DbError> {
        let method = self.payment_method.map(PaymentMethod::as_str);
        let total = db.row(&queries::COUNT, params![realm, rider, self.first, self.last, method]).await?;
        let total = total.map_or(Ok(0), |row| row.get("total"))?;
        let after = self.after.as_ref();
        let (limit, offset) = (self.request.limit(), after.map_or(self.request.offset(), |_| 0));
        let values = params![
            realm,
            rider,
            self.first,
            self.last,
            method,
            after.map(|after| after.day),
            after.map(|after| after.id.to_string()),
            // One more tells whether the list goes on.
            limit + 1,
            offset
        ];
        let rows = db.rows(&queries::LIST, values).await?;
        let journeys = rows.iter().map(journeys::read).collect::<Result<Vec<_>, _>>()?;
        let page = after.map_or(self.request.meta(total).page, |after| after.page);
        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let next_cursor = journeys.get(shown..).is_some_and(|more| !more.is_empty()).then(|| {
            let last = &journeys[shown - 1];
            Cursor { day: day_number(last.day), id: last.id.clone(), page: page.saturating_add(1) }.write()
        });
        Ok(Journeys {
            data: journeys.iter().take(shown).map(JourneyView::from).collect(),
            meta: JourneysMeta { total, page, limit, next_cursor },
        })
    }
}

fn day(field: &'static str, text: &str) -> ApiResult<Date> {
    // Exactly as documented: the parser itself would take more forms of dates.
    let day = (text.len() == 10).then(|| text.parse().ok()).flatten();
    day.ok_or_else(|| {
        unreadable(
            field,
            format!("`{field}` harus tanggal YYYY-MM-DD"),
            format!("`{field}` must be a date, YYYY-MM-DD"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_what_is_none_is_refused() {
        let cursor = Cursor { day: 20_520, id: "jrn_06d2q8k7s5v3m0a9c1e4g6i8j0".parse().unwrap(), page: 2 };
        assert_eq!(Cursor::read(&cursor.write()).as_ref(), Some(&cursor));
        for bad in ["", "x", "MS4x", &cursor.write()[1..], &format!("{}=", cursor.write())] {
            assert_eq!(Cursor::read(bad), None, "{bad}");
        }
    }
}
