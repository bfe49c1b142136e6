//! Words of journeys, riders and cards.

use domain::{
    fares::{PaymentMethod, UserType},
    gates::{TapAnswer, TapReason, TapStatus},
    journeys::RecordedStatus,
    lang::Lang,
    riders::KycStatus,
};

use crate::ui::{Choice, Tone};

/// What kind of rider somebody is.
#[must_use]
pub fn user_type(lang: Lang, user_type: UserType) -> &'static str {
    match user_type {
        UserType::Adult => lang.pick("Umum", "Adult"),
        UserType::Student => lang.pick("Pelajar", "Student"),
        UserType::Disabled => lang.pick("Disabilitas", "Disabled"),
    }
}

#[must_use]
pub fn user_types(lang: Lang) -> Vec<Choice> {
    UserType::ALL.iter().map(|kind| Choice::new(kind.as_str(), user_type(lang, *kind))).collect()
}

/// How far the check of somebody's identity has come.
#[must_use]
pub fn kyc(lang: Lang, status: KycStatus) -> &'static str {
    match status {
        KycStatus::None => lang.pick("Belum diperiksa", "Not checked"),
        KycStatus::Pending => lang.pick("Diperiksa", "Pending"),
        KycStatus::Verified => lang.pick("Terverifikasi", "Verified"),
        KycStatus::Rejected => lang.pick("Ditolak", "Rejected"),
    }
}

#[must_use]
pub fn kyc_statuses(lang: Lang) -> Vec<Choice> {
    KycStatus::ALL.iter().map(|status| Choice::new(status.as_str(), kyc(lang, *status))).collect()
}

/// What a medium pays with.
#[must_use]
pub fn payment_method(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::QrisTap => "QRIS Tap",
        PaymentMethod::EmvVisa => "Visa",
        PaymentMethod::EmvMc => "Mastercard",
        PaymentMethod::GooglePay => "Google Pay",
        PaymentMethod::ApplePay => "Apple Pay",
        PaymentMethod::KciPay => "KCI Pay",
    }
}

/// How a journey stands.
#[must_use]
pub fn status(lang: Lang, status: RecordedStatus) -> (&'static str, Tone) {
    match status {
        RecordedStatus::Open => (lang.pick("Di perjalanan", "On the way"), Tone::Info),
        RecordedStatus::Completed => (lang.pick("Selesai", "Completed"), Tone::Success),
        RecordedStatus::Incomplete => (lang.pick("Tanpa tap keluar", "Incomplete"), Tone::Warning),
        RecordedStatus::Unmatched => (lang.pick("Tanpa tap masuk", "Unmatched"), Tone::Warning),
        RecordedStatus::Superseded => (lang.pick("Digantikan", "Superseded"), Tone::Neutral),
    }
}

/// What became of a tap, in a sentence.
#[must_use]
pub fn answer(lang: Lang, answer: &TapAnswer) -> (&'static str, Tone) {
    match (answer.status, answer.reason) {
        (_, Some(TapReason::InsufficientBalance)) => (
            lang.pick(
                "Gate tetap tertutup: saldo tidak cukup untuk tarif terendah.",
                "The gate stays shut: the wallet does not hold the lowest fare.",
            ),
            Tone::Warning,
        ),
        (TapStatus::Rejected, _) => (lang.pick("Tap ditolak.", "The tap was rejected."), Tone::Danger),
        (TapStatus::Duplicate, _) => {
            (lang.pick("Tap ini sudah tercatat.", "This tap was stored before."), Tone::Info)
        }
        (TapStatus::Accepted, _) => {
            (lang.pick("Tap tercatat, gate terbuka.", "Tap stored, the gate opens."), Tone::Success)
        }
    }
}
