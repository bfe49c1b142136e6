//! The surfaces of the one server, told apart by path.

use axum::http::HeaderValue;

/// Whom an address serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// Programs of partners: `/open-api/`.
    PublicApi,
    /// The portal's own JSON: `/portal-api/`.
    PortalApi,
    /// Gates of the stations: `/gate/`.
    Gate,
    /// Health checks, metrics, the demo's clock: JSON or text for operators.
    Machine,
    /// People.
    Page,
}

impl Surface {
    #[must_use]
    pub fn of(path: &str) -> Self {
        let first = path.strip_prefix('/').unwrap_or_default().split('/').next().unwrap_or_default();
        match first {
            "open-api" => Self::PublicApi,
            "portal-api" => Self::PortalApi,
            "gate" => Self::Gate,
            "health" | "metrics" | "internal" => Self::Machine,
            _ => Self::Page,
        }
    }

    /// Whether errors are problem details here, whoever asks.
    #[must_use]
    pub fn is_json(self) -> bool {
        self != Self::Page
    }

    /// What may be kept, where the handler does not say.
    #[must_use]
    pub fn cache_control(self) -> HeaderValue {
        match self {
            // Limits stand in the headers, so an answer belongs to its caller; the ETag saves the body.
            Self::PublicApi | Self::Page => HeaderValue::from_static("private, no-cache"),
            Self::PortalApi | Self::Gate | Self::Machine => HeaderValue::from_static("no-store"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surfaces_are_told_apart_by_the_first_segment() {
        for (path, surface) in [
            ("/", Surface::Page),
            ("/keys", Surface::Page),
            ("/open-api/v1/stations", Surface::PublicApi),
            ("/open-api", Surface::PublicApi),
            ("/open-apis", Surface::Page),
            ("/portal-api/v1/session", Surface::PortalApi),
            ("/gate/v1/taps", Surface::Gate),
            ("/gates", Surface::Page),
            ("/health/live", Surface::Machine),
        ] {
            assert_eq!(Surface::of(path), surface, "{path}");
        }
    }
}
