//! Answers for the OpenAPI document.

use domain::{
    events::EventKind,
    ids::{DeliveryId, EventId, WebhookId},
    keys::Environment,
    page::{Page, PageRequest},
    webhooks::{
        AttemptView, DeliveryRow, DeliveryStatus, DeliveryView, EndpointStatus, EndpointView,
        EndpointWithSecret, Envelope, Feed, FeedEvent, FeedMeta, HEADER_ID, HEADER_SIGNATURE, Replayed,
        ReplayedMany, RequestView, ResponseView, SecretSet, SigningSecret, TestSent, Timing,
        catalogue::{EXAMPLE_AT, EXAMPLE_SECRET, sample},
        sign,
    },
};
use jiff::Timestamp;

use super::{WebhookError, catalogue, feed::Cursor};
use crate::http::{
    openapi::Examples,
    problem::{ApiError, ApiResult},
};

/// 8 March 2026, 16:00 in Jakarta, as on the page.
const NINE: Timestamp = Timestamp::constant(1_772_960_400, 0);

/// One per operation.
#[must_use]
pub fn examples() -> Vec<Examples> {
    let endpoint = endpoint();
    let registered = EndpointWithSecret { endpoint: endpoint.clone(), secret: None, test: None };
    let rotated = EndpointWithSecret {
        endpoint: EndpointView {
            overlap_until: NINE.checked_add(jiff::SignedDuration::from_hours(24)).ok(),
            ..endpoint.clone()
        },
        secret: Some(EXAMPLE_SECRET.to_owned()),
        test: None,
    };
    let paused = EndpointView { active: false, status: EndpointStatus::Paused, ..endpoint.clone() };
    let delivery = delivery();
    let too_high = WebhookError::TierInsufficient { event: Some(EventKind::JourneyTapIn) };
    vec![
        Examples::new("create_webhook", &ApiResult::Ok(registered))
            .refused::<()>(Err(too_high.into()))
            .refused::<()>(Err(ApiError::invalid(
                "secret",
                "too_short",
                "Paling sedikit 24 byte",
                "At least 24 bytes",
            )))
            .refused::<()>(Err(WebhookError::TooMany.into())),
        Examples::new("list_webhooks", &page(endpoint.clone())),
        Examples::new("get_webhook", &ApiResult::Ok(&endpoint)),
        Examples::new("update_webhook", &ApiResult::Ok(paused)),
        Examples::new("rotate_webhook_secret", &ApiResult::Ok(rotated)),
        Examples::new("end_webhook_overlap", &ApiResult::Ok(&endpoint)),
        Examples::new(
            "test_webhook",
            &ApiResult::Ok(TestSent {
                delivery_id: delivery_id(),
                event_id: event_id(),
                event: EventKind::StationCrowded,
            }),
        ),
        Examples::new(
            "replay_deliveries",
            &ApiResult::Ok(ReplayedMany { count: 214, skipped: 3, more: false, next_cursor: None }),
        )
        .refused::<()>(Err(WebhookError::ReplaysWaiting.into())),
        Examples::new("list_deliveries", &page(delivery.delivery.clone())),
        Examples::new("get_delivery", &ApiResult::Ok(delivery)),
        Examples::new(
            "replay_delivery",
            &ApiResult::Ok(Replayed {
                delivery_id: delivery_id(),
                endpoint_id: webhook_id(),
                event_id: event_id(),
            }),
        ),
        Examples::new("list_events", &ApiResult::Ok(feed())),
        Examples::new("get_event_catalogue", &page(catalogue::entries().get(1).cloned())),
    ]
}

/// A page with one row.
fn page<T>(row: T) -> ApiResult<Page<T>> {
    let request = PageRequest::parse(None, None, 100)?;
    Ok(request.of([row].into_iter()))
}

fn webhook_id() -> WebhookId {
    WebhookId::new(1_772_960_400_000, [0x31; 10])
}

fn delivery_id() -> DeliveryId {
    DeliveryId::new(1_772_980_327_000, [0x32; 10])
}

fn event_id() -> EventId {
    EventId::new(1_772_980_327_000, [0x11; 10])
}

fn endpoint() -> EndpointView {
    EndpointView {
        id: webhook_id(),
        url: "https://yourapp.com/webhooks/kci".to_owned(),
        events: vec![EventKind::JourneyCompleted, EventKind::FareCapReached, EventKind::StationCrowded],
        active: true,
        created_at: NINE,
        environment: Environment::Live,
        status: EndpointStatus::Active,
        disabled_reason: None,
        description: None,
        application_id: None,
        overlap_until: None,
        changed_at: NINE,
        failing_since: None,
        spared_until: None,
        last_success_at: None,
        last_failure_at: None,
    }
}

fn delivery() -> DeliveryView {
    let sample = sample(EventKind::StationCrowded, EXAMPLE_AT);
    let id = event_id();
    let envelope = Envelope {
        id: &id,
        event: sample.kind,
        timestamp: EXAMPLE_AT,
        sequence: None,
        subject: None,
        test: false,
        data: &sample.data,
    };
    let body = envelope.unsigned();
    let secret = SigningSecret::try_from(EXAMPLE_SECRET.to_owned()).ok().map(SecretSet::new);
    let signed = secret.and_then(|secrets| sign(&secrets, id.as_str(), EXAMPLE_AT.as_second(), &body).ok());
    let (sent, headers) = signed.map_or_else(Default::default, |signed| {
        let shown = [HEADER_ID, HEADER_SIGNATURE];
        let headers = signed.headers.into_iter().filter(|(name, _)| shown.contains(name));
        let headers: Vec<_> = headers.map(|(name, value)| (name.to_owned(), value)).collect();
        (String::from_utf8(signed.body).unwrap_or_default(), headers)
    });
    DeliveryView {
        delivery: DeliveryRow {
            id: delivery_id(),
            endpoint_id: webhook_id(),
            endpoint_url: Some("https://yourapp.com/webhooks/kci".to_owned()),
            event: sample.kind,
            event_id: id,
            status: DeliveryStatus::Delivered,
            attempts: 1,
            last_status: Some(200),
            last_error: None,
            next_attempt_at: None,
            created_at: EXAMPLE_AT,
            ended_at: Some(EXAMPLE_AT),
            test: false,
            replay_of: None,
        },
        body,
        attempt_log: vec![AttemptView {
            number: 1,
            at: EXAMPLE_AT,
            request: RequestView { headers, body: sent },
            response: Some(ResponseView {
                status: 200,
                headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
                body: "ok".to_owned(),
                body_is_base64: false,
                truncated: false,
            }),
            error: None,
            address: Some("203.0.113.7:443".to_owned()),
            timing: Timing {
                dns_us: Some(1_920),
                connect_us: Some(11_400),
                tls_us: Some(23_800),
                first_byte_us: Some(18_300),
                total_us: 55_900,
            },
        }],
    }
}

fn feed() -> Feed {
    let sample = sample(EventKind::StationCrowded, EXAMPLE_AT);
    Feed {
        data: vec![FeedEvent {
            id: event_id(),
            event: sample.kind,
            timestamp: EXAMPLE_AT,
            sequence: None,
            user_id: None,
            application_id: None,
            data: serde_json::from_str(&sample.data).unwrap_or_default(),
        }],
        meta: FeedMeta {
            total: 1,
            page: 1,
            limit: 20,
            next_cursor: Cursor::at(26).encode(),
            has_more: false,
        },
    }
}
