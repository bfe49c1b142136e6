//! The signature doctor: why a delivery that a partner received does not verify.
//!
//! What is pasted is looked at and forgotten: it is neither stored nor logged, and a secret of an
//! endpoint is used here and never told. Only yes and no come out, so nobody can have anything signed.
//! Trying all secrets on all that a body may have been is work for a whole core, so it is done off the
//! runtime's threads, one at a time.

use std::sync::Arc;

use axum::{Extension, extract::State};
use data_encoding::BASE64;
use domain::{
    ids::{DeliveryId, EventId, PartnerId, WebhookId},
    keys::Environment,
    problem::Code,
    webhooks::{
        SecretSet, SigningSecret,
        doctor::{Consult, Consultation, OtherSecret, Specimen, examine, message_id},
    },
};
use tokio::sync::Semaphore;

use super::{
    super::{EndpointRecord, opened},
    queries,
};
use crate::{
    app::App,
    http::{
        json::Json,
        language::Language,
        problem::{ApiError, ApiResult},
    },
    identity::Member,
    realms,
    store::{DbError, params},
};

/// Endpoints of a partner whose secrets are tried, in each environment.
const TRIED_MAX: u32 = 100;
/// Who asks beyond that is asked to come back.
const WAITING_MAX: usize = 16;

/// One at a time, and how many wait for their turn.
#[derive(Clone)]
pub(super) struct Turns {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { running: Arc::new(Semaphore::new(1)), waiting: Arc::new(Semaphore::new(WAITING_MAX)) }
    }
}

impl Turns {
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
        let busy = || ApiError::new(Code::Unavailable).retry_after_s(2);
        let _place = self.waiting.try_acquire().map_err(|_| busy())?;
        let turn = self.running.clone().acquire_owned().await.map_err(|_| busy())?;
        // The turn goes along: a caller who hangs up does not make room before the work is done.
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(ApiError::internal)
    }
}

pub(super) async fn consult_doctor(
    State(app): State<App>,
    Extension(turns): Extension<Turns>,
    member: Member,
    Language(lang): Language,
    Json(consult): Json<Consult>,
) -> ApiResult<Json<Consultation>> {
    let body = body_of(&consult)?;
    let endpoint = consult.endpoint_id.as_deref().filter(|id| !id.is_empty());
    let endpoint: Option<WebhookId> =
        endpoint.map(|id| id.parse().map_err(|_| ApiError::new(Code::NotFound))).transpose()?;
    let mut known = secrets_of(&app, &member.partner_id).await?;
    let chosen = match &endpoint {
        None => None,
        Some(id) => {
            let place = known.iter().position(|(known, _)| known == id);
            Some(known.swap_remove(place.ok_or_else(|| ApiError::new(Code::NotFound))?).1)
        }
    };
    let chosen = match (consult.secret, chosen) {
        // A secret that was pasted is what the receiver has: the endpoint's own is one of the others.
        (Some(pasted), own) => {
            known.extend(own.zip(endpoint.clone()).map(|(own, id)| (id, own)));
            SecretSet::new(pasted)
        }
        (None, Some(own)) => own,
        (None, None) => {
            return Err(ApiError::invalid(
                "endpoint_id",
                "required",
                "Pilih endpoint, atau tempel secret-nya",
                "Choose an endpoint, or paste its secret",
            ));
        }
    };
    let secrets: Vec<SigningSecret> = chosen.all().cloned().collect();
    let others: Vec<OtherSecret> = known.into_iter().flat_map(|(_, set)| others_of(&set)).collect();
    let sent = sent(&app, &member.partner_id, endpoint.as_ref(), &consult.headers).await?;
    let (delivery_id, original) = sent.map(|sent| (sent.delivery_id, sent.unsigned)).unzip();
    let now = app.clock.now();
    let diagnosis = turns
        .run(move || {
            examine(&Specimen {
                headers: &consult.headers,
                body: &body,
                secrets: &secrets,
                others: &others,
                original: original.as_deref().map(str::as_bytes),
                now,
            })
        })
        .await?;
    Ok(Json(Consultation::of(&diagnosis, delivery_id, now, lang)))
}

fn others_of(set: &SecretSet) -> Vec<OtherSecret> {
    let present = OtherSecret { secret: set.current().clone(), valid_until: None };
    let old = set
        .old()
        .iter()
        .map(|old| OtherSecret { secret: old.secret.clone(), valid_until: Some(old.valid_until) });
    [present].into_iter().chain(old).collect()
}

fn body_of(consult: &Consult) -> ApiResult<Vec<u8>> {
    let Some(base64) = consult.body_base64.as_deref().filter(|text| !text.trim().is_empty()) else {
        return Ok(consult.body.clone().into_bytes());
    };
    let dense: String = base64.split_ascii_whitespace().collect();
    BASE64.decode(dense.as_bytes()).map_err(|_| {
        ApiError::invalid("body_base64", "malformed", "Bukan base64 standar", "Not standard base64")
    })
}

/// The secrets of all a partner's endpoints that are valid now.
async fn secrets_of(app: &App, partner: &PartnerId) -> ApiResult<Vec<(WebhookId, SecretSet)>> {
    let mut secrets = Vec::new();
    for environment in Environment::ALL {
        let rows =
            app.store(environment).rows(&queries::ENDPOINTS_OF_PARTNER, params![partner, TRIED_MAX]).await?;
        for row in &rows {
            let endpoint = EndpointRecord::read(row)?;
            let now = realms::now(app, &endpoint.realm);
            let set = opened(&app.vault, &endpoint.id, &endpoint.sealed, now).map_err(ApiError::internal)?;
            secrets.push((endpoint.id, set));
        }
    }
    Ok(secrets)
}

struct Sent {
    delivery_id: DeliveryId,
    /// The body without its own signature.
    unsigned: String,
}

/// What was sent under the id that the headers name, if that was to this partner.
async fn sent(
    app: &App,
    partner: &PartnerId,
    endpoint: Option<&WebhookId>,
    headers: &str,
) -> Result<Option<Sent>, DbError> {
    let Some(event_id) = message_id(headers).and_then(|id| id.parse::<EventId>().ok()) else {
        return Ok(None);
    };
    let endpoint = endpoint.map_or("", WebhookId::as_str);
    for environment in Environment::ALL {
        let params = params![&event_id, partner, endpoint];
        if let Some(row) = app.store(environment).row(&queries::SENT_BODY, params).await? {
            return Ok(Some(Sent { delivery_id: row.parse("id")?, unsigned: row.get("body")? }));
        }
    }
    Ok(None)
}
