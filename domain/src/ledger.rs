//! The ledger's words: what a transfer moved, and why.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{JourneyId, TransferId},
    lang::Lang,
    money::Rupiah,
};

/// The text names no reason for a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such reason")]
pub struct UnknownReason;

/// Why money moved. Stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransferReason {
    /// The first charge of a journey.
    Fare,
    /// A tap that arrived late changed what a journey costs.
    LateTap,
    /// A tap that arrived late took a journey back.
    JourneySuperseded,
    /// The card or phone was linked to a rider, who pays now.
    RiderChanged,
    /// What kind of rider it is was changed.
    UserTypeChanged,
    /// The wallet was topped up.
    TopUp,
    /// What the wallet held was paid out to its rider.
    PaidOut,
}

impl TransferReason {
    pub const ALL: &'static [Self] = &[
        Self::Fare,
        Self::LateTap,
        Self::JourneySuperseded,
        Self::RiderChanged,
        Self::UserTypeChanged,
        Self::TopUp,
        Self::PaidOut,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fare => "fare",
            Self::LateTap => "late_tap",
            Self::JourneySuperseded => "journey_superseded",
            Self::RiderChanged => "rider_changed",
            Self::UserTypeChanged => "user_type_changed",
            Self::TopUp => "top_up",
            Self::PaidOut => "paid_out",
        }
    }

    /// The reason for people.
    #[must_use]
    pub fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Fare => lang.pick("Tarif perjalanan", "Fare of a journey"),
            Self::LateTap => lang.pick("Koreksi: tap terlambat diterima", "Correction: a tap arrived late"),
            Self::JourneySuperseded => {
                lang.pick("Koreksi: perjalanan digantikan", "Correction: the journey was replaced")
            }
            Self::RiderChanged => lang.pick(
                "Koreksi: media ditautkan ke penumpang",
                "Correction: the medium was linked to a rider",
            ),
            Self::UserTypeChanged => {
                lang.pick("Koreksi: jenis penumpang diubah", "Correction: the rider's type was changed")
            }
            Self::TopUp => lang.pick("Isi saldo", "Top-up"),
            Self::PaidOut => lang.pick("Saldo dibayarkan", "Balance paid out"),
        }
    }
}

impl std::str::FromStr for TransferReason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == text).ok_or(UnknownReason)
    }
}

/// One transfer between two accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Transfer {
    pub id: TransferId,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// The account that the amount is added to: what is owed, or has been taken.
    pub debit: String,
    /// The account that the amount is taken from.
    pub credit: String,
    pub amount: Rupiah,
    pub reason: TransferReason,
    pub journey_id: Option<JourneyId>,
    /// Who asked for it, where it was not a tap.
    pub actor: Option<String>,
}

/// What a rider's wallet holds, and what the rider owes beyond it. One of the two is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Balances {
    pub balance: Rupiah,
    /// Fares that the wallet could not pay. The next top-up pays them first.
    pub due: Rupiah,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_kept_as_it_stands_on_the_wire() {
        for &reason in TransferReason::ALL {
            assert_eq!(reason.as_str().parse(), Ok(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
        assert_eq!("gift".parse::<TransferReason>(), Err(UnknownReason));
    }
}
