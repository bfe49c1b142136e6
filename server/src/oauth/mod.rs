//! OAuth 2.0: what riders allow applications, and the codes and tokens that follow from it.
//!
//! Owns `oauth_grants`, `oauth_codes`, `oauth_families`, `oauth_refresh_tokens`,
//! `oauth_access_tokens`, `oauth_pushed_requests`, `oauth_dpop_proofs` and `access_log`, in the store
//! of the application's environment. Actors: riders (who agree on the consent page, look at what was
//! read, and withdraw), applications (who exchange, refresh, revoke and ask), and the door of the
//! public API, which knows a caller by an access token. The rules are [`domain::oauth`]'s; the
//! decision and its effects are one transaction.
//!
//! Times are the realm's: a partner's test clock moves its codes and tokens with everything else.
//!
//! Promises: of codes and tokens only hashes are kept. A code becomes tokens once, however many ask
//! at the same time; used again, it ends what came of it. Of a family never two tokens live on. What
//! a rider withdrew, an application revoked or an operator took away is refused by every node from
//! the acknowledgement on: the state of a token is read from the store for every call.

mod access_log;
mod answers;
pub mod bearer;
pub mod challenge;
mod client;
mod codes;
mod dpop;
mod endings;
mod exchange;
mod families;
mod grants;
mod introspect;
pub mod metadata;
mod pushed;
pub mod queries;
mod revoke;
mod routes;
#[cfg(test)]
pub(crate) mod tests;
pub mod worker;

use std::net::IpAddr;

use domain::{
    ids::{ApplicationId, RiderId},
    oauth::{ClientType, PairwiseId},
};
use jiff::Timestamp;

pub use self::{
    access_log::{
        Access, AccessEntry, EventsRead, Read, ReadRefused, access_log_of, accesses_after, ever_allowed,
        last_access, log_access, log_events,
    },
    codes::{NewCode, issue_code, tokens_for_test_rider},
    endings::{clear_lapsed, narrow},
    exchange::{Presented, TokenError, exchange_code, refresh},
    families::Issued,
    grants::{
        GrantRecord, RiderGrant, application_ended, erase, grants_for_event, grants_of, take_back, withdraw,
        withdraw_all,
    },
    pushed::pushed,
    revoke::revoke,
    routes::{methods, routes},
};
use crate::{app::App, applications::KnownClient, keys::Attempts, store::DbError};

/// What [`usr_id`] is derived for.
const PAIRWISE: &str = "oauth pairwise ids";

/// Wrong client secrets and unknown tokens, per client and minute.
const GUESSES_PER_MINUTE: u64 = 30;
/// Requests pushed for public clients, per address and minute: anybody can name one, and many riders'
/// telephones share an address.
const PUSHES_PER_ADDRESS: u64 = 300;
/// Requests pushed by a confidential client, per minute, from wherever.
const PUSHES_PER_CLIENT: u64 = 1_200;

/// What OAuth keeps in memory: who guesses, and who pushes.
#[derive(Debug)]
pub struct OAuth {
    wrong_secrets: Attempts,
    unknown_tokens: Attempts,
    pushes_of_addresses: Attempts,
    pushes_of_clients: Attempts<ApplicationId>,
}

impl OAuth {
    /// Forgets what was long ago.
    pub fn sweep(&self, now_s: i64) {
        self.wrong_secrets.sweep(now_s);
        self.unknown_tokens.sweep(now_s);
        self.pushes_of_addresses.sweep(now_s);
        self.pushes_of_clients.sweep(now_s);
    }

    /// Counts a pushed request, which is about to be written down (RFC 9126 section 2.3).
    ///
    /// # Errors
    /// Seconds until the client may push again.
    fn count_push(&self, client: &KnownClient, ip: IpAddr, now: Timestamp) -> Result<(), u64> {
        match client.client.client_type {
            ClientType::Public => self.pushes_of_addresses.count(ip, now.as_second()),
            ClientType::Confidential => {
                self.pushes_of_clients.count_of(client.client.id.clone(), now.as_second())
            }
        }
    }
}

impl Default for OAuth {
    fn default() -> Self {
        Self {
            wrong_secrets: Attempts::new(GUESSES_PER_MINUTE),
            unknown_tokens: Attempts::new(GUESSES_PER_MINUTE),
            pushes_of_addresses: Attempts::new(PUSHES_PER_ADDRESS),
            pushes_of_clients: Attempts::new(PUSHES_PER_CLIENT),
        }
    }
}

/// Why a rider's consent leads to nothing.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// Absent, or another rider's.
    #[error("no such grant")]
    NoGrant,
    /// It was disabled or deleted since the rider was asked.
    #[error("the application may not ask any more")]
    NotAllowed,
}

/// This authorization server's name: `iss` of its answers (RFC 9207) and of its metadata (RFC 8414).
#[must_use]
pub fn issuer(app: &App) -> &str {
    &app.config.auth_url
}

/// The id by which an application knows a rider: the same for ever, another for every application.
#[must_use]
pub fn usr_id(app: &App, application: &ApplicationId, rider: &RiderId) -> PairwiseId {
    PairwiseId::derive(&app.vault.derived_key(PAIRWISE), rider, application)
}
