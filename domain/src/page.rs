//! The envelope of every list: `{"data": [...], "meta": {"total", "page", "limit"}}`.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub data: Vec<T>,
    pub meta: Meta,
}

/// Where a page stands in its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meta {
    /// Items the filter matches, on all pages.
    pub total: u64,
    /// Number of this page, from 1.
    pub page: u64,
    /// Items a page holds at most, after clamping.
    pub limit: u64,
}

/// Which page of a list is wanted: already checked and clamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    page: u64,
    limit: u64,
}

/// A `page` or `limit` that is no positive whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` must be a positive whole number")]
pub struct PageError {
    pub field: &'static str,
}

impl PageRequest {
    pub const LIMIT_DEFAULT: u64 = 20;

    /// Reads the two query values; absent ones take their defaults, a `limit` above `limit_max` is
    /// clamped to it.
    ///
    /// # Errors
    /// [`PageError`] naming the first value that is no positive whole number.
    pub fn parse(page: Option<&str>, limit: Option<&str>, limit_max: u64) -> Result<Self, PageError> {
        let positive = |field, text: Option<&str>, default| match text {
            None => Ok(default),
            Some(text) => match parse_positive(text) {
                Some(number) => Ok(number),
                None => Err(PageError { field }),
            },
        };
        let page = positive("page", page, 1)?;
        let limit = positive("limit", limit, Self::LIMIT_DEFAULT)?.min(limit_max);
        Ok(Self { page, limit })
    }

    /// Items before this page. Saturates: a page past the end is empty, not an error.
    #[must_use]
    pub fn offset(self) -> u64 {
        (self.page - 1).saturating_mul(self.limit)
    }

    #[must_use]
    pub fn limit(self) -> u64 {
        self.limit
    }

    #[must_use]
    pub fn meta(self, total: u64) -> Meta {
        Meta { total, page: self.page, limit: self.limit }
    }

    /// Cuts this page out of a list that is held in memory.
    #[must_use]
    pub fn of<T>(self, items: impl ExactSizeIterator<Item = T>) -> Page<T> {
        let total = items.len() as u64;
        let skip = usize::try_from(self.offset()).unwrap_or(usize::MAX);
        let take = usize::try_from(self.limit).unwrap_or(usize::MAX);
        Page { data: items.skip(skip).take(take).collect(), meta: self.meta(total) }
    }
}

/// Digits only: no sign, no spaces. More digits than fit saturate, so that a huge `limit` is
/// clamped like any other that is too large.
fn parse_positive(text: &str) -> Option<u64> {
    if text.is_empty() || text.len() > 64 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = text.parse().unwrap_or(u64::MAX);
    (number > 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_clamped_and_nonsense_is_refused() {
        let check = |page, limit| PageRequest::parse(page, limit, 86).map(|r| (r.page, r.limit));
        assert_eq!(check(None, None), Ok((1, 20)));
        assert_eq!(check(Some("2"), Some("1000")), Ok((2, 86)));
        assert_eq!(check(None, Some("99999999999999999999999")), Ok((1, 86)));
        for bad in ["-1", "0", "1.5", "", " 1", "1e3", "+1", "abc"] {
            assert_eq!(check(None, Some(bad)), Err(PageError { field: "limit" }), "{bad}");
            assert_eq!(check(Some(bad), None), Err(PageError { field: "page" }), "{bad}");
        }
    }

    #[test]
    fn a_page_past_the_end_is_empty_and_keeps_the_total() {
        let request = PageRequest::parse(Some("18446744073709551615"), Some("20"), 86).unwrap();
        let page = request.of([1, 2, 3].into_iter());
        assert_eq!((page.data.len(), page.meta.total), (0, 3));
    }
}
