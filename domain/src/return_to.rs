//! Where somebody was going before they had to sign up, or in, or to choose a password.
//!
//! Such an address comes by a link or a hidden field, so anybody may have written it. Only a path of
//! this site is followed; anything else counts as none, and nobody is refused anything for it.

use serde::Deserialize;

use crate::oauth::with_parameters;

/// Longest that is carried, in bytes: an authorization request with all its parameters fits.
const BYTES_MAX: usize = 4_096;

/// Whether a browser that is sent there stays on this site.
#[must_use]
pub fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path[1..].starts_with(['/', '\\'])
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// A path of this site to go on to, or none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct ReturnTo(Option<String>);

impl From<String> for ReturnTo {
    fn from(path: String) -> Self {
        Self(Some(path).filter(|path| path.len() <= BYTES_MAX && is_own_path(path)))
    }
}

impl ReturnTo {
    /// The address of a page that leads on to it.
    #[must_use]
    pub fn by_way_of(&self, page: &str) -> String {
        match &self.0 {
            Some(path) => with_parameters(page, &[("next", path)]),
            None => page.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_carried_on() {
        let by = |path: &str| ReturnTo::from(path.to_owned()).by_way_of("/in?a=1");
        assert_eq!(by("/oauth/authorize?a=b%20c&d"), "/in?a=1&next=%2Foauth%2Fauthorize%3Fa%3Db%2520c%26d");
        let long = format!("/{}", "a".repeat(BYTES_MAX));
        for other in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nX: y", "in", &long]
        {
            assert_eq!(by(other), "/in?a=1", "{other:?}");
        }
        assert_eq!(ReturnTo::from("/keys".to_owned()).by_way_of("/in"), "/in?next=%2Fkeys");
        assert_eq!(ReturnTo::default().by_way_of("/in"), "/in");
    }
}
