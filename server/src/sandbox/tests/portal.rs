//! Members in the portal.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

use crate::{
    identity::tests::support::{Browser, member, owner},
    testing::{TestApp, client::Client},
};

async fn made(browser: &mut Browser, name: &str) -> Value {
    let reply = browser.post("/sandbox/riders", json!({"name": name})).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.body
}

#[tokio::test]
async fn a_member_taps_by_a_riders_card_and_sees_what_came_of_it() {
    for test in TestApp::each().await {
        let mut rani = owner(&test.app, "rani@contoh.id").await;
        let rider = made(&mut rani, "Ani").await;
        let (id, card) = (rider["id"].as_str().unwrap(), rider["media"][0]["id"].clone());
        rani.post(&format!("/sandbox/riders/{id}/top-up"), json!({"amount": 50_000})).await;
        let mut taps = Vec::new();
        for (station, direction) in [("STN_GMB", "in"), ("STN_DPK", "out")] {
            rani.post("/sandbox/clock", json!({"advance_s": 1_800})).await;
            let tap = json!({"medium_id": card, "station_id": station, "direction": direction});
            taps.push(rani.post("/sandbox/tap", tap).await.body);
        }
        // Gambir to Depok, 27.062 km: Rp 5.000 + 2 × Rp 1.500.
        assert_eq!((&taps[1]["fare"], &taps[1]["balance"]), (&json!(8_000), &json!(42_000)));
        let shown = rani.get("/sandbox").await.body;
        assert_eq!(shown["journeys"][0]["status"], "completed");
        assert_eq!(shown["riders"][0]["balance"], 42_000);
        assert_eq!(shown["clock"]["offset_s"], 3_600);
        assert!(shown["stations"].as_array().unwrap().len() > 80);
        // Nobody else's card, and no card at all.
        let mut other = owner(&test.app, "sari@contoh.id").await;
        for medium in [card, json!("med_00000000000000000000000000000000"), json!("x"), json!(null)] {
            let tap = json!({"medium_id": medium, "station_id": "STN_GMB", "direction": "in"});
            let refused = other.post("/sandbox/tap", tap).await;
            assert_eq!(refused.fault, Some(("medium_id".to_owned(), "required".to_owned())), "{refused:?}");
        }
        assert_eq!(other.get("/sandbox").await.body["riders_total"], 0);
    }
}

#[tokio::test]
async fn a_viewer_looks_and_changes_nothing() {
    for test in TestApp::each().await {
        let mut rani = owner(&test.app, "rani@contoh.id").await;
        let rider = made(&mut rani, "Ani").await;
        let rider = format!("/sandbox/riders/{}", rider["id"].as_str().unwrap());
        let mut viewer = member(&test.app, &mut rani, "budi@contoh.id", "viewer").await;
        assert_eq!(viewer.get("/sandbox").await.body["riders_total"], 1);
        for (path, body) in [
            ("/sandbox/clock", json!({"advance_s": 60})),
            ("/sandbox/riders", json!({"name": "Cici"})),
            ("/sandbox/tap", json!({"media": "m", "station_id": "STN_GMB", "direction": "in"})),
            ("/sandbox/taps", json!({"taps": [{"media": "m", "station_id": "STN_GMB", "direction": "in"}]})),
            ("/sandbox/peak", json!({"riders": 1})),
            ("/sandbox/reset", json!({})),
            (&format!("{rider}/top-up"), json!({"amount": 1})),
            (&format!("{rider}/media"), json!({"media": "m"})),
            (&format!("{rider}/user-type"), json!({"user_type": "student"})),
        ] {
            let refused = viewer.post(path, body).await;
            assert_eq!((refused.status, refused.code), (403, "not_allowed"), "{path}");
        }
        let mut stranger = Browser::new(&test.app);
        assert_eq!(stranger.get("/sandbox").await.status, 401);
    }
}

#[tokio::test]
async fn the_page_works_by_plain_forms() {
    let test = TestApp::one().await;
    let mut rani = owner(&test.app, "rani@contoh.id").await;
    let client =
        test.anonymous().header("cookie", rani.cookie.as_ref().unwrap()).header("accept", "text/html");
    let page = async || {
        let reply = client.get("/sandbox").await;
        assert_eq!(reply.status, 200);
        String::from_utf8_lossy(&reply.body).into_owned()
    };
    assert!(page().await.contains("Belum ada penumpang uji."));
    let done =
        submit(&client, "/sandbox/riders/create", "name=Ani+Uji&email=&user_type=adult&kyc_status=none")
            .await;
    assert_eq!((done.0, done.1.as_str()), (303, "/sandbox?done=rider"));
    assert!(page().await.contains("Ani Uji"));
    let card = rani.get("/sandbox").await.body["riders"][0]["media"][0]["id"].as_str().unwrap().to_owned();
    let (status, _, html) = submit(
        &client,
        "/sandbox/tap",
        &format!("medium_id={card}&media=&station_id=STN_GMB&direction=in&payment_method=qris_tap"),
    )
    .await;
    assert!(status == 200 && html.contains("Tap tercatat, gate terbuka."), "{html}");
    let done = submit(&client, "/sandbox/clock", "advance_s%3Aint=14460").await;
    assert_eq!((done.0, done.1.as_str()), (303, "/sandbox?done=clock"));
    crate::journeys::settle_due(&test.app).await.unwrap();
    assert!(page().await.contains("Tanpa tap keluar"));
    let (status, _, html) = submit(&client, "/sandbox/peak", "riders%3Aint=0").await;
    assert!(status == 422 && html.contains("Antara 1 dan 500"), "{html}");
    let done = submit(&client, "/sandbox/reset", "").await;
    assert_eq!((done.0, done.1.as_str()), (303, "/sandbox?done=reset"));
    assert!(page().await.contains("Belum ada perjalanan."));
}

async fn submit(client: &Client, path: &str, form: &str) -> (u16, String, String) {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .unwrap();
    let reply = client.send(request).await;
    let html = String::from_utf8_lossy(&reply.body).into_owned();
    (reply.status.as_u16(), reply.text("location").to_owned(), html)
}
