//! Who may come in, and to whose network.

use domain::operations::{Access, BASE, Operation};
use serde_json::json;

use super::support::{Lab, at};
use crate::testing::TestApp;

fn operations() -> impl Iterator<Item = Operation> {
    Operation::ALL.iter().copied().filter(|operation| operation.access() == Access::TestKey)
}

#[tokio::test]
async fn a_live_key_and_a_stranger_are_refused_everywhere() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        for operation in operations() {
            let path =
                format!("{BASE}{}", operation.path().replace("{id}", "rdr_00000000000000000000000000"));
            for (client, refusal) in
                [(&lab.live, (403, "test_key_required")), (&test.anonymous(), (401, "missing_credential"))]
            {
                let method = operation.method().parse().unwrap();
                let answer = client.call(method, &path, Some(json!({}))).await.code();
                assert_eq!((answer.0, answer.1.as_str()), refusal, "{operation:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_rider_of_another_network_is_as_absent_as_one_that_never_was() {
    for test in TestApp::each().await {
        let (mine, other) = (Lab::of(&test).await, Lab::of(&test).await);
        let theirs = other.rider("Ani").await;
        for id in [theirs.as_str(), "rdr_00000000000000000000000000", "ani", "%2e%2e"] {
            let bodies = [
                ("", None),
                ("/top-up", Some(json!({"amount": 5_000}))),
                ("/media", Some(json!({"media": "kartu"}))),
                ("/user-type", Some(json!({"user_type": "student"}))),
            ];
            for (path, body) in bodies {
                let path = at(&format!("/riders/{id}{path}"));
                let answer = match body {
                    None => mine.client.get(&path).await,
                    Some(body) => mine.client.post(&path, body).await,
                };
                assert_eq!(answer.code(), (404, "not_found".to_owned()), "{path}");
            }
        }
        for list in ["/journeys", "/ledger"] {
            let answer = mine.client.get(&at(&format!("{list}?rider_id={theirs}"))).await;
            assert_eq!(answer.code(), (404, "not_found".to_owned()), "{list}");
        }
        assert_eq!(mine.get("/riders").await["meta"]["total"], 0);
        assert_eq!(other.get(&format!("/riders/{theirs}")).await["balance"], 0);
    }
}

#[tokio::test]
async fn a_post_that_is_sent_again_is_done_once() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        let rider = lab.rider("Ani").await;
        let top_up = at(&format!("/riders/{rider}/top-up"));
        let client = lab.client.clone().header("idempotency-key", "k1");
        let first = client.post(&top_up, json!({"amount": 10_000})).await;
        let again = client.post(&top_up, json!({"amount": 10_000})).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        assert_eq!(again.text("idempotency-replayed"), "true");
        assert_eq!(lab.get(&format!("/riders/{rider}")).await["balance"], 10_000);
        let other = client.post(&top_up, json!({"amount": 20_000})).await;
        assert_eq!(other.code(), (422, "idempotency_key_reused".to_owned()));
    }
}
