//! Riders: people with an account, their media and their wallet, as they stand on the wire.
//!
//! A rider is known by name, and reached by e-mail or telephone where they gave one. National
//! identity numbers and biometrics have no place here: of the check of an identity only its outcome
//! is kept.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    fares::UserType,
    identity::EmailAddress,
    ids::RiderId,
    invalid::{Invalid, Rule, checked_text},
    journeys::RecordedJourney,
    media::MediaId,
    money::Rupiah,
    text::{DisplayName, Sentences},
};

/// Most that a wallet may hold, by whether its rider's identity was verified.
///
/// # Source
/// Bank Indonesia, PBI 23/6/PBI/2021 on payment services: Rp 2.000.000 unregistered, Rp 20.000.000
/// registered.
#[must_use]
pub const fn balance_max(kyc_status: KycStatus) -> Rupiah {
    match kyc_status {
        KycStatus::Verified => Rupiah(20_000_000),
        KycStatus::None | KycStatus::Pending | KycStatus::Rejected => Rupiah(2_000_000),
    }
}

/// How far the check of a rider's identity has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum KycStatus {
    #[default]
    None,
    Pending,
    Verified,
    Rejected,
}

impl KycStatus {
    pub const ALL: &'static [Self] = &[Self::None, Self::Pending, Self::Verified, Self::Rejected];

    /// Name on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Rejected => "rejected",
        }
    }
}

impl fmt::Display for KycStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No state goes by this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such state of an identity's check")]
pub struct UnknownKycStatus;

impl FromStr for KycStatus {
    type Err = UnknownKycStatus;

    fn from_str(text: &str) -> Result<Self, UnknownKycStatus> {
        Self::ALL.iter().copied().find(|status| status.as_str() == text).ok_or(UnknownKycStatus)
    }
}

/// A telephone number as it is dialled from anywhere: `+` and 8 to 15 digits (ITU-T E.164). Spaces,
/// dots and dashes between the digits are left out; an Indonesian number may begin with 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl TryFrom<String> for PhoneNumber {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let dense: String =
            text.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        if dense.is_empty() {
            return Err(Invalid::required());
        }
        let number = match dense.strip_prefix('0') {
            Some(national) => format!("+62{national}"),
            None => dense,
        };
        let digits = number.strip_prefix('+').unwrap_or_default();
        let is_number = (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if !is_number {
            return Err(Invalid::new(
                Rule::Malformed,
                "Bukan nomor telepon yang lengkap, misalnya +62 812-3456-7890",
                "Not a complete telephone number, such as +62 812-3456-7890",
            ));
        }
        Ok(Self(number))
    }
}

checked_text!(PhoneNumber);

/// What a card or phone shows to a gate. Only its hash is kept, see [`MediaId`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MediaToken(String);

impl MediaToken {
    pub const CHARS_MAX: usize = 200;

    #[must_use]
    pub fn id(&self) -> MediaId {
        MediaId::of_token(&self.0)
    }
}

impl fmt::Debug for MediaToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MediaToken")
    }
}

impl TryFrom<String> for MediaToken {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        if text.trim().is_empty() {
            return Err(Invalid::required());
        }
        if text.chars().count() > Self::CHARS_MAX {
            return Err(Invalid::too_long(Self::CHARS_MAX));
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::forbidden_character());
        }
        Ok(Self(text))
    }
}

impl<'de> Deserialize<'de> for MediaToken {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(Invalid::into_serde)
    }
}

/// An amount that is put into a wallet: Rp 1 to Rp 20.000.000 at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopUpAmount(Rupiah);

impl TopUpAmount {
    pub const MAX: Rupiah = Rupiah(20_000_000);

    #[must_use]
    pub fn rupiah(self) -> Rupiah {
        self.0
    }
}

impl TryFrom<Rupiah> for TopUpAmount {
    type Error = Invalid;

    fn try_from(amount: Rupiah) -> Result<Self, Invalid> {
        if (Rupiah(1)..=Self::MAX).contains(&amount) {
            return Ok(Self(amount));
        }
        Err(Invalid::new(Rule::OutOfRange, "Antara Rp 1 dan Rp 20.000.000", "Between Rp 1 and Rp 20.000.000"))
    }
}

impl<'de> Deserialize<'de> for TopUpAmount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Rupiah::deserialize(deserializer)?).map_err(Invalid::into_serde)
    }
}

/// A new rider.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateRider {
    /// 1 to 120 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub name: DisplayName,
    /// Nobody else's in this network.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Email))]
    pub email: Option<EmailAddress>,
    /// Nobody else's in this network.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub phone: Option<PhoneNumber>,
    /// From today on; adult if left out.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub user_type: UserType,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub kyc_status: KycStatus,
}

/// From which day on somebody is another kind of rider.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetUserType {
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub user_type: UserType,
    /// Service day in Jakarta; today if left out. Journeys since then are charged anew.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub since: Option<Date>,
}

/// A card or phone that is to be a rider's.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkMedium {
    /// The token that gates see, 1 to 200 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub media: MediaToken,
    /// What the rider calls it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub label: Option<DisplayName>,
}

/// Money for a rider's wallet.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TopUpWallet {
    /// Whole rupiah, 1 to 20,000,000.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 1, maximum = 20_000_000))]
    pub amount: TopUpAmount,
}

/// What the operator's staff puts into a wallet or pays out of it, with the reason for the record.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmountWithReason {
    pub amount: TopUpAmount,
    pub reason: Sentences,
}

/// A rider as lists show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RiderRow {
    pub id: RiderId,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// Today.
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub user_type: UserType,
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub kyc_status: KycStatus,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub registered_at: Timestamp,
    /// What the wallet holds.
    pub balance: Rupiah,
    /// What the wallet could not pay; the next top-up pays it first.
    pub due: Rupiah,
}

/// A rider with their media.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RiderView {
    #[serde(flatten)]
    pub rider: RiderRow,
    pub media: Vec<MediumView>,
}

/// A rider as the operator's staff sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminRiderView {
    pub rider: RiderView,
    /// The latest.
    pub journeys: Vec<RecordedJourney>,
    /// What this member of the staff may do.
    pub may_manage: bool,
    pub may_move_money: bool,
}

/// A card or phone linked to a rider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MediumView {
    /// Hash of the token.
    pub id: String,
    pub label: String,
    /// Taps from then on are the rider's.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub linked_from: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub linked_at: Timestamp,
}

impl RiderRow {
    /// As those see it who have no business with the address and the number.
    #[must_use]
    pub fn masked(self) -> Self {
        Self {
            email: self.email.as_deref().map(masked_email),
            phone: self.phone.as_deref().map(masked_phone),
            ..self
        }
    }
}

/// `ani.wulandari@email.com` as `a***@email.com`.
#[must_use]
pub fn masked_email(email: &str) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}

/// `+6281234567890` as `+62 812-****-7890`; of a number so short that little would be hidden, the last
/// four digits alone.
#[must_use]
pub fn masked_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let last: String = digits[digits.len().saturating_sub(4)..].iter().collect();
    match phone.strip_prefix("+62") {
        Some(national) if national.len() >= 10 => {
            let area: String = national.chars().take(3).collect();
            format!("+62 {area}-****-{last}")
        }
        _ => format!("****-{last}"),
    }
}

/// The end of a medium's id, for its rider to tell cards apart by.
#[must_use]
pub fn masked_medium(id: &str) -> String {
    let end: String = id.chars().skip(id.chars().count().saturating_sub(4)).collect();
    format!("…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_numbers_are_masked_as_the_pages_print_them() {
        assert_eq!(masked_email("ani.wulandari@email.com"), "a***@email.com");
        assert_eq!(masked_phone("+6281234567890"), "+62 812-****-7890");
        // Too short to leave anything but its end, or not from here.
        assert_eq!(masked_phone("+628123456789"), "+62 812-****-6789");
        assert_eq!(masked_phone("+62811234567"), "****-4567");
        assert_eq!(masked_phone("+4915112345678"), "****-5678");
    }

    #[test]
    fn of_a_card_only_its_end_is_shown() {
        assert_eq!(masked_medium("9f86d081884c7d65"), "…7d65");
        assert_eq!(masked_medium("ab"), "…ab");
        assert_eq!(masked_medium(""), "…");
    }

    #[test]
    fn a_telephone_number_is_kept_as_it_is_dialled_from_anywhere() {
        let read = |text: &str| {
            PhoneNumber::try_from(text.to_owned()).map(|n| n.0).map_err(|invalid| invalid.rule.code())
        };
        for text in ["+62 812-3456-7890", "0812 3456 7890", "+6281234567890", "(0812) 3456.7890"] {
            assert_eq!(read(text), Ok("+6281234567890".to_owned()), "{text}");
        }
        for text in ["812", "62812", "+62", "+0812345678", "nomor saya", "+62812345678901234", "++6281234567"]
        {
            assert_eq!(read(text), Err("malformed"), "{text}");
        }
        assert_eq!(read("  "), Err("required"));
    }

    #[test]
    fn amounts_are_whole_and_bounded() {
        let read =
            |text: &str| serde_json::from_str::<TopUpAmount>(text).map(|amount| amount.rupiah().0).ok();
        assert_eq!(read("1"), Some(1));
        assert_eq!(read("20000000"), Some(20_000_000));
        for bad in ["0", "-1", "20000001", "1.5", "1e3", "\"5000\"", "9007199254740993000000"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_token_is_no_line_break_and_prints_nothing() {
        let read = |text: &str| MediaToken::try_from(text.to_owned()).map_err(|invalid| invalid.rule.code());
        assert_eq!(format!("{:?}", read("rahasia").unwrap()), "MediaToken");
        assert_eq!(read(&"é".repeat(201)), Err("too_long"));
        assert_eq!(read("a\nb"), Err("forbidden_character"));
        assert_eq!(read(""), Err("required"));
    }
}
