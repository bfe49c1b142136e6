//! Pages of riders: signing up and in, what an application asks of them, and their account.
//!
//! Plain forms, all of them. As for partners, a link in a mail only opens a page, and its token is
//! used by a button.

pub mod account;
mod authorize;
mod confirm_email;
mod consent;
mod passwords;
mod sample;
mod sign_in;
mod sign_up;

pub use authorize::AuthorizePage;
pub use confirm_email::RiderConfirmEmailPage;
pub use passwords::{RiderForgotPasswordPage, RiderResetPasswordPage};
pub use sign_in::RiderSignInPage;
pub use sign_up::RiderSignUpPage;
