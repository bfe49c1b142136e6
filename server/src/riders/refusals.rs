//! What is wrong with an act on a rider, as the JSON surfaces say it.

use domain::problem::Code;

use super::RiderError;
use crate::{http::problem::ApiError, ledger::LedgerError};

impl From<RiderError> for ApiError {
    fn from(error: RiderError) -> Self {
        match error {
            RiderError::Db(error) => error.into(),
            RiderError::NotFound => Self::new(Code::NotFound),
            RiderError::Taken { field } => Self::invalid(
                field,
                "taken",
                "Sudah dipakai penumpang lain",
                "Another rider has this already",
            ),
            RiderError::TooManyRiders { max } => Self::new(Code::WrongState).detail(
                format!("Jaringan uji ini sudah punya {max} penumpang."),
                format!("This test network has {max} riders already."),
            ),
            RiderError::Ledger(error) => of_ledger(error),
            RiderError::MediumTaken => Self::invalid(
                "media",
                "taken",
                "Sudah terhubung ke penumpang lain",
                "Linked to another rider already",
            ),
            RiderError::TooManyMedia { max } => Self::new(Code::WrongState).detail(
                format!("Penumpang ini sudah punya {max} media."),
                format!("This rider has {max} media already."),
            ),
            RiderError::DayOutOfRange { first, last } => Self::invalid(
                "since",
                "out_of_range",
                format!("Antara {first} dan {last}"),
                format!("Between {first} and {last}"),
            ),
            RiderError::Rating(error) => Self::internal(error),
        }
    }
}

fn of_ledger(error: LedgerError) -> ApiError {
    match error {
        LedgerError::Db(error) => error.into(),
        LedgerError::LimitPassed { limit, balance } => ApiError::invalid(
            "amount",
            "balance_limit",
            format!("Saldo paling banyak {limit}; sekarang {balance}"),
            format!("A wallet holds {limit} at most; it holds {balance} now"),
        ),
        LedgerError::NotInWallet { balance } => ApiError::invalid(
            "amount",
            "out_of_range",
            format!("Saldo hanya {balance}"),
            format!("The wallet holds {balance}"),
        ),
        LedgerError::NotPositive => {
            ApiError::invalid("amount", "out_of_range", "Harus lebih dari Rp 0", "Must be more than Rp 0")
        }
        LedgerError::Overflow | LedgerError::Raced(_) => ApiError::internal(error),
    }
}
