//! What an operator decides about a partner, all of it in one transaction.

use domain::{
    ids::PartnerId,
    partners::{AdminStep, PartnerStatus, PartnerStep},
    tiers::Tier,
};

use crate::{
    app::App,
    audit::AuditContext,
    identity,
    mail::{self, letters},
    partners::{self, PartnerError, PartnerRecord, Terms},
    store::Tx,
};

/// One decision.
#[derive(Debug, Clone)]
pub enum Decision {
    Approve {
        tier: Tier,
    },
    Reject {
        reason: String,
    },
    /// Its keys are refused and its members signed out.
    Suspend {
        reason: String,
    },
    Reinstate,
    SetTerms(Terms),
}

/// Decides, and tells everybody whom it concerns: keys, audit log, the partner's owners.
///
/// # Errors
/// [`PartnerError`] when the partner does not stand where the decision starts from.
pub async fn decide(
    app: &App,
    context: AuditContext,
    id: PartnerId,
    decision: Decision,
) -> Result<PartnerRecord, PartnerError> {
    let partner = app
        .live
        .write::<_, PartnerError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let partner = apply(tx, &context, &id, &decision).await?;
                    if partner.status == PartnerStatus::Suspended
                        && matches!(decision, Decision::Suspend { .. })
                    {
                        identity::end_sessions_of_partner(tx, &id).await?;
                    }
                    tell(tx, &app, &partner, &decision).await?;
                    Ok(partner)
                })
            }
        })
        .await?;
    app.keys.forget_partner(&partner.id);
    app.outbox.ring();
    Ok(partner)
}

async fn apply(
    tx: &mut Tx,
    context: &AuditContext,
    id: &PartnerId,
    decision: &Decision,
) -> Result<PartnerRecord, PartnerError> {
    match decision {
        Decision::Approve { tier } => {
            partners::step(tx, context, id, PartnerStep::Approve, None).await?;
            let terms = Terms { tier: *tier, quota_per_day: None, burst_per_minute: None };
            partners::set_terms(tx, context, id, terms).await
        }
        Decision::Reject { reason } => {
            partners::step(tx, context, id, PartnerStep::Reject, Some(reason.clone())).await
        }
        Decision::Suspend { reason } => {
            partners::step(tx, context, id, PartnerStep::Suspend, Some(reason.clone())).await
        }
        Decision::Reinstate => partners::step(tx, context, id, PartnerStep::Reinstate, None).await,
        Decision::SetTerms(terms) => partners::set_terms(tx, context, id, *terms).await,
    }
}

async fn tell(
    tx: &mut Tx,
    app: &App,
    partner: &PartnerRecord,
    decision: &Decision,
) -> Result<(), PartnerError> {
    for owner in identity::owners_of(tx, &partner.id).await? {
        let name = &partner.name;
        let letter = match decision {
            Decision::Approve { tier } => letters::approved(&owner, name, *tier, &app.config.portal_url),
            Decision::Reject { reason } | Decision::Suspend { reason } => {
                letters::status_changed(&owner, name, partner.status, Some(reason))
            }
            Decision::Reinstate => letters::status_changed(&owner, name, partner.status, None),
            Decision::SetTerms(terms) => {
                letters::terms_changed(&owner, name, terms.tier, terms.quota_per_day, terms.burst_per_minute)
            }
        };
        mail::queue(tx, app, &letter).await?;
    }
    Ok(())
}

/// What can be decided about a partner that stands here.
#[must_use]
pub fn open_steps(status: PartnerStatus) -> Vec<AdminStep> {
    let steps = [
        (PartnerStep::Approve, AdminStep::Approve),
        (PartnerStep::Reject, AdminStep::Reject),
        (PartnerStep::Suspend, AdminStep::Suspend),
        (PartnerStep::Reinstate, AdminStep::Reinstate),
    ];
    let mut open: Vec<_> =
        steps.iter().filter(|(step, _)| status.after(*step).is_ok()).map(|(_, open)| *open).collect();
    if matches!(status, PartnerStatus::Active | PartnerStatus::Suspended) {
        open.push(AdminStep::SetTerms);
    }
    open
}
