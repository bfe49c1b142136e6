//! Why an authorization request is refused, and who is told.

use super::super::{error::ErrorCode, pkce::PkceError, scope::ScopeError};
use crate::lang::Lang;

/// The request can't be answered by a redirect, for there is nobody to trust with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageError {
    ClientMissing,
    ClientDoubled,
    ClientUnknown,
    /// Its addresses were never approved, or are not any more.
    ClientNotAllowed,
    RedirectMissing,
    RedirectDoubled,
    RedirectUnknown,
}

impl PageError {
    /// Stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ClientMissing => "client_id_missing",
            Self::ClientDoubled => "client_id_doubled",
            Self::ClientUnknown => "client_unknown",
            Self::ClientNotAllowed => "client_not_allowed",
            Self::RedirectMissing => "redirect_uri_missing",
            Self::RedirectDoubled => "redirect_uri_doubled",
            Self::RedirectUnknown => "redirect_uri_unknown",
        }
    }

    /// For the page: riders read it too.
    #[must_use]
    pub fn explain(self, lang: Lang) -> &'static str {
        match self {
            Self::ClientMissing => lang.pick(
                "Aplikasi tidak menyebut dirinya: parameter client_id tidak ada.",
                "The application did not say who it is: the parameter client_id is missing.",
            ),
            Self::ClientDoubled => {
                lang.pick("Parameter client_id ada lebih dari satu.", "The parameter client_id came more than once.")
            }
            Self::ClientUnknown => lang.pick(
                "Tidak ada aplikasi dengan client_id ini.",
                "There is no application with this client_id.",
            ),
            Self::ClientNotAllowed => lang.pick(
                "Aplikasi ini belum disetujui KAI Commuter, atau tidak lagi. Demi keamanan Anda, permintaan dihentikan di sini.",
                "This application has not been approved by KAI Commuter, or is not any more. For your safety the request ends here.",
            ),
            Self::RedirectMissing => lang.pick(
                "Aplikasi tidak menyebut ke mana Anda dikembalikan: parameter redirect_uri tidak ada.",
                "The application did not say where to send you back: the parameter redirect_uri is missing.",
            ),
            Self::RedirectDoubled => lang.pick(
                "Parameter redirect_uri ada lebih dari satu.",
                "The parameter redirect_uri came more than once.",
            ),
            Self::RedirectUnknown => lang.pick(
                "Alamat tujuan kembali tidak terdaftar untuk aplikasi ini. Demi keamanan Anda, permintaan dihentikan di sini; redirect_uri harus sama persis dengan yang didaftarkan.",
                "The address to send you back to is not registered for this application. For your safety the request ends here; redirect_uri must be exactly as registered.",
            ),
        }
    }
}

/// Why a request is refused, told to the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a parameter came more than once")]
    Doubled,
    #[error("state is longer than 2048 bytes")]
    StateTooLong,
    #[error("state has control characters")]
    StateUnprintable,
    #[error("the request is too long: its parameters have more than 3200 bytes")]
    TooLong,
    #[error("response_type is missing: send response_type=code")]
    ResponseTypeMissing,
    #[error("this server knows response_type=code only")]
    ResponseTypeUnsupported,
    #[error("this server answers in the query only: leave out response_mode or send query")]
    ResponseModeUnsupported,
    #[error(transparent)]
    Pkce(#[from] PkceError),
    #[error(transparent)]
    Scope(#[from] ScopeError),
    #[error("dpop_jkt is not the base64url of a SHA-256 thumbprint: it has 43 characters and no padding")]
    ThumbprintMalformed,
    #[error("the application is not registered for one of these scopes")]
    ScopeNotRegistered,
    #[error("the application may not ask at present: see the developer portal")]
    NotAllowed,
    #[error("the rider did not agree")]
    Denied,
    #[error("the server failed: try again")]
    Internal,
    #[error("the server is busy: try again in a while")]
    Busy,
}

impl Refusal {
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Doubled
            | Self::StateTooLong
            | Self::StateUnprintable
            | Self::TooLong
            | Self::ResponseTypeMissing
            | Self::ResponseModeUnsupported
            | Self::ThumbprintMalformed
            | Self::Pkce(_) => ErrorCode::InvalidRequest,
            Self::ResponseTypeUnsupported => ErrorCode::UnsupportedResponseType,
            Self::Scope(_) | Self::ScopeNotRegistered => ErrorCode::InvalidScope,
            Self::NotAllowed => ErrorCode::UnauthorizedClient,
            Self::Denied => ErrorCode::AccessDenied,
            Self::Internal => ErrorCode::ServerError,
            Self::Busy => ErrorCode::TemporarilyUnavailable,
        }
    }
}
