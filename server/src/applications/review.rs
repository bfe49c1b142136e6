//! What an operator decides about a live application, in one transaction with its audit row and its
//! mails.

use domain::{
    applications::{AdminApplicationRow, AdminApplicationView, ApplicationStatus, Step},
    ids::ApplicationId,
    page::{Page, PageRequest},
    realm::Realm,
};
use jiff::Timestamp;

use super::{
    ApplicationError, ApplicationRecord,
    change::{has_lost_scopes, store},
    queries, view,
};
use crate::{
    app::App,
    audit::{self, AuditContext},
    identity,
    mail::{self, letters},
    oauth,
    partners::{self, PartnerRecord},
    store::{DbError, params},
    webhooks::dispatch,
};

/// Which applications a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApplicationFilter {
    pub status: Option<ApplicationStatus>,
    /// Those that an operator has to look at.
    pub waiting: bool,
}

/// A page of all live applications, those that wait for an operator first.
///
/// # Errors
/// When the store fails.
pub async fn list_all(
    app: &App,
    filter: ApplicationFilter,
    request: PageRequest,
) -> Result<Page<AdminApplicationRow>, DbError> {
    let status = filter.status.map(ApplicationStatus::as_str);
    let total = app.live.row(&queries::COUNT_ALL, params![status, filter.waiting]).await?;
    let total = total.map_or(Ok(0), |row| row.get("total"))?;
    let params = params![status, filter.waiting, request.limit(), request.offset()];
    let mut data = Vec::new();
    for row in app.live.rows(&queries::LIST_ALL, params).await? {
        let record = ApplicationRecord::read(&row)?;
        let partner = partners::find(&app.live, &record.partner_id).await?;
        data.push(AdminApplicationRow {
            name: record.name().to_owned(),
            partner_name: partner.map(|partner| partner.name).unwrap_or_default(),
            client_type: record.client_type,
            status: record.status,
            has_proposal: record.proposed.is_some(),
            changed_at: record.changed_at,
            partner_id: record.partner_id,
            id: record.id,
        });
    }
    Ok(Page { data, meta: request.meta(total) })
}

/// The live application that an address names, and its partner.
///
/// # Errors
/// [`ApplicationError::NotFound`].
pub async fn find_live(
    app: &App,
    id: &ApplicationId,
) -> Result<(ApplicationRecord, PartnerRecord), ApplicationError> {
    let record = super::find(app, id).await?;
    let record = record
        .filter(|record| record.realm == Realm::Live && record.deleted_at.is_none())
        .ok_or(ApplicationError::NotFound)?;
    let partner = partners::find(&app.live, &record.partner_id).await?.ok_or(ApplicationError::NotFound)?;
    Ok((record, partner))
}

/// What the staff sees of one. `may_decide`: whether this member of it may take a step.
///
/// # Errors
/// [`ApplicationError::NotFound`].
pub async fn view_live(
    app: &App,
    id: &ApplicationId,
    may_decide: bool,
) -> Result<AdminApplicationView, ApplicationError> {
    let (record, partner) = find_live(app, id).await?;
    let riders = app.live.row(&queries::COUNT_RIDERS, params![id]).await?;
    let steps = if may_decide { record.status.open_steps(record.proposed.is_some()) } else { Vec::new() };
    Ok(AdminApplicationView {
        application: view(app, &record).await?,
        partner_id: partner.id,
        partner_name: partner.name,
        partner_tier: partner.tier,
        riders: riders.map_or(Ok(0), |row| row.get("total"))?,
        steps,
    })
}

/// What an operator decides.
#[derive(Debug)]
pub struct Decision {
    pub step: Step,
    /// When what the operator looked at was changed last. None for what does not depend on it:
    /// disabling must not wait.
    pub seen: Option<Timestamp>,
    pub reason: Option<String>,
}

/// Takes a step, and tells the partner's owners.
///
/// # Errors
/// [`ApplicationError::NotAsSeen`] when the partner changed it since the operator looked,
/// [`ApplicationError::WrongStep`] when it does not start from where the application stands,
/// [`ApplicationError::Changed`] when that changes meanwhile.
pub async fn decide(
    app: &App,
    context: AuditContext,
    id: ApplicationId,
    Decision { step, seen, reason }: Decision,
) -> Result<(), ApplicationError> {
    let (before, partner) = find_live(app, &id).await?;
    if seen.is_some_and(|seen| seen != before.changed_at) {
        return Err(ApplicationError::NotAsSeen);
    }
    let reviewed = before.status.after(step, before.proposed.is_some())?;
    let now = context.now;
    let mut after = ApplicationRecord {
        status: reviewed.status,
        status_reason: reason.clone(),
        status_since: if reviewed.status == before.status { before.status_since } else { now },
        proposed: None,
        changed_at: before.changed_next(now),
        ..before.clone()
    };
    if reviewed.takes_proposal
        && let Some(proposed) = before.proposed.clone()
    {
        after.registered = proposed;
    }
    let (handle, has_lost) = (app.clone(), has_lost_scopes(&before, &after));
    app.live
        .write::<_, ApplicationError, _>(move |tx| {
            Box::pin(async move {
                store(tx, &before, &after, now).await?;
                if step == Step::Disable {
                    oauth::application_ended(tx, &id, now).await?;
                }
                let was_change = before.status == ApplicationStatus::Approved && step != Step::Disable;
                let detail = match &reason {
                    Some(reason) => format!("{}: {reason}", super::summary(&after)),
                    None => super::summary(&after),
                };
                audit::record(tx, &context, action(step), id.as_str(), detail).await?;
                for owner in identity::owners_of(tx, &partner.id).await? {
                    let name = after.name();
                    let letter = letters::application_decided(
                        &owner,
                        name,
                        step,
                        was_change,
                        reason.as_deref(),
                        &format!("{}/applications/{id}", handle.config.portal_url),
                    );
                    mail::queue(tx, &handle, &letter).await?;
                }
                Ok(())
            })
        })
        .await?;
    if has_lost || step == Step::Disable {
        dispatch::recall(app);
    }
    app.outbox.ring();
    Ok(())
}

const fn action(step: Step) -> &'static str {
    match step {
        Step::Approve => "application.approve",
        Step::Reject => "application.reject",
        Step::Disable => "application.disable",
    }
}
