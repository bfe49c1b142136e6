//! The two languages the product speaks.

use serde::{Deserialize, Serialize};

/// Language of what a person reads. Indonesian unless they ask otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Id,
    En,
}

impl Lang {
    /// The text in this language. Both are written side by side, so neither can be forgotten.
    #[must_use]
    pub fn pick<T>(self, id: T, en: T) -> T {
        match self {
            Self::Id => id,
            Self::En => en,
        }
    }

    /// Tag for `lang` attributes and `Content-Language` (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.pick("id", "en")
    }

    /// The language a tag names, if it is one of ours (`id`, `en`, `en-GB`…).
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim();
        if primary.eq_ignore_ascii_case("id") || primary.eq_ignore_ascii_case("in") {
            Some(Self::Id)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }

    /// Best of ours for an `Accept-Language` value (RFC 9110 section 12.5.4); Indonesian if none fits.
    #[must_use]
    pub fn negotiate(accept_language: &str) -> Self {
        let mut best = (Self::Id, 0.0_f32);
        for item in accept_language.split(',').take(16) {
            let mut parts = item.split(';');
            let Some(lang) = parts.next().and_then(Self::from_tag) else { continue };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if weight > best.1 {
                best = (lang, weight);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heavier_language_wins_and_the_default_is_indonesian() {
        for (header, expected) in [
            ("", Lang::Id),
            ("fr", Lang::Id),
            ("en", Lang::En),
            ("en-GB,en;q=0.9,id;q=0.8", Lang::En),
            ("en;q=0.3, id-ID;q=0.7", Lang::Id),
            ("en;q=0", Lang::Id),
            ("*;q=0.5,en;q=abc", Lang::Id),
        ] {
            assert_eq!(Lang::negotiate(header), expected, "{header}");
        }
    }
}
