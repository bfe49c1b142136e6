use serde_json::{Value, json};

use super::support::Lab;
use crate::testing::TestApp;

#[tokio::test]
async fn a_rider_is_made_listed_and_found() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        let made = lab
            .post("/riders", json!({"name": "Ani", "email": "ani@contoh.id", "user_type": "disabled"}))
            .await;
        assert_eq!(made.status, 201);
        let made: Value = made.read();
        assert_eq!((&made["user_type"], &made["kyc_status"]), (&json!("disabled"), &json!("none")));
        assert_eq!((&made["balance"], &made["due"], &made["media"]), (&json!(0), &json!(0), &json!([])));
        lab.rider("Budi").await;
        let found = lab.get("/riders?q=ANI&limit=1").await;
        assert_eq!((&found["meta"]["total"], &found["data"][0]["id"]), (&json!(1), &made["id"]));
        assert_eq!(lab.get("/riders?limit=1000").await["meta"], json!({"total": 2, "page": 1, "limit": 100}));
        assert_eq!(lab.get(&format!("/riders/{}", made["id"].as_str().unwrap())).await, made);
    }
}

#[tokio::test]
async fn what_is_no_rider_is_refused_by_name() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        lab.post("/riders", json!({"name": "Ani", "email": "ani@contoh.id"})).await.read::<Value>();
        for (body, field, code) in [
            (json!({}), "name", "required"),
            (json!({"name": " "}), "name", "required"),
            (json!({"name": "B", "email": "b"}), "email", "malformed"),
            (json!({"name": "B", "phone": "1"}), "phone", "malformed"),
            (json!({"name": "B", "user_type": "vip"}), "user_type", "invalid"),
            (json!({"name": "B", "email": "ANI@contoh.id"}), "email", "taken"),
            (json!({"name": "B", "balance": 1_000_000}), "balance", "unknown_field"),
            (json!({"name": "B", "nik": "3171000000000001"}), "nik", "unknown_field"),
        ] {
            let refused = lab.post("/riders", body.clone()).await.fault();
            assert_eq!(refused, (422, field.to_owned(), code.to_owned()), "{body}");
        }
    }
}

/// PBI 23/6/PBI/2021: Rp 2.000.000 unregistered, Rp 20.000.000 registered.
#[tokio::test]
async fn a_wallet_holds_no_more_than_the_central_bank_allows() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        for (kyc_status, limit) in [("none", 2_000_000), ("verified", 20_000_000)] {
            let made: Value =
                lab.post("/riders", json!({"name": "A", "kyc_status": kyc_status})).await.read();
            let top_up = format!("/riders/{}/top-up", made["id"].as_str().unwrap());
            let full: Value = lab.post(&top_up, json!({"amount": limit})).await.read();
            assert_eq!(full["balance"], limit);
            let refused = lab.post(&top_up, json!({"amount": 1})).await.fault();
            assert_eq!(refused, (422, "amount".to_owned(), "balance_limit".to_owned()));
            for bad in [json!(0), json!(-5), json!(1.5), json!("5000"), json!(20_000_001), json!(null)] {
                let refused = lab.post(&top_up, json!({"amount": bad})).await.fault();
                assert_eq!((refused.0, refused.1.as_str()), (422, "amount"), "{bad}");
            }
        }
    }
}
