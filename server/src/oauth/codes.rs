//! Codes: what a consent leads to.

use domain::{
    ids::{PartnerId, RiderId},
    oauth::{Token, TokenKind, authorize::Consented},
    realm::Realm,
};

use super::{OAuthError, grants, queries};
use crate::{app::App, realms, store::params};

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
/// [`OAuthError::NotAllowed`] when the application was disabled meanwhile.
pub async fn issue_code(app: &App, new: NewCode) -> Result<Token, OAuthError> {
    let now = realms::now(app, &new.realm);
    let code = Token::generate(TokenKind::Code, app.random.bytes());
    let (hash, random) = (code.hash(), app.random.clone());
    realms::store(app, &new.realm.clone())
        .write::<_, OAuthError, _>(move |tx| {
            Box::pin(async move {
                let application = params![&new.consented.client_id, &new.realm];
                if tx.row(&queries::IS_APPROVED, application).await?.is_none() {
                    return Err(OAuthError::NotAllowed);
                }
                let grant = grants::agree(tx, &new, now, &random).await?;
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
                Ok(())
            })
        })
        .await?;
    Ok(code)
}
