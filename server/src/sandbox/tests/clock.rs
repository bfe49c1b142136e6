use serde_json::{Value, json};

use super::support::Lab;
use crate::testing::TestApp;

#[tokio::test]
async fn a_program_moves_its_own_clock_forward() {
    for test in TestApp::each().await {
        let (mine, other) = (Lab::of(&test).await, Lab::of(&test).await);
        let at = |now: &str, offset_s: u64| json!({"now": now, "offset_s": offset_s});
        assert_eq!(mine.get("/clock").await, at("2026-03-08T08:41:00Z", 0));
        let moved: Value = mine.post("/clock", json!({"advance_s": 90})).await.read();
        assert_eq!(moved, at("2026-03-08T08:42:30Z", 90));
        let moved: Value = mine.post("/clock", json!({"to": "2026-03-09T00:00:00+07:00"})).await.read();
        assert_eq!(moved, at("2026-03-08T17:00:00Z", 29_940));
        assert_eq!(mine.get("/clock").await, moved);
        assert_eq!(other.get("/clock").await, at("2026-03-08T08:41:00Z", 0));
    }
}

#[tokio::test]
async fn what_is_no_move_forward_is_refused_by_name() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        for (body, fault) in [
            (json!({}), ("advance_s", "required")),
            (json!({"advance_s": 1, "to": "2026-03-09T00:00:00Z"}), ("advance_s", "required")),
            (json!({"advance_s": 0}), ("advance_s", "not_forward")),
            (json!({"advance_s": -1}), ("advance_s", "invalid")),
            (json!({"advance_s": 1.5}), ("advance_s", "invalid")),
            (json!({"advance_s": u64::MAX}), ("advance_s", "too_far")),
            (json!({"to": "2026-03-08T08:41:00Z"}), ("to", "not_forward")),
            (json!({"to": "9999-01-01T00:00:00Z"}), ("to", "too_far")),
            (json!({"to": "besok"}), ("to", "invalid")),
            (json!({"advance_s": 1, "realm": "live"}), ("realm", "unknown_field")),
        ] {
            let refused = lab.post("/clock", body.clone()).await.fault();
            assert_eq!(
                (refused.0, refused.1.as_str(), refused.2.as_str()),
                (422, fault.0, fault.1),
                "{body}"
            );
        }
    }
}
