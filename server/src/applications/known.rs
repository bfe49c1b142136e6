//! What OAuth has to know of an application that a request names.

use std::sync::Arc;

use domain::{
    applications::ApplicationStatus,
    ids::{ApplicationId, PartnerId},
    limits::tier_in,
    oauth::{
        ClientType, TokenHash,
        authorize::{Client, Vouched},
    },
    partners::PartnerStatus,
    realm::Realm,
    tiers::{Feature, Tier},
};

use super::{find, secrets};
use crate::{
    app::App,
    partners::{self, PartnerRecord},
    store::DbError,
};

/// An application, with what its partner's standing makes of it.
#[derive(Debug, Clone)]
pub struct KnownClient {
    /// `may_ask`: approved, and its partner active and on a tier with OAuth.
    pub client: Client,
    pub realm: Realm,
    pub partner_id: PartnerId,
    pub partner_name: String,
    pub partner_status: PartnerStatus,
    /// In the application's environment.
    pub tier: Tier,
    pub status: ApplicationStatus,
    pub name: String,
    pub description: String,
    /// Path of its picture on this server.
    pub logo: Option<String>,
    pub homepage: Option<String>,
    /// Hashes of the client secrets that work now; none for a public one.
    pub secrets: Vec<TokenHash>,
    /// Test riders agree without a page. Never in the live environment.
    pub auto_consent: bool,
}

impl KnownClient {
    /// Whether its tokens may be good at all: it was not disabled, and its partner may act.
    #[must_use]
    pub fn may_act(&self) -> bool {
        self.status == ApplicationStatus::Approved && partner_may_act(self.partner_status, &self.realm)
    }
}

fn partner_may_act(status: PartnerStatus, realm: &Realm) -> bool {
    match status {
        PartnerStatus::Active => true,
        PartnerStatus::InReview => *realm != Realm::Live,
        PartnerStatus::Registered | PartnerStatus::Rejected | PartnerStatus::Suspended => false,
    }
}

/// The application with this client id, live or sandbox. Nothing is checked but that there is one.
///
/// # Errors
/// When a store fails.
pub async fn known(app: &App, client_id: &str) -> Result<Option<Arc<KnownClient>>, DbError> {
    let Ok(id) = client_id.parse::<ApplicationId>() else { return Ok(None) };
    let Some(record) = find(app, &id).await?.filter(|record| record.deleted_at.is_none()) else {
        return Ok(None);
    };
    let Some(partner) = partners::find(&app.live, &record.partner_id).await? else { return Ok(None) };
    let secrets = match record.client_type {
        ClientType::Public => Vec::new(),
        ClientType::Confidential => secrets::valid(app, &record).await?,
    };
    Ok(Some(Arc::new(of(record, partner, secrets.into_iter().map(|secret| secret.hash).collect()))))
}

/// Applications for tests are approved unseen; of live ones only what was approved stands.
fn vouched(realm: &Realm, status: ApplicationStatus) -> Vouched {
    match (status, realm) {
        (ApplicationStatus::Approved, Realm::Live) => Vouched::Reviewed,
        (ApplicationStatus::Approved, Realm::Sandbox(_)) => Vouched::Nobody,
        (ApplicationStatus::InReview | ApplicationStatus::Rejected | ApplicationStatus::Disabled, _) => {
            Vouched::Refused
        }
    }
}

fn of(record: super::ApplicationRecord, partner: PartnerRecord, secrets: Vec<TokenHash>) -> KnownClient {
    let tier = tier_in(record.environment(), partner.tier);
    let may_ask = record.status == ApplicationStatus::Approved
        && partner_may_act(partner.status, &record.realm)
        && tier.terms().has(Feature::Scoped);
    let logo = record.logo();
    let registration = record.registered.registration;
    KnownClient {
        client: Client {
            id: record.id,
            client_type: record.client_type,
            redirect_uris: registration.registered_uris(),
            scopes: registration.scopes.scopes(),
            may_ask,
            vouched: vouched(&record.realm, record.status),
        },
        auto_consent: record.auto_consent && record.realm != Realm::Live,
        realm: record.realm,
        partner_id: partner.id,
        partner_name: partner.name,
        partner_status: partner.status,
        tier,
        status: record.status,
        name: registration.name.to_string(),
        description: registration.description.to_string(),
        logo,
        homepage: registration.homepage.map(|homepage| homepage.to_string()),
        secrets,
    }
}
