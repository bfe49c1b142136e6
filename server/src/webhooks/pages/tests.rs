//! What the webhook pages are told, through the whole router.

use std::time::Duration;

use data_encoding::BASE64;
use domain::{
    events::{EventKind, GateOffline},
    ids::{DeliveryId, EventId, PartnerId, WebhookId},
    keys::Environment,
    realm::Realm,
    webhooks::{OVERLAP, SecretSet, SignedMessage, SigningSecret, sign, volume::EventVolumes},
};
use serde_json::{Value, json};

use crate::{
    app::App,
    events::{self, NewEvent},
    identity::tests::support::{Browser, member, owner, partner_id},
    realms,
    store::{DbError, params, sql},
    testing::TestApp,
    webhooks::{
        deliveries::{NewDelivery, NewMessage, enqueue, keep_message},
        sealed,
    },
};

sql! {
    INSERT_ENDPOINT = "insert into webhook_endpoints
            (id, realm, partner_id, url, description, events, status, secrets, created_at, changed_at)
        values ($1, $2, $3, 'https://hooks.example.com/nfc', '', 'gate.offline', 'active', $4, $5, $5)";

    SET_STATE = "update webhook_deliveries set status = $2, attempts = attempts + 1 where id = $1";
}

async fn offline(app: &App, gate: &'static str) {
    let (id, now) = (app.random.id(app.clock.now(), EventId::new), app.clock.now());
    let station = "STN_GMB".parse().unwrap();
    let data = GateOffline { gate_id: gate.to_owned(), station, last_seen_at: now };
    app.live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let event = NewEvent {
                    id,
                    realm: &Realm::Live,
                    kind: EventKind::GateOffline,
                    fact: gate,
                    rider_id: None,
                    journey_id: None,
                    station_id: Some(station),
                    occurred_at: now,
                    recorded_at: now,
                    data: serde_json::to_value(data).unwrap(),
                };
                events::record(tx, &event).await
            })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn volumes_are_those_of_full_days_and_nothing_is_said_before_there_is_one() {
    for test in TestApp::each().await {
        let app = &test.app;
        let volumes =
            async || test.anonymous().get("/portal-api/v1/event-volumes").await.read::<EventVolumes>();
        let hours = |hours: u64| Duration::from_secs(hours * 3_600);
        assert_eq!(volumes().await.days, 0);
        // Sunday 15:41 in Jakarta: this day is not whole.
        offline(app, "one").await;
        app.clock.advance(hours(1));
        assert_eq!(volumes().await.tenths_per_day(EventKind::GateOffline), None);
        // Monday counts once it is over; Sunday never.
        app.clock.advance(hours(24));
        offline(app, "two").await;
        offline(app, "three").await;
        assert_eq!(volumes().await.days, 0);
        app.clock.advance(hours(24));
        let told = volumes().await;
        assert_eq!((told.days, told.from), (1, Some("2026-03-09".parse().unwrap())));
        assert_eq!(told.tenths_per_day(EventKind::GateOffline), Some(20));
        assert_eq!(told.tenths_per_day(EventKind::FraudDetected), Some(0));
        // On Friday the two are spread over Monday to Thursday; today's are not in it.
        app.clock.advance(hours(72));
        offline(app, "four").await;
        let told = volumes().await;
        assert_eq!((told.days, told.tenths_per_day(EventKind::GateOffline)), (4, Some(5)));
        // A week later Monday has gone.
        app.clock.advance(hours(5 * 24));
        let told = volumes().await;
        assert_eq!((told.days, told.from), (7, Some("2026-03-11".parse().unwrap())));
        assert_eq!(told.tenths_per_day(EventKind::GateOffline), Some(1));
    }
}

#[tokio::test]
async fn volumes_are_counted_once_for_many_readers() {
    for test in TestApp::each().await {
        offline(&test.app, "one").await;
        let client = test.anonymous();
        client.get("/portal-api/v1/event-volumes").await.read::<EventVolumes>();
        let before = test.app.live.statements_run();
        for _ in 0..3 {
            client.get("/portal-api/v1/event-volumes").await.read::<EventVolumes>();
        }
        assert_eq!(test.app.live.statements_run(), before);
    }
}

struct Endpoint {
    id: WebhookId,
    realm: Realm,
    partner_id: PartnerId,
    secrets: SecretSet,
}

async fn endpoint(app: &App, partner: &str, environment: Environment, secret: &str) -> Endpoint {
    let partner_id: PartnerId = partner.parse().unwrap();
    let realm = realms::of(environment, &partner_id);
    let id = app.random.id(app.clock.now(), WebhookId::new);
    let secrets = SecretSet::new(secret.parse::<SigningSecret>().unwrap());
    let kept = sealed(&app.vault, &id, &secrets);
    let values = (id.clone(), realm.to_string(), partner_id.clone(), kept, app.clock.now());
    app.store(environment)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let (id, realm, partner, kept, now) = values;
                tx.execute(&INSERT_ENDPOINT, params![&id, realm, &partner, kept, now]).await
            })
        })
        .await
        .unwrap();
    Endpoint { id, realm, partner_id, secrets }
}

/// A delivery on its way, and the bytes and headers of its first attempt.
async fn delivery(app: &App, endpoint: &Endpoint) -> (DeliveryId, SignedMessage) {
    let now = app.clock.now();
    let (id, event_id) = (app.random.id(now, DeliveryId::new), app.random.id(now, EventId::new));
    let body = format!(r#"{{"id":"{event_id}","event":"gate.offline","data":{{"gate_id":"GATE_GMB_01"}}}}"#);
    let message = sign(&endpoint.secrets, event_id.as_str(), now.as_second(), &body).unwrap();
    let (realm, partner_id, endpoint_id) =
        (endpoint.realm.clone(), endpoint.partner_id.clone(), endpoint.id.clone());
    let delivery_id = id.clone();
    realms::store(app, &endpoint.realm)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let kept =
                    NewMessage { realm: &realm, event_id: &event_id, audience: None, body: &body, now };
                keep_message(tx, &kept).await?;
                let delivery = NewDelivery {
                    id: &id,
                    realm: &realm,
                    partner_id: &partner_id,
                    endpoint_id: &endpoint_id,
                    event_id: &event_id,
                    audience: None,
                    kind: EventKind::GateOffline,
                    rider_id: None,
                    test: false,
                    now,
                };
                enqueue(tx, &delivery).await
            })
        })
        .await
        .unwrap();
    (delivery_id, message)
}

fn lines(message: &SignedMessage) -> String {
    message.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}

const SECRET: &str = "a_secret_of_24_bytes_or_more";
const OTHER: &str = "another_secret_of_24_bytes_or_more";

/// The codes that the doctor finds, and the delivery that he knows it for.
async fn consult(browser: &mut Browser, question: Value) -> (Vec<String>, Option<String>) {
    let reply = browser.post("/webhook-doctor", question).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let codes = reply.body["findings"].as_array().unwrap().iter();
    let codes: Vec<_> = codes.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(reply.body["sound"], json!(codes.is_empty()));
    (codes, reply.body["delivery_id"].as_str().map(ToOwned::to_owned))
}

#[tokio::test]
async fn the_doctor_knows_a_true_delivery_and_names_what_was_done_to_others() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, "rani@travelku.example").await;
        let mut budi = member(app, &mut rani, "budi@travelku.example", "viewer").await;
        let partner = partner_id(&mut rani).await;
        for environment in Environment::ALL {
            let own = endpoint(app, &partner, environment, SECRET).await;
            let (id, message) = delivery(app, &own).await;
            let (headers, body) = (lines(&message), String::from_utf8(message.body.clone()).unwrap());
            let ask =
                |headers: &str, body: &str| json!({"headers": headers, "body": body, "endpoint_id": own.id});
            // Viewers may ask too: they change nothing and are told no secret.
            for browser in [&mut rani, &mut budi] {
                let (codes, known) = consult(browser, ask(&headers, &body)).await;
                assert_eq!((codes.len(), known.as_deref()), (0, Some(id.as_str())));
            }
            let check = async |browser: &mut Browser, headers: &str, body: &str, expected: &str| {
                assert_eq!(consult(browser, ask(headers, body)).await.0, [expected]);
            };
            let spaced =
                serde_json::to_string_pretty(&serde_json::from_str::<Value>(&body).unwrap()).unwrap();
            check(&mut rani, &headers, &spaced, "reserialised").await;
            check(&mut rani, &headers, &body.replace("GATE_GMB_01", "GATE_GMB_02"), "bytes_changed").await;
            check(&mut rani, "content-type: application/json", &body, "no_signature").await;
            // The same bytes in base64, and with a line end that a text field would lose.
            let exact = |body: &[u8]| json!({"headers": headers, "body_base64": BASE64.encode(body), "endpoint_id": own.id});
            assert!(consult(&mut rani, exact(body.as_bytes())).await.0.is_empty());
            let longer = format!("{body}\n");
            assert_eq!(consult(&mut rani, exact(longer.as_bytes())).await.0, ["bytes_added"]);
        }
    }
}

#[tokio::test]
async fn the_doctor_knows_a_secret_that_was_pasted_and_the_ones_that_should_have_been() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, "rani@travelku.example").await;
        let partner = partner_id(&mut rani).await;
        let own = endpoint(app, &partner, Environment::Live, SECRET).await;
        endpoint(app, &partner, Environment::Test, OTHER).await;
        let (_, message) = delivery(app, &own).await;
        let (headers, body) = (lines(&message), String::from_utf8(message.body.clone()).unwrap());
        let with = |secret: &str| json!({"headers": headers, "body": body, "secret": secret});
        assert!(consult(&mut rani, with(SECRET)).await.0.is_empty());
        assert_eq!(consult(&mut rani, with(OTHER)).await.0, ["wrong_secret"]);
        assert_eq!(consult(&mut rani, with("a_third_secret_of_24_bytes_or_more")).await.0, ["wrong_secret"]);
        app.clock.advance(Duration::from_secs(301));
        assert_eq!(consult(&mut rani, with(SECRET)).await.0, ["timestamp_old"]);
    }
}

#[tokio::test]
async fn the_doctor_tells_an_overlap_and_a_secret_that_is_gone_from_a_changed_delivery() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, "rani@travelku.example").await;
        let partner = partner_id(&mut rani).await;
        let mut own = endpoint(app, &partner, Environment::Test, SECRET).await;
        let (_, before) = delivery(app, &own).await;
        let path = format!("/webhooks/{}/rotate-secret", own.id);
        let reply = rani.post(&path, json!({"secret": OTHER, "overlap_hours": 24})).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        own.secrets = own.secrets.clone().rotated(OTHER.parse().unwrap(), app.clock.now(), OVERLAP).unwrap();
        let (_, during) = delivery(app, &own).await;
        let ask = |message: &SignedMessage, more: Value| {
            let mut question =
                json!({"headers": lines(message), "body_base64": BASE64.encode(&message.body)});
            question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            question
        };
        // The receiver has the new secret already.
        let new = json!({"endpoint_id": own.id, "secret": OTHER});
        assert_eq!(consult(&mut rani, ask(&during, new)).await.0, ["keeps_old_secret"]);
        assert!(consult(&mut rani, ask(&during, json!({"endpoint_id": own.id}))).await.0.is_empty());
        let path = format!("/webhooks/{}/end-overlap", own.id);
        assert_eq!(rani.post(&path, json!({})).await.status, 200);
        assert_eq!(
            consult(&mut rani, ask(&before, json!({"endpoint_id": own.id}))).await.0,
            ["wrong_secret"]
        );
    }
}

#[tokio::test]
async fn the_doctor_uses_no_other_partners_secrets_and_asks_for_one() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, "rani@travelku.example").await;
        let partner = partner_id(&mut rani).await;
        let foreign = endpoint(app, &partner, Environment::Live, SECRET).await;
        let (_, message) = delivery(app, &foreign).await;
        let (headers, body) = (lines(&message), String::from_utf8(message.body.clone()).unwrap());
        let mut sari = owner(app, "sari@kopi.example").await;
        let question = json!({"headers": headers, "body": body, "endpoint_id": foreign.id});
        assert_eq!(sari.post("/webhook-doctor", question).await.code, "not_found");
        let question = json!({"headers": headers, "body": body, "secret": OTHER});
        let (codes, known) = consult(&mut sari, question).await;
        assert_eq!((codes, known), (vec!["nothing_matches".to_owned()], None));
        let refused = sari.post("/webhook-doctor", json!({"headers": headers, "body": body})).await;
        assert_eq!((refused.status, refused.fault.unwrap().0.as_str()), (422, "endpoint_id"));
        let short = json!({"headers": headers, "body": body, "secret": "short"});
        assert_eq!(sari.post("/webhook-doctor", short).await.fault.unwrap().0, "secret");
        let base64 = json!({"headers": headers, "body_base64": "?", "secret": OTHER});
        assert_eq!(sari.post("/webhook-doctor", base64).await.fault.unwrap().0, "body_base64");
        assert_eq!(Browser::new(app).post("/webhook-doctor", json!({})).await.code, "not_signed_in");
    }
}

/// What a stream tells before the server stops.
async fn tail(test: &TestApp, browser: &Browser, query: &str) -> Vec<String> {
    let path = format!("/portal-api/v1/webhook-tail{query}");
    let client = test.anonymous().header("cookie", browser.cookie.as_deref().unwrap());
    let reply = client.get(&path).await;
    assert_eq!(reply.text("content-type"), "text/event-stream");
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    text.lines().filter_map(|line| line.strip_prefix("data: ")).map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn a_tail_tells_when_a_delivery_came_or_moved_on_and_of_ones_own_alone() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, "rani@travelku.example").await;
        let mut sari = owner(app, "sari@kopi.example").await;
        let own = endpoint(app, &partner_id(&mut rani).await, Environment::Test, SECRET).await;
        let other = endpoint(app, &partner_id(&mut sari).await, Environment::Test, SECRET).await;
        // A stream looks once, and then the server stops.
        app.shutdown.cancel();
        let empty = tail(&test, &rani, "?environment=test").await;
        let (id, _) = delivery(app, &own).await;
        let waiting = tail(&test, &rani, &format!("?environment=test&mark={}", empty[0])).await;
        assert_eq!(waiting.len(), 1);
        let seen = format!("?environment=test&mark={}", waiting[0]);
        assert_eq!(tail(&test, &rani, &seen).await, Vec::<String>::new());
        delivery(app, &other).await;
        assert_eq!(tail(&test, &rani, &seen).await, Vec::<String>::new(), "somebody else's");
        app.sandbox
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(&SET_STATE, params![&id, "delivered"]).await })
            })
            .await
            .unwrap();
        assert_eq!(tail(&test, &rani, &seen).await.len(), 1);
        assert_eq!(tail(&test, &rani, "?environment=live").await, empty);
        let of_endpoint = format!("?environment=test&endpoint_id={}", own.id);
        assert_eq!(tail(&test, &rani, &of_endpoint).await, tail(&test, &rani, "?environment=test").await);
        assert_eq!(tail(&test, &sari, &of_endpoint).await, empty, "another's endpoint looks empty");
        assert_eq!(Browser::new(app).get("/webhook-tail").await.code, "not_signed_in");
    }
}
