//! Who acts on a test network: a program with a test key, or a member of the partner in the portal.
//!
//! The same handlers serve both, so that what the portal can do a program can too, and what one is
//! refused the other is as well.

use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
};
use domain::{ids::PartnerId, keys::Environment, problem::Code, realm::Realm};
use jiff::Timestamp;

use crate::{
    app::App,
    audit::{self, AuditContext},
    http::problem::{ApiError, ApiResult},
    identity::Member,
    keys::Caller,
    realms,
    riders::Place,
    store::{Db, DbError},
};

/// Somebody who may act on one partner's test network. Who changes something may write.
#[derive(Debug, Clone)]
pub struct Tester {
    pub partner: PartnerId,
    pub realm: Realm,
    /// The key's or the member's id, for the ledger.
    pub actor: String,
    /// Members' acts are put on record; calls with keys are metered instead.
    audit: Option<AuditContext>,
}

impl Tester {
    /// The time by the test clock.
    #[must_use]
    pub fn now(&self, app: &App) -> Timestamp {
        realms::now(app, &self.realm)
    }

    #[must_use]
    pub fn place(&self, app: &App) -> Place {
        Place { realm: self.realm.clone(), now: self.now(app), random: app.random.clone() }
    }

    #[must_use]
    pub fn db<'a>(&self, app: &'a App) -> &'a Db {
        realms::store(app, &self.realm)
    }

    /// Writes down what a member has done. The audit log is in the live store, what was done in the
    /// sandbox, so it is a transaction of its own.
    ///
    /// # Errors
    /// When the live store fails.
    pub async fn record(&self, app: &App, action: &'static str, detail: String) -> Result<(), DbError> {
        let Some(context) = self.audit.clone() else { return Ok(()) };
        let partner = self.partner.clone();
        app.live
            .write(move |tx| {
                Box::pin(async move { audit::record(tx, &context, action, partner.as_str(), detail).await })
            })
            .await
    }
}

impl FromRequestParts<App> for Tester {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        if let Some(caller) = parts.extensions.get::<Caller>() {
            return of_key(caller);
        }
        let member = Member::from_request_parts(parts, app).await?;
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            member.may_write()?;
        }
        Ok(Self {
            realm: Realm::Sandbox(member.partner_id.clone()),
            actor: member.user_id.to_string(),
            audit: Some(member.audit(app)),
            partner: member.partner_id,
        })
    }
}

/// The door lets test keys alone through to these operations; here it is a matter of types.
fn of_key(caller: &Caller) -> ApiResult<Tester> {
    let credential = caller.credential.as_ref().ok_or_else(|| ApiError::new(Code::MissingCredential))?;
    match credential.environment {
        Environment::Live => Err(ApiError::new(Code::TestKeyRequired)),
        Environment::Test => Ok(Tester {
            partner: credential.partner_id.clone(),
            realm: realms::of(credential.environment, &credential.partner_id),
            actor: credential.id.as_str().to_owned(),
            audit: None,
        }),
    }
}
