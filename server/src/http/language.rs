//! The language of the caller: what they chose on the portal (cookie `lang`), else what their
//! browser asks for, else Indonesian.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use domain::lang::Lang;

use super::{arrival::Arrival, cookie};

/// Cookie that remembers a chosen language.
pub const COOKIE: &str = "lang";

/// The language of the caller, as a handler's argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language(pub Lang);

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        // The edge has worked it out already; without an edge (a handler tested alone) do it here.
        let known = Arrival::of(&parts.extensions).map(|arrival| arrival.lang);
        Ok(Self(known.unwrap_or_else(|| of(&parts.headers))))
    }
}

/// The language that a request's headers ask for.
#[must_use]
pub fn of(headers: &HeaderMap) -> Lang {
    if let Some(chosen) = cookie::find(headers, COOKIE).and_then(Lang::from_tag) {
        return chosen;
    }
    match headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()) {
        Some(wanted) => Lang::negotiate(wanted),
        None => Lang::default(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_choice_made_on_the_portal_outweighs_the_browser() {
        let check = |cookie: Option<&'static str>, accept: Option<&'static str>, expected| {
            let mut headers = HeaderMap::new();
            if let Some(cookie) = cookie {
                headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
            }
            if let Some(accept) = accept {
                headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
            }
            assert_eq!(of(&headers), expected, "{cookie:?} {accept:?}");
        };
        check(None, None, Lang::Id);
        check(None, Some("en-US,en;q=0.9"), Lang::En);
        check(Some("lang=id"), Some("en"), Lang::Id);
        check(Some("lang=en"), Some("id"), Lang::En);
        check(Some("lang=klingon"), Some("en"), Lang::En);
    }
}
