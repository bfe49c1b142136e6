//! An application hands a token back (RFC 7009).

use domain::{
    ids::FamilyId,
    oauth::{Ending, TokenHash, TokenKind, token::Refusal},
};

use super::{exchange::TokenError, families, queries};
use crate::{
    app::App,
    applications::KnownClient,
    realms,
    store::{DbError, params},
};

/// Ends an access token, or with a refresh token its whole family. What is unknown is ended already.
///
/// # Errors
/// [`Refusal::TokenOfAnother`].
pub async fn revoke(
    app: &App,
    client: &KnownClient,
    (kind, hash): (TokenKind, TokenHash),
) -> Result<(), TokenError> {
    let statement = match kind {
        TokenKind::Refresh => &queries::FAMILY_OF_REFRESH,
        TokenKind::Access => &queries::FAMILY_OF_ACCESS,
        // Neither is a token that RFC 7009 speaks of; a code ends by itself within a minute.
        TokenKind::Code | TokenKind::ClientSecret => return Ok(()),
    };
    let (now, own) = (realms::now(app, &client.realm), client.client.id.clone());
    let is_own = realms::store(app, &client.realm)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let Some(row) = tx.row(statement, params![&hash.0]).await? else { return Ok(true) };
                let id: FamilyId = row.parse("family_id")?;
                let family = families::find(tx, &id).await?;
                if family.is_none_or(|family| family.application_id != own) {
                    return Ok(false);
                }
                match kind {
                    TokenKind::Access => {
                        tx.execute(&queries::END_ACCESS, params![&hash.0, now]).await?;
                    }
                    TokenKind::Refresh | TokenKind::Code | TokenKind::ClientSecret => {
                        families::end(tx, &id, Ending::Revoked, now).await?;
                    }
                }
                Ok(true)
            })
        })
        .await?;
    if is_own { Ok(()) } else { Err(Refusal::TokenOfAnother.into()) }
}
