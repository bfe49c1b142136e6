//! Riders' accounts: how riders sign up and in, what they allow applications to see, and what they
//! do with what is kept about them.
//!
//! Owns `rider_sign_ups`, `rider_logins` and `rider_sessions`, all in the live store: riders of test
//! networks have no password. Owns neither the riders themselves ([`crate::riders`]) nor grants,
//! codes and tokens ([`crate::oauth`]). Passwords, mailed tokens and limits on guessing are
//! [`crate::identity`]'s. Actors: riders at their browsers, and applications that send them here.
//!
//! Promises:
//! * As for partners, nobody learns from answers or their timing who has an account, and an address
//!   belongs to whoever opened the link sent to it. A telephone number is a second name of an account
//!   whose address was confirmed; one that is another rider's already is left out without a word.
//! * A rider's session and a partner's are independent of each other. Every way of signing in opens
//!   a new one; a new password ends all others.
//! * Nothing is allowed but by a form that was shown to this rider, in this session, for this
//!   request, a few minutes ago; it can be narrowed and never widened.
//! * A rider sees every application, every reading, and takes a grant back with one press of a
//!   button, at once.
//! * Whoever is deleted leaves amounts behind and no name.

pub mod authorize;
mod close;
mod consent;
mod export;
mod extract;
mod form_token;
mod logins;
mod own;
mod password;
mod pushed;
pub mod queries;
mod routes;
mod sessions;
mod sign_in;
mod sign_up;

#[cfg(test)]
pub(crate) mod tests;

use domain::money::Rupiah;

pub use self::{
    extract::{Rider, RiderDevice},
    logins::set_password,
    routes::portal_routes,
};
use crate::{identity::IdentityError, oauth::OAuthError, riders::RiderError, store::DbError};

pub use domain::rider_accounts::RIDER_COOKIE;

/// Why a rider can't do this.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// What is wrong with passwords, tokens and tries is the same for everybody who signs in.
    #[error(transparent)]
    Identity(IdentityError),
    #[error(transparent)]
    Rider(RiderError),
    #[error(transparent)]
    OAuth(OAuthError),
    /// The account can't be deleted while money is in it.
    #[error("the wallet holds {0}")]
    BalanceLeft(Rupiah),
    /// Nor while fares are unpaid.
    #[error("{0} are due")]
    DueLeft(Rupiah),
    /// Nor in the middle of a journey.
    #[error("a journey is on its way")]
    OnTheWay,
    /// The consent form is forged, too old, another request's, or names scopes nobody asked for.
    #[error("the consent form does not stand: {0}")]
    FormRefused(&'static str),
}

impl From<IdentityError> for AccountError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Db(error) => Self::Db(error),
            other => Self::Identity(other),
        }
    }
}

impl From<RiderError> for AccountError {
    fn from(error: RiderError) -> Self {
        match error {
            RiderError::Db(error) => Self::Db(error),
            other => Self::Rider(other),
        }
    }
}

impl From<OAuthError> for AccountError {
    fn from(error: OAuthError) -> Self {
        match error {
            OAuthError::Db(error) => Self::Db(error),
            other => Self::OAuth(other),
        }
    }
}
