//! Who asks: extractors whose type says what was proven.
//!
//! A handler that takes [`Member`] cannot be reached by anybody else, so it cannot forget to check.

use std::net::IpAddr;

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{header, request::Parts},
};
use domain::{
    identity::{OperatorRole, OperatorView, SESSION_COOKIE, SessionPartner, SessionUser, SessionView},
    ids::{PartnerId, SessionId, UserId},
    partners::{MemberRole, PartnerStatus},
    problem::Code,
};
use jiff::Timestamp;

use super::{sessions, tokens};
use crate::{
    app::App,
    audit::{Actor, AuditContext},
    http::{
        arrival::Arrival,
        client_ip::ClientIp,
        cookie,
        problem::{ApiError, ApiResult},
    },
    partners::{self, PartnerRecord},
};

/// A valid session and the person in it.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    /// The partner they are a member of, and what they are there.
    pub partner: Option<(PartnerRecord, MemberRole)>,
    pub operator: Option<OperatorRole>,
    pub totp_enabled: bool,
    /// Nothing else is possible before two-step verification is turned on.
    pub must_enrol_totp: bool,
    pub created_at: Timestamp,
    pub(super) token_hash: [u8; 32],
    request_id: Option<String>,
}

impl Session {
    /// What is written down beside what they do.
    #[must_use]
    pub fn audit(&self, app: &App) -> AuditContext {
        AuditContext::new(app, Actor::User(self.user_id.clone()), self.request_id.clone())
    }

    /// What the portal shows them about it.
    #[must_use]
    pub fn view(&self) -> SessionView {
        SessionView {
            user: SessionUser {
                id: self.user_id.clone(),
                name: self.name.clone(),
                email: self.email.clone(),
            },
            partner: self.partner.as_ref().map(|(partner, role)| SessionPartner {
                id: partner.id.clone(),
                name: partner.name.clone(),
                status: partner.status,
                tier: partner.tier,
                role: *role,
            }),
            operator: self.operator.map(|role| OperatorView { role }),
            totp_enabled: self.totp_enabled,
            must_enrol_totp: self.must_enrol_totp,
        }
    }

    /// The session of a cookie's value.
    pub(super) async fn find(app: &App, secret: &str, request_id: Option<String>) -> ApiResult<Option<Self>> {
        let token_hash = tokens::hash(secret);
        let Some(found) = sessions::find(app, token_hash).await? else { return Ok(None) };
        let partner = match found.member {
            Some((id, role)) => partners::find(&app.live, &id).await?.map(|partner| (partner, role)),
            None => None,
        };
        Ok(Some(Self {
            id: found.id,
            user_id: found.user_id,
            name: found.name,
            email: found.email,
            partner,
            operator: found.operator,
            totp_enabled: found.totp_enabled,
            must_enrol_totp: found.operator.is_some() && !found.totp_enabled && !app.config.is_demo(),
            created_at: found.created_at,
            token_hash,
            request_id,
        }))
    }
}

/// Signed in, even if two-step verification still has to be turned on: for what leads there, and
/// for leaving.
#[derive(Debug, Clone)]
pub struct AnySession(pub Session);

/// Signed in.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Session);

/// Signed in as a member of a partner.
#[derive(Debug, Clone)]
pub struct Member {
    pub user_id: UserId,
    pub partner_id: PartnerId,
    pub partner: PartnerRecord,
    pub role: MemberRole,
    pub session_id: SessionId,
    session: Session,
}

impl Member {
    /// May make and revoke keys.
    ///
    /// # Errors
    /// 403: a viewer, or the partner is suspended or rejected.
    pub fn may_write(&self) -> ApiResult<()> {
        if !self.role.may_write() {
            return Err(ApiError::new(Code::NotAllowed));
        }
        match self.partner.status {
            PartnerStatus::Suspended => Err(ApiError::new(Code::PartnerSuspended)),
            PartnerStatus::Rejected => Err(ApiError::new(Code::PartnerNotActive)),
            PartnerStatus::Registered | PartnerStatus::InReview | PartnerStatus::Active => Ok(()),
        }
    }

    /// May look after members and the organisation's profile.
    ///
    /// # Errors
    /// 403, as [`Self::may_write`], and for anybody but an owner.
    pub fn may_manage(&self) -> ApiResult<()> {
        if !self.role.may_manage() {
            return Err(ApiError::new(Code::NotAllowed));
        }
        self.may_write()
    }

    /// What is written down beside what they do.
    #[must_use]
    pub fn audit(&self, app: &App) -> AuditContext {
        self.session.audit(app)
    }
}

/// Signed in as one of the operator's staff.
#[derive(Debug, Clone)]
pub struct Operator {
    pub user_id: UserId,
    pub role: OperatorRole,
    pub session_id: SessionId,
    session: Session,
}

impl Operator {
    /// Asks for a right: `operator.must(OperatorRole::may_review)?`.
    ///
    /// # Errors
    /// 403 when the role does not include it.
    pub fn must(&self, may: impl FnOnce(OperatorRole) -> bool) -> ApiResult<()> {
        if may(self.role) { Ok(()) } else { Err(ApiError::new(Code::NotAllowed)) }
    }

    /// What is written down beside what they do.
    #[must_use]
    pub fn audit(&self, app: &App) -> AuditContext {
        self.session.audit(app)
    }
}

impl FromRequestParts<App> for AnySession {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let not_signed_in = || ApiError::new(Code::NotSignedIn);
        let secret = cookie::find(&parts.headers, SESSION_COOKIE).ok_or_else(not_signed_in)?;
        let session = Session::find(app, secret, request_id(parts)).await?;
        session.map(Self).ok_or_else(not_signed_in)
    }
}

impl OptionalFromRequestParts<App> for AnySession {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Option<Self>> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(session) => Ok(Some(session)),
            Err(error) if error.code() == Code::NotSignedIn => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let AnySession(session) =
            <AnySession as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        if session.must_enrol_totp {
            return Err(ApiError::new(Code::TotpEnrolmentRequired));
        }
        Ok(Self(session))
    }
}

impl FromRequestParts<App> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let SignedIn(session) = SignedIn::from_request_parts(parts, app).await?;
        let (partner, role) = session.partner.clone().ok_or_else(|| ApiError::new(Code::NotAllowed))?;
        Ok(Self {
            user_id: session.user_id.clone(),
            partner_id: partner.id.clone(),
            partner,
            role,
            session_id: session.id.clone(),
            session,
        })
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let SignedIn(session) = SignedIn::from_request_parts(parts, app).await?;
        let role = session.operator.ok_or_else(|| ApiError::new(Code::NotAllowed))?;
        Ok(Self { user_id: session.user_id.clone(), role, session_id: session.id.clone(), session })
    }
}

/// The browser a request comes from, signed in or not.
#[derive(Debug, Clone)]
pub struct Device {
    pub ip: IpAddr,
    /// What it says it is, shortened to a line.
    pub user_agent: String,
    /// The session it already has; whoever signs in gives that one up.
    pub(super) session: Option<[u8; 32]>,
    pub(crate) request_id: Option<String>,
}

impl Device {
    /// What is written down beside what somebody does who is not signed in.
    #[must_use]
    pub fn audit(&self, app: &App, actor: Actor) -> AuditContext {
        AuditContext::new(app, actor, self.request_id.clone())
    }

    /// A device in a test.
    #[cfg(test)]
    pub fn at(ip: &str) -> Self {
        Self {
            ip: ip.parse().expect("an address"),
            user_agent: "test".to_owned(),
            session: None,
            request_id: None,
        }
    }
}

impl FromRequestParts<App> for Device {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let Ok(ClientIp(ip)) = ClientIp::from_request_parts(parts, app).await;
        Ok(Self {
            ip,
            user_agent: user_agent(parts),
            session: cookie::find(&parts.headers, SESSION_COOKIE).map(tokens::hash),
            request_id: request_id(parts),
        })
    }
}

const USER_AGENT_CHARS_MAX: usize = 200;

fn user_agent(parts: &Parts) -> String {
    let text = parts.headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
    text.unwrap_or_default().chars().filter(|c| !c.is_control()).take(USER_AGENT_CHARS_MAX).collect()
}

fn request_id(parts: &Parts) -> Option<String> {
    Arrival::of(&parts.extensions).map(|arrival| arrival.request_id.to_string())
}
