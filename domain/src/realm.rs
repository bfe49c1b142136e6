//! Realms: which network something belongs to, with its own gates, riders and clock.

use std::{fmt, str::FromStr};

use crate::ids::{IdError, PartnerId};

/// A network of gates and riders.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Realm {
    /// The operator's own.
    Live,
    /// A partner's test network.
    Sandbox(PartnerId),
}

impl Realm {
    /// As the stores keep it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Live => "live",
            Self::Sandbox(partner) => partner.as_str(),
        }
    }
}

impl fmt::Display for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Realm {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text {
            "live" => Ok(Self::Live),
            partner => partner.parse().map(Self::Sandbox),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_is_kept_and_read_again() {
        let partner = PartnerId::new(1, [7; 10]);
        for realm in [Realm::Live, Realm::Sandbox(partner)] {
            assert_eq!(realm.as_str().parse().as_ref(), Ok(&realm));
        }
        assert!("lives".parse::<Realm>().is_err());
    }
}
