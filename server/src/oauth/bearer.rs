//! Access tokens, as the door of the public API meets them.
//!
//! The state of a token is read from the store for every call: withdrawal, revocation and the end of
//! its family hold at once on every node. The facts of the partner come from the keys' memory, where
//! an application has one entry for all of its tokens: its calls share one burst window.

use std::{net::IpAddr, sync::Arc};

use axum::http::{HeaderMap, header};
use domain::{
    keys::Environment,
    oauth::{
        Scopes, TokenHash, TokenKind,
        dpop::{DpopFault, Thumbprint},
    },
    realm::Realm,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    Access,
    challenge::Scheme,
    dpop::{self, Shown},
    grants, queries,
};
use crate::{
    app::App,
    keys::{Credential, Found},
    partners, realms,
    store::{DbError, Row, params},
};

/// An access token as it stands in the store.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub access: Access,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub dpop_jkt: Option<Thumbprint>,
    /// Its answer is known to have arrived.
    is_marked: bool,
}

impl Held {
    /// None when the token, its family or its grant has ended, or nothing is left of what it allows.
    /// `now` is the realm's.
    pub fn read(row: &Row, now: Timestamp) -> Result<Option<Self>, DbError> {
        let scopes: Scopes = row.parse("scopes")?;
        let scopes = scopes.common(grants::granted_at(row, now)?);
        if row.get::<bool>("is_over")? || scopes.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            access: Access {
                application_id: row.parse("application_id")?,
                partner_id: row.parse("partner_id")?,
                rider_id: row.parse("rider_id")?,
                realm: row.parse("realm")?,
                scopes,
                grant_id: row.parse("grant_id")?,
                family_id: row.parse("family_id")?,
            },
            issued_at: row.get("issued_at")?,
            expires_at: row.get("expires_at")?,
            dpop_jkt: row.parse_opt("dpop_jkt")?,
            is_marked: row.get("is_marked")?,
        }))
    }

    pub fn is_good_at(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// What became of a token that was sent.
#[derive(Debug, Clone)]
pub enum TokenLookup {
    /// No token that is good.
    Refused,
    /// The client has guessed too often. Seconds until it may again.
    Throttled(u64),
    /// The proof of its key is worth nothing.
    Unproven(DpopFault),
    Known(Arc<Credential>, Arc<Access>),
}

/// Whether a request brings a token, in the scheme `Bearer` or `DPoP`.
#[must_use]
pub fn is_sent(headers: &HeaderMap) -> bool {
    headers.get_all(header::AUTHORIZATION).iter().any(|value| Scheme::of_value(value).is_some())
}

/// The token of a request.
struct Sent<'h> {
    text: &'h str,
    hash: TokenHash,
    /// In the scheme `DPoP`.
    with_proof: bool,
}

/// None when what was sent can't be a token.
fn sent(headers: &HeaderMap) -> Option<Sent<'_>> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, text) = value.to_str().ok()?.split_once(' ')?;
    let (text, with_proof) = (text.trim(), scheme.eq_ignore_ascii_case("dpop"));
    Some(Sent { text, hash: TokenHash::read(TokenKind::Access, text).ok()?, with_proof })
}

/// What of a call a token is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Call<'r> {
    pub method: &'r str,
    pub path: &'r str,
    pub headers: &'r HeaderMap,
    pub ip: IpAddr,
    /// By the product's clock.
    pub now: Timestamp,
}

/// From what a caller sends to what it may see.
///
/// # Errors
/// When a store fails.
pub async fn look_up(app: &App, call: Call<'_>) -> Result<TokenLookup, DbError> {
    let Call { headers, ip, now, .. } = call;
    let Some(sent) = sent(headers) else { return Ok(TokenLookup::Refused) };
    let hash = sent.hash;
    // Before anybody is told to wait: who has a good token guesses nothing, whoever shares the address.
    let Some(row) = find(app, &hash).await? else {
        return Ok(match app.oauth.unknown_tokens.count(ip, now.as_second()) {
            Ok(()) => TokenLookup::Refused,
            Err(wait_s) => TokenLookup::Throttled(wait_s),
        });
    };
    // A caller's arrival is by the product's clock; the life of token and consent by their realm's.
    let there = realms::now(app, &row.parse("realm")?);
    let Some(held) = Held::read(&row, there)? else { return Ok(TokenLookup::Refused) };
    if !held.is_good_at(there) {
        return Ok(TokenLookup::Refused);
    }
    let Some(credential) = credential(app, &held.access, now).await? else {
        return Ok(TokenLookup::Refused);
    };
    if let Some(refused) = check_key(app, call, &sent, &held).await? {
        return Ok(refused);
    }
    if !held.is_marked {
        mark(app, &held.access, hash).await?;
    }
    Ok(TokenLookup::Known(credential, Arc::new(held.access)))
}

/// A token that is bound to a key comes with a proof of it, and no other does.
async fn check_key(
    app: &App,
    call: Call<'_>,
    sent: &Sent<'_>,
    held: &Held,
) -> Result<Option<TokenLookup>, DbError> {
    let bound = held.dpop_jkt.as_ref();
    if !sent.with_proof {
        return Ok(bound.map(|_| TokenLookup::Refused));
    }
    let shown = Shown { method: call.method, path: call.path, access_token: Some(sent.text) };
    let proven = match dpop::prove(app, call.headers, shown, call.now) {
        Ok(Some(proven)) => proven,
        Ok(None) => return Ok(Some(TokenLookup::Unproven(DpopFault::Missing))),
        Err(fault) => return Ok(Some(TokenLookup::Unproven(fault))),
    };
    if Some(&proven.thumbprint) != bound {
        return Ok(Some(TokenLookup::Refused));
    }
    let is_new = realms::store(app, &held.access.realm)
        .write::<_, DbError, _>(move |tx| Box::pin(async move { dpop::spend(tx, &proven).await }))
        .await?;
    Ok((!is_new).then_some(TokenLookup::Unproven(DpopFault::Replayed)))
}

/// In the live store, then in the sandbox.
async fn find(app: &App, hash: &TokenHash) -> Result<Option<Row>, DbError> {
    for environment in Environment::ALL {
        let row = app.store(environment).row(&queries::ACCESS_TOKEN, params![&hash.0]).await?;
        if row.is_some() {
            return Ok(row);
        }
    }
    Ok(None)
}

/// What the application's calls are counted by.
async fn credential(app: &App, access: &Access, now: Timestamp) -> Result<Option<Arc<Credential>>, DbError> {
    let hash = place(access);
    if let Found::Known(credential) = app.keys.find(&hash, now.as_microsecond()) {
        return Ok(Some(credential));
    }
    let asked = app.keys.generation();
    let Some(partner) = partners::find(&app.live, &access.partner_id).await? else { return Ok(None) };
    let environment = match access.realm {
        Realm::Live => Environment::Live,
        Realm::Sandbox(_) => Environment::Test,
    };
    let (trail, quota) = (app.keys.trail(&hash), app.keys.quota(environment, &partner.id));
    let application = access.application_id.clone();
    let credential = Credential::of_application(environment, application, &partner, trail, quota);
    Ok(Some(app.keys.keep(asked, &hash, credential, now.as_second())))
}

/// Where the keys' memory has an application: no key's secret can hash to the same.
fn place(access: &Access) -> [u8; 32] {
    Sha256::digest(format!("application {}", access.application_id)).into()
}

/// The answer with this token has arrived: it is not given again.
async fn mark(app: &App, access: &Access, hash: TokenHash) -> Result<(), DbError> {
    realms::store(app, &access.realm)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.execute(&queries::MARK_USED, params![&hash.0]).await.map(drop) })
        })
        .await
}
