//! The query of the page's address.
//!
//! Read from the raw text: the router's own map decodes each value twice, so that `%2520` would come
//! out as a space and an address inside an address (`next=`) would break.

use leptos::prelude::*;
use leptos_router::{hooks::use_url, location::Url};

/// The first value of `name` in the page's query.
#[must_use]
pub fn query(name: &str) -> Option<String> {
    use_url().with_untracked(|url| find(url.search(), name))
}

fn find(search: &str, name: &str) -> Option<String> {
    let decode = |text: &str| Url::unescape(&text.replace('+', " "));
    search.trim_start_matches('?').split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key) == name).then(|| decode(value))
    })
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::find;

    #[test]
    fn a_value_is_decoded_once() {
        let check = |search: &str, expected: Option<&str>| {
            assert_eq!(find(search, "q").as_deref(), expected, "{search}")
        };
        check("?q=Kios+Peron%21", Some("Kios Peron!"));
        check("next=%2Fkeys%3Fa%3D1&q=%2Fadmin%3Fq%3DA%2520B", Some("/admin?q=A%20B"));
        check("q=50%25&q=2", Some("50%"));
        check("q", Some(""));
        check("q=%FF", Some("\u{fffd}"));
        check("", None);
        check("qq=1&Q=2", None);
    }
}
