//! Pages of people who are not signed in yet: signing up, in, and finding the way back in.
//!
//! Every step is a plain form. A link in a mail only opens a page; the token in it is used by a
//! button, because mail scanners follow links and would use it up.

mod accept_invitation;
mod forgot_password;
mod password_field;
mod reset_password;
mod sign_in;
mod sign_up;
pub(crate) mod token;
mod verify_email;

pub use accept_invitation::AcceptInvitationPage;
pub use forgot_password::ForgotPasswordPage;
pub use password_field::{CurrentPasswordField, NewPasswordField};
pub use reset_password::ResetPasswordPage;
pub use sign_in::SignInPage;
pub use sign_up::SignUpPage;
pub use verify_email::VerifyEmailPage;
