//! Passwords: long enough, not the first ones to be tried, otherwise free.
//!
//! No rules about classes of characters: they make passwords worse (NIST SP 800-63B section
//! 3.1.1.2, ASVS 5.0 V6.2).

use serde::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization;

use super::EmailAddress;
use crate::invalid::{Invalid, Rule};

/// A new password: 12 to 128 characters, in NFC, so that it is the same from every keyboard.
///
/// Silent in `Debug`, and never serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// What somebody claims their password is: bounded, but held to no other rule, since a wrong one
/// deserves the same answer as a bad one.
#[derive(Clone)]
pub struct PasswordAttempt(String);

/// Those of the most used passwords that are long enough to pass otherwise, in lower case, plus
/// what people here would think of first.
const COMMON: &[&str] = &[
    "1234567890123",
    "0123456789012",
    "012345678910",
    "123123123123",
    "1234512345123",
    "121212121212",
    "123456123456",
    "123456654321",
    "1234567891011",
    "123456789abc",
    "12345678901234",
    "123456789012",
    "1234567890qw",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u8i",
    "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv",
    "a123456789012",
    "abc123abc123",
    "abcd12345678",
    "abcdefghijkl",
    "abcdefghijklm",
    "admin1234567",
    "admin123admin",
    "adminadminadmin",
    "administrator",
    "administrator1",
    "asdfghjkl123",
    "asdfasdfasdf",
    "asdfghjklqwe",
    "bismillah123",
    "bismillah1234",
    "changeme1234",
    "changemechangeme",
    "commuterline",
    "commuterline123",
    "indonesia123",
    "indonesia1234",
    "indonesia2026",
    "indonesia1945",
    "iloveyou1234",
    "iloveyouforever",
    "jakarta12345",
    "jakarta123456",
    "keretaapi123",
    "kereta123456",
    "letmein12345",
    "letmeinletmein",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "password123!",
    "password2026",
    "password1234!",
    "p@ssw0rd1234",
    "p@ssword1234",
    "passw0rd1234",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "qwerty123456",
    "qwerty1234567",
    "qwertyqwerty",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiop[]",
    "qwertyuiopas",
    "qwertyuiopasdfgh",
    "rahasia12345",
    "rahasiabanget",
    "sayang123456",
    "sayangku1234",
    "superadmin123",
    "terserah1234",
    "unknown12345",
    "welcome12345",
    "zaq12wsxcde3",
    "zxcvbnm12345",
    "zxcvbnmasdfg",
    "correcthorsebatterystaple",
];

impl Password {
    pub const CHARS_MIN: usize = 12;
    pub const CHARS_MAX: usize = 128;

    /// Refuses a password that is the account's own address, or the part before its `@`.
    ///
    /// # Errors
    /// [`Rule::SameAsEmail`].
    pub fn check_against(&self, email: &EmailAddress) -> Result<(), Invalid> {
        if email.is_said_by(&self.0) {
            return Err(Invalid::new(
                Rule::SameAsEmail,
                "Kata sandi tidak boleh sama dengan alamat email",
                "The password must not be the e-mail address",
            ));
        }
        Ok(())
    }

    /// The password itself, for hashing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl PasswordAttempt {
    const BYTES_MAX: usize = 1024;

    /// The claimed password, for comparing with a hash.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Password {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::required());
        }
        let text: String = text.nfc().collect();
        let chars = text.chars().count();
        if chars < Self::CHARS_MIN {
            return Err(Invalid::too_short(Self::CHARS_MIN));
        }
        if chars > Self::CHARS_MAX {
            return Err(Invalid::too_long(Self::CHARS_MAX));
        }
        if is_common(&text) {
            return Err(Invalid::new(
                Rule::TooCommon,
                "Kata sandi ini termasuk yang paling sering ditebak; pilih yang lain",
                "This password is among the first to be guessed; choose another",
            ));
        }
        Ok(Self(text))
    }
}

fn is_common(text: &str) -> bool {
    let folded = text.to_lowercase();
    let mut chars = folded.chars();
    let is_one_character = chars.next().is_some_and(|first| chars.all(|c| c == first));
    is_one_character || COMMON.contains(&folded.as_str())
}

impl TryFrom<String> for PasswordAttempt {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::required());
        }
        if text.len() > Self::BYTES_MAX {
            return Err(Invalid::too_long(Password::CHARS_MAX));
        }
        Ok(Self(text.nfc().collect()))
    }
}

impl From<Password> for PasswordAttempt {
    fn from(password: Password) -> Self {
        Self(password.0)
    }
}

impl std::str::FromStr for Password {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::try_from(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(Invalid::into_serde)
    }
}

impl<'de> Deserialize<'de> for PasswordAttempt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(Invalid::into_serde)
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

impl std::fmt::Debug for PasswordAttempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordAttempt")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Password, &'static str> {
        Password::try_from(text.to_owned()).map_err(|invalid| invalid.rule.code())
    }

    #[test]
    fn length_counts_and_composition_does_not() {
        assert!(read("kucing tidur").is_ok());
        assert!(read(&"é2".repeat(64)).is_ok());
        assert_eq!(read("Sh0rt!Pass?"), Err("too_short"));
        assert_eq!(read(&"é2".repeat(65)), Err("too_long"));
        assert_eq!(read(""), Err("required"));
    }

    #[test]
    fn the_first_guesses_are_refused() {
        for bad in ["Password1234", "aaaaaaaaaaaaaaa", "QWERTYUIOP123", "000000000000", "commuterline123"] {
            assert_eq!(read(bad), Err("too_common"), "{bad}");
        }
        assert!(COMMON.iter().all(|common| common.chars().count() >= Password::CHARS_MIN));
        let email: EmailAddress = "a.rather.long.name@example.id".parse().unwrap();
        for bad in ["a.rather.long.name@example.id", "A.Rather.Long.Name"] {
            assert_eq!(read(bad).unwrap().check_against(&email).unwrap_err().rule.code(), "same_as_email");
        }
    }

    #[test]
    fn the_same_password_from_two_keyboards_is_the_same() {
        assert_eq!(
            read("caf\u{e9} di stasiun").unwrap().expose(),
            read("cafe\u{301} di stasiun").unwrap().expose()
        );
        assert_eq!(format!("{:?}", read("caf\u{e9} di stasiun")), "Ok(Password)");
    }
}
