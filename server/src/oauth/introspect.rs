//! An application asks about a token of its own (RFC 7662).

use domain::{
    ids::{ApplicationId, RiderId},
    oauth::{ClientType, PairwiseId, Scopes, TokenHash, TokenKind, dpop::Thumbprint, token::Refusal},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{exchange::TokenError, families::FamilyRecord, grants, issuer, queries, usr_id};
use crate::{
    app::App,
    applications::KnownClient,
    realms,
    store::{DbError, Row, params},
};

/// The answer. Of a token that is not good, or not the asker's, nothing but that is said.
#[derive(Debug, Serialize)]
pub struct Told {
    active: bool,
    #[serde(flatten)]
    facts: Option<Facts>,
}

#[derive(Debug, Serialize)]
struct Facts {
    scope: Scopes,
    client_id: ApplicationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    /// As this application knows the rider.
    sub: PairwiseId,
    iss: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
}

#[derive(Debug, Serialize)]
struct Confirmation {
    jkt: Thumbprint,
}

const NOT_ACTIVE: Told = Told { active: false, facts: None };

/// Tells what a token is good for now.
///
/// # Errors
/// [`Refusal::IntrospectionPublic`].
pub async fn introspect(
    app: &App,
    client: &KnownClient,
    token: Option<(TokenKind, TokenHash)>,
) -> Result<Told, TokenError> {
    if client.client.client_type == ClientType::Public {
        return Err(Refusal::IntrospectionPublic.into());
    }
    // Of a suspended partner, of a disabled application: none of its tokens is good.
    let Some((kind, hash)) = token.filter(|_| client.may_act()) else { return Ok(NOT_ACTIVE) };
    let statement = match kind {
        TokenKind::Access => &queries::ACCESS_TOKEN,
        TokenKind::Refresh => &queries::REFRESH_TOKEN,
        TokenKind::Code | TokenKind::ClientSecret => return Ok(NOT_ACTIVE),
    };
    let row = realms::store(app, &client.realm).row(statement, params![&hash.0]).await?;
    let Some(row) = row else { return Ok(NOT_ACTIVE) };
    let now = realms::now(app, &client.realm);
    let facts = match kind {
        TokenKind::Access => of_access(app, client, &row, now)?,
        TokenKind::Refresh | TokenKind::Code | TokenKind::ClientSecret => {
            of_refresh(app, client, &row, hash, now)?
        }
    };
    Ok(facts.map_or(NOT_ACTIVE, |facts| Told { active: true, facts: Some(facts) }))
}

fn of_access(app: &App, client: &KnownClient, row: &Row, now: Timestamp) -> Result<Option<Facts>, DbError> {
    let Some(held) = super::bearer::Held::read(row, now)?.filter(|held| held.is_good_at(now)) else {
        return Ok(None);
    };
    if held.access.application_id != client.client.id {
        return Ok(None);
    }
    let rider = &held.access.rider_id;
    Ok(Some(Facts {
        token_type: Some(if held.dpop_jkt.is_some() { "DPoP" } else { "Bearer" }),
        iat: Some(held.issued_at.as_second()),
        cnf: held.dpop_jkt.clone().map(|jkt| Confirmation { jkt }),
        ..facts(app, client, rider, held.access.scopes, held.expires_at)
    }))
}

fn of_refresh(
    app: &App,
    client: &KnownClient,
    row: &Row,
    hash: TokenHash,
    now: Timestamp,
) -> Result<Option<Facts>, DbError> {
    let record = FamilyRecord::read(row)?;
    let scopes = record.scopes.common(grants::granted_at(row, now)?);
    let is_good = record.current() == Some(hash)
        && now < record.family.expires_at
        && row.get::<Option<Timestamp>>("withdrawn_at")?.is_none()
        && record.application_id == client.client.id
        && !scopes.is_empty();
    Ok(is_good.then(|| facts(app, client, &record.rider_id, scopes, record.family.expires_at)))
}

fn facts(app: &App, client: &KnownClient, rider: &RiderId, scope: Scopes, ends_at: Timestamp) -> Facts {
    let client_id = client.client.id.clone();
    Facts {
        scope,
        token_type: None,
        exp: ends_at.as_second(),
        iat: None,
        sub: usr_id(app, &client_id, rider),
        client_id,
        iss: issuer(app).to_owned(),
        cnf: None,
    }
}
