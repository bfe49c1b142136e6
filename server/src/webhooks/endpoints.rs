//! Endpoints: whom an event is told.

use domain::{
    events::EventKind,
    ids::{ApplicationId, PartnerId, WebhookId},
    limits::tier_in,
    partners::PartnerStatus,
    realm::Realm,
};
use jiff::Timestamp;

use super::{queries, record::EndpointRecord};
use crate::{
    app::{App, Environment},
    partners,
    store::{DbError, Tx, params},
};

/// An endpoint that is told of events now.
#[derive(Debug, Clone)]
pub struct Subscriber {
    pub id: WebhookId,
    pub partner_id: PartnerId,
    /// Events about riders by the consent given to this application alone.
    pub application_id: Option<ApplicationId>,
    /// What it is told of: subscribed to, and covered by the partner's tier.
    pub events: Vec<EventKind>,
    /// What was recorded before is not told.
    pub created_at: Timestamp,
}

/// All endpoints of a realm that deliveries are made for: active or paused ones (theirs wait) of
/// partners that are in good standing. One statement for live; for a test network one more, in the
/// live store, where partners are.
///
/// # Errors
/// When a store fails.
pub async fn subscribers(app: &App, tx: &mut Tx, realm: &Realm) -> Result<Vec<Subscriber>, DbError> {
    let rows = match realm {
        Realm::Live => tx.rows(&queries::LIVE_SUBSCRIBERS, &[]).await?,
        Realm::Sandbox(_) => tx.rows(&queries::SUBSCRIBERS, params![realm.as_str()]).await?,
    };
    let mut subscribers = Vec::with_capacity(rows.len());
    for row in &rows {
        let endpoint = EndpointRecord::read(row)?;
        let (status, tier, environment) = match realm {
            Realm::Live => (row.parse("partner_status")?, row.parse("tier")?, Environment::Live),
            Realm::Sandbox(partner) => {
                let Some(partner) = partners::find(&app.live, partner).await? else { continue };
                (partner.status, partner.tier, Environment::Test)
            }
        };
        if !may_be_told(status, environment) {
            continue;
        }
        let covered = tier_in(environment, tier).terms().events;
        let events: Vec<_> = endpoint.events.into_iter().filter(|event| covered.contains(event)).collect();
        if !events.is_empty() {
            subscribers.push(Subscriber {
                id: endpoint.id,
                partner_id: endpoint.partner_id,
                application_id: endpoint.application_id,
                events,
                created_at: endpoint.created_at,
            });
        }
    }
    Ok(subscribers)
}

/// Whether a partner in this standing is told of anything.
#[must_use]
pub fn may_be_told(status: PartnerStatus, environment: Environment) -> bool {
    match status {
        PartnerStatus::Active => true,
        PartnerStatus::InReview => environment == Environment::Test,
        PartnerStatus::Registered | PartnerStatus::Rejected | PartnerStatus::Suspended => false,
    }
}

/// One endpoint, whatever its state.
///
/// # Errors
/// When the store fails.
pub async fn find_in(tx: &mut Tx, id: &WebhookId) -> Result<Option<EndpointRecord>, DbError> {
    tx.row(&queries::FIND_ANY, params![id]).await?.as_ref().map(EndpointRecord::read).transpose()
}
