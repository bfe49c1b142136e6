//! The operator's side: what staff decide about partners, and the accounts of the staff themselves.
//!
//! Owns no tables: it joins the acts of others into decisions. A decision about a partner changes
//! its record, tells its keys, writes the audit row and queues the mail to its owners in one
//! transaction. Who may decide what is in `domain::identity::OperatorRole`.

mod decisions;
mod routes;

#[cfg(test)]
mod tests;

use domain::{
    identity::{EmailAddress, OperatorRole, Password},
    invalid::Invalid,
    text::DisplayName,
};

pub use self::{
    decisions::{Decision, decide},
    routes::portal_routes,
};
use crate::{
    app::App,
    identity::{self, IdentityError, NewOperator},
    store::DbError,
};

/// Why the console can't do this.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error("the {what} is not usable: {invalid}")]
    Invalid { what: &'static str, invalid: Invalid },
    #[error("{0} has an account already")]
    AddressTaken(EmailAddress),
    #[error("no open admin account has the address {0}")]
    NotFound(EmailAddress),
    #[error(transparent)]
    Identity(IdentityError),
}

/// An account made from the console.
#[derive(Debug)]
pub struct Made {
    /// The password, if it was made up here. It is kept nowhere else.
    pub password: Option<String>,
}

/// Makes an admin account; without a password one is made up.
///
/// # Errors
/// When address, name or password are not usable, or the address has an account.
pub async fn create(
    app: &App,
    email: &str,
    name: &str,
    role: OperatorRole,
    password: Option<String>,
) -> Result<Made, AdminError> {
    let email = address(email)?;
    let name: DisplayName = name.parse().map_err(|invalid| AdminError::Invalid { what: "name", invalid })?;
    let made_up = password.is_none().then(|| identity::made_up_password(&app.random));
    let password: Password = made_up
        .clone()
        .or(password)
        .unwrap_or_default()
        .parse()
        .map_err(|invalid| AdminError::Invalid { what: "password", invalid })?;
    let new = NewOperator { email: email.clone(), name: name.to_string(), password, role };
    match identity::create_operator(app, new).await {
        Ok(_) => Ok(Made { password: made_up }),
        Err(IdentityError::AddressTaken) => Err(AdminError::AddressTaken(email)),
        Err(IdentityError::Invalid { field, invalid }) => Err(AdminError::Invalid { what: field, invalid }),
        Err(error) => Err(AdminError::Identity(error)),
    }
}

/// The staff, a printable line each.
///
/// # Errors
/// When the store fails.
pub async fn list(app: &App) -> Result<Vec<String>, DbError> {
    let operators = identity::list_operators(&app.live).await?;
    let line = |operator: &identity::OperatorRow| {
        let totp = if operator.totp_enabled { "two-step" } else { "password only" };
        let state = if operator.is_closed { "closed" } else { totp };
        format!("{}  {}  {}  {state}", operator.email, operator.role.as_str(), operator.name)
    };
    Ok(operators.iter().map(line).collect())
}

/// Closes an admin account and ends its sessions.
///
/// # Errors
/// When no open admin account has the address.
pub async fn disable(app: &App, email: &str) -> Result<(), AdminError> {
    let email = address(email)?;
    match identity::close_operator(app, email.clone()).await {
        Ok(()) => Ok(()),
        Err(IdentityError::NotFound) => Err(AdminError::NotFound(email)),
        Err(error) => Err(AdminError::Identity(error)),
    }
}

fn address(text: &str) -> Result<EmailAddress, AdminError> {
    text.parse().map_err(|invalid| AdminError::Invalid { what: "e-mail address", invalid })
}
