//! Taking one's data along.

use domain::{keys::Environment, operations::Operation};
use serde_json::{Value, json};

use super::{
    connected::read,
    support::{EMAIL, id_of, link, rider, tap, top_up},
};
use crate::{
    app::App,
    identity::tests::support::{Browser, PASSWORD},
    oauth::tests::support::Stage,
    testing::TestApp,
};

async fn exported(test: &TestApp, browser: &Browser) -> (String, Value) {
    let cookie = browser.cookie.clone().unwrap();
    let reply = test.anonymous().header("cookie", &cookie).get("/portal-api/v1/rider/export").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.text("content-disposition"), "attachment; filename=\"nfc-gate-data.json\"");
    assert_eq!((reply.text("content-type"), reply.text("cache-control")), ("application/json", "no-store"));
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    let value = serde_json::from_str(&text).unwrap();
    (text, value)
}

async fn again(app: &App, email: &str) -> Browser {
    let mut browser = Browser::new(app);
    assert_eq!(super::support::sign_in(&mut browser, email, PASSWORD).await, 200);
    browser
}

/// 20.000 in; Gambir–Depok 8.000, and back 2.000 more up to the daily cap of 10.000.
#[tokio::test]
async fn an_export_has_everything_of_its_rider_and_nothing_of_others() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut ids = Vec::new();
        for (email, card) in [(EMAIL, "kartu-ayu"), ("budi@riders.example", "kartu-budi")] {
            let id = id_of(&mut rider(app, email).await).await;
            link(app, &id, card).await;
            top_up(app, &id, 20_000).await.unwrap();
            ids.push(id);
        }
        for (out, back) in [("kartu-ayu", "kartu-budi"), ("kartu-budi", "kartu-ayu")] {
            let (day, _) = if out == "kartu-ayu" { ("08", "") } else { ("09", "") };
            tap(app, &format!("{out} in GMB {day}T16:00")).await;
            tap(app, &format!("{out} out DPK {day}T16:50")).await;
            tap(app, &format!("{out} in DPK {day}T17:30")).await;
            tap(app, &format!("{out} out GMB {day}T18:20")).await;
            tap(app, &format!("{back} in MGR {day}T19:00 qris_tap")).await;
            tap(app, &format!("{back} out GMB {day}T19:20 qris_tap")).await;
        }
        let mut stage = Stage::new(app, Environment::Live, "public").await;
        stage.rider = ids[0].clone();
        let _ = stage.consent(app, "journey:read", "journey:read").await;
        // More than are written at once.
        for records in 0..501 {
            read(app, &stage, Operation::ListJourneys, records).await;
        }
        let ayu = again(app, EMAIL).await;
        let (text, data) = exported(&test, &ayu).await;
        let members: Vec<_> = data.as_object().unwrap().keys().map(String::as_str).collect();
        let expected =
            ["access_log", "applications", "exported_at", "fare_cap", "journeys", "ledger", "profile"];
        let mut sorted = members.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, expected);
        assert_eq!((&data["profile"]["email"], &data["profile"]["balance"]), (&json!(EMAIL), &json!(10_000)));
        assert_eq!(data["profile"]["media"].as_array().unwrap().len(), 1);
        let journeys = data["journeys"].as_array().unwrap();
        let charges: Vec<_> = journeys.iter().map(|journey| journey["charge"].as_i64().unwrap()).collect();
        assert_eq!(charges, [8_000, 2_000, 5_000]);
        assert!(journeys.iter().all(|journey| journey["payer"] == ids[0].as_str()));
        let wallet = format!("wallet:{}", ids[0]);
        let sum: i64 = data["ledger"]
            .as_array()
            .unwrap()
            .iter()
            .map(|transfer| match &transfer["amount"] {
                amount if transfer["credit"] == wallet.as_str() => amount.as_i64().unwrap(),
                amount if transfer["debit"] == wallet.as_str() => -amount.as_i64().unwrap(),
                _ => 0,
            })
            .sum();
        assert_eq!(sum, 10_000, "the ledger in the file amounts to the wallet");
        let reads = data["access_log"].as_array().unwrap();
        assert!(reads.iter().enumerate().all(|(index, read)| read["records"] == index));
        assert_eq!((reads.len(), &reads[0]["application"]), (501, &json!("Rencana")));
        assert_eq!(data["applications"][0]["application"]["name"], "Rencana");
        for foreign in [ids[1].as_str(), "budi@riders.example", "usr_till"] {
            assert!(!text.contains(foreign), "{foreign}");
        }
        let hash = domain::media::MediaId::of_token("kartu-ayu");
        assert!(!text.contains(hash.as_str()), "of a card only its end");
    }
}

#[tokio::test]
async fn an_account_with_nothing_in_it_is_a_whole_file_too() {
    for test in TestApp::each().await {
        let ayu = rider(&test.app, EMAIL).await;
        let (_, data) = exported(&test, &ayu).await;
        for list in ["journeys", "ledger", "access_log", "applications"] {
            assert_eq!(data[list], json!([]), "{list}");
        }
    }
}
