use domain::{
    events::{EventKind, GateOffline},
    ids::{EventId, PartnerId},
    realm::Realm,
};

use super::{NewEvent, erase, latest, record, since};
use crate::{store::DbError, testing::TestApp};

/// Tells of a gate's outage; true if it had not been told.
async fn tell(test: &TestApp, realm: Realm, gate: &'static str) -> bool {
    let (now, id) = (test.app.clock.now(), test.app.random.id(test.app.clock.now(), EventId::new));
    test.app
        .sandbox
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let station = "STN_GMB".parse().unwrap();
                let data = GateOffline { gate_id: gate.to_owned(), station, last_seen_at: now };
                let event = NewEvent {
                    id,
                    realm: &realm,
                    kind: EventKind::GateOffline,
                    fact: gate,
                    rider_id: None,
                    journey_id: None,
                    station_id: Some(station),
                    occurred_at: now,
                    recorded_at: now,
                    data: serde_json::to_value(data).unwrap(),
                };
                record(tx, &event).await
            })
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_fact_is_told_once_in_each_realm() {
    for test in TestApp::each().await {
        let (one, other) =
            (Realm::Sandbox(PartnerId::new(1, [1; 10])), Realm::Sandbox(PartnerId::new(1, [2; 10])));
        assert!(tell(&test, one.clone(), "A").await);
        assert!(!tell(&test, one.clone(), "A").await);
        assert!(tell(&test, other.clone(), "A").await);
        assert!(tell(&test, one.clone(), "B").await);

        let told = since(&test.app.sandbox, &one, 0, 10).await.unwrap();
        let gates: Vec<_> = told.iter().map(|event| event.data["gate_id"].as_str().unwrap()).collect();
        assert_eq!(gates, ["A", "B"]);
        assert_eq!(since(&test.app.sandbox, &one, told[0].sequence, 10).await.unwrap(), told[1..]);
        assert_eq!(latest(&test.app.sandbox, &one, 1).await.unwrap(), told[1..]);

        let erased = one.clone();
        test.app
            .sandbox
            .write::<_, DbError, _>(move |tx| Box::pin(async move { erase(tx, &erased).await }))
            .await
            .unwrap();
        assert_eq!(since(&test.app.sandbox, &one, 0, 10).await.unwrap(), []);
        assert_eq!(since(&test.app.sandbox, &other, 0, 10).await.unwrap().len(), 1);
    }
}
