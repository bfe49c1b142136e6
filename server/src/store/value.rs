//! Parameters: the three kinds of value that both engines share.

use jiff::Timestamp;
use sqlx::{Arguments, Database, Encode, Type};

use super::{DbError, Statement};

/// A parameter of a statement. `None` is the typed NULL that PostgreSQL asks for.
#[derive(Debug, Clone)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

macro_rules! from {
    ($variant:ident: $($type:ty => $convert:expr;)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let convert: fn($type) -> _ = $convert;
                Self::$variant(Some(convert(value)))
            }
        }

        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                let convert: fn($type) -> _ = $convert;
                Self::$variant(value.map(convert))
            }
        }
    )*};
}

from! { Int:
    i64 => |value| value;
    i32 => i64::from;
    u32 => i64::from;
    bool => i64::from;
    // Counters: a count past i64 can't be stored and can't be reached either.
    u64 => |value| i64::try_from(value).unwrap_or(i64::MAX);
    Timestamp => Timestamp::as_microsecond;
}

from! { Text:
    String => |value| value;
    &String => String::clone;
    &str => str::to_owned;
    &domain::ids::PartnerId => ToString::to_string;
    &domain::ids::UserId => ToString::to_string;
    &domain::ids::KeyId => ToString::to_string;
    &domain::ids::SessionId => ToString::to_string;
    &domain::ids::MailId => ToString::to_string;
    &domain::ids::AuditId => ToString::to_string;
    &domain::ids::RiderId => ToString::to_string;
    &domain::ids::JourneyId => ToString::to_string;
    &domain::ids::TransferId => ToString::to_string;
    &domain::ids::EventId => ToString::to_string;
    &domain::ids::FindingId => ToString::to_string;
    &domain::ids::WebhookId => ToString::to_string;
    &domain::ids::DeliveryId => ToString::to_string;
    &domain::ids::ApplicationId => ToString::to_string;
    &domain::ids::GrantId => ToString::to_string;
    &domain::ids::FamilyId => ToString::to_string;
    &domain::realm::Realm => ToString::to_string;
}

from! { Blob:
    Vec<u8> => |value| value;
    &[u8] => <[u8]>::to_vec;
    &[u8; 32] => |value| value.to_vec();
}

/// Binds parameters for one driver.
pub(super) fn arguments<DB>(statement: &Statement, params: &[Value]) -> Result<DB::Arguments, DbError>
where
    DB: Database,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
    String: for<'q> Encode<'q, DB> + Type<DB>,
    Vec<u8>: for<'q> Encode<'q, DB> + Type<DB>,
    Option<i64>: for<'q> Encode<'q, DB>,
    Option<String>: for<'q> Encode<'q, DB>,
    Option<Vec<u8>>: for<'q> Encode<'q, DB>,
{
    let mut arguments = DB::Arguments::default();
    for param in params {
        match param {
            Value::Int(value) => arguments.add(*value),
            Value::Text(value) => arguments.add(value.clone()),
            Value::Blob(value) => arguments.add(value.clone()),
        }
        .map_err(|cause| DbError::Statement {
            statement: statement.name,
            cause: std::sync::Arc::new(sqlx::Error::Encode(cause)),
        })?;
    }
    Ok(arguments)
}
