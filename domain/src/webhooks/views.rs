//! Endpoints, deliveries and attempts as their partner sees them. No secret is among them but the one
//! that was just made.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AttemptError, DeliveryStatus, DisabledReason, EndpointStatus};
use crate::{
    events::EventKind,
    ids::{ApplicationId, DeliveryId, EventId, WebhookId},
    keys::Environment,
};

/// An endpoint. The first five members are as printed on the pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointView {
    pub id: WebhookId,
    pub url: String,
    pub events: Vec<EventKind>,
    /// Whether deliveries go out: `status` is `active`.
    pub active: bool,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    pub environment: Environment,
    pub status: EndpointStatus,
    /// Why the server disabled it.
    pub disabled_reason: Option<DisabledReason>,
    /// For the partner's own eyes.
    pub description: Option<String>,
    /// Events about riders by the consent given to this application alone; null: to any.
    pub application_id: Option<ApplicationId>,
    /// Until when a replaced secret signs too.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub overlap_until: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub changed_at: Timestamp,
    /// Since when no attempt has succeeded; after five days the endpoint is disabled.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub failing_since: Option<Timestamp>,
    /// Spared after failures in a row: nothing is sent before.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub spared_until: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub last_success_at: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub last_failure_at: Option<Timestamp>,
}

/// Answer of registering, and of changing the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointWithSecret {
    #[serde(flatten)]
    pub endpoint: EndpointView,
    /// Only if the server made it, and never again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// In the portal: the test event that was asked for with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub test: Option<TestSent>,
}

impl std::fmt::Debug for EndpointWithSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EndpointWithSecret").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A test event that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestSent {
    pub delivery_id: DeliveryId,
    pub event_id: EventId,
    pub event: EventKind,
}

/// One event on its way to one endpoint, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryRow {
    pub id: DeliveryId,
    pub endpoint_id: WebhookId,
    /// The endpoint's URL as it is now; null once it is deleted.
    pub endpoint_url: Option<String>,
    pub event: EventKind,
    pub event_id: EventId,
    pub status: DeliveryStatus,
    /// Attempts that have ended.
    pub attempts: u32,
    /// HTTP status of the last answer.
    pub last_status: Option<u16>,
    /// Why the last attempt had no answer.
    pub last_error: Option<AttemptError>,
    /// While pending: not before.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub next_attempt_at: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub ended_at: Option<Timestamp>,
    /// Asked for by a test send.
    pub test: bool,
    /// The delivery that it sends again.
    pub replay_of: Option<DeliveryId>,
}

/// A delivery with all that happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryView {
    #[serde(flatten)]
    pub delivery: DeliveryRow,
    /// The body without its signature.
    pub body: String,
    /// Oldest first.
    pub attempt_log: Vec<AttemptView>,
}

/// One HTTP request of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptView {
    /// From 1.
    pub number: u32,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    pub request: RequestView,
    /// Null: there was none, `error` says why.
    pub response: Option<ResponseView>,
    pub error: Option<AttemptError>,
    /// The address that was connected to.
    pub address: Option<String>,
    pub timing: Timing,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestView {
    /// Names and values, in the order in which they were sent.
    pub headers: Vec<(String, String)>,
    /// The very bytes, signature and all.
    pub body: String,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResponseView {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// The first 16 KiB: text, or base64 where it is none.
    pub body: String,
    pub body_is_base64: bool,
    /// There was more.
    pub truncated: bool,
}

/// Microseconds from one step to the next; null: it did not come to that, or the connection was there
/// already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timing {
    pub dns_us: Option<u64>,
    pub connect_us: Option<u64>,
    pub tls_us: Option<u64>,
    /// From the request to the first byte of the answer.
    pub first_byte_us: Option<u64>,
    /// The whole attempt.
    pub total_us: u64,
}

/// Answer of sending one delivery again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Replayed {
    /// The new delivery; the same one if it still was on its way, which then is due at once.
    pub delivery_id: DeliveryId,
    pub endpoint_id: WebhookId,
    pub event_id: EventId,
}

/// Answer of sending many again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplayedMany {
    /// Deliveries made.
    pub count: u64,
    /// That fit the filter and may not be sent: the rider's consent has gone or does not cover them, its
    /// application is not approved, or the endpoint is bound to another one.
    pub skipped: u64,
    /// There are more than one call takes: ask again with the cursor.
    pub more: bool,
    /// While there are more: to be sent as `cursor` with the same filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<DeliveryId>,
}

/// An event as it is pulled: the body of a delivery, without its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedEvent {
    pub id: EventId,
    pub event: EventKind,
    /// When it happened.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub timestamp: Timestamp,
    /// Which of its journey's events it is, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<i64>,
    /// Whom it is about, as the application knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The application to which the rider gave the consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_id: Option<ApplicationId>,
    /// By its kind; see the catalogue.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub data: serde_json::Value,
}

/// `GET events`: oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Feed {
    pub data: Vec<FeedEvent>,
    pub meta: FeedMeta,
}

/// Where a reader of the feed stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedMeta {
    /// Events from the cursor on, with those of this answer, among the next 20,000 of the network: one
    /// call looks no further.
    pub total: u64,
    /// Always 1: one goes on with the cursor.
    pub page: u64,
    pub limit: u64,
    /// To be sent as `cursor` next time, also when nothing is left for now.
    pub next_cursor: String,
    /// Whether there is more already; the answer itself may be empty, where none of the events that were
    /// looked at is for the reader.
    pub has_more: bool,
}
