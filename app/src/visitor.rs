//! Who is looking at the page, and how they like it: language, colour scheme, sample language, session.
//!
//! The server provides one [`Visitor`] in context for every page it renders. An island has no such
//! context in the browser: it takes what it needs as props and provides a [`Visitor::in_island`]
//! of its own, so that `ui` components read the same on both sides.

use domain::lang::Lang;
use domain::tiers::Tier;
use jiff::Timestamp;
use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};

/// The request as the pages see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Visitor {
    /// Language of everything a person reads; cookie `lang`, else `Accept-Language`.
    pub lang: Lang,
    /// Colour scheme; cookie `theme`.
    pub theme: Theme,
    /// Language of code samples; cookie `code`.
    pub code: SampleLanguage,
    /// The signed-in person of a partner or of the operator, if any.
    pub session: Option<SessionView>,
    /// The signed-in rider, if any: a session of its own beside the other.
    pub rider: Option<RiderVisitor>,
    /// Path of the page, without query.
    pub path: String,
    /// Path and query of the page.
    pub address: String,
    /// Whether figures on the pages come from the demo.
    pub demo: bool,
    /// The instant the page is rendered at; relative times count from it.
    pub now: Timestamp,
    /// Fresh random text, one per rendered page; forms derive their idempotency keys from it.
    pub form_key: String,
}

/// The signed-in person, as much of them as a page shows everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    pub name: String,
    pub email: String,
    pub kind: SessionKind,
    /// Name of the partner's organisation; the operator's for an admin.
    pub organisation: String,
    /// Tier of the partner; none for an admin.
    pub tier: Option<Tier>,
}

/// The signed-in rider, as much of them as a page shows everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiderVisitor {
    pub name: String,
    /// E-mail address, else telephone number.
    pub login: String,
}

/// Which side of the portal a session belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    Partner,
    Admin,
}

/// Colour scheme, kept in the cookie `theme` so that the server paints the right one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Value of the cookie and of `<html data-theme>`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads a cookie's value; none if it is not one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }
}

/// A language code samples are written in, kept in the cookie `code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SampleLanguage {
    #[default]
    Curl,
    Go,
    TypeScript,
    Python,
}

impl SampleLanguage {
    pub const ALL: [Self; 4] = [Self::Curl, Self::Go, Self::TypeScript, Self::Python];

    /// Value of the cookie.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Go => "go",
            Self::TypeScript => "typescript",
            Self::Python => "python",
        }
    }

    /// Name on a tab.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Go => "Go",
            Self::TypeScript => "TypeScript",
            Self::Python => "Python",
        }
    }

    /// Reads a cookie's value; none if it is not one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == text)
    }
}

impl Default for Visitor {
    /// A stranger with no preferences: what a page falls back to when nobody said who is looking.
    fn default() -> Self {
        Self {
            lang: Lang::default(),
            theme: Theme::default(),
            code: SampleLanguage::default(),
            session: None,
            rider: None,
            path: String::new(),
            address: String::new(),
            demo: false,
            now: Timestamp::UNIX_EPOCH,
            form_key: String::new(),
        }
    }
}

impl Visitor {
    /// The visitor this page is rendered for.
    #[must_use]
    pub fn current() -> Self {
        use_context::<Self>().unwrap_or_default()
    }

    /// The visitor an island provides for the components inside it, from its own props.
    #[must_use]
    pub fn in_island(lang: Lang, code: SampleLanguage) -> Self {
        Self { lang, code, ..Self::default() }
    }
}

/// Language of the page being rendered.
#[must_use]
pub fn use_lang() -> Lang {
    use_context::<Visitor>().map_or_else(Lang::default, |visitor| visitor.lang)
}
