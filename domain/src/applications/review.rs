//! Where an application stands, and what a review makes of it.

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationStatus {
    /// Registered for live, and not looked at yet.
    InReview,
    /// May ask riders for consent.
    Approved,
    Rejected,
    /// Ended by the operator: its tokens are, too.
    Disabled,
}

/// No status goes by this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such status of an application")]
pub struct UnknownStatus;

/// What an operator decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Approve,
    Reject,
    Disable,
}

/// The step does not start from where the application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{step:?} does not start from {status:?}")]
pub struct WrongStep {
    pub status: ApplicationStatus,
    pub step: Step,
}

/// What becomes of an application by a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reviewed {
    pub status: ApplicationStatus,
    /// What was proposed takes the place of what was approved.
    pub takes_proposal: bool,
}

impl ApplicationStatus {
    pub const ALL: [Self; 4] = [Self::InReview, Self::Approved, Self::Rejected, Self::Disabled];

    /// Name on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InReview => "in_review",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Disabled => "disabled",
        }
    }

    /// Takes a step.
    ///
    /// # Errors
    /// [`WrongStep`].
    pub fn after(self, step: Step, has_proposal: bool) -> Result<Reviewed, WrongStep> {
        let to = |status, takes_proposal| Ok(Reviewed { status, takes_proposal });
        match (self, step) {
            (Self::InReview | Self::Rejected | Self::Disabled, Step::Approve) => {
                to(Self::Approved, has_proposal)
            }
            (Self::Approved, Step::Approve) if has_proposal => to(Self::Approved, true),
            (Self::InReview, Step::Reject) => to(Self::Rejected, false),
            (Self::Approved, Step::Reject) if has_proposal => to(Self::Approved, false),
            (Self::InReview | Self::Approved | Self::Rejected, Step::Disable) => to(Self::Disabled, false),
            (status, step) => Err(WrongStep { status, step }),
        }
    }

    /// The steps that are open.
    #[must_use]
    pub fn open_steps(self, has_proposal: bool) -> Vec<Step> {
        let all = [Step::Approve, Step::Reject, Step::Disable];
        all.into_iter().filter(|step| self.after(*step, has_proposal).is_ok()).collect()
    }
}

impl std::fmt::Display for ApplicationStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ApplicationStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ApplicationStatus::{Approved, Disabled, InReview, Rejected};

    /// The table of the module, row by row.
    #[test]
    fn steps_lead_where_the_table_says() {
        let row = |status: ApplicationStatus, has_proposal| {
            [Step::Approve, Step::Reject, Step::Disable]
                .map(|step| status.after(step, has_proposal).ok().map(|to| (to.status, to.takes_proposal)))
        };
        assert_eq!(
            row(InReview, false),
            [Some((Approved, false)), Some((Rejected, false)), Some((Disabled, false))]
        );
        assert_eq!(
            row(Approved, true),
            [Some((Approved, true)), Some((Approved, false)), Some((Disabled, false))]
        );
        assert_eq!(row(Approved, false), [None, None, Some((Disabled, false))]);
        assert_eq!(row(Rejected, false), [Some((Approved, false)), None, Some((Disabled, false))]);
        assert_eq!(row(Disabled, false), [Some((Approved, false)), None, None]);
        assert_eq!(Approved.open_steps(false), [Step::Disable]);
    }

    #[test]
    fn a_status_is_kept_under_its_name() {
        for status in ApplicationStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }
}
