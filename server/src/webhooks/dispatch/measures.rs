//! Warning the owners of an endpoint that fails, and disabling it in the end.

use std::error::Error;

use domain::{
    ids::PartnerId,
    webhooks::{
        DisabledReason,
        health::{FAILING_MAX, Failing, Measure},
        schedule::Next,
    },
};
use jiff::Timestamp;

use super::{super::record::EndpointRecord, later, queries, report::Outcome};
use crate::{
    app::{App, Environment},
    audit::{self, Actor, AuditContext},
    identity,
    mail::{self, letters},
    partners,
    store::{DbError, Tx, params},
};

/// What an attempt has made due.
#[derive(Debug)]
pub struct Planned {
    endpoint: EndpointRecord,
    act: Act,
    /// By the realm's clock.
    at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Warn(Failing),
    Disable(DisabledReason),
}

/// Something owners are to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct News {
    partner_id: PartnerId,
    endpoint: String,
    url: String,
    act: Act,
}

/// What was done, and whom it is to be told still.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Mails wait in the outbox.
    has_mail: bool,
    /// Of the sandbox: partners are in the other store.
    news: Vec<News>,
}

impl Planned {
    pub fn of(outcome: &Outcome, endpoint: EndpointRecord) -> Self {
        let act = match (outcome.measure, outcome.next) {
            (Measure::Warn(failing), _) => Act::Warn(failing),
            (_, Next::Gone) => Act::Disable(DisabledReason::Gone),
            _ => Act::Disable(DisabledReason::Failing),
        };
        Self { endpoint, act, at: outcome.ended_at }
    }
}

/// Takes the measures, each once whoever else plans it too. On live their owners' mails are queued in
/// the same transaction.
pub async fn take(
    app: &App,
    environment: Environment,
    tx: &mut Tx,
    planned: &[Planned],
) -> Result<Taken, DbError> {
    let mut taken = Taken::default();
    for Planned { endpoint, act, at } in planned {
        let rows = match act {
            Act::Warn(failing) => {
                tx.execute(&queries::WARN, params![&endpoint.id, i64::from(failing.warnings)]).await?
            }
            Act::Disable(reason) => {
                tx.execute(&queries::DISABLE, params![&endpoint.id, reason.as_str(), *at]).await?
            }
        };
        if rows == 0 {
            continue;
        }
        let news = News {
            partner_id: endpoint.partner_id.clone(),
            endpoint: endpoint.id.to_string(),
            url: endpoint.url.clone(),
            act: *act,
        };
        match environment {
            Environment::Live => {
                queue(app, tx, &news).await?;
                taken.has_mail = true;
            }
            Environment::Test => taken.news.push(news),
        }
    }
    Ok(taken)
}

/// Tells what the transaction itself could not, and has the mails sent.
pub async fn tell(app: &App, taken: Taken) {
    let Taken { mut has_mail, news } = taken;
    for news in news {
        let told = app
            .live
            .write::<_, DbError, _>({
                let app = app.clone();
                move |tx| Box::pin(async move { queue(&app, tx, &news).await })
            })
            .await;
        match told {
            Ok(()) => has_mail = true,
            Err(error) => tracing::error!(error = &error as &dyn Error, "an endpoint's owners were not told"),
        }
    }
    if has_mail {
        app.outbox.ring();
    }
}

/// Queues the mails, and writes what the server did into the audit log. In the live store.
async fn queue(app: &App, tx: &mut Tx, news: &News) -> Result<(), DbError> {
    if let Act::Disable(reason) = news.act {
        let context = AuditContext::local(app, Actor::System);
        audit::record(tx, &context, "webhook.disable", &news.endpoint, reason.as_str()).await?;
    }
    let Some(partner) = partners::find(&app.live, &news.partner_id).await? else { return Ok(()) };
    for owner in identity::owners_of(tx, &partner.id).await? {
        let portal = &app.config.portal_url;
        let letter = match news.act {
            Act::Warn(failing) => {
                let until = later(failing.since, FAILING_MAX);
                letters::webhook_failing(&owner, &partner.name, &news.url, failing.since, until, portal)
            }
            Act::Disable(reason) => {
                letters::webhook_disabled(&owner, &partner.name, &news.url, reason, portal)
            }
        };
        mail::queue(tx, app, &letter).await?;
    }
    Ok(())
}
