//! Fares in these tests, from the tariff: Gambir–Manggarai 5,000, Gambir–Depok (27.062 km) 8,000; from
//! Bogor the farthest is Rangkasbitung (123.761 km), 5,000 + 12 × 1,500 = 23,000. A day costs 10,000 at
//! most. It is Sunday 8 March 2026, 15:41 in Jakarta.

mod money;
mod order;
mod stories;

use domain::{
    fares::PaymentMethod,
    gates::{GateDecision, TapAnswer},
    ids::{PartnerId, RiderId},
    media::MediaId,
    money::Rupiah,
    realm::Realm,
    riders::CreateRider,
    time::JAKARTA,
};
use jiff::{Timestamp, civil::DateTime};

use super::{NewTap, RecordError, link_begins, link_medium, record};
use crate::{
    app::App,
    ledger::{self, Balances, LedgerError, TopUp},
    realms, riders,
    store::{Db, DbError, Row, params, sql},
};

const LIVE: Realm = Realm::Live;

sql! {
    LINK = "insert into media (realm, id, rider_id, label, linked_from, linked_at) values ($1, $2, $3, 'card', $4, $4)";

    BECOME_STUDENT = "insert into rider_user_types (rider_id, since_day, user_type, recorded_at)
        values ($1, $2, 'student', 0)
        on conflict (rider_id, since_day) do update set user_type = 'student'";

    LOSE_STATION = "update taps set station_id = 'STN_QQQ' where media_id = $1";

    JOURNEYS = "select payer, from_station_id, to_station_id, status, fare, charge, limited_by, day, user_type,
            tapped_in_at, tapped_out_at, due_at, id
        from journeys where realm = $1 and status <> 'superseded' order by opened_at, opening_gate_id";

    SUMS = "select account, cast(sum(amount) as bigint) as total from ledger_entries where realm = $1
        group by account order by account";

    TRANSFERS = "select debit, credit, amount, reason from ledger_transfers where realm = $1 order by at, id";

    EVENTS = "select kind, fact, rider_id, data from events where realm = $1 order by kind, fact";

    TRAFFIC = "select station_id, hour, direction, taps from traffic_hours where realm = $1
        order by station_id, hour, direction";

    FINDINGS = "select id, score, reasons, taps from fraud_findings where realm = $1 and withdrawn_at is null
        order by id";

    COUNT_TAPS = "select count(*) as taps from taps where realm = $1";
}

/// `2026-03-08T07:00`, by the clock in Jakarta.
fn wib(text: &str) -> Timestamp {
    JAKARTA.to_timestamp(text.parse::<DateTime>().unwrap()).unwrap()
}

fn sandbox(number: u8) -> Realm {
    Realm::Sandbox(PartnerId::new(1, [number; 10]))
}

/// `medium direction station day time [method]`, in 2026. The same line is the same tap.
fn tap(app: &App, line: &str) -> NewTap {
    let words: Vec<_> = line.split_whitespace().collect();
    let &[medium, direction, station, day, time, ref method @ ..] = words.as_slice() else {
        panic!("{line}")
    };
    let digits =
        |text: &str| text.bytes().fold(7_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 1_000_000_007);
    NewTap {
        gate: format!("GATE_{station}_{direction}").into(),
        station: app.network.find(station).unwrap().ix,
        sequence: digits(line),
        direction: direction.parse().unwrap(),
        media: MediaId::of_token(medium),
        payment_method: method.first().map_or(PaymentMethod::QrisTap, |method| method.parse().unwrap()),
        tapped_at: wib(&format!("2026-{day}T{time}")),
    }
}

fn taps(app: &App, lines: &str) -> Vec<NewTap> {
    lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| tap(app, line)).collect()
}

async fn send(app: &App, realm: &Realm, lines: &str) -> Vec<TapAnswer> {
    record(app, realm, taps(app, lines)).await.unwrap()
}

/// One tap: `open|deny fare balance`, each `-` where there is none.
async fn answer(app: &App, realm: &Realm, line: &str) -> String {
    let answers = send(app, realm, line).await;
    let amount = |amount: Option<Rupiah>| amount.map_or("-".to_owned(), |amount| amount.0.to_string());
    let answer = &answers[0];
    let decision = if answer.decision == GateDecision::Open { "open" } else { "deny" };
    format!("{decision} {} {}", amount(answer.fare), amount(answer.balance))
}

/// As [`answer`], at the instant of the tap.
async fn at_once(app: &App, realm: &Realm, line: &str) -> String {
    app.clock.advance_to(tap(app, line).tapped_at);
    answer(app, realm, line).await
}

async fn rows(db: &Db, statement: &crate::store::Statement, realm: &Realm) -> Vec<Row> {
    db.rows(statement, params![realm]).await.unwrap()
}

/// `day from>to status fare charge`, and the cap that lowered the charge.
async fn journeys(app: &App, realm: &Realm) -> Vec<String> {
    let rows = rows(realms::store(app, realm), &JOURNEYS, realm).await;
    let text = |row: &Row, column: &str| row.get::<Option<String>>(column).unwrap();
    let line = |row: &Row| {
        let day = domain::time::day_from_number(row.get("day").unwrap()).strftime("%m-%d").to_string();
        let place = |column| text(row, column).map_or("?".to_owned(), |id| id[4..].to_owned());
        let (from, to, status) =
            (place("from_station_id"), place("to_station_id"), text(row, "status").unwrap());
        let (fare, charge): (i64, i64) = (row.get("fare").unwrap(), row.get("charge").unwrap());
        let capped = text(row, "limited_by").map_or(String::new(), |period| format!(" {period}"));
        format!("{day} {from}>{to} {status} {fare} {charge}{capped}")
    };
    rows.iter().map(line).collect()
}

/// `account sum`, those of zero left out.
async fn accounts(app: &App, realm: &Realm) -> Vec<String> {
    let rows = rows(realms::store(app, realm), &SUMS, realm).await;
    let sum = |row: &Row| (row.get::<String>("account").unwrap(), row.get::<i64>("total").unwrap());
    let sums: Vec<_> = rows.iter().map(sum).collect();
    assert_eq!(sums.iter().map(|(_, sum)| sum).sum::<i64>(), 0, "the ledger sums to zero");
    sums.into_iter().filter(|&(_, sum)| sum != 0).map(|(account, sum)| format!("{account} {sum}")).collect()
}

/// `debit credit amount reason`, in order.
async fn transfers(app: &App, realm: &Realm) -> Vec<String> {
    let text = |row: &Row, column| row.get::<String>(column).unwrap();
    rows(realms::store(app, realm), &TRANSFERS, realm)
        .await
        .iter()
        .map(|row| {
            let amount: i64 = row.get("amount").unwrap();
            format!("{} {} {amount} {}", text(row, "debit"), text(row, "credit"), text(row, "reason"))
        })
        .collect()
}

/// How many events of a kind were told.
async fn told(app: &App, realm: &Realm, kind: &str) -> usize {
    let rows = rows(realms::store(app, realm), &EVENTS, realm).await;
    rows.iter().filter(|row| row.get::<String>("kind").unwrap() == kind).count()
}

/// A rider of a realm, who holds a medium since 1 March, with money.
async fn rider(app: &App, realm: &Realm, medium: &str, money: i64) -> RiderId {
    let new: CreateRider = serde_json::from_value(serde_json::json!({ "name": medium })).unwrap();
    let place =
        riders::Place { realm: realm.clone(), now: realms::now(app, realm), random: app.random.clone() };
    let db = realms::store(app, realm);
    let id = db
        .write::<_, riders::RiderError, _>(move |tx| {
            Box::pin(async move { riders::create(tx, &place, &new).await })
        })
        .await
        .unwrap();
    link(app, realm, medium, &id, "2026-03-01T00:00").await;
    if money > 0 {
        top_up(app, realm, &id, money).await.unwrap();
    }
    id
}

/// Links a medium as operators do.
async fn link(app: &App, realm: &Realm, medium: &str, rider: &RiderId, from: &str) {
    let (medium, from) = (MediaId::of_token(medium), wib(from));
    let (at, in_realm, rider) = (app.clone(), realm.clone(), rider.clone());
    realms::store(app, realm)
        .write::<_, RecordError, _>(move |tx| {
            Box::pin(async move {
                let from = link_begins(tx, &in_realm, &medium, from).await?;
                tx.execute(&LINK, params![&in_realm, medium.as_str(), &rider, from]).await?;
                link_medium(tx, &at, &in_realm, &medium, &rider, from).await
            })
        })
        .await
        .unwrap();
}

async fn top_up(app: &App, realm: &Realm, rider: &RiderId, amount: i64) -> Result<Balances, LedgerError> {
    let (now, random) = (realms::now(app, realm), app.random.clone());
    let (in_realm, rider) = (realm.clone(), rider.clone());
    realms::store(app, realm)
        .write::<_, LedgerError, _>(move |tx| {
            Box::pin(async move {
                let top_up = TopUp {
                    realm: &in_realm,
                    rider_id: &rider,
                    amount: Rupiah(amount),
                    actor: "test",
                    now,
                    limit: Rupiah(2_000_000),
                    random: &random,
                };
                ledger::top_up(tx, &top_up).await
            })
        })
        .await
}

async fn balances(app: &App, realm: &Realm, rider: &RiderId) -> (i64, i64) {
    let Balances { balance, due } =
        ledger::balances(realms::store(app, realm), rider).await.unwrap().unwrap();
    (balance.0, due.0)
}
