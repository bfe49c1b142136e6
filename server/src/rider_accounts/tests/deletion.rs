//! Deleting an account: what goes, what stays, and when it is refused.

use domain::{identity::OperatorRole, ids::RiderId, keys::Environment, realm::Realm};
use serde_json::json;
use sqlx::{Connection as _, Executor as _};

use super::support::{EMAIL, id_of, link, rider, sign_in, tap, top_up};
use crate::{
    app::App,
    identity::tests::support::{Browser, PASSWORD, mails_to, operator},
    oauth::{
        self, OAuthError,
        tests::support::{ALL, Stage, door, text},
    },
    riders::RiderError,
    store::{Row, Statement, params, sql},
    testing::TestApp,
};

sql! {
    BOOKS = "select account, cast(sum(amount) as bigint) as total from ledger_entries where realm = $1
        group by account order by account";

    RIDES = "select id, payer, charge, status from journeys where realm = $1 order by id";

    MEDIA = "select t.media_id as of_tap, j.media_id as of_journey, j.tapped_in_at from journeys j
        join taps t on t.realm = j.realm and t.gate_id = j.opening_gate_id and t.sequence = j.opening_sequence
        where j.realm = $1 and j.payer = $2 order by j.tapped_in_at";

    TAPS = "select gate_id, sequence, payer from taps where realm = $1 order by gate_id, sequence";
}

const DUMP: Statement = Statement {
    name: "rider_accounts::tests::DUMP",
    sql: "select cast(schema_to_xml(current_schema()::name, true, false, '') as text) as dump",
};

/// All that stands in the live store, and nothing that was deleted.
async fn dump(app: &App) -> String {
    if app.live.engine_name() != "sqlite" {
        return app.live.row(&DUMP, &[]).await.unwrap().unwrap().get("dump").unwrap();
    }
    let (from, to) = (app.config.data_dir.join("live.db"), app.config.data_dir.join("dump.db"));
    let mut connection = sqlx::SqliteConnection::connect(from.to_str().unwrap()).await.unwrap();
    let copy = format!("vacuum into '{}'", to.display());
    connection.execute(sqlx::AssertSqlSafe(copy)).await.unwrap();
    let dump = std::fs::read(&to).unwrap();
    std::fs::remove_file(&to).unwrap();
    String::from_utf8_lossy(&dump).into_owned()
}

/// What the books and their proof consist of.
async fn facts(app: &App) -> Vec<String> {
    let mut facts = Vec::new();
    let text = |row: &Row, name: &str| row.get::<String>(name).unwrap();
    for row in app.live.rows(&BOOKS, params![&Realm::Live]).await.unwrap() {
        facts.push(format!("{} {}", text(&row, "account"), row.get::<i64>("total").unwrap()));
    }
    for row in app.live.rows(&RIDES, params![&Realm::Live]).await.unwrap() {
        let charge: i64 = row.get("charge").unwrap();
        facts.push(format!("{} {} {charge} {}", text(&row, "id"), text(&row, "payer"), text(&row, "status")));
    }
    for row in app.live.rows(&TAPS, params![&Realm::Live]).await.unwrap() {
        let sequence: i64 = row.get("sequence").unwrap();
        facts.push(format!("{} {sequence} {}", text(&row, "gate_id"), text(&row, "payer")));
    }
    facts
}

async fn delete(browser: &mut Browser, password: &str) -> (u16, String) {
    let reply = browser.post("/rider/delete", json!({"password": password})).await;
    (reply.status, reply.body["detail"].as_str().unwrap_or_default().to_owned())
}

/// There and back, 8.000 and 2.000: the daily cap.
async fn a_day(app: &App, card: &str, day: &str) {
    tap(app, &format!("{card} in GMB {day}T16:00")).await;
    tap(app, &format!("{card} out DPK {day}T16:50")).await;
    tap(app, &format!("{card} in DPK {day}T17:30")).await;
    tap(app, &format!("{card} out GMB {day}T18:20")).await;
}

async fn signed_in(app: &App) -> Browser {
    let mut browser = Browser::new(app);
    assert_eq!(sign_in(&mut browser, EMAIL, PASSWORD).await, 200);
    browser
}

#[tokio::test]
async fn nobody_is_deleted_with_money_in_the_wallet_or_due_or_on_the_way() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut ayu = rider(app, EMAIL).await;
        let id = id_of(&mut ayu).await;
        link(app, &id, "kartu").await;
        top_up(app, &id, 6_000).await.unwrap();
        let (status, why) = delete(&mut ayu, PASSWORD).await;
        assert_eq!((status, why.contains("Rp 6.000")), (409, true), "{why}");
        // 8.000 of 6.000.
        tap(app, "kartu in GMB 08T16:00").await;
        let mut ayu = signed_in(app).await;
        let (status, why) = delete(&mut ayu, PASSWORD).await;
        assert_eq!((status, why.contains("dalam perjalanan")), (409, true), "{why}");
        tap(app, "kartu out DPK 08T16:50").await;
        let mut ayu = signed_in(app).await;
        let (status, why) = delete(&mut ayu, PASSWORD).await;
        assert_eq!((status, why.contains("Rp 2.000")), (409, true), "{why}");
        top_up(app, &id, 2_000).await.unwrap();
        let wrong = ayu.post("/rider/delete", json!({"password": "something else"})).await;
        assert_eq!(wrong.fault, Some(("password".to_owned(), "wrong_password".to_owned())));
        assert!(super::support::is_signed_in(&mut ayu).await, "still there");
        assert_eq!(delete(&mut ayu, PASSWORD).await.0, 200);
    }
}

#[tokio::test]
async fn who_is_deleted_leaves_amounts_behind_and_no_name() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut browser = rider(app, EMAIL).await;
        let id = id_of(&mut browser).await;
        link(app, &id, "kartu").await;
        top_up(app, &id, 20_000).await.unwrap();
        a_day(app, "kartu", "08").await;
        a_day(app, "kartu", "09").await;
        let mut stage = Stage::new(app, Environment::Live, "confidential").await;
        stage.rider = id.clone();
        let tokens = stage.tokens(&test).await;
        let bearer = format!("Bearer {}", text(&tokens, "access_token"));
        let call = async || door(app, "/user/profile", &[("authorization", &bearer)]).await.status;
        assert_eq!(call().await, 200);
        let before = facts(app).await;
        assert!(dump(app).await.contains(EMAIL), "the dump is whole");

        let (mut here, mut elsewhere) = (signed_in(app).await, signed_in(app).await);
        assert_eq!(delete(&mut here, PASSWORD).await.0, 200);
        assert_eq!(call().await, 401);
        for browser in [&mut here, &mut elsewhere] {
            assert!(!super::support::is_signed_in(browser).await);
        }
        let mut stranger = Browser::new(app);
        assert_eq!(sign_in(&mut stranger, EMAIL, PASSWORD).await, 401);
        assert!(mails_to(app, EMAIL).await.pop().unwrap().contains("terakhir"));
        assert_eq!(facts(app).await, before, "the books are as they were");
        let dump = dump(app).await;
        for personal in [EMAIL, "ayu@", "Ayu Wulandari"] {
            assert!(!dump.to_lowercase().contains(&personal.to_lowercase()), "{personal}");
        }
        nothing_happens_to_it(app, &id, &stage).await;
        let mut admin = operator(app, "admin@contoh.id", OperatorRole::Admin).await;
        let log = admin.get("/admin/audit?limit=100").await.body;
        let acts = log["data"].as_array().unwrap().iter();
        let told =
            acts.filter(|act| act["action"] == "rider.delete" && act["subject"] == id.as_str()).count();
        assert_eq!(told, 1);
        let listed = admin.get("/admin/riders").await.body;
        assert_eq!(
            (&listed["meta"]["total"], &listed["data"][0]["email"]),
            (&json!(1), &json!("c***@riders.example"))
        );
    }
}

/// A deleted account gets no money, no card, no grant; its card may be somebody else's.
async fn nothing_happens_to_it(app: &App, id: &RiderId, stage: &Stage) {
    assert!(matches!(top_up(app, id, 1_000).await, Err(RiderError::NotFound)));
    assert!(oauth::grants_of(app, &Realm::Live, id).await.unwrap().is_empty());
    let late = stage.try_consent(app, ALL, ALL).await;
    assert!(matches!(late, Err(OAuthError::NotAllowed)));
    tap(app, "kartu in GMB 10T07:00 qris_tap").await;
    let payers = app.live.rows(&RIDES, params![&Realm::Live]).await.unwrap();
    let last = payers.iter().find(|row| row.get::<String>("status").unwrap() == "open").unwrap();
    assert_eq!(last.get::<String>("payer").unwrap(), domain::media::MediaId::of_token("kartu").as_str());
    let next = id_of(&mut rider(app, "citra@riders.example").await).await;
    link(app, &next, "kartu").await;
}

/// The card of each tap-in of a payer, told apart by a letter each, in their order.
async fn cards(app: &App, payer: &str) -> (String, Vec<String>) {
    let (mut letters, mut seen) = (String::new(), Vec::new());
    for row in app.live.rows(&MEDIA, params![&Realm::Live, payer]).await.unwrap() {
        let (of_tap, of_journey): (String, String) =
            (row.get("of_tap").unwrap(), row.get("of_journey").unwrap());
        assert_eq!(of_tap, of_journey);
        let place = seen.iter().position(|other| *other == of_tap).unwrap_or(seen.len());
        if place == seen.len() {
            seen.push(of_tap);
        }
        letters.push(char::from(b'a' + u8::try_from(place).unwrap()));
    }
    (letters, seen)
}

#[tokio::test]
async fn nothing_that_is_kept_of_a_deleted_rider_leads_to_a_card() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut browser = rider(app, EMAIL).await;
        let id = id_of(&mut browser).await;
        let mut admin = operator(app, "admin@contoh.id", OperatorRole::Admin).await;
        for card in ["kartu-satu", "kartu-dua"] {
            let linked = admin.post(&format!("/admin/riders/{id}/media"), json!({"media": card})).await;
            assert_eq!(linked.status, 200);
        }
        let kind = json!({"user_type": "disabled"});
        assert_eq!(admin.post(&format!("/admin/riders/{id}/user-type"), kind).await.status, 200);
        for (card, hour) in [("kartu-satu", "16"), ("kartu-dua", "17"), ("kartu-satu", "18")] {
            tap(app, &format!("{card} in GMB 08T{hour}:00 qris_tap")).await;
            tap(app, &format!("{card} out DPK 08T{hour}:50 qris_tap")).await;
        }
        let names = ["kartu-satu", "kartu-dua"].map(domain::media::MediaId::of_token);
        let (letters, known) = cards(app, id.as_str()).await;
        assert_eq!(
            (letters.as_str(), known),
            ("aba", names.iter().map(|name| name.as_str().to_owned()).collect())
        );
        let before = facts(app).await;
        let mut browser = signed_in(app).await;
        assert_eq!(delete(&mut browser, PASSWORD).await, (200, String::new()));
        // One card is still one and two are two, under names that are no card's.
        let (letters, unknown) = cards(app, id.as_str()).await;
        assert_eq!((letters.as_str(), unknown.len()), ("aba", 2));
        assert_eq!(facts(app).await, before);
        let dump = dump(app).await;
        for name in &names {
            assert!(!dump.contains(name.as_str()), "the hash of a card is left");
        }
        let mut admin = operator(app, "later@contoh.id", OperatorRole::Admin).await;
        let log = admin.get(&format!("/admin/audit?subject={id}")).await.body.to_string();
        assert!(log.contains("rider.set_user_type") && !log.contains("disabled"), "{log}");
        // The same card in other hands begins anew.
        let next = id_of(&mut super::support::rider(app, "citra@riders.example").await).await;
        link(app, &next, "kartu-satu").await;
        tap(app, "kartu-satu in GMB 09T16:00 qris_tap").await;
        let (letters, theirs) = cards(app, next.as_str()).await;
        assert_eq!((letters.as_str(), theirs), ("a", vec![names[0].as_str().to_owned()]));
        assert_eq!(cards(app, id.as_str()).await.0, "aba");
    }
}
