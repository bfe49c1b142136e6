//! What the portal tells people about their account.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{PartnerId, SessionId, UserId},
    partners::{MemberRole, PartnerStatus},
    tiers::Tier,
};

/// `GET session`, and the answer to signing in: who is signed in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    pub user: SessionUser,
    /// The partner that the user is a member of.
    pub partner: Option<SessionPartner>,
    /// What the user may do as staff of the operator.
    pub operator: Option<OperatorView>,
    /// Two-step verification is on.
    pub totp_enabled: bool,
    /// Nothing else is possible before two-step verification is turned on.
    pub must_enrol_totp: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionUser {
    pub id: UserId,
    pub name: String,
    pub email: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionPartner {
    pub id: PartnerId,
    pub name: String,
    pub status: PartnerStatus,
    pub tier: Tier,
    pub role: MemberRole,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorView {
    pub role: OperatorRole,
}

/// What a member of the operator's staff may do.
///
/// All of them see partners, their keys, members and usage. Only `admin` reads the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperatorRole {
    /// Everything.
    Admin,
    /// Reviews, suspends and reinstates partners.
    Support,
    /// Sets tiers and limits.
    Finance,
}

impl OperatorRole {
    pub const ALL: [Self; 3] = [Self::Admin, Self::Support, Self::Finance];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Support => "support",
            Self::Finance => "finance",
        }
    }

    /// Approve, reject, suspend and reinstate partners.
    #[must_use]
    pub fn may_review(self) -> bool {
        match self {
            Self::Admin | Self::Support => true,
            Self::Finance => false,
        }
    }

    /// Change a partner's tier and limits.
    #[must_use]
    pub fn may_set_terms(self) -> bool {
        match self {
            Self::Admin | Self::Finance => true,
            Self::Support => false,
        }
    }

    /// Make riders, link their media, change their kind.
    #[must_use]
    pub fn may_manage_riders(self) -> bool {
        match self {
            Self::Admin | Self::Support => true,
            Self::Finance => false,
        }
    }

    /// Put money into a rider's wallet, and pay it out.
    #[must_use]
    pub fn may_move_money(self) -> bool {
        match self {
            Self::Admin | Self::Finance => true,
            Self::Support => false,
        }
    }

    /// Make gates, give them secrets, and retire them.
    #[must_use]
    pub fn may_manage_gates(self) -> bool {
        self == Self::Admin
    }

    #[must_use]
    pub fn may_read_audit(self) -> bool {
        self == Self::Admin
    }
}

/// No role goes by this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role")]
pub struct UnknownRole;

impl std::str::FromStr for OperatorRole {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// `GET sessions`: one browser in which the user is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    pub id: SessionId,
    /// The one that asks.
    pub current: bool,
    pub created_at: Timestamp,
    /// Exact to a minute.
    pub seen_at: Timestamp,
    /// When it ends if it is not used; never later than 12 hours after `created_at`.
    pub expires_at: Timestamp,
    /// What the browser said it is.
    pub user_agent: String,
    /// Address it signed in from.
    pub ip: String,
}

/// Answer to `POST sign-up`. The same whether or not the address has an account already: only its
/// owner learns that, by mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUpView {
    /// Where the mail went.
    pub email: String,
}

/// `POST totp/enrol`: what to put into an authenticator. Shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpEnrolment {
    /// In base32, for typing.
    pub secret: String,
    /// `otpauth://…`, for tapping.
    pub otpauth_url: String,
    /// The same as a QR code, an `<svg>` element, for scanning.
    pub qr_svg: String,
}

/// Answer to `POST totp/confirm`: each signs in once without the authenticator. Shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodes {
    pub recovery_codes: Vec<String>,
}
