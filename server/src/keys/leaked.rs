//! Leaked keys: whoever holds a secret may end it.

use std::net::IpAddr;

use domain::keys::{KeySecret, LeakedKeyView};

use super::{KeyRecord, queries};
use crate::{
    app::App,
    audit::{self, AuditContext},
    identity,
    mail::{self, letters},
    partners,
    store::{DbError, params},
};

/// Why a report leads to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// It does not have the form of a key.
    #[error("not a key")]
    NotAKey,
    /// No such key, or one that was deleted long ago.
    #[error("no such key")]
    Unknown,
    #[error("too many reports from this address")]
    TooMany { wait_s: u64 },
}

/// Revokes the key that `secret` opens, and tells its partner's owners. Reporting it twice changes
/// nothing more.
///
/// # Errors
/// See [`ReportError`].
pub async fn report_leaked(
    app: &App,
    context: AuditContext,
    ip: IpAddr,
    secret: &KeySecret,
) -> Result<LeakedKeyView, ReportError> {
    let now = context.now;
    app.keys.reports.count(ip, now.as_second()).map_err(|wait_s| ReportError::TooMany { wait_s })?;
    let text = secret.text().map_err(|_| ReportError::NotAKey)?;
    let (environment, hash) = (text.environment(), text.sha256());
    let key = find(app, environment, &hash).await?.ok_or(ReportError::Unknown)?;
    let newly = super::revoke(app, environment, &key, now).await?;
    // Somebody may have revoked it meanwhile: what stands in the store is what counts.
    let key = find(app, environment, &hash).await?.ok_or(ReportError::Unknown)?;
    let view = LeakedKeyView {
        prefix: key.prefix.clone(),
        last4: key.last4.clone(),
        environment,
        revoked_at: key.revoked_at.unwrap_or(now),
    };
    if newly {
        tell(app, context, key, &view).await?;
    }
    Ok(view)
}

async fn find(
    app: &App,
    environment: domain::keys::Environment,
    hash: &super::SecretHash,
) -> Result<Option<KeyRecord>, DbError> {
    let row = app.store(environment).row(&queries::FIND_BY_HASH, params![hash]).await?;
    row.as_ref().map(KeyRecord::read).transpose()
}

async fn tell(app: &App, context: AuditContext, key: KeyRecord, view: &LeakedKeyView) -> Result<(), DbError> {
    let Some(partner) = partners::find(&app.live, &key.partner_id).await? else { return Ok(()) };
    let shown = format!("{}…{}", view.prefix, view.last4);
    app.live
        .write::<_, DbError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let detail = format!("{shown} ({})", key.name);
                    audit::record(tx, &context, "key.report_leaked", key.id.as_str(), detail).await?;
                    for owner in identity::owners_of(tx, &partner.id).await? {
                        let letter = letters::key_leaked(
                            &owner,
                            &partner.name,
                            &key.name,
                            &shown,
                            &app.config.portal_url,
                        );
                        mail::queue(tx, &app, &letter).await?;
                    }
                    Ok(())
                })
            }
        })
        .await?;
    app.outbox.ring();
    Ok(())
}
