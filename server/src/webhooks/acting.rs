//! Who acts on webhooks: a program with an API key, or a member of the partner in the portal.
//!
//! The same handlers serve both. A key acts in its own environment alone; a member in both, and says
//! which where something is made.

use std::net::IpAddr;

use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
};
use domain::{
    ids::PartnerId,
    limits::tier_in,
    partners::PartnerStatus,
    problem::Code,
    realm::Realm,
    tiers::{Feature, Tier},
};

use super::{WebhookError, endpoints::may_be_told};
use crate::{
    app::{App, Environment},
    audit::{self, AuditContext},
    http::{
        client_ip::ClientIp,
        problem::{ApiError, ApiResult},
    },
    identity::Member,
    keys::Caller,
    realms,
    store::DbError,
};

/// Somebody who may look at a partner's webhooks, and change them if the request is to change anything.
#[derive(Debug, Clone)]
pub struct Acting {
    pub partner: PartnerId,
    tier: Tier,
    status: PartnerStatus,
    /// The key's environment; none: a member, who has both.
    only: Option<Environment>,
    /// Where the request came from.
    pub ip: IpAddr,
    /// Members' acts are put on record; calls with keys are metered instead.
    audit: Option<AuditContext>,
}

impl Acting {
    /// Where they can act, live first.
    pub fn environments(&self) -> impl Iterator<Item = Environment> + use<> {
        let only = self.only;
        Environment::ALL.into_iter().filter(move |environment| only.is_none_or(|only| only == *environment))
    }

    /// The environment of what they make: the key's; a member has to say it.
    ///
    /// # Errors
    /// 422 where a member does not say it, or a program does.
    pub fn place(&self, said: Option<Environment>) -> ApiResult<Environment> {
        match (self.only, said) {
            (Some(only), None) => Ok(only),
            (None, Some(said)) => Ok(said),
            (Some(_), Some(_)) => Err(ApiError::invalid(
                "environment",
                "unknown_field",
                "`environment` tidak dikenal",
                "`environment` is not known",
            )),
            (None, None) => Err(ApiError::invalid(
                "environment",
                "required",
                "Pilih lingkungan",
                "Choose the environment",
            )),
        }
    }

    /// Whether this is a member, in the portal.
    #[must_use]
    pub fn is_member(&self) -> bool {
        self.only.is_none()
    }

    #[must_use]
    pub fn realm(&self, environment: Environment) -> Realm {
        realms::of(environment, &self.partner)
    }

    /// The tier whose features they have there.
    #[must_use]
    pub fn tier(&self, environment: Environment) -> Tier {
        tier_in(environment, self.tier)
    }

    /// Asks for the right to have events sent. The door asks it of programs already; of a member it is
    /// asked here, because stopping and deleting stay allowed whatever the tier.
    ///
    /// # Errors
    /// [`WebhookError::NotActive`], [`WebhookError::TierInsufficient`].
    pub fn may_send(&self, environment: Environment) -> Result<(), WebhookError> {
        if !may_be_told(self.status, environment) {
            return Err(WebhookError::NotActive { environment });
        }
        if !self.tier(environment).terms().has(Feature::Webhooks) {
            return Err(WebhookError::TierInsufficient { event: None });
        }
        Ok(())
    }

    /// Writes down what a member has done. The audit log is in the live store, which an endpoint of the
    /// sandbox is not, so it is a transaction of its own.
    ///
    /// # Errors
    /// When the live store fails.
    pub async fn record(
        &self,
        app: &App,
        action: &'static str,
        subject: &str,
        detail: String,
    ) -> Result<(), DbError> {
        let Some(context) = self.audit.clone() else { return Ok(()) };
        let subject = subject.to_owned();
        app.live
            .write(move |tx| {
                Box::pin(async move { audit::record(tx, &context, action, &subject, detail).await })
            })
            .await
    }
}

impl FromRequestParts<App> for Acting {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        if let Some(caller) = parts.extensions.get::<Caller>() {
            let key = caller.credential.as_ref().ok_or_else(|| ApiError::new(Code::MissingCredential))?;
            return Ok(Self {
                partner: key.partner_id.clone(),
                tier: key.tier,
                status: key.partner_status,
                only: Some(key.environment),
                ip: caller.ip,
                audit: None,
            });
        }
        let Ok(ClientIp(ip)) = ClientIp::from_request_parts(parts, app).await;
        let member = Member::from_request_parts(parts, app).await?;
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            member.may_write()?;
        }
        Ok(Self {
            tier: member.partner.tier,
            status: member.partner.status,
            only: None,
            ip,
            audit: Some(member.audit(app)),
            partner: member.partner_id,
        })
    }
}
