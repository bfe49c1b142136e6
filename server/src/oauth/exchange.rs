//! Tokens for a code, and tokens for a refresh token: each one transaction.

use domain::{
    ids::FamilyId,
    oauth::{
        ClientType, Decision, Ending, Family, RefreshRefusal, ScopeError, Scopes, TokenHash,
        authorize::{Consented, ReplyTo},
        code::{IssuedCode, Redemption},
        dpop::{DpopFault, Thumbprint},
        pkce::{CodeChallenge, CodeVerifier},
        token::Refusal,
    },
};
use jiff::Timestamp;

use super::{
    dpop::{self, Proven},
    families::{self, FamilyRecord, Issued, Pair},
    grants, queries,
};
use crate::{
    app::App,
    applications::KnownClient,
    random::Random,
    realms,
    store::{DbError, LockEach, Row, Tx, params},
};

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("{0}")]
    Refused(Refusal),
}

impl From<Refusal> for TokenError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What a client presents with a code.
#[derive(Debug, Clone)]
pub struct Presented {
    pub code: TokenHash,
    pub redirect_uri: String,
    pub verifier: CodeVerifier,
    /// That it has a key (RFC 9449).
    pub proof: Option<Proven>,
}

/// Exchanges a code. `client` has proven who it is.
///
/// # Errors
/// [`TokenError::Refused`].
pub async fn exchange_code(
    app: &App,
    client: &KnownClient,
    presented: Presented,
) -> Result<Issued, TokenError> {
    let now = realms::now(app, &client.realm);
    let (pair, random) = (Pair::generate(&app.random), app.random.clone());
    let client_of = client.clone();
    // A refusal may end tokens, and that must be kept: it is no failure of the transaction.
    let issued = realms::store(app, &client.realm)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { exchange(tx, &client_of, presented, pair, &random, now).await })
        })
        .await?;
    Ok(issued?)
}

async fn exchange(
    tx: &mut Tx,
    client: &KnownClient,
    presented: Presented,
    pair: Pair,
    random: &Random,
    now: Timestamp,
) -> Result<Result<Issued, Refusal>, DbError> {
    let Presented { code: hash, redirect_uri, verifier, proof } = presented;
    let key = proof.as_ref().map(|proof| proof.thumbprint.clone());
    let name = data_encoding::HEXLOWER.encode(&hash.0);
    tx.lock_each(LockEach::Codes, std::iter::once(name.as_str())).await?;
    let Some(row) = tx.row(&queries::CODE, params![&hash.0]).await? else {
        return Ok(Err(Refusal::CodeUnknown));
    };
    let code = read_code(&row)?;
    match code.redeem(&client.client.id, &redirect_uri, &verifier, now) {
        Redemption::Refuse(refusal) => return Ok(Err(refusal)),
        Redemption::RefuseAndEndTokens => {
            if let Some(family) = row.parse_opt::<FamilyId>("family_id")? {
                families::end(tx, &family, Ending::Replayed, now).await?;
            }
            return Ok(Err(Refusal::CodeUsed));
        }
        Redemption::Exchange => {}
    }
    if code.consented.dpop_jkt.is_some() && code.consented.dpop_jkt != key {
        return Ok(Err(Refusal::KeyDiffers));
    }
    let grant = grants::find(tx, &row.parse("grant_id")?, now).await?;
    let Some(grant) = grant.filter(|grant| grant.withdrawn_at.is_none()) else {
        return Ok(Err(Refusal::CodeUnknown));
    };
    let scopes = code.consented.scopes.common(grant.scopes);
    if scopes.is_empty() {
        return Ok(Err(Refusal::CodeUnknown));
    }
    if !spend(tx, proof.as_ref()).await? {
        return Ok(Err(DpopFault::Replayed.into()));
    }
    let id = random.id(now, FamilyId::new);
    if tx.execute(&queries::USE_CODE, params![&hash.0, now, &id]).await? == 0 {
        return Ok(Err(Refusal::CodeUsed));
    }
    let first = pair.refresh.hash();
    let family = Family::begin(first, now);
    // A confidential client proves itself at every refresh; only a public one's are bound to the key.
    let bound =
        key.as_ref().filter(|_| client.client.client_type == ClientType::Public).map(Thumbprint::as_str);
    let values = params![
        &id,
        &grant.id,
        &grant.realm,
        &grant.application_id,
        &grant.rider_id,
        scopes.to_string(),
        now,
        family.expires_at,
        &first.0,
        bound,
    ];
    tx.execute(&queries::INSERT_FAMILY, values).await?;
    Ok(Ok(pair.give(tx, &id, &family, (scopes, key.as_ref()), now).await?))
}

/// Uses a proof up; nothing to do where none came.
async fn spend(tx: &mut Tx, proof: Option<&Proven>) -> Result<bool, DbError> {
    match proof {
        Some(proof) => dpop::spend(tx, proof).await,
        None => Ok(true),
    }
}

fn read_code(row: &Row) -> Result<IssuedCode, DbError> {
    let scopes: Scopes = row.parse("scopes")?;
    let challenge: CodeChallenge = row.parse("challenge")?;
    Ok(IssuedCode {
        consented: Consented {
            client_id: row.parse("application_id")?,
            reply: ReplyTo { redirect_uri: row.get("redirect_uri")?, state: None },
            asked: scopes,
            scopes,
            challenge,
            dpop_jkt: row.parse_opt("dpop_jkt")?,
        },
        issued_at: row.get("issued_at")?,
        is_used: row.get::<Option<Timestamp>>("used_at")?.is_some(),
    })
}

/// Exchanges a refresh token; `scopes`: for fewer than were granted. `client` has proven who it is.
///
/// # Errors
/// [`TokenError::Refused`].
pub async fn refresh(
    app: &App,
    client: &KnownClient,
    token: TokenHash,
    scopes: Option<Scopes>,
    proof: Option<Proven>,
) -> Result<Issued, TokenError> {
    let now = realms::now(app, &client.realm);
    let (pair, client_of) = (Pair::generate(&app.random), client.clone());
    let issued = realms::store(app, &client.realm)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { rotate(tx, &client_of, token, (scopes, proof), pair, now).await })
        })
        .await?;
    Ok(issued?)
}

async fn rotate(
    tx: &mut Tx,
    client: &KnownClient,
    token: TokenHash,
    (wanted, proof): (Option<Scopes>, Option<Proven>),
    pair: Pair,
    now: Timestamp,
) -> Result<Result<Issued, Refusal>, DbError> {
    let Some(row) = tx.row(&queries::FAMILY_OF_REFRESH, params![&token.0]).await? else {
        return Ok(Err(Refusal::RefreshUnknown));
    };
    let id: FamilyId = row.parse("family_id")?;
    // Whoever presents a token of this family at the same time waits here, and then sees what became of it.
    tx.lock_each(LockEach::Families, std::iter::once(id.as_str())).await?;
    let Some(record) = families::find(tx, &id).await? else { return Ok(Err(Refusal::RefreshUnknown)) };
    if record.application_id != client.client.id {
        return Ok(Err(Refusal::RefreshOfAnother));
    }
    let grant = grants::find(tx, &record.grant_id, now).await?;
    let Some(grant) = grant.filter(|grant| grant.withdrawn_at.is_none()) else {
        return Ok(Err(Refusal::Refresh(RefreshRefusal::Ended)));
    };
    if record.dpop_jkt.is_some() && record.dpop_jkt.as_ref() != proof.as_ref().map(|proof| &proof.thumbprint)
    {
        return Ok(Err(Refusal::KeyDiffers));
    }
    let allowed = record.scopes.common(grant.scopes);
    if allowed.is_empty() {
        // The rider took back all that this family was for, at a later consent to something else.
        families::end(tx, &id, Ending::Withdrawn, now).await?;
        return Ok(Err(Refusal::Refresh(RefreshRefusal::Ended)));
    }
    // Libraries ask again for all that they asked for at first, also when the rider allowed less: they
    // get what is theirs and are told so (RFC 6749 section 3.3).
    let scopes = wanted.map_or(allowed, |wanted| allowed.common(wanted));
    if scopes.is_empty() {
        return Ok(Err(Refusal::Scope(ScopeError::Wider)));
    }
    settle(tx, &record, token, (scopes, proof.as_ref()), pair, now).await
}

async fn settle(
    tx: &mut Tx,
    record: &FamilyRecord,
    token: TokenHash,
    (scopes, proof): (Scopes, Option<&Proven>),
    pair: Pair,
    now: Timestamp,
) -> Result<Result<Issued, Refusal>, DbError> {
    let (family, decision) = record.family.present(token, pair.refresh.hash(), now);
    if !matches!(decision, Decision::Refused(_)) && !spend(tx, proof).await? {
        return Ok(Err(DpopFault::Replayed.into()));
    }
    if !families::keep(tx, &record.id, &record.family, &family, now).await? {
        // Withdrawn or revoked between our look and our change.
        return Ok(Err(Refusal::Refresh(RefreshRefusal::Ended)));
    }
    match decision {
        Decision::Refused(refusal) => return Ok(Err(Refusal::Refresh(refusal))),
        Decision::Reissued { retired } => {
            tx.execute(&queries::END_ACCESS_OF, params![&record.id, &retired.0, now]).await?;
        }
        Decision::Rotated => {}
    }
    let key = proof.map(|proof| &proof.thumbprint);
    Ok(Ok(pair.give(tx, &record.id, &family, (scopes, key), now).await?))
}
