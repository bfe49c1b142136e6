//! Codes: what a consent leads to.

use domain::{
    ids::{PartnerId, RiderId},
    oauth::{
        Scopes, Token, TokenKind,
        authorize::{Consented, ReplyTo},
        pkce::CodeVerifier,
    },
    realm::Realm,
};

use super::{
    OAuthError,
    exchange::{Presented, TokenError, exchange_code},
    families::Issued,
    grants, queries,
};
use crate::{
    app::App,
    applications::KnownClient,
    realms,
    store::{LockEach, params},
    webhooks::dispatch,
};

/// A rider's yes.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// The application's realm and partner.
    pub realm: Realm,
    pub partner_id: PartnerId,
    pub rider_id: RiderId,
    pub consented: Consented,
}

/// Makes or changes the grant and issues a code, in one transaction. Send the browser to
/// `consented.reply.granted(&code, issuer)`.
///
/// # Errors
/// [`OAuthError::NotAllowed`] when the application was disabled or the account deleted meanwhile.
pub async fn issue_code(app: &App, new: NewCode) -> Result<Token, OAuthError> {
    let now = realms::now(app, &new.realm);
    let code = Token::generate(TokenKind::Code, app.random.bytes());
    let (hash, random) = (code.hash(), app.random.clone());
    let is_untold = realms::store(app, &new.realm.clone())
        .write::<_, OAuthError, _>(move |tx| {
            Box::pin(async move {
                let application = params![&new.consented.client_id, &new.realm];
                if tx.row(&queries::IS_APPROVED, application).await?.is_none() {
                    return Err(OAuthError::NotAllowed);
                }
                // An account that is deleted at this moment must not be left with a grant.
                tx.lock_each(LockEach::Riders, std::iter::once(new.rider_id.as_str())).await?;
                if tx.row(&queries::IS_CLOSED_RIDER, params![&new.rider_id, &new.realm]).await?.is_some() {
                    return Err(OAuthError::NotAllowed);
                }
                let (grant, is_untold) = grants::agree(tx, &new, now, &random).await?;
                let NewCode { realm, rider_id, consented, .. } = &new;
                let values = params![
                    &hash.0,
                    &grant,
                    realm,
                    &consented.client_id,
                    rider_id,
                    consented.scopes.to_string(),
                    &consented.reply.redirect_uri,
                    consented.challenge.to_string(),
                    consented.dpop_jkt.as_ref().map(|jkt| jkt.as_str().to_owned()),
                    now,
                ];
                tx.execute(&queries::INSERT_CODE, values).await?;
                Ok(is_untold)
            })
        })
        .await?;
    if is_untold {
        dispatch::recall(app);
    }
    Ok(code)
}

/// Agrees for a test rider and exchanges the code at once, for what this server does in a partner's
/// name on its test network: try-it consoles. Riders of the live railway are always asked.
///
/// # Errors
/// [`OAuthError::NotAllowed`] for a live application, or one that may not ask.
pub async fn tokens_for_test_rider(
    app: &App,
    client: &KnownClient,
    rider: &RiderId,
    scopes: Scopes,
) -> Result<Issued, OAuthError> {
    let asked = client.client.scopes.narrowed_to(scopes);
    let (Ok(scopes), true, true) = (asked, client.client.may_ask, client.realm != Realm::Live) else {
        return Err(OAuthError::NotAllowed);
    };
    let verifier = CodeVerifier::generate(app.random.bytes());
    let redirect_uri = client.client.redirect_uris.first().map(|uri| uri.as_str().to_owned());
    let redirect_uri = redirect_uri.unwrap_or_default();
    let consented = Consented {
        client_id: client.client.id.clone(),
        reply: ReplyTo { redirect_uri: redirect_uri.clone(), state: None },
        asked: scopes,
        scopes,
        challenge: verifier.challenge(),
        dpop_jkt: None,
    };
    let (realm, partner_id) = (client.realm.clone(), client.partner_id.clone());
    let code = issue_code(app, NewCode { realm, partner_id, rider_id: rider.clone(), consented }).await?;
    let presented = Presented { code: code.hash(), redirect_uri, verifier, proof: None };
    exchange_code(app, client, presented).await.map_err(|error| match error {
        TokenError::Db(error) => error.into(),
        TokenError::Refused(_) => OAuthError::NotAllowed,
    })
}
