//! Why a value is refused: written once, beside the rule, in both languages.
//!
//! A type with a rule implements `TryFrom<String>` with [`Invalid`] as its error and deserialises
//! through it, so that no handler can hold an unchecked value. Serde's errors carry nothing but
//! text; [`Invalid::into_serde`] packs the refusal into that text and [`Invalid::from_serde`] takes
//! it out again, so that the server can answer 422 with the field, the code and the words.

use std::borrow::Cow;

/// A refused value. The field's name is known to whoever read it, not to the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{en}")]
pub struct Invalid {
    pub rule: Rule,
    /// In Indonesian, without a full stop.
    pub id: Cow<'static, str>,
    /// In English, without a full stop.
    pub en: Cow<'static, str>,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $code:literal;)*) => {
        /// Which rule a value broke: the stable `code` of a field's error.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Rule { $($(#[$doc])* $variant,)* }

        impl Rule {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Stable name on the wire.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The rule with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|rule| rule.code() == code)
            }
        }
    };
}

rules! {
    Required = "required";
    TooShort = "too_short";
    TooLong = "too_long";
    OutOfRange = "out_of_range";
    /// Not of the form that such a value has.
    Malformed = "malformed";
    /// Characters that do not belong in it: control characters, direction overrides.
    ForbiddenCharacter = "forbidden_character";
    /// None of the values there are.
    UnknownValue = "unknown_value";
    /// A password that everybody tries first.
    TooCommon = "too_common";
    /// A password that is the account's e-mail address.
    SameAsEmail = "same_as_email";
    /// Terms that have to be agreed to.
    MustAccept = "must_accept";
    /// An address without encryption where one is needed.
    HttpsRequired = "https_required";
    /// An address in a network that must not be called.
    AddressNotAllowed = "address_not_allowed";
}

// Control characters that no rule's words contain and that no checked text may contain.
const BEGIN: char = '\u{2}';
const BETWEEN: char = '\u{1f}';
const END: char = '\u{3}';

impl Invalid {
    pub fn new(rule: Rule, id: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { rule, id: id.into(), en: en.into() }
    }

    #[must_use]
    pub fn required() -> Self {
        Self::new(Rule::Required, "Wajib diisi", "Required")
    }

    #[must_use]
    pub fn too_long(chars_max: usize) -> Self {
        Self::new(
            Rule::TooLong,
            format!("Paling banyak {chars_max} karakter"),
            format!("At most {chars_max} characters"),
        )
    }

    #[must_use]
    pub fn too_short(chars_min: usize) -> Self {
        Self::new(
            Rule::TooShort,
            format!("Paling sedikit {chars_min} karakter"),
            format!("At least {chars_min} characters"),
        )
    }

    #[must_use]
    pub fn forbidden_character() -> Self {
        Self::new(
            Rule::ForbiddenCharacter,
            "Berisi karakter yang tidak diizinkan",
            "Contains a character that is not allowed",
        )
    }

    /// For a `Deserialize` implementation.
    pub fn into_serde<E: serde::de::Error>(self) -> E {
        E::custom(format_args!("{BEGIN}{}{BETWEEN}{}{BETWEEN}{}{END}", self.rule.code(), self.id, self.en))
    }

    /// Finds the refusal in the text of a deserialiser's error, whatever that added around it.
    #[must_use]
    pub fn from_serde(message: &str) -> Option<Self> {
        let packed = message.split_once(BEGIN)?.1.split_once(END)?.0;
        let mut parts = packed.split(BETWEEN);
        let rule = Rule::from_code(parts.next()?)?;
        Some(Self::new(rule, parts.next()?.to_owned(), parts.next()?.to_owned()))
    }
}

/// Gives a newtype over `String` with a `TryFrom<String, Error = Invalid>` its other conversions:
/// serde, `FromStr`, `Display`, `as_str`.
macro_rules! checked_text {
    ($name:ident) => {
        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::invalid::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::try_from(text).map_err($crate::invalid::Invalid::into_serde)
            }
        }
    };
}
pub(crate) use checked_text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_survives_the_way_through_serde() {
        let refusal = Invalid::too_short(12);
        let error: serde_json::Error = refusal.clone().into_serde();
        let around = format!("members[2]: {error} at line 1 column 7");
        assert_eq!(Invalid::from_serde(&around), Some(refusal));
        assert_eq!(Invalid::from_serde("missing field `name` at line 1 column 2"), None);
    }
}
