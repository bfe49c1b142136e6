//! Who sends a request for tokens.

use std::{net::IpAddr, sync::Arc};

use domain::oauth::{
    ClientType,
    token::{ClientClaim, Refusal},
};
use jiff::Timestamp;

use super::answers::Failure;
use crate::{
    app::App,
    applications::{self, KnownClient},
};

/// Checks who a request says it comes from. Wrong guesses are counted per client address. A public
/// client has no secret to guess, so it does not wait for those who do behind the same address.
pub(super) async fn authenticate(
    app: &App,
    claim: &ClientClaim,
    ip: IpAddr,
    now: Timestamp,
) -> Result<Arc<KnownClient>, Failure> {
    let attempts = &app.oauth.wrong_secrets;
    let found = applications::known(app, &claim.client_id).await?;
    if found.as_ref().is_none_or(|client| client.client.client_type == ClientType::Confidential) {
        attempts.check(ip, now.as_second()).map_err(Failure::throttled)?;
    }
    let refusal = match found {
        Some(client) => match claim.prove(client.client.client_type, &client.secrets) {
            Ok(()) => return Ok(client),
            Err(refusal) => refusal,
        },
        None => Refusal::ClientUnknown,
    };
    if matches!(refusal, Refusal::ClientUnknown | Refusal::SecretWrong) {
        attempts.count(ip, now.as_second()).map_err(Failure::throttled)?;
    }
    Err(refusal.into())
}
