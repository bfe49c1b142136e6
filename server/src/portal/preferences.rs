//! Language, colour scheme and sample language: a cookie each, set by a form.

use app::visitor::{SampleLanguage, Theme};
use axum::{
    Form,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{lang::Lang, return_to::is_own_path};
use serde::Deserialize;

const YEAR_S: u32 = 365 * 24 * 60 * 60;

/// One of the three, and where to go on.
#[derive(Debug, Deserialize)]
pub struct Preference {
    lang: Option<String>,
    theme: Option<String>,
    code: Option<String>,
    next: Option<String>,
}

/// Sets whichever preference was chosen and returns to the page.
pub async fn set(Form(preference): Form<Preference>) -> Response {
    let mut headers = HeaderMap::new();
    let chosen = [
        ("lang", preference.lang.as_deref().and_then(Lang::from_tag).map(Lang::tag)),
        ("theme", preference.theme.as_deref().and_then(Theme::parse).map(Theme::as_str)),
        ("code", preference.code.as_deref().and_then(SampleLanguage::parse).map(SampleLanguage::as_str)),
    ];
    for (name, value) in chosen {
        let Some(value) = value else { continue };
        let cookie = format!("{name}={value}; Path=/; Max-Age={YEAR_S}; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    (headers, Redirect::to(own_path(preference.next.as_deref(), "/"))).into_response()
}

/// `next` if it is a path of this site, else `default`: nobody is sent elsewhere by a link to us.
pub fn own_path<'p>(next: Option<&'p str>, default: &'p str) -> &'p str {
    next.filter(|path| is_own_path(path)).unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for good in ["/", "/keys", "/docs/rate-limits?x=1#rate_limited"] {
            assert_eq!(own_path(Some(good), "/fallback"), good);
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nX: y",
            "keys",
            "/\t/evil",
        ] {
            assert_eq!(own_path(Some(bad), "/fallback"), "/fallback", "{bad:?}");
        }
    }
}
