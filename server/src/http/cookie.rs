//! Reading the `Cookie` header.

use axum::http::{HeaderMap, header};

/// The value of the first cookie called `name`.
#[must_use]
pub fn find<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim_start().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("slang=x; lang=en; theme=dark"));
        headers.append(header::COOKIE, HeaderValue::from_static("code=go"));
        for (name, value) in [
            ("lang", Some("en")),
            ("theme", Some("dark")),
            ("code", Some("go")),
            ("lan", None),
            ("ang", None),
        ] {
            assert_eq!(find(&headers, name), value, "{name}");
        }
    }
}
