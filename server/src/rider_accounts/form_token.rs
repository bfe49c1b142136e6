//! What a consent form says of itself when it comes back: to whom, in which session, for which
//! request and when it was shown. Sealed, so that nobody can make one up.

use data_encoding::BASE64URL_NOPAD;
use domain::{ids::RiderId, rider_accounts::CONSENT_FORM_S};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::AccountError;
use crate::app::App;

const PURPOSE: &str = "consent form";

/// A form as it was shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    pub rider: RiderId,
    /// The rider's session; none for a test rider.
    pub session: Option<String>,
    /// SHA-256 of the request's query.
    request: [u8; 32],
    at_us: i64,
}

impl Shown {
    /// A form that is shown now.
    pub fn now(app: &App, rider: RiderId, session: Option<String>, request: &str) -> Self {
        Self { rider, session, request: hash(request), at_us: app.clock.now().as_microsecond() }
    }

    /// The text that goes with the form.
    pub fn seal(&self, app: &App) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        BASE64URL_NOPAD.encode(&app.vault.seal(PURPOSE, &text))
    }

    /// The form that a text is of, if it is one of ours for this request and was shown a few minutes
    /// ago at most.
    ///
    /// # Errors
    /// [`AccountError::FormRefused`].
    pub fn open(app: &App, text: &str, request: &str) -> Result<Self, AccountError> {
        let refused = AccountError::FormRefused;
        let sealed = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| refused("forged"))?;
        let opened = app.vault.open_sealed(PURPOSE, &sealed).map_err(|_| refused("forged"))?;
        let shown: Self = serde_json::from_slice(&opened).map_err(|_| refused("forged"))?;
        if shown.request != hash(request) {
            return Err(refused("another request's"));
        }
        let at = Timestamp::from_microsecond(shown.at_us).unwrap_or(Timestamp::MIN);
        if app.clock.now().duration_since(at) > SignedDuration::from_secs(CONSENT_FORM_S) {
            return Err(refused("too old"));
        }
        Ok(shown)
    }
}

fn hash(request: &str) -> [u8; 32] {
    Sha256::digest(request).into()
}
