//! Authorization requests that the client sends ahead (RFC 9126), so that the browser carries nothing
//! but a name for them.

use data_encoding::BASE64URL_NOPAD;
use domain::oauth::{
    authorize::{PageError, Received},
    dpop::DpopFault,
    token::{PushedRequest, Refusal},
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{
    answers::Failure,
    dpop::{self, Proven},
    queries,
};
use crate::{
    app::App,
    applications::{self, KnownClient},
    realms,
    store::{DbError, params},
};

/// The rider's browser has to bring it within so many seconds.
pub(super) const LIFETIME_S: i64 = 90;
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
const DPOP_JKT: &str = "dpop_jkt";

/// Keeps a request of `client`, who has proven who it is; answers the name to give to the browser.
/// `proof`: that it has a key.
pub(super) async fn keep(
    app: &App,
    client: &KnownClient,
    request: PushedRequest,
    proof: Option<Proven>,
) -> Result<String, Failure> {
    let mut pairs = request.pairs;
    let key = proof.as_ref().map(|proof| proof.thumbprint.as_str());
    match (pairs.iter().find(|(name, _)| name == DPOP_JKT), key) {
        (Some((_, jkt)), Some(key)) if jkt != key => return Err(Refusal::KeyDiffers.into()),
        (None, Some(key)) => pairs.push((DPOP_JKT.to_owned(), key.to_owned())),
        _ => {}
    }
    // Judged again when it is used; the client should hear now what it would hear then.
    let trusted = Received::read(pairs.clone()).and_then(|received| received.trust(Some(&client.client)));
    trusted.map_err(refusal)?.check().map_err(|(_, refused)| Refusal::Authorize(refused))?;
    let request_uri = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&app.random.bytes::<32>()));
    let hash: [u8; 32] = Sha256::digest(&request_uri).into();
    let pairs = serde_json::to_string(&pairs).map_err(crate::http::problem::ApiError::internal)?;
    let (realm, id, now) = (client.realm.clone(), client.client.id.clone(), realms::now(app, &client.realm));
    let is_new = realms::store(app, &client.realm)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                if let Some(proof) = &proof
                    && !dpop::spend(tx, proof).await?
                {
                    return Ok(false);
                }
                tx.execute(&queries::INSERT_PUSHED, params![&hash, &realm, &id, pairs, now]).await?;
                Ok(true)
            })
        })
        .await?;
    if is_new { Ok(request_uri) } else { Err(Refusal::Dpop(DpopFault::Replayed).into()) }
}

fn refusal(error: PageError) -> Refusal {
    match error {
        PageError::RedirectDoubled | PageError::ClientDoubled => Refusal::Doubled,
        PageError::RedirectMissing | PageError::RedirectUnknown => Refusal::RedirectUnknown,
        PageError::ClientMissing | PageError::ClientUnknown => Refusal::ClientUnknown,
        PageError::ClientNotAllowed => Refusal::NotAllowed,
    }
}

/// The parameters of a pushed request, for the authorization endpoint: once, within 90 s, for the
/// application that pushed it. They are to be judged like any others.
///
/// # Errors
/// When a store fails.
pub async fn pushed(
    app: &App,
    client_id: &str,
    request_uri: &str,
) -> Result<Option<Vec<(String, String)>>, DbError> {
    if !request_uri.starts_with(PREFIX) {
        return Ok(None);
    }
    let Some(client) = applications::known(app, client_id).await? else { return Ok(None) };
    let hash: [u8; 32] = Sha256::digest(request_uri).into();
    let (id, now) = (client.client.id.clone(), realms::now(app, &client.realm));
    let after = now.checked_sub(SignedDuration::from_secs(LIFETIME_S)).unwrap_or(Timestamp::MIN);
    let row = realms::store(app, &client.realm)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.row(&queries::TAKE_PUSHED, params![&hash, &id, after, now]).await })
        })
        .await?;
    let Some(row) = row else { return Ok(None) };
    let pairs = serde_json::from_str(&row.get::<String>("pairs")?);
    pairs.map(Some).map_err(|_| DbError::Corrupt { column: "pairs".to_owned() })
}
