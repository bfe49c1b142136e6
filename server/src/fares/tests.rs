//! Fares: the questions of the API, priced by the real tariffs.

use domain::{fares::Quote, lang::Lang, network::Network};
use jiff::Timestamp;
use serde_json::json;

use super::routes::{FareQuery, price};
use crate::{http::problem::ApiResult, http::query, testing::NOON};

fn ask(query: &str) -> ApiResult<Quote> {
    let network = Network::embedded().unwrap();
    let tariffs = domain::fares::Tariffs::embedded().unwrap();
    let now: Timestamp = NOON.parse().unwrap();
    let query: FareQuery = query::read(&format!("/fare/calculate?{query}").parse().unwrap())?;
    price(&network, &tariffs, now, &query)
}

/// Status, code and the faults as `field: code`.
fn refused(query: &str) -> (u16, String, Vec<String>) {
    let problem = ask(query).expect_err(query).problem(Lang::Id, "req", "");
    let faults = problem.errors.iter().map(|fault| format!("{}: {}", fault.field, fault.code)).collect();
    (problem.status, problem.code, faults)
}

#[test]
fn the_answer_is_as_printed_with_the_tariff_beside() {
    let answer = serde_json::to_value(ask("from=STN_GMB&to=STN_DPK").unwrap()).unwrap();
    assert_eq!(
        answer,
        json!({
            "from": "STN_GMB",
            "to": "STN_DPK",
            "distance_km": 27.062,
            "fare": 8000,
            "currency": "IDR",
            "user_type": "adult",
            "discounts": [],
            "fare_cap": { "daily": 10000, "weekly": 50000, "monthly": 150000 },
            "tariff": { "id": "nfc-gate-2026", "valid_from": "2026-01-01" },
        })
    );
}

#[test]
fn the_fare_follows_rider_day_and_tariff() {
    for (query, fare) in [
        ("from=STN_GMB&to=STN_MGR", 5_000),
        ("from=STN_GMB&to=STN_DPK&user_type=student", 4_000),
        ("from=STN_GMB&to=STN_DPK&user_type=disabled&payment_method=kci_pay", 4_000),
        ("from=STN_GMR&to=dp", 8_000),
        ("from=STN_GMB&to=STN_DPK&tariff=krl-2020", 4_000),
        ("from=STN_GMB&to=STN_DPK&at=2025-12-31", 4_000),
        ("from=STN_GMB&to=STN_DPK&at=2026-01-01", 8_000),
        ("from=STN_GMB&to=STN_DPK&at=2026-01-01&tariff=krl-2020", 4_000),
        ("from=STN_BOO&to=STN_JAKK&tariff=krl-2020", 6_000),
        ("from=STN_GMB&to=STN_GMB", 0),
        ("from=STN_GMB&to=STN_GMB&tariff=krl-2020", 3_000),
    ] {
        assert_eq!(ask(query).unwrap().fare.0, fare, "{query}");
    }
}

#[test]
fn the_steps_are_told_when_asked_for() {
    assert!(ask("from=STN_GMB&to=STN_DPK&explain=false").unwrap().explain.is_none());
    let answer = ask("from=STN_GMB&to=STN_DPK&user_type=student&explain=true").unwrap();
    let explained = serde_json::to_value(answer.explain).unwrap();
    assert_eq!((&explained["base_fare"], &explained["fare"]), (&json!(8000), &json!(4000)));
    assert_eq!(explained["bands"].as_array().map(Vec::len), Some(2));
    assert_eq!(explained["discounts"][0]["percent"], 50);
}

#[test]
fn what_is_missing_or_unreadable_is_400_and_all_of_it_is_named() {
    let check = |query: &str, faults: &[&str]| {
        let faults = faults.iter().map(ToString::to_string).collect();
        assert_eq!(refused(query), (400, "invalid_parameter".to_owned(), faults), "{query}");
    };
    check("", &["from: required", "to: required"]);
    check("from=&to=STN_DPK", &["from: required"]);
    check("from=STN_GMB", &["to: required"]);
    check("from=STN_GMB&to=STN_DPK&at=yesterday", &["at: unreadable"]);
    check("from=STN_GMB&to=STN_DPK&at=2026-02-30", &["at: unreadable"]);
    check("from=STN_GMB&to=STN_DPK&at=2026-3-8", &["at: unreadable"]);
    check("from=STN_GMB&to=STN_DPK&explain=perhaps", &["explain: unreadable"]);
    check("from=STN_GMB&from=STN_MGR&to=STN_DPK", &["from: duplicate"]);
}

#[test]
fn what_names_nothing_we_know_is_422_and_all_of_it_is_named() {
    let check = |query: &str, faults: &[&str]| {
        let faults = faults.iter().map(ToString::to_string).collect();
        assert_eq!(refused(query), (422, "validation_failed".to_owned(), faults), "{query}");
    };
    check("from=STN_XXX&to=STN_YYY", &["from: unknown_station", "to: unknown_station"]);
    check("from=STN_GMB&to=STN_KAT", &["to: closed_station"]);
    check("from=STN_GMB&to=STN_DPK&user_type=senior", &["user_type: not_one_of"]);
    check("from=STN_GMB&to=STN_DPK&payment_method=cash", &["payment_method: not_one_of"]);
    check("from=STN_GMB&to=STN_DPK&tariff=none", &["tariff: unknown_tariff"]);
    check("from=STN_GMB&to=STN_DPK&at=1999-01-01", &["at: no_tariff"]);
}
