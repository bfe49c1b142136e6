//! Identity: who signs in to the portal, how, and what they are there.
//!
//! Owns `users`, `sessions`, `mail_tokens`, `invitations` and `recovery_codes`. A user is a member
//! of one partner or an operator. Sign-up makes an organisation and its first owner; everybody else
//! comes by invitation, operators from the console.
//!
//! Promises:
//! * Nobody learns from answers or their timing who has an account: sign-up, sign-in and forgotten
//!   passwords answer alike, the rest goes by mail to the owner of the address.
//! * An address belongs to whoever opened the link sent to it. Until then a sign-up claims nothing,
//!   so registering somebody else's address first gains nothing.
//! * Session ids, mailed tokens and recovery codes are random, kept as SHA-256 only; passwords as
//!   argon2id; authenticator secrets sealed.
//! * What changes how one signs in (password, second step, role, suspension) ends the sessions that
//!   were opened before it; the browser that did it gets a new id.
//! * At most ten wrong passwords or codes per account in fifteen minutes, wherever they come from.

mod extract;
mod members;
pub(crate) mod password_reset;
pub(crate) mod passwords;
pub mod queries;
pub(crate) mod routes;
pub(crate) mod sessions;
mod sign_in;
mod sign_up;
pub(crate) mod throttle;
pub(crate) mod tokens;
mod totp;
mod users;

#[cfg(test)]
pub(crate) mod tests;

use domain::{invalid::Invalid, partners::WrongStatus};
use jiff::SignedDuration;

pub use self::passwords::made_up as made_up_password;
pub use self::{
    extract::{AnySession, Device, Member, Operator, Session, SignedIn},
    members::{accept_invitation, change_role, invite, list_members, remove},
    password_reset::{change_password, forgot_password, reset_password},
    routes::portal_routes,
    sessions::{NewSession, end_sessions_of_partner, end_sessions_of_user},
    sign_in::{operator_by_password, sign_in},
    sign_up::{sign_up, verify_email},
    totp::{confirm_totp, disable_totp, enrol_totp},
    users::{
        NewOperator, OperatorRow, User, close_operator, create_operator, list_operators, name_of, owners_of,
    },
};
use self::{passwords::Passwords, throttle::Throttle};
use crate::{partners::PartnerError, store::DbError, vault::Unopenable};

pub use domain::identity::SESSION_COOKIE;

/// What identity keeps in memory.
#[derive(Debug, Default)]
pub struct Identity {
    pub(crate) passwords: Passwords,
    pub(crate) throttle: Throttle,
}

/// Why somebody can't do this.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Partner(PartnerError),
    /// Unknown address, wrong password, wrong code: one answer for all.
    #[error("wrong e-mail, password or code")]
    WrongCredentials,
    /// The password was right, but the address has never been verified.
    #[error("the address is not verified")]
    NotVerified,
    #[error("a code is required")]
    TotpRequired,
    #[error("too many attempts")]
    TooManyAttempts { wait: SignedDuration },
    /// Used, expired, or never issued.
    #[error("the token is not valid")]
    TokenSpent,
    /// The address got an account in the meantime.
    #[error("the address has an account")]
    AddressTaken,
    #[error("{field} is not valid")]
    Invalid { field: &'static str, invalid: Invalid },
    #[error("the present password is wrong")]
    WrongPassword { field: &'static str },
    #[error("the code is wrong")]
    WrongCode,
    #[error("two-step verification is already on")]
    TotpAlreadyOn,
    #[error("two-step verification is not being turned on")]
    TotpNotPending,
    #[error("two-step verification is off")]
    TotpOff,
    #[error("the last owner stays")]
    LastOwner,
    #[error("that address is a member or invited already")]
    AlreadyMember,
    #[error("no such member, session or account")]
    NotFound,
    #[error("too many passwords are being checked")]
    Busy,
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error("{act} failed")]
    Crypto {
        act: &'static str,
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl IdentityError {
    fn crypto(act: &'static str, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Crypto { act, cause: Box::new(cause) }
    }

    pub(crate) fn invalid(field: &'static str) -> impl FnOnce(Invalid) -> Self {
        move |invalid| Self::Invalid { field, invalid }
    }
}

impl From<PartnerError> for IdentityError {
    fn from(error: PartnerError) -> Self {
        match error {
            PartnerError::Db(error) => Self::Db(error),
            other => Self::Partner(other),
        }
    }
}

impl From<WrongStatus> for IdentityError {
    fn from(error: WrongStatus) -> Self {
        Self::Partner(error.into())
    }
}
