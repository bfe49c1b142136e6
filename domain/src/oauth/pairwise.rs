//! The id by which one application knows a rider.

use crate::{
    ids::{self, ApplicationId, RiderId},
    mac,
};

/// `usr_…`: the same for one rider and application for ever, another for every other application.
/// Two applications can't tell that they speak of the same rider; without the key nobody can.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct PairwiseId(String);

impl PairwiseId {
    /// The first 16 bytes of HMAC-SHA256(`key`, `pairwise NUL rider NUL application`) in the base32 of
    /// all ids. `key` is the installation's own for this purpose and must never change.
    #[must_use]
    pub fn derive(key: &[u8; 32], rider: &RiderId, application: &ApplicationId) -> Self {
        let parts: [&[u8]; 4] =
            [b"pairwise\0", rider.as_str().as_bytes(), b"\0", application.as_str().as_bytes()];
        let [bytes @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = mac::sign(key, &parts);
        Self(ids::from_bytes("usr", bytes))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for PairwiseId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rider_has_one_id_for_each_application() {
        let key = std::array::from_fn(|index| index as u8);
        let rider: RiderId = "rdr_068o40khj1u0000000000000g0".parse().unwrap();
        let id = |key: &[u8; 32], application: &str| {
            PairwiseId::derive(key, &rider, &application.parse().unwrap()).as_str().to_owned()
        };
        // Computed with Python's hmac and base64.
        assert_eq!(id(&key, "app_068o40khj1u00000000000001g"), "usr_qosvd709on9u1phhlb9evj1vms");
        assert_eq!(id(&key, "app_068o40khj1u00000000000002g"), "usr_ghmrhtjn18vikjffli4asnaobc");
        assert_ne!(id(&[0; 32], "app_068o40khj1u00000000000001g"), "usr_qosvd709on9u1phhlb9evj1vms");
    }
}
