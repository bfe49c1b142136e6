//! Partners: the organisations that use the API, and where each of them stands.
//!
//! Owns `partners`. A partner signs up (identity does that, together with its first owner), is
//! reviewed, and is active, suspended or rejected from then on; `domain::partners::PartnerStatus`
//! says which steps there are. People who belong to a partner are identity's, what operators decide
//! comes in through admin; both act on partners through the functions here, inside their own
//! transaction. Every change of status, tier or limits writes an audit row and tells the keys.

pub mod queries;
mod routes;

#[cfg(test)]
mod tests;

use domain::{
    ids::PartnerId,
    page::{Page, PageRequest},
    partners::{PartnerCounts, PartnerStatus, PartnerStep, PartnerView, WrongStatus},
    tiers::{Feature, Tier},
};
use jiff::Timestamp;

pub use self::routes::portal_routes;
use crate::{
    audit::{self, AuditContext},
    keys,
    store::{Db, DbError, Row, Tx, Value, params},
};

/// A partner as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerRecord {
    pub id: PartnerId,
    pub name: String,
    pub legal_name: String,
    pub description: String,
    pub status: PartnerStatus,
    /// Why it was rejected or suspended.
    pub status_reason: Option<String>,
    pub status_since: Timestamp,
    pub tier: Tier,
    /// By contract; none: the tier's own.
    pub quota_per_day: Option<u64>,
    pub burst_per_minute: Option<u64>,
    pub is_demo: bool,
    pub created_at: Timestamp,
}

impl PartnerRecord {
    fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.parse("id")?,
            name: row.get("name")?,
            legal_name: row.get("legal_name")?,
            description: row.get("description")?,
            status: row.parse("status")?,
            status_reason: row.get("status_reason")?,
            status_since: row.get("status_since")?,
            tier: row.parse("tier")?,
            quota_per_day: limit(row, "quota_per_day")?,
            burst_per_minute: limit(row, "burst_per_minute")?,
            is_demo: row.get("is_demo")?,
            created_at: row.get("created_at")?,
        })
    }

    /// What its members see.
    #[must_use]
    pub fn view(&self) -> PartnerView {
        PartnerView {
            id: self.id.clone(),
            name: self.name.clone(),
            legal_name: self.legal_name.clone(),
            description: self.description.clone(),
            status: self.status,
            status_reason: self.status_reason.clone(),
            tier: self.tier,
            quota_per_day: self.quota_per_day,
            burst_per_minute: self.burst_per_minute,
            is_demo: self.is_demo,
            created_at: self.created_at,
            status_since: self.status_since,
        }
    }
}

fn limit(row: &Row, column: &str) -> Result<Option<u64>, DbError> {
    Ok(row.get::<Option<i64>>(column)?.and_then(|limit| u64::try_from(limit).ok()))
}

/// What a new partner says about itself.
#[derive(Debug, Clone)]
pub struct NewPartner {
    pub name: String,
    pub legal_name: String,
    pub description: String,
    pub is_demo: bool,
}

/// What the operator agreed with a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    pub tier: Tier,
    pub quota_per_day: Option<u64>,
    pub burst_per_minute: Option<u64>,
}

/// Why a partner can't be changed this way.
#[derive(Debug, thiserror::Error)]
pub enum PartnerError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("no such partner")]
    NotFound,
    #[error(transparent)]
    WrongStatus(#[from] WrongStatus),
    /// Limits by contract come with a tier that has them.
    #[error("the {tier} tier has no limits by contract")]
    NoCustomLimits { tier: Tier, field: &'static str },
}

/// The partner with this id.
///
/// # Errors
/// When the store fails.
pub async fn find(db: &Db, id: &PartnerId) -> Result<Option<PartnerRecord>, DbError> {
    db.row(&queries::FIND, params![id]).await?.as_ref().map(PartnerRecord::read).transpose()
}

/// The partner that an address names. What is no id names no partner.
///
/// # Errors
/// [`PartnerError::NotFound`].
pub async fn find_by_text(db: &Db, text: &str) -> Result<PartnerRecord, PartnerError> {
    let id = text.parse().map_err(|_| PartnerError::NotFound)?;
    find(db, &id).await?.ok_or(PartnerError::NotFound)
}

async fn find_in(tx: &mut Tx, id: &PartnerId) -> Result<PartnerRecord, PartnerError> {
    let row = tx.row(&queries::FIND, params![id]).await?.ok_or(PartnerError::NotFound)?;
    Ok(PartnerRecord::read(&row)?)
}

/// Puts a new partner on the books: registered, on the Free tier.
///
/// # Errors
/// When the store fails.
pub async fn register(tx: &mut Tx, context: &AuditContext, new: NewPartner) -> Result<PartnerId, DbError> {
    let now = context.now;
    let id = context.random.id(now, PartnerId::new);
    let detail = format!("{} ({})", new.name, new.legal_name);
    let (status, tier) = (PartnerStatus::Registered.as_str(), Tier::Free.as_str());
    tx.execute(
        &queries::INSERT,
        params![&id, new.name, new.legal_name, new.description, status, now, tier, new.is_demo],
    )
    .await?;
    audit::record(tx, context, "partner.register", id.as_str(), detail).await?;
    Ok(id)
}

/// Takes one step from one status to the next. The reason is kept and shown to the partner.
///
/// # Errors
/// [`PartnerError::WrongStatus`] when the step does not start from where the partner stands.
pub async fn step(
    tx: &mut Tx,
    context: &AuditContext,
    id: &PartnerId,
    step: PartnerStep,
    reason: Option<String>,
) -> Result<PartnerRecord, PartnerError> {
    let before = find_in(tx, id).await?;
    let status = before.status.after(step)?;
    let (from, to) = (before.status.as_str(), status.as_str());
    let changed =
        tx.execute(&queries::SET_STATUS, params![id, from, to, reason.clone(), context.now]).await?;
    if changed == 0 {
        // Somebody else took a step between our look and our change.
        let status = find_in(tx, id).await?.status;
        return Err(WrongStatus { status, step }.into());
    }
    let detail = match &reason {
        Some(reason) => format!("{from} -> {to}: {reason}"),
        None => format!("{from} -> {to}"),
    };
    audit::record(tx, context, action(step), id.as_str(), detail).await?;
    keys::changes::record(tx, context.now, id).await?;
    Ok(PartnerRecord { status, status_reason: reason, status_since: context.now, ..before })
}

fn action(step: PartnerStep) -> &'static str {
    match step {
        PartnerStep::VerifyMail => "partner.verify_mail",
        PartnerStep::Approve => "partner.approve",
        PartnerStep::Reject => "partner.reject",
        PartnerStep::Suspend => "partner.suspend",
        PartnerStep::Reinstate => "partner.reinstate",
    }
}

/// Puts the partner on other terms.
///
/// # Errors
/// [`PartnerError::NoCustomLimits`] when the tier has no limits by contract.
pub async fn set_terms(
    tx: &mut Tx,
    context: &AuditContext,
    id: &PartnerId,
    terms: Terms,
) -> Result<PartnerRecord, PartnerError> {
    let Terms { tier, quota_per_day, burst_per_minute } = terms;
    if !tier.terms().has(Feature::CustomLimits) {
        for (field, limit) in [("quota_per_day", quota_per_day), ("burst_per_minute", burst_per_minute)] {
            if limit.is_some() {
                return Err(PartnerError::NoCustomLimits { tier, field });
            }
        }
    }
    let before = find_in(tx, id).await?;
    tx.execute(&queries::SET_TERMS, params![id, tier.as_str(), quota_per_day, burst_per_minute]).await?;
    let show = |limit: Option<u64>| limit.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
    let detail = format!(
        "tier {} -> {tier}, quota {} -> {}, burst {} -> {}",
        before.tier,
        show(before.quota_per_day),
        show(quota_per_day),
        show(before.burst_per_minute),
        show(burst_per_minute),
    );
    audit::record(tx, context, "partner.set_terms", id.as_str(), detail).await?;
    keys::changes::record(tx, context.now, id).await?;
    Ok(PartnerRecord { tier, quota_per_day, burst_per_minute, ..before })
}

/// Changes what the partner says about itself; `None` leaves a value as it is.
///
/// # Errors
/// [`PartnerError::NotFound`].
pub async fn update_profile(
    tx: &mut Tx,
    context: &AuditContext,
    id: &PartnerId,
    name: Option<String>,
    description: Option<String>,
) -> Result<PartnerRecord, PartnerError> {
    let before = find_in(tx, id).await?;
    let after = PartnerRecord {
        name: name.unwrap_or_else(|| before.name.clone()),
        description: description.unwrap_or_else(|| before.description.clone()),
        ..before.clone()
    };
    tx.execute(&queries::SET_PROFILE, params![id, &after.name, &after.description]).await?;
    let detail = format!("name {} -> {}", before.name, after.name);
    audit::record(tx, context, "partner.update", id.as_str(), detail).await?;
    Ok(after)
}

/// Which partners a list shows.
#[derive(Debug, Clone, Default)]
pub struct PartnerFilter {
    pub status: Option<PartnerStatus>,
    /// Part of a name, a legal name, or a whole id.
    pub text: Option<String>,
}

/// A page of partners: those in review first, then by name.
///
/// # Errors
/// When the store fails.
pub async fn list(
    db: &Db,
    filter: PartnerFilter,
    request: PageRequest,
) -> Result<Page<PartnerRecord>, DbError> {
    let status = filter.status.map(PartnerStatus::as_str);
    let text = filter.text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    let pattern = text.as_deref().map(contains);
    let total = db.row(&queries::COUNT, params![status, pattern.clone(), text.clone()]).await?;
    let total = total.map_or(Ok(0), |row| row.get("total"))?;
    let rows =
        db.rows(&queries::LIST, params![status, pattern, text, request.limit(), request.offset()]).await?;
    let data = rows.iter().map(PartnerRecord::read).collect::<Result<_, _>>()?;
    Ok(Page { data, meta: request.meta(total) })
}

/// A LIKE pattern that finds `text` anywhere, its own wildcards taken literally.
fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// How many partners there are.
///
/// # Errors
/// When the store fails.
pub async fn counts(db: &Db) -> Result<PartnerCounts, DbError> {
    let mut counts = PartnerCounts {
        registered: 0,
        in_review: 0,
        active: 0,
        suspended: 0,
        rejected: 0,
        enterprise: 0,
        has_demo: false,
    };
    for row in db.rows(&queries::COUNTS, &[] as &[Value]).await? {
        let (status, tier): (PartnerStatus, Tier) = (row.parse("status")?, row.parse("tier")?);
        let number: u64 = row.get("number")?;
        *match status {
            PartnerStatus::Registered => &mut counts.registered,
            PartnerStatus::InReview => &mut counts.in_review,
            PartnerStatus::Active => &mut counts.active,
            PartnerStatus::Suspended => &mut counts.suspended,
            PartnerStatus::Rejected => &mut counts.rejected,
        } += number;
        if (status, tier) == (PartnerStatus::Active, Tier::Enterprise) {
            counts.enterprise += number;
        }
        counts.has_demo |= row.get::<bool>("is_demo")?;
    }
    Ok(counts)
}
