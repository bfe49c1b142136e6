//! Partners: the organisations that use the API, their members, and what the operator decides about
//! them.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    identity::{EmailAddress, UnknownRole},
    ids::{AuditId, PartnerId, UserId},
    invalid::{Invalid, Rule},
    text::{DisplayName, Sentences},
    tiers::Tier,
};

/// Where a partner stands.
///
/// ```text
/// registered ── mail verified ──▶ in_review ──▶ active ⇄ suspended
///                                     └──▶ rejected
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartnerStatus {
    /// Signed up; the owner's e-mail address is not verified yet.
    Registered,
    /// Waits for the operator.
    InReview,
    Active,
    /// Refused by the operator; final.
    Rejected,
    /// Its keys are refused until it is reinstated.
    Suspended,
}

/// What moves a partner from one status to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartnerStep {
    VerifyMail,
    Approve,
    Reject,
    Suspend,
    Reinstate,
}

/// A step that does not start from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{step:?} does not start from {status:?}")]
pub struct WrongStatus {
    pub status: PartnerStatus,
    pub step: PartnerStep,
}

impl PartnerStatus {
    pub const ALL: [Self; 5] =
        [Self::Registered, Self::InReview, Self::Active, Self::Rejected, Self::Suspended];

    /// Where `step` leads.
    ///
    /// # Errors
    /// [`WrongStatus`] when the step does not start from here.
    pub fn after(self, step: PartnerStep) -> Result<Self, WrongStatus> {
        match (self, step) {
            (Self::Registered, PartnerStep::VerifyMail) => Ok(Self::InReview),
            (Self::InReview, PartnerStep::Approve) | (Self::Suspended, PartnerStep::Reinstate) => {
                Ok(Self::Active)
            }
            (Self::InReview, PartnerStep::Reject) => Ok(Self::Rejected),
            (Self::Active, PartnerStep::Suspend) => Ok(Self::Suspended),
            (status, step) => Err(WrongStatus { status, step }),
        }
    }

    /// Name on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::InReview => "in_review",
            Self::Active => "active",
            Self::Rejected => "rejected",
            Self::Suspended => "suspended",
        }
    }
}

/// No status goes by this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such status")]
pub struct UnknownStatus;

impl std::str::FromStr for PartnerStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

/// What a member may do for the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemberRole {
    /// Everything, members and the organisation's profile too. There is always one.
    Owner,
    /// Keys and whatever else programs need.
    Developer,
    /// Looks, changes nothing.
    Viewer,
}

impl MemberRole {
    pub const ALL: [Self; 3] = [Self::Owner, Self::Developer, Self::Viewer];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Developer => "developer",
            Self::Viewer => "viewer",
        }
    }

    /// Make and revoke keys.
    #[must_use]
    pub fn may_write(self) -> bool {
        match self {
            Self::Owner | Self::Developer => true,
            Self::Viewer => false,
        }
    }

    /// Invite, change and remove members; change the organisation's profile.
    #[must_use]
    pub fn may_manage(self) -> bool {
        self == Self::Owner
    }
}

impl std::str::FromStr for MemberRole {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// `GET partner`: the member's own organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerView {
    pub id: PartnerId,
    pub name: String,
    pub legal_name: String,
    /// What the API is used for.
    pub description: String,
    pub status: PartnerStatus,
    /// Why it was rejected or suspended.
    pub status_reason: Option<String>,
    pub tier: Tier,
    /// Requests per day by contract, instead of the tier's.
    pub quota_per_day: Option<u64>,
    /// Requests per minute by contract, instead of the tier's.
    pub burst_per_minute: Option<u64>,
    pub is_demo: bool,
    pub created_at: Timestamp,
    /// When it came to its present status.
    pub status_since: Timestamp,
}

/// `PATCH partner`. The legal name is what was reviewed and does not change here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdatePartner {
    #[serde(default)]
    pub name: Option<DisplayName>,
    #[serde(default)]
    pub description: Option<Sentences>,
}

/// `GET members`: a person of the organisation, or one that was invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: MemberRole,
    /// Invited, and has not accepted yet.
    pub invited: bool,
    pub totp_enabled: bool,
    pub created_at: Timestamp,
}

/// `POST members`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InviteMember {
    pub name: DisplayName,
    pub email: EmailAddress,
    pub role: MemberRole,
}

/// `PATCH members/{id}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeMember {
    pub role: MemberRole,
}

/// `GET admin/partners`: one line of the operator's list. Calls, quota and webhooks are counted by
/// others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminPartnerRow {
    pub id: PartnerId,
    pub name: String,
    pub legal_name: String,
    pub status: PartnerStatus,
    pub tier: Tier,
    pub quota_per_day: Option<u64>,
    pub burst_per_minute: Option<u64>,
    pub is_demo: bool,
    pub created_at: Timestamp,
    /// Calls counted today (WIB), live only.
    pub calls_today: u64,
}

/// `GET admin/partners/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminPartnerView {
    pub partner: PartnerView,
    pub members: Vec<MemberView>,
    /// What the operator may do now.
    pub steps: Vec<AdminStep>,
    /// Newest first, at most 20.
    pub history: Vec<AuditRow>,
}

/// What an operator can decide about a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdminStep {
    Approve,
    Reject,
    Suspend,
    Reinstate,
    SetTerms,
}

/// `POST admin/partners/{id}/approve`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    pub tier: Tier,
}

/// `POST admin/partners/{id}/reject` and `…/suspend`: the partner reads the reason.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithReason {
    pub reason: Sentences,
}

/// `POST admin/partners/{id}/tier`. A limit that is absent is the tier's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetTerms {
    pub tier: Tier,
    #[serde(default)]
    pub quota_per_day: Option<LimitValue>,
    #[serde(default)]
    pub burst_per_minute: Option<LimitValue>,
}

/// A limit agreed in a contract: 1 to 1,000,000,000 requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitValue(u64);

impl LimitValue {
    pub const MAX: u64 = 1_000_000_000;

    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for LimitValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// A number, or its digits as a form sends them.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Input {
            Number(u64),
            Text(String),
        }
        let number = match Input::deserialize(deserializer) {
            Ok(Input::Number(number)) => Some(number),
            Ok(Input::Text(text)) => text.trim().parse().ok(),
            Err(_) => None,
        };
        number.filter(|number| (1..=Self::MAX).contains(number)).map(Self).ok_or_else(|| {
            Invalid::new(
                Rule::OutOfRange,
                "Bilangan bulat 1 sampai 1.000.000.000",
                "A whole number from 1 to 1,000,000,000",
            )
            .into_serde()
        })
    }
}

/// `GET admin/overview`: the operator's headline figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminOverview {
    pub partners: PartnerCounts,
}

/// How many partners there are, by status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerCounts {
    pub registered: u64,
    pub in_review: u64,
    pub active: u64,
    pub suspended: u64,
    pub rejected: u64,
    /// Active ones on the Enterprise tier.
    pub enterprise: u64,
    /// Some of them are made up for the demo.
    pub has_demo: bool,
}

/// `GET admin/audit`: one act, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    pub id: AuditId,
    /// Place in the chain, from 1.
    pub sequence: u64,
    pub at: Timestamp,
    /// Who did it: a user's id, `system`, or `console`.
    pub actor: String,
    /// Name of the actor, where there is one.
    pub actor_name: Option<String>,
    /// What was done: `partner.approve`, `member.invite`…
    pub action: String,
    /// To whom or what: an id.
    pub subject: String,
    pub detail: String,
    /// Of the request that did it.
    pub request_id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contract's section 7, pair by pair; everything else is refused.
    #[test]
    fn only_the_contracts_transitions_exist() {
        use PartnerStatus::{Active, InReview, Registered, Rejected, Suspended};
        use PartnerStep::{Approve, Reinstate, Reject, Suspend, VerifyMail};
        let legal = [
            (Registered, VerifyMail, InReview),
            (InReview, Approve, Active),
            (InReview, Reject, Rejected),
            (Active, Suspend, Suspended),
            (Suspended, Reinstate, Active),
        ];
        for status in PartnerStatus::ALL {
            for step in [VerifyMail, Approve, Reject, Suspend, Reinstate] {
                let expected =
                    legal.iter().find(|(from, by, _)| (*from, *by) == (status, step)).map(|(.., to)| *to);
                assert_eq!(status.after(step).ok(), expected, "{status:?} {step:?}");
            }
        }
    }

    #[test]
    fn names_in_the_store_are_names_on_the_wire() {
        for status in PartnerStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        for role in MemberRole::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert_eq!(role.as_str().parse(), Ok(role));
        }
    }

    #[test]
    fn a_limit_is_a_positive_number_in_either_spelling() {
        let read = |text: &str| serde_json::from_str::<LimitValue>(text).map(LimitValue::get).ok();
        assert_eq!(read("250000"), Some(250_000));
        assert_eq!(read("\"250000\""), Some(250_000));
        for bad in ["0", "-1", "1.5", "\"\"", "\"many\"", "null", "1000000001"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
