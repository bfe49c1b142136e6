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
    /// OAuth clients: `/oauth/` but for the page that riders see there, and the metadata.
    OAuth,
    /// Health checks, metrics, the demo's clock: JSON or text for operators.
    Machine,
    /// People.
    Page,
}

impl Surface {
    #[must_use]
    pub fn of(path: &str) -> Self {
        let mut segments = path.strip_prefix('/').unwrap_or_default().split('/');
        let (first, second) = (segments.next().unwrap_or_default(), segments.next());
        match first {
            "oauth" if second != Some("authorize") => Self::OAuth,
            ".well-known" if second == Some("oauth-authorization-server") => Self::OAuth,
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

    /// Whether browsers of other origins may ask what they may send.
    #[must_use]
    pub fn answers_options(self) -> bool {
        matches!(self, Self::PublicApi | Self::OAuth)
    }

    /// What may be kept, where the handler does not say.
    #[must_use]
    pub fn cache_control(self) -> HeaderValue {
        match self {
            // Limits stand in the headers, so an answer belongs to its caller; the ETag saves the body.
            Self::PublicApi | Self::Page => HeaderValue::from_static("private, no-cache"),
            Self::PortalApi | Self::Gate | Self::OAuth | Self::Machine => {
                HeaderValue::from_static("no-store")
            }
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
            ("/oauth/token", Surface::OAuth),
            ("/oauth/token/authorize", Surface::OAuth),
            ("/oauth/authorize", Surface::Page),
            ("/.well-known/oauth-authorization-server", Surface::OAuth),
            ("/.well-known/security.txt", Surface::Page),
        ] {
            assert_eq!(Surface::of(path), surface, "{path}");
        }
    }
}
