//! What people send to sign up, sign in and look after their account. Unknown members are refused,
//! so that nobody can hand themselves a role.

use serde::{Deserialize, Deserializer};

use super::{EmailAddress, Password, PasswordAttempt};
use crate::{
    invalid::{Invalid, Rule},
    text::{DisplayName, Sentences},
};

/// `POST sign-up`: an organisation and its first owner.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// Name the organisation goes by: "TravelKu App".
    pub organisation: DisplayName,
    /// Name in the company register: "PT TravelKu Nusantara".
    pub legal_name: DisplayName,
    pub contact_name: DisplayName,
    pub email: EmailAddress,
    pub password: Password,
    /// What the API will be used for.
    pub description: Sentences,
    pub accept_terms: Accepted,
}

/// `POST verify-email`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyEmail {
    pub token: TokenText,
}

/// `POST sign-in`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub email: EmailAddress,
    pub password: PasswordAttempt,
    /// Code of the authenticator, or a recovery code; asked for with 401 `totp_required`.
    #[serde(default)]
    pub totp: Option<OneTimeCode>,
}

/// `POST password/forgot`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForgotPassword {
    pub email: EmailAddress,
}

/// `POST password/reset`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    pub token: TokenText,
    pub password: Password,
}

/// `POST password/change`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    pub current_password: PasswordAttempt,
    pub password: Password,
}

/// `PATCH profile`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateProfile {
    pub name: DisplayName,
}

/// `POST totp/confirm`: proves that the authenticator was set up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotpConfirm {
    pub code: OneTimeCode,
}

/// `POST totp/disable`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotpDisable {
    pub password: PasswordAttempt,
    pub code: OneTimeCode,
}

/// `POST invitation/accept`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    pub token: TokenText,
    pub name: DisplayName,
    pub password: Password,
}

/// Agreement to the terms: `true`, or what a ticked box sends (`"on"`, `"true"`).
#[derive(Debug, Clone, Copy)]
pub struct Accepted;

impl<'de> Deserialize<'de> for Accepted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Tick {
            Bool(bool),
            Text(String),
        }
        match Tick::deserialize(deserializer) {
            Ok(Tick::Bool(true)) => Ok(Self),
            Ok(Tick::Text(text)) if text == "on" || text == "true" => Ok(Self),
            _ => Err(Invalid::new(
                Rule::MustAccept,
                "Setujui ketentuan untuk melanjutkan",
                "Agree to the terms to go on",
            )
            .into_serde()),
        }
    }
}

/// A token out of a mailed link. Anything that can't be one is simply a token we don't know.
#[derive(Clone)]
pub struct TokenText(String);

impl TokenText {
    const BYTES_MAX: usize = 256;

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TokenText {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid::required());
        }
        if text.len() > Self::BYTES_MAX {
            return Err(Invalid::too_long(Self::BYTES_MAX));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Six digits of an authenticator, or a recovery code. Spaces and dashes are only for reading.
#[derive(Clone)]
pub struct OneTimeCode(String);

impl OneTimeCode {
    const CHARS_MAX: usize = 32;

    /// The code in lower case, without spaces and dashes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The six digits, if it is a code of an authenticator.
    #[must_use]
    pub fn digits(&self) -> Option<&str> {
        (self.0.len() == 6 && self.0.bytes().all(|byte| byte.is_ascii_digit())).then_some(&self.0)
    }
}

impl TryFrom<String> for OneTimeCode {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid::required());
        }
        let is_code = text.len() <= Self::CHARS_MAX
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ' || byte == b'-');
        if !is_code {
            return Err(Invalid::new(
                Rule::Malformed,
                "Isi enam angka dari aplikasi autentikator atau satu kode pemulihan",
                "Enter the six digits of the authenticator app, or one recovery code",
            ));
        }
        Ok(Self(text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()))
    }
}

macro_rules! silent {
    ($($name:ident),*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::try_from(String::deserialize(deserializer)?).map_err(Invalid::into_serde)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

silent!(TokenText, OneTimeCode);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sign_up(change: impl FnOnce(&mut serde_json::Value)) -> Result<SignUp, String> {
        let mut body = json!({
            "organisation": "TravelKu App", "legal_name": "PT TravelKu Nusantara", "contact_name": "Rani",
            "email": "rani@travelku.example", "password": "hujan di bulan juni", "description": "Rute", "accept_terms": true,
        });
        change(&mut body);
        serde_json::from_value(body).map_err(|error| error.to_string())
    }

    #[test]
    fn a_bad_value_brings_its_code_and_words_along() {
        assert!(sign_up(|_| ()).is_ok());
        let refusal = |field: &str, value: serde_json::Value| {
            let message = sign_up(|body| body[field] = value).unwrap_err();
            Invalid::from_serde(&message).map(|invalid| invalid.rule.code())
        };
        assert_eq!(refusal("email", json!("nobody")), Some("malformed"));
        assert_eq!(refusal("password", json!("short")), Some("too_short"));
        assert_eq!(refusal("organisation", json!("")), Some("required"));
        assert_eq!(refusal("accept_terms", json!(false)), Some("must_accept"));
        assert_eq!(refusal("accept_terms", json!("no")), Some("must_accept"));
    }

    #[test]
    fn nobody_can_hand_themselves_a_tier() {
        for field in ["tier", "role", "status", "partner_id", "quota_per_day"] {
            let message = sign_up(|body| body[field] = json!("enterprise")).unwrap_err();
            assert!(message.contains(field), "{message}");
        }
    }

    #[test]
    fn a_one_time_code_is_read_as_people_write_it() {
        let read =
            |text: &str| OneTimeCode::try_from(text.to_owned()).map(|code| code.0).map_err(|e| e.rule.code());
        assert_eq!(read(" 123 456 "), Ok("123456".to_owned()));
        assert_eq!(read("ABCD-efgh-2345"), Ok("abcdefgh2345".to_owned()));
        assert_eq!(read("123456; drop"), Err("malformed"));
        assert_eq!(read("  "), Err("required"));
    }
}
