//! The closed lists of words that fares are asked for and answered in.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A word that is none of those allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {}", .allowed.join(", "))]
pub struct NotOneOf {
    pub allowed: &'static [&'static str],
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The same as they are written.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        // By hand: the derive does not see a `rename` that comes out of a macro.
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(Self::WORDS.iter().copied()))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl FromStr for $name {
            type Err = NotOneOf;

            fn from_str(text: &str) -> Result<Self, NotOneOf> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(NotOneOf { allowed: Self::WORDS }),
                }
            }
        }
    };
}

words! {
    /// Kind of rider.
    #[derive(Default)]
    UserType {
        #[default]
        Adult = "adult",
        Student = "student",
        Disabled = "disabled",
    }
}

words! {
    /// What a rider taps with.
    PaymentMethod {
        QrisTap = "qris_tap",
        EmvVisa = "emv_visa",
        EmvMc = "emv_mc",
        GooglePay = "google_pay",
        ApplePay = "apple_pay",
        KciPay = "kci_pay",
    }
}

words! {
    /// ISO 4217 code of every amount.
    Currency { Idr = "IDR", }
}

words! {
    /// What a cap counts.
    CapPeriod {
        Daily = "daily",
        Weekly = "weekly",
        Monthly = "monthly",
    }
}
