//! Applications: partners' OAuth clients, as they are registered, reviewed and shown.
//!
//! A **registration** is what a partner says of an application: its name, what it does, where riders
//! are sent back to, which scopes it wants and why. Sandbox applications work at once. Live ones wait
//! for the operator's review; what is changed of an approved one is **proposed** first, and what was
//! approved holds until the proposal is.
//!
//! | from | approve | reject | disable |
//! | --- | --- | --- | --- |
//! | in review | approved | rejected | disabled |
//! | approved, with a proposal | approved as proposed | approved as before | disabled |
//! | approved | – | – | disabled |
//! | rejected | approved | – | disabled |
//! | disabled | approved | – | – |

mod logo;
mod registration;
mod review;
mod views;

pub use self::{
    logo::{LOGO_BYTES_MAX, LogoFault, LogoType},
    registration::{
        CreateApplication, Homepage, REDIRECT_URIS_MAX, Registration, UpdateApplication, WantedScopes,
    },
    review::{ApplicationStatus, Reviewed, Step, UnknownStatus, WrongStep},
    views::{
        AdminApplicationRow, AdminApplicationView, ApplicationCreated, ApplicationView, ApproveApplication,
        ClientSecret, ConsoleToken, Playground, RegistrationView, RejectApplication, RotateSecret,
        SecretCreated, SecretView, TestRiderChoice,
    },
};

/// Applications of one partner and environment.
pub const APPLICATIONS_MAX: u64 = 20;

/// Name of the application that the portal makes for a partner's PKCE playground.
pub const PLAYGROUND_NAME: &str = "PKCE Playground";
/// Name of the application that the portal makes for the try-it console.
pub const CONSOLE_NAME: &str = "Konsol";

/// Path where a logo is served, below the portal's address.
#[must_use]
pub fn logo_path(application: &crate::ids::ApplicationId, hash: &str) -> String {
    format!("/logos/{application}/{hash}")
}
