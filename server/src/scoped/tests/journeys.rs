//! The list of a rider's journeys.

use serde_json::{Value, json};

use super::{ALL, Lab, call};
use crate::testing::{TestApp, client::Reply};

const PATH: &str = "/open-api/v1/journeys";

/// Ids of a page, and where it goes on.
fn page(reply: &Reply) -> (Vec<String>, Option<String>, Value) {
    let page: Value = reply.read();
    let ids = page["data"].as_array().unwrap().iter();
    let ids = ids.map(|journey| journey["id"].as_str().unwrap().to_owned()).collect();
    (ids, page["meta"]["next_cursor"].as_str().map(str::to_owned), page["meta"].clone())
}

/// One journey a day from 9 March on, each at 08:00 in Jakarta, by turns with two methods.
async fn days(lab: &Lab, count: i64) {
    for day in 0..count {
        let method = if day % 2 == 0 { "qris_tap" } else { "kci_pay" };
        let (day, hour) = (9 + day, "01");
        let (entry, exit) =
            (format!("2026-03-{day:02}T{hour}:00:00Z"), format!("2026-03-{day:02}T{hour}:30:00Z"));
        lab.taps(&[("STN_GMB", "in", method, &entry), ("STN_MGR", "out", method, &exit)]).await;
    }
}

#[tokio::test]
async fn a_journey_has_the_printed_members_and_an_open_one_has_nulls() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        lab.advance(7_200).await;
        lab.taps(&[
            ("STN_GMB", "in", "qris_tap", "2026-03-08T09:00:00Z"),
            ("STN_MGR", "out", "qris_tap", "2026-03-08T09:20:00Z"),
            ("STN_MGR", "in", "qris_tap", "2026-03-08T10:30:00Z"),
        ])
        .await;
        let list: Value = call(&test, PATH, &lab.token(&test.app, ALL).await).await.read();
        let mut journeys = list["data"].as_array().unwrap().clone();
        for journey in &mut journeys {
            assert!(journey["id"].as_str().unwrap().starts_with("jrn_"));
            journey.as_object_mut().unwrap().remove("id");
        }
        assert_eq!(
            journeys,
            [
                json!({
                    "tap_in_station": "STN_MGR", "tap_out_station": null, "tap_in_time": "2026-03-08T10:30:00Z",
                    "tap_out_time": null, "fare_charged": 0, "payment_method": "qris_tap", "fare_cap_applied": false
                }),
                // Gambir to Manggarai: less than 10 km, Rp 5.000.
                json!({
                    "tap_in_station": "STN_GMB", "tap_out_station": "STN_MGR", "tap_in_time": "2026-03-08T09:00:00Z",
                    "tap_out_time": "2026-03-08T09:20:00Z", "fare_charged": 5_000, "payment_method": "qris_tap",
                    "fare_cap_applied": false
                }),
            ]
        );
        assert_eq!(list["meta"], json!({"total": 2, "page": 1, "limit": 20, "next_cursor": null}));
    }
}

#[tokio::test]
async fn the_list_is_walked_without_gaps_and_doubles_while_new_journeys_come() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        lab.advance(12 * 86_400).await;
        days(&lab, 9).await;
        let token = lab.token(&test.app, ALL).await;
        let (all, end, _) = page(&call(&test, &format!("{PATH}?limit=100"), &token).await);
        assert_eq!((all.len(), end), (9, None));
        let (mut walked, mut cursor, meta) = page(&call(&test, &format!("{PATH}?limit=4"), &token).await);
        assert_eq!((&meta["total"], &meta["page"], &meta["limit"]), (&json!(9), &json!(1), &json!(4)));
        // A journey that is newer than all: by page numbers it would push one onto the next page.
        lab.taps(&[
            ("STN_MGR", "in", "kci_pay", "2026-03-18T01:00:00Z"),
            ("STN_GMB", "out", "kci_pay", "2026-03-18T01:30:00Z"),
        ])
        .await;
        let mut number = 1;
        while let Some(at) = cursor {
            let (ids, next, meta) = page(&call(&test, &format!("{PATH}?limit=4&cursor={at}"), &token).await);
            number += 1;
            assert_eq!(meta["page"], number);
            walked.extend(ids);
            cursor = next;
        }
        assert_eq!((walked, number), (all, 3));
        let by_page = page(&call(&test, &format!("{PATH}?limit=4&page=3"), &token).await);
        assert_eq!((by_page.0.len(), by_page.1), (2, None));
    }
}

#[tokio::test]
async fn days_are_jakartas_and_both_ends_are_meant() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        lab.advance(12 * 86_400).await;
        days(&lab, 4).await;
        // 11 March 23:30 UTC is 12 March 06:30 in Jakarta.
        lab.taps(&[
            ("STN_MGR", "in", "kci_pay", "2026-03-11T23:30:00Z"),
            ("STN_GMB", "out", "kci_pay", "2026-03-11T23:50:00Z"),
        ])
        .await;
        let token = lab.token(&test.app, ALL).await;
        let count = async |query: &str| page(&call(&test, &format!("{PATH}?{query}"), &token).await).0.len();
        assert_eq!(count("from_date=2026-03-10&to_date=2026-03-11").await, 2);
        assert_eq!(count("from_date=2026-03-12").await, 2);
        assert_eq!(count("to_date=2026-03-08").await, 0);
        assert_eq!(count("payment_method=qris_tap").await, 2);
        assert_eq!(count("payment_method=kci_pay&from_date=2026-03-12").await, 2);
    }
}

#[tokio::test]
async fn what_can_not_be_read_is_named() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        let token = lab.token(&test.app, "journey:read").await;
        for (query, status, field, code) in [
            ("from_date=kemarin", 400, "from_date", "unreadable"),
            ("to_date=2026-3-8", 400, "to_date", "unreadable"),
            ("cursor=abc", 400, "cursor", "unreadable"),
            ("cursor=abc&page=1", 400, "cursor", "unreadable"),
            ("payment_method=cash", 422, "payment_method", "not_one_of"),
            ("from_date=2026-03-09&to_date=2026-03-08", 422, "to_date", "out_of_range"),
        ] {
            let reply = call(&test, &format!("{PATH}?{query}"), &token).await;
            assert_eq!(reply.fault(), (status, field.to_owned(), code.to_owned()), "{query}");
        }
        let clamped = page(&call(&test, &format!("{PATH}?limit=1000"), &token).await);
        assert_eq!(clamped.2["limit"], 100);
    }
}
