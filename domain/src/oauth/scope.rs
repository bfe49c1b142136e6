//! Scopes: what a rider lets an application see.

use std::str::FromStr;

use crate::lang::Lang;

/// One thing that can be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    JourneyRead,
    ProfileRead,
    BalanceRead,
}

impl Scope {
    /// In the order of the pages.
    pub const ALL: [Self; 3] = [Self::JourneyRead, Self::ProfileRead, Self::BalanceRead];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JourneyRead => "journey:read",
            Self::ProfileRead => "profile:read",
            Self::BalanceRead => "balance:read",
        }
    }

    /// What it shows, as riders are asked.
    #[must_use]
    pub fn shows(self, lang: Lang) -> &'static str {
        match self {
            Self::JourneyRead => lang.pick(
                "Perjalanan Anda: stasiun dan waktu masuk dan keluar, tarif, cara bayar; aplikasi juga langsung diberi tahu saat Anda bepergian, mencapai batas tarif, atau tap Anda tampak mencurigakan",
                "Your journeys: stations and times of entry and exit, fares, how you paid; the application is also told as it happens when you travel, reach a fare cap, or your taps look like fraud",
            ),
            Self::ProfileRead => lang.pick(
                "Profil Anda: nama, email dan nomor HP yang disamarkan, status verifikasi, tipe penumpang",
                "Your profile: name, masked e-mail and phone number, verification status, kind of rider",
            ),
            Self::BalanceRead => lang.pick(
                "Saldo dompet KCI Pay Anda, dan berapa yang terpakai dari batas tarif",
                "The balance of your KCI Pay wallet, and how much of your fare caps is used",
            ),
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::JourneyRead => 1,
            Self::ProfileRead => 2,
            Self::BalanceRead => 4,
        }
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(ScopeError::Unknown)
    }
}

impl serde::Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Scope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Why scopes are refused. Printed for `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    #[error(
        "scope is missing: name at least one of journey:read profile:read balance:read, with spaces between"
    )]
    Missing,
    #[error("scope names something that there is not: known are journey:read profile:read balance:read")]
    Unknown,
    #[error("scope asks for more than was allowed")]
    Wider,
}

/// A set of scopes. Written in the order of the pages, with one space between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Scopes(u8);

impl Scopes {
    pub const NONE: Self = Self(0);

    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Those that are in both.
    #[must_use]
    pub const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What a rider allows after having been asked for `asked` and agreed to `agreed`: what was not
    /// asked for stays as it was, what was asked for and unticked is taken back.
    #[must_use]
    pub const fn after_consent(self, asked: Self, agreed: Self) -> Self {
        Self(self.0 & !asked.0 | agreed.0)
    }

    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |&scope| self.contains(scope))
    }

    /// These instead of `self`: the same or fewer, never others.
    ///
    /// # Errors
    /// [`ScopeError::Wider`] when `wanted` has one that `self` has not, [`ScopeError::Missing`] when
    /// nothing would be left.
    pub fn narrowed_to(self, wanted: Self) -> Result<Self, ScopeError> {
        if !wanted.is_within(self) {
            return Err(ScopeError::Wider);
        }
        if wanted.is_empty() { Err(ScopeError::Missing) } else { Ok(wanted) }
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

/// Reads `scope` (RFC 6749 section 3.3): tokens with one space between, in any order; one that is
/// named twice counts once.
impl FromStr for Scopes {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        if text.is_empty() {
            return Err(ScopeError::Missing);
        }
        text.split(' ').map(Scope::from_str).collect()
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{}", scope.as_str())?;
        }
        Ok(())
    }
}

impl serde::Serialize for Scopes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn scopes_are_read_in_any_order_and_written_in_one() {
        for (text, expected) in [
            ("journey:read", Ok("journey:read")),
            ("profile:read journey:read", Ok("journey:read profile:read")),
            ("balance:read journey:read profile:read", Ok("journey:read profile:read balance:read")),
            ("journey:read journey:read", Ok("journey:read")),
            ("", Err(ScopeError::Missing)),
            (" ", Err(ScopeError::Unknown)),
            ("journey:read ", Err(ScopeError::Unknown)),
            ("journey:read  profile:read", Err(ScopeError::Unknown)),
            ("journey:read,profile:read", Err(ScopeError::Unknown)),
            ("journey:read\tprofile:read", Err(ScopeError::Unknown)),
            ("Journey:Read", Err(ScopeError::Unknown)),
            ("journey:write", Err(ScopeError::Unknown)),
            ("openid", Err(ScopeError::Unknown)),
            ("journey:read *", Err(ScopeError::Unknown)),
        ] {
            let read = text.parse::<Scopes>().map(|scopes| scopes.to_string());
            assert_eq!(read, expected.map(ToOwned::to_owned), "{text:?}");
        }
        for error in [ScopeError::Missing, ScopeError::Unknown, ScopeError::Wider] {
            assert!(super::super::error::is_description(&error.to_string()));
        }
    }

    #[test]
    fn each_of_the_64_pairs_narrows_to_a_part_of_itself_or_not_at_all() {
        for (held, wanted) in (0..8).flat_map(|held| (0..8).map(move |wanted| (Scopes(held), Scopes(wanted))))
        {
            let is_part = Scope::ALL.iter().all(|&scope| held.contains(scope) || !wanted.contains(scope));
            let expected = match (is_part, wanted.0) {
                (false, _) => Err(ScopeError::Wider),
                (true, 0) => Err(ScopeError::Missing),
                (true, _) => Ok(wanted),
            };
            assert_eq!(held.narrowed_to(wanted), expected, "{held} to {wanted}");
        }
    }

    #[test]
    fn what_was_not_asked_for_stays_and_what_was_unticked_goes() {
        let of = |text: &str| text.parse::<Scopes>().unwrap_or(Scopes::NONE);
        for (before, asked, agreed, after) in [
            ("", "journey:read", "journey:read", "journey:read"),
            ("journey:read", "balance:read", "balance:read", "journey:read balance:read"),
            ("journey:read", "journey:read profile:read", "profile:read", "profile:read"),
            ("journey:read profile:read", "profile:read", "profile:read", "journey:read profile:read"),
        ] {
            assert_eq!(of(before).after_consent(of(asked), of(agreed)), of(after), "{before} + {agreed}");
        }
        assert_eq!(of("journey:read profile:read").common(of("profile:read")), of("profile:read"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[a-z: ]{0,40}\\PC{0,5}") {
            let _ = text.parse::<Scopes>();
        }
    }
}
