//! Who signs in to the portal, and what the portal tells them about it.
//!
//! A **user** is a person with an e-mail address and a password: a **member** of one partner, or an
//! **operator** of the railway's staff. A **session** is a browser in which a user is signed in.

mod email;
mod password;
mod requests;
mod views;

pub use self::{
    email::EmailAddress,
    password::{Password, PasswordAttempt},
    requests::{
        AcceptInvitation, Accepted, ChangePassword, ForgotPassword, OneTimeCode, ResetPassword, SignIn,
        SignUp, TokenText, TotpConfirm, TotpDisable, UpdateProfile, VerifyEmail,
    },
    views::{
        OperatorRole, OperatorView, RecoveryCodes, SessionPartner, SessionRow, SessionUser, SessionView,
        SignUpView, TotpEnrolment, UnknownRole,
    },
};

/// Name of the session cookie. The prefix makes browsers insist on `Secure`, `Path=/` and this host.
pub const SESSION_COOKIE: &str = "__Host-nfcg_session";
