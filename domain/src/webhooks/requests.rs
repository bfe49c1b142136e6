//! What is asked of webhooks, by programs and by members of a partner.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use super::{DeliveryStatus, SigningSecret};
use crate::{
    events::EventKind,
    ids::{ApplicationId, DeliveryId, WebhookId},
    invalid::{Invalid, Rule},
    keys::Environment,
    text::DisplayName,
};

/// Endpoints of a partner and environment, at most.
pub const ENDPOINTS_MAX: u64 = 20;
/// Deliveries that one call can have sent again.
pub const REPLAYED_MAX: u64 = 10_000;
/// Replays that may wait at one endpoint at the same time.
pub const REPLAYS_WAITING_MAX: u64 = 50_000;
/// Days that deliveries are listed, and events can be pulled.
pub const KEPT_DAYS: i64 = 30;

/// A kind of event as a request names it; a name there is not is refused by that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = EventKind))]
pub struct EventName(pub EventKind);

impl std::str::FromStr for EventName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.trim().parse().map(Self).map_err(|_| {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(64).collect();
            Invalid::new(
                Rule::UnknownValue,
                format!("Tidak ada event `{shown}`"),
                format!("There is no event `{shown}`"),
            )
        })
    }
}

impl<'de> Deserialize<'de> for EventName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(Invalid::into_serde)
    }
}

/// `POST webhooks`.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateEndpoint {
    /// Where events are sent: https; in the sandbox http too.
    #[cfg_attr(feature = "openapi", schema(example = "https://yourapp.com/webhooks/kci"))]
    pub url: String,
    /// What it is told of.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<EventKind>, min_items = 1))]
    pub events: Vec<EventName>,
    /// 24 to 64 bytes, or `whsec_` and the base64 of so many; without one the server makes one and tells
    /// it in the answer.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub secret: Option<SigningSecret>,
    /// False: paused from the start.
    #[serde(default = "yes")]
    #[cfg_attr(feature = "openapi", schema(default = true))]
    pub active: bool,
    /// For the partner's own eyes.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 120))]
    pub description: Option<DisplayName>,
    /// Events about riders by the consent given to this application alone; without it: to any of the
    /// partner's.
    #[serde(default)]
    pub application_id: Option<ApplicationId>,
    /// In the portal only: where it is to live. A program's key says it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub environment: Option<Environment>,
    /// In the portal only: a test event right away.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub send_test: bool,
}

/// `PATCH webhooks/{id}`. What is absent stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateEndpoint {
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<EventKind>>, min_items = 1))]
    pub events: Option<Vec<EventName>>,
    /// False: pauses it, deliveries wait. True: goes on, also after the server disabled it.
    #[serde(default)]
    pub active: Option<bool>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 120))]
    pub description: Option<Option<DisplayName>>,
    /// Null takes the bond away.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ApplicationId>))]
    pub application_id: Option<Option<ApplicationId>>,
}

/// `POST webhooks/{id}/rotate-secret`.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// As when registering: without one the server makes one.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub secret: Option<SigningSecret>,
    /// How long the old secret signs too: 0 to 24 hours, 24 unless said.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 24, default = 24))]
    pub overlap_hours: Option<u8>,
}

/// `POST webhooks/{id}/test`.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendTest {
    /// Any kind, whether subscribed to or not.
    #[cfg_attr(feature = "openapi", schema(value_type = EventKind))]
    pub event: EventName,
}

/// `POST deliveries/{id}/replay`.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplayOne {
    /// Another of the partner's endpoints; without it: the delivery's own.
    #[serde(default)]
    pub to_endpoint: Option<WebhookId>,
}

/// `POST webhooks/{id}/replay`: which of an endpoint's deliveries are sent again.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplayMany {
    /// Made at this instant or later; without it: all that are kept.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub from: Option<Timestamp>,
    /// Made before this instant; without it: until now.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub to: Option<Timestamp>,
    /// Of these kinds; empty: of all.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<EventKind>))]
    pub events: Vec<EventName>,
    /// That ended so; empty: those that failed (`exhausted`, `gone`).
    #[serde(default)]
    pub status: Vec<DeliveryStatus>,
    /// Another of the partner's endpoints; without it: this one.
    #[serde(default)]
    pub to_endpoint: Option<WebhookId>,
    /// `next_cursor` of the answer before, to go on behind it with the same filter.
    #[serde(default)]
    pub cursor: Option<DeliveryId>,
}

fn yes() -> bool {
    true
}

/// Tells an absent member from one that is null.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(json: serde_json::Value) -> Result<CreateEndpoint, Option<Invalid>> {
        serde_json::from_value(json)
            .map_err(|error: serde_json::Error| Invalid::from_serde(&error.to_string()))
    }

    #[test]
    fn the_printed_request_is_read() {
        let printed = create(serde_json::json!({
            "url": "https://yourapp.com/webhooks/kci",
            "events": ["journey.completed", "fare_cap.reached", "station.crowded"],
            "secret": "your_webhook_secret_key_",
            "active": true,
        }))
        .unwrap();
        assert_eq!(printed.events.len(), 3);
        assert!(printed.active && printed.application_id.is_none());
        let bare = create(serde_json::json!({"url": "x", "events": ["gate.offline"]})).unwrap();
        assert!(bare.active && bare.secret.is_none());
    }

    #[test]
    fn an_unknown_event_and_a_short_secret_are_named() {
        let refused = |json| create(json).unwrap_err().unwrap();
        let unknown = refused(serde_json::json!({"url": "x", "events": ["journey.started"]}));
        assert_eq!((unknown.rule, &*unknown.en), (Rule::UnknownValue, "There is no event `journey.started`"));
        // The page's own sample has 23 bytes.
        let short =
            refused(serde_json::json!({"url": "x", "events": [], "secret": "your_webhook_secret_key"}));
        assert_eq!(short.rule, Rule::TooShort);
    }

    #[test]
    fn a_change_tells_absent_from_null() {
        let change: UpdateEndpoint =
            serde_json::from_str(r#"{"description": null, "active": false}"#).unwrap();
        assert_eq!((change.description, change.active), (Some(None), Some(false)));
        assert!(change.application_id.is_none() && change.url.is_none());
    }
}
