//! The log of deliveries.

use std::time::Duration;

use domain::{events::EventKind, tiers::Tier};
use serde_json::{Value, json};

use super::support::Shop;
use crate::testing::TestApp;

#[tokio::test]
async fn the_log_is_searched_by_event_status_and_time_and_paged() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline", "station.crowded"])).await;
        let other = shop.register(json!(["gate.offline"])).await;
        let mut ids = Vec::new();
        for kind in [EventKind::GateOffline, EventKind::StationCrowded, EventKind::GateOffline] {
            ids.push(shop.delivery(&endpoint, kind, None).await);
            shop.app.clock.advance(Duration::from_secs(60));
        }
        shop.delivery(&other, EventKind::GateOffline, None).await;
        shop.end(&ids[0], "delivered", Some(200)).await;
        shop.end(&ids[1], "exhausted", None).await;
        let path = format!("/webhooks/{}/deliveries", endpoint["id"].as_str().unwrap());
        let found = async |query: &str| {
            let page = shop.get(&format!("{path}?{query}")).await;
            let rows = page["data"].as_array().unwrap().iter();
            let places = rows.map(|row| ids.iter().position(|id| row["id"] == id.as_str()).unwrap());
            (places.collect::<Vec<_>>(), page["meta"]["total"].as_u64().unwrap())
        };
        assert_eq!(found("").await, (vec![2, 1, 0], 3));
        assert_eq!(found("limit=1&page=2").await, (vec![1], 3));
        assert_eq!(found("event=gate.offline").await, (vec![2, 0], 2));
        assert_eq!(found("status=exhausted").await, (vec![1], 1));
        assert_eq!(found("event=gate.offline&status=exhausted").await, (vec![], 0));
        assert_eq!(found("from=2026-03-08T08:42:00Z&to=2026-03-08T08:43:00Z").await, (vec![1], 1));
        assert_eq!(found("from=2026-03-08&to=2026-03-08&event=&status=").await, (vec![2, 1, 0], 3));
        assert_eq!(found("from=2026-03-09").await, (vec![], 0));
        for bad in ["event=x", "status=done", "from=kemarin", "to=1", "page=0"] {
            assert_eq!(
                shop.live.get(&super::support::at(&format!("{path}?{bad}"))).await.status,
                400,
                "{bad}"
            );
        }
    }
}

#[tokio::test]
async fn a_delivery_shows_what_was_sent_and_answered_and_how_long_it_took() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let (answered, silent) = (
            shop.delivery(&endpoint, EventKind::GateOffline, None).await,
            shop.delivery(&endpoint, EventKind::GateOffline, None).await,
        );
        shop.end(&answered, "delivered", Some(204)).await;
        shop.end(&silent, "pending", None).await;
        let shown = shop.get(&format!("/deliveries/{answered}")).await;
        let attempt = &shown["attempt_log"][0];
        let unsigned = shown["body"].as_str().unwrap();
        let signed = attempt["request"]["body"].as_str().unwrap();
        assert_eq!(
            signed,
            format!("{},\"signature\":\"sha256={}\"}}", &unsigned[..unsigned.len() - 1], "ab".repeat(32))
        );
        assert_eq!(attempt["request"]["headers"], json!([["webhook-id", "evt_1"]]));
        assert_eq!(
            attempt["response"],
            json!({
                "status": 204, "headers": [["content-type", "text/plain"]], "body": "ok",
                "body_is_base64": false, "truncated": false,
            })
        );
        assert_eq!(
            attempt["timing"],
            json!({"dns_us": 1000, "connect_us": 2000, "tls_us": null, "first_byte_us": 3000, "total_us": 7000})
        );
        assert_eq!((&shown["last_status"], &shown["last_error"]), (&json!(204), &Value::Null));
        let shown = shop.get(&format!("/deliveries/{silent}")).await;
        assert_eq!((&shown["last_status"], &shown["last_error"]), (&Value::Null, &json!("timed_out")));
        let attempt = &shown["attempt_log"][0];
        assert_eq!((&attempt["response"], &attempt["error"]), (&Value::Null, &json!("timed_out")));
    }
}
