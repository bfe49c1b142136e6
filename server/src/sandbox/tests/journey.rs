//! A whole journey on request.

use domain::{ids::RiderId, realm::Realm};
use serde_json::{Value, json};

use crate::{
    identity::tests::support::{Browser, member, owner, partner_id},
    oauth,
    testing::TestApp,
};

async fn journey(browser: &mut Browser) -> Value {
    let reply = browser.post("/sandbox/journey", json!({})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let answers = reply.body["answers"].as_array().unwrap();
    assert!(answers.len() == 2 && answers.iter().all(|answer| answer["status"] == "accepted"), "{answers:?}");
    reply.body
}

/// Kinds of the network's events, newest first.
async fn events(browser: &mut Browser) -> Vec<String> {
    let body = browser.get("/sandbox/events?limit=100").await.body;
    body["data"].as_array().unwrap().iter().map(|row| row["event"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_press_makes_a_whole_journey_and_says_by_whose_consent_it_is_told() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, "rani@contoh.id").await;
        let first = journey(&mut rani).await;
        assert_eq!((&first["application"], &first["rider"]), (&Value::Null, &json!("Penumpang Contoh")));
        assert_eq!(events(&mut rani).await, ["journey.completed", "journey.tap_in"]);

        let application = json!({
            "environment": "test", "client_type": "public", "name": "TravelKu",
            "description": "Riwayat perjalanan", "redirect_uris": ["https://travelku.example/callback"],
            "scopes": {"journey:read": "Menampilkan riwayat"},
        });
        assert_eq!(rani.post("/applications", application).await.status, 201);
        // The consent is given once; each journey begins after the one before.
        for _ in 0..3 {
            assert_eq!(journey(&mut rani).await["application"], "TravelKu");
        }
        let told = events(&mut rani).await;
        assert_eq!(told.iter().filter(|event| *event == "journey.completed").count(), 4);
        assert!(!told.contains(&"fraud.detected".to_owned()), "{told:?}");
        let shown = rani.get("/sandbox").await.body;
        assert_eq!((&shown["riders_total"], &shown["clock"]["offset_s"]), (&json!(1), &json!(4 * 2_400)));
        let realm = Realm::Sandbox(partner_id(&mut rani).await.parse().unwrap());
        let rider: RiderId = shown["riders"][0]["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(oauth::grants_of(app, &realm, &rider).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_viewer_sends_nobody_on_a_journey() {
    for test in TestApp::each().await {
        let mut rani = owner(&test.app, "rani@contoh.id").await;
        let mut viewer = member(&test.app, &mut rani, "budi@contoh.id", "viewer").await;
        assert_eq!(viewer.post("/sandbox/journey", json!({})).await.code, "not_allowed");
        assert_eq!(Browser::new(&test.app).post("/sandbox/journey", json!({})).await.code, "not_signed_in");
    }
}
