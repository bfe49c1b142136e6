//! An endpoint's signing secrets, sealed: the current one, and those that are valid still.

use domain::{
    ids::WebhookId,
    webhooks::{OldSecret, SecretSet, SigningSecret},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::vault::{Unopenable, Vault};

#[derive(Serialize, Deserialize)]
struct Kept {
    current: String,
    /// Newest first, each with the microsecond until which it is valid.
    old: Vec<(String, i64)>,
}

fn purpose(endpoint: &WebhookId) -> String {
    format!("webhook:{endpoint}")
}

/// As the store keeps the secrets of an endpoint.
#[must_use]
pub fn sealed(vault: &Vault, endpoint: &WebhookId, secrets: &SecretSet) -> Vec<u8> {
    let old = secrets.old().iter();
    let kept = Kept {
        current: secrets.current().expose().to_owned(),
        old: old.map(|old| (old.secret.expose().to_owned(), old.valid_until.as_microsecond())).collect(),
    };
    let text = serde_json::to_vec(&kept).unwrap_or_default();
    vault.seal(&purpose(endpoint), &text)
}

/// The secrets of an endpoint that are valid at `now`.
///
/// # Errors
/// [`Unopenable`] under another master key.
pub fn opened(
    vault: &Vault,
    endpoint: &WebhookId,
    sealed: &[u8],
    now: Timestamp,
) -> Result<SecretSet, Unopenable> {
    let text = vault.open_sealed(&purpose(endpoint), sealed)?;
    let kept: Kept = serde_json::from_slice(&text).map_err(|_| Unopenable)?;
    let secret = |text: String| SigningSecret::try_from(text).map_err(|_| Unopenable);
    let old = kept.old.into_iter().map(|(text, until)| {
        let valid_until = Timestamp::from_microsecond(until).map_err(|_| Unopenable)?;
        Ok(OldSecret { secret: secret(text)?, valid_until })
    });
    Ok(SecretSet::at(secret(kept.current)?, old.collect::<Result<_, Unopenable>>()?, now))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::random::Random;

    #[test]
    fn secrets_come_back_as_they_were_and_for_their_own_endpoint_only() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path(), &Random::from_seed([3; 32])).unwrap();
        let (one, other) = (WebhookId::new(1, [1; 10]), WebhookId::new(2, [2; 10]));
        let at: Timestamp = "2026-03-08T08:41:00Z".parse().unwrap();
        let secrets = SecretSet::new(SigningSecret::generate([1; 32]));
        let secrets =
            secrets.rotated(SigningSecret::generate([2; 32]), at, SignedDuration::from_hours(24)).unwrap();
        let kept = sealed(&vault, &one, &secrets);
        assert!(!String::from_utf8_lossy(&kept).contains("whsec_"));
        assert_eq!(opened(&vault, &one, &kept, at), Ok(secrets.clone()));
        assert_eq!(opened(&vault, &other, &kept, at), Err(Unopenable));
        let later = at + SignedDuration::from_hours(24);
        assert_eq!(opened(&vault, &one, &kept, later), Ok(secrets.without_old()));
    }
}
