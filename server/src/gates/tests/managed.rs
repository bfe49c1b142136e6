//! What operators do with gates, on both engines.

use domain::{
    gates::{GateCreated, GateId},
    identity::OperatorRole,
    network::GateDirection,
    page::PageRequest,
};
use serde_json::{Value, json};

use super::{Device, console, made};
use crate::{
    audit::{Chain, verify_chain},
    gates::{GateError, GateFilter, NewGate, create, list, load, provision_all},
    identity::tests::support::{Browser, member, operator, owner},
    testing::TestApp,
};

#[tokio::test]
async fn a_gate_is_made_rotated_and_retired_and_each_act_is_on_record() {
    for test in TestApp::each().await {
        let app = &test.app;
        load(app).await.unwrap();
        let mut admin = operator(app, "admin@kci.example", OperatorRole::Admin).await;
        let reply = admin.post("/admin/gates", json!({"station": "gmr", "direction": "in"})).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        let id = reply.body["gate"]["id"].as_str().unwrap().to_owned();
        let numbers = app.network.find("GMB").unwrap().planned_gates();
        let planned = numbers.filter(|gate| gate.direction == GateDirection::In).count();
        assert_eq!(id, format!("GATE_GMB_IN_{:02}", planned + 1));
        assert_eq!(reply.body["gate"]["state"], "unheard");
        let secret = reply.body["secret"].as_str().unwrap().to_owned();
        assert_eq!(secret.len(), 64);
        assert_eq!(Device { id: id.clone(), secret: secret.clone() }.heartbeat(&test).await.status, 200);

        let read = admin.get(&format!("/admin/gates/{id}")).await.body;
        assert_eq!((&read["state"], &read["firmware"]), (&json!("online"), &json!("1.4.2")));
        assert!(!read.to_string().contains(&secret), "a secret is told once");
        let rotated = admin.post(&format!("/admin/gates/{id}/rotate"), json!({"overlap_hours": 1})).await;
        assert!(rotated.body["gate"]["earlier_secret_until"].is_string());
        assert_ne!(rotated.body["secret"], secret.as_str());
        let long = admin.post(&format!("/admin/gates/{id}/rotate"), json!({"overlap_hours": 25})).await;
        assert_eq!((long.status, long.fault.unwrap().0.as_str()), (422, "overlap_hours"));
        let retired = admin.post(&format!("/admin/gates/{id}/retire"), json!({})).await;
        assert_eq!((retired.status, &retired.body["state"]), (200, &json!("retired")));
        let again = admin.post(&format!("/admin/gates/{id}/rotate"), json!({})).await;
        assert_eq!((again.status, again.code), (409, "wrong_state"));

        let history = admin.get(&format!("/admin/audit?subject={id}")).await.body;
        let actions: Vec<_> = history["data"].as_array().unwrap().iter().map(|row| &row["action"]).collect();
        assert_eq!(actions, ["gate.retire", "gate.rotate", "gate.create"]);
        assert!(!history.to_string().contains(&secret));
        assert!(matches!(verify_chain(&app.live).await.unwrap(), Chain::Intact { .. }));
    }
}

#[tokio::test]
async fn secrets_lie_sealed_in_the_store() {
    for test in TestApp::each().await {
        load(&test.app).await.unwrap();
        let GateCreated { gate, secret } = made(&test.app, "STN_DPK", GateDirection::Out).await;
        let row = test.app.live.row(&super::super::queries::ONE, crate::store::params![&gate.id]).await;
        let stored: Vec<u8> = row.unwrap().unwrap().get("secret").unwrap();
        let text = secret.expose().as_bytes();
        assert!(stored.len() > text.len() && !stored.windows(text.len()).any(|part| part == text));
    }
}

#[tokio::test]
async fn a_name_is_used_once_and_a_station_must_be_one() {
    for test in TestApp::each().await {
        let app = &test.app;
        load(app).await.unwrap();
        let new = |station: &str, id: &str| NewGate {
            station: station.to_owned(),
            direction: GateDirection::In,
            id: Some(id.parse::<GateId>().unwrap()),
        };
        create(app, console(app), new("STN_BOO", "PINTU-1")).await.unwrap();
        let again = create(app, console(app), new("STN_DPK", "pintu-1")).await;
        assert!(matches!(again, Err(GateError::Taken(_))));
        let nowhere = create(app, console(app), new("STN_XXX", "PINTU-2")).await;
        assert!(matches!(nowhere, Err(GateError::NoSuchStation(_))));
        let mut admin = operator(app, "admin@kci.example", OperatorRole::Admin).await;
        for (body, field) in [
            (json!({"station": "", "direction": "in"}), "station"),
            (json!({"station": "GMB", "direction": "up"}), "direction"),
            (json!({"station": "GMB", "direction": "in", "id": "a b"}), "id"),
            (json!({"station": "GMB", "direction": "in", "id": "GATE_GMB_IN_01"}), "id"),
        ] {
            let reply = admin.post("/admin/gates", body.clone()).await;
            assert_eq!((reply.status, reply.fault.unwrap().0.as_str()), (422, field), "{body}");
        }
    }
}

#[tokio::test]
async fn all_gates_without_a_secret_get_one_at_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        load(app).await.unwrap();
        let first = made(app, "STN_BOO", GateDirection::In).await;
        let given = provision_all(app, console(app)).await.unwrap();
        let all = list(app, GateFilter::default(), PageRequest::parse(None, None, 1).unwrap()).await.unwrap();
        assert_eq!(given.len() as u64 + 1, all.meta.total);
        assert!(given.iter().all(|given| given.gate.id != first.gate.id));
        let gate: Device = given.into_iter().last().unwrap().into();
        assert_eq!(gate.heartbeat(&test).await.status, 200);
        assert!(provision_all(app, console(app)).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_list_is_narrowed_by_station_and_state() {
    for test in TestApp::each().await {
        let app = &test.app;
        load(app).await.unwrap();
        let mut admin = operator(app, "admin@kci.example", OperatorRole::Support).await;
        let gate = Device::at(app, "STN_MGR", GateDirection::In).await;
        gate.heartbeat(&test).await;
        let ids = |body: &Value| -> Vec<String> {
            body["data"].as_array().unwrap().iter().map(|gate| gate["id"].as_str().unwrap().into()).collect()
        };
        assert_eq!(ids(&admin.get("/admin/gates?state=online").await.body), [gate.id.as_str()]);
        let of_station = admin.get("/admin/gates?station=MRI&limit=200").await.body;
        let planned = app.network.find("MRI").unwrap().planned_gates().count() as u64;
        assert_eq!(of_station["meta"]["total"], planned + 1);
        for (query, field) in [("station=XXX", "station"), ("state=asleep", "state"), ("page=0", "page")] {
            let reply = admin.get(&format!("/admin/gates?{query}")).await;
            assert_eq!((reply.status, reply.fault.unwrap().0.as_str()), (400, field));
        }
        assert_eq!(admin.get("/admin/gates/GATE_XXX_IN_01").await.status, 404);
    }
}

#[tokio::test]
async fn operators_look_and_only_admins_change() {
    for test in TestApp::each().await {
        let app = &test.app;
        load(app).await.unwrap();
        let mut rani = owner(app, "rani@travelku.example").await;
        let mut people = vec![("stranger", Browser::new(app))];
        people.push(("developer", member(app, &mut rani, "dev@travelku.example", "developer").await));
        people.push(("owner", rani));
        for role in OperatorRole::ALL {
            people
                .push((role.as_str(), operator(app, &format!("{}@kci.example", role.as_str()), role).await));
        }
        let reads = ["admin", "support", "finance"];
        let matrix: [(&str, Option<Value>, &[&str]); 7] = [
            ("/admin/gates", None, &reads),
            ("/admin/gates-overview", None, &reads),
            ("/admin/fraud", None, &reads),
            ("/admin/gates/GATE_GMB_IN_01", None, &reads),
            ("/admin/gates", Some(json!({"station": "GMB", "direction": "in"})), &["admin"]),
            ("/admin/gates/GATE_GMB_IN_01/rotate", Some(json!({})), &["admin"]),
            ("/admin/gates/GATE_GMB_IN_01/retire", Some(json!({})), &["admin"]),
        ];
        for (path, body, allowed) in matrix {
            for (role, browser) in &mut people {
                let reply = match &body {
                    Some(body) => browser.post(path, body.clone()).await,
                    None => browser.get(path).await,
                };
                match *role {
                    "stranger" => assert_eq!((reply.status, reply.code), (401, "not_signed_in"), "{path}"),
                    role if allowed.contains(&role) => {
                        assert!(reply.status < 300, "{role} {path}: {reply:?}")
                    }
                    role => assert_eq!((reply.status, reply.code), (403, "not_allowed"), "{role} {path}"),
                }
            }
        }
    }
}
