use domain::{
    gates::{TapReason, TapStatus},
    ledger::TransferReason,
    page::PageRequest,
};

use super::*;
use crate::{
    journeys::{findings, journeys_of, latest_journeys, resettle, settle_due},
    testing::TestApp,
};

#[tokio::test]
async fn a_day_of_kci_pay_is_charged_to_the_wallet_up_to_the_cap() {
    for test in TestApp::each().await {
        let app = &test.app;
        let ani = rider(app, &LIVE, "a", 15_000).await;
        assert_eq!(at_once(app, &LIVE, "a in GMB 03-09 07:00 kci_pay").await, "open - 15000");
        assert_eq!(at_once(app, &LIVE, "a out DPK 03-09 07:40 kci_pay").await, "open 8000 7000");
        assert_eq!(at_once(app, &LIVE, "a in DPK 03-09 12:00 kci_pay").await, "open - 7000");
        assert_eq!(at_once(app, &LIVE, "a out GMB 03-09 12:45 kci_pay").await, "open 2000 5000");
        assert_eq!(at_once(app, &LIVE, "a in GMB 03-09 13:00 kci_pay").await, "open - 5000");
        assert_eq!(at_once(app, &LIVE, "a out MGR 03-09 13:20 kci_pay").await, "open 0 5000");
        assert_eq!(
            journeys(app, &LIVE).await,
            [
                "03-09 GMB>DPK completed 8000 8000",
                "03-09 DPK>GMB completed 8000 2000 daily",
                "03-09 GMB>MGR completed 5000 0 daily",
            ]
        );
        let wallet = format!("wallet:{ani} -5000");
        assert_eq!(accounts(app, &LIVE).await, ["fare_revenue -10000", "top_ups 15000", &wallet]);
        assert_eq!(told(app, &LIVE, "journey.tap_in").await, 3);
        assert_eq!(told(app, &LIVE, "journey.completed").await, 3);
        assert_eq!(told(app, &LIVE, "fare_cap.reached").await, 1);
        let page = PageRequest::parse(None, Some("2"), 100).unwrap();
        let listed = journeys_of(&app.live, &LIVE, ani.as_str(), page).await.unwrap();
        assert_eq!((listed.meta.total, listed.data.len()), (3, 2));
        assert_eq!(listed.data[0].charge, Rupiah(0));
        assert_eq!(latest_journeys(&app.live, &LIVE, 1).await.unwrap(), listed.data[..1]);
    }
}

#[tokio::test]
async fn events_say_what_is_printed_and_whom_they_are_about() {
    for test in TestApp::each().await {
        let app = &test.app;
        let ani = rider(app, &LIVE, "a", 15_000).await;
        let sent = send(app, &LIVE, "a in GMB 03-08 07:00\na out MGR 03-08 07:33").await;
        let journey_id = sent[0].journey_id.clone().unwrap();
        assert_eq!(sent[1].journey_id.as_ref(), Some(&journey_id));
        let events = crate::events::since(&app.live, &LIVE, 0, 10).await.unwrap();
        assert_eq!(events.len(), 2);
        assert!(events.iter().all(|event| event.rider_id.as_ref() == Some(&ani)));
        let tap_in = serde_json::json!({"station": "STN_GMB", "time": "2026-03-08T00:00:00Z"});
        assert_eq!(
            events[0].data,
            serde_json::json!({"journey_id": journey_id, "tap_in": tap_in, "payment_method": "qris_tap"})
        );
        assert_eq!(
            events[1].data,
            serde_json::json!({"journey_id": journey_id, "tap_in": tap_in,
                "tap_out": {"station": "STN_MGR", "time": "2026-03-08T00:33:00Z"},
                "fare": 5000, "payment_method": "qris_tap", "fare_cap_applied": false})
        );
    }
}

#[tokio::test]
async fn a_journey_that_nobody_ended_is_charged_and_corrected_by_a_late_tap() {
    for test in TestApp::each().await {
        let app = &test.app;
        let bob = rider(app, &LIVE, "b", 40_000).await;
        send(app, &LIVE, "b in GMB 03-08 15:00 kci_pay").await;
        assert_eq!(settle_due(app).await.unwrap(), 0);
        app.clock.advance_to(wib("2026-03-08T19:00"));
        assert_eq!(settle_due(app).await.unwrap(), 1);
        assert_eq!(settle_due(app).await.unwrap(), 0);
        // Gambir to Rangkasbitung is more than a day may cost.
        assert!(journeys(app, &LIVE).await[0].ends_with(" 10000 daily"));
        assert_eq!(balances(app, &LIVE, &bob).await, (30_000, 0));
        let late = answer(app, &LIVE, "b out MGR 03-08 15:20 kci_pay").await;
        assert_eq!(late, "open 5000 35000");
        assert_eq!(journeys(app, &LIVE).await, ["03-08 GMB>MGR completed 5000 5000"]);
        let (fare, adjusted) = (
            format!("wallet:{bob} fare_revenue 10000 fare"),
            format!("fare_adjustments wallet:{bob} 5000 late_tap"),
        );
        assert_eq!(transfers(app, &LIVE).await[1..], [fare, adjusted]);
        assert_eq!(told(app, &LIVE, "journey.completed").await, 1);
        accounts(app, &LIVE).await;
    }
}

#[tokio::test]
async fn a_tap_out_before_its_tap_in_ends_as_if_they_had_come_in_order() {
    for test in TestApp::each().await {
        let app = &test.app;
        send(app, &LIVE, "c out MGR 03-08 15:20").await;
        assert_eq!(journeys(app, &LIVE).await, ["03-08 ?>MGR unmatched 15500 10000 daily"]);
        send(app, &LIVE, "c in GMB 03-08 15:00").await;
        assert_eq!(journeys(app, &LIVE).await, ["03-08 GMB>MGR completed 5000 5000"]);
        assert_eq!(
            accounts(app, &LIVE).await,
            ["fare_adjustments 10000", "fare_revenue -15000", "receivable:qris_tap 5000"]
        );
        let reasons: Vec<_> = transfers(app, &LIVE)
            .await
            .iter()
            .map(|line| line.rsplit(' ').next().unwrap().to_owned())
            .collect();
        assert_eq!(reasons.iter().filter(|reason| *reason == "journey_superseded").count(), 1);
    }
}

#[tokio::test]
async fn a_journey_over_midnight_belongs_to_the_day_of_its_tap_in() {
    for test in TestApp::each().await {
        let app = &test.app;
        send(
            app,
            &LIVE,
            "d in GMB 03-07 07:00
             d out DPK 03-07 07:40
             d in DPK 03-07 23:50
             d out GMB 03-08 00:30
             d in GMB 03-08 08:00
             d out DPK 03-08 08:40",
        )
        .await;
        assert_eq!(
            journeys(app, &LIVE).await,
            [
                "03-07 GMB>DPK completed 8000 8000",
                "03-07 DPK>GMB completed 8000 2000 daily",
                "03-08 GMB>DPK completed 8000 8000",
            ]
        );
    }
}

#[tokio::test]
async fn only_a_fresh_tap_in_without_money_is_denied() {
    for test in TestApp::each().await {
        let app = &test.app;
        rider(app, &LIVE, "e", 4_999).await;
        // 15:41 is now. Longer than 30 s ago the gate decided for itself.
        let denied = "e in GMB 03-08 15:40:30 kci_pay";
        assert_eq!(answer(app, &LIVE, denied).await, "deny - 4999");
        assert_eq!(journeys(app, &LIVE).await, [""; 0]);
        assert_eq!(told(app, &LIVE, "journey.tap_in").await, 0);
        assert_eq!(rows(&app.live, &TRAFFIC, &LIVE).await.len(), 0);
        app.clock.advance(std::time::Duration::from_secs(600));
        let again = send(app, &LIVE, denied).await;
        assert_eq!(again[0].status, TapStatus::Duplicate);
        assert_eq!(again[0].reason, Some(TapReason::InsufficientBalance));
        assert_eq!(answer(app, &LIVE, "e in GMB 03-08 15:50:29 kci_pay").await, "open - 4999");
        // Anonymous media and other methods have no wallet here.
        assert_eq!(answer(app, &LIVE, "e in GMB 03-08 15:51 qris_tap").await, "open - -");
        assert_eq!(answer(app, &LIVE, "f in GMB 03-08 15:51 kci_pay").await, "open - -");
    }
}

#[tokio::test]
async fn who_has_paid_all_that_a_day_costs_rides_on_without_money() {
    for test in TestApp::each().await {
        let app = &test.app;
        rider(app, &LIVE, "g", 10_000).await;
        for line in [
            "g in GMB 03-09 07:00 kci_pay",
            "g out DPK 03-09 07:40 kci_pay",
            "g in DPK 03-09 09:00 kci_pay",
            "g out GMB 03-09 09:40 kci_pay",
        ] {
            at_once(app, &LIVE, line).await;
        }
        assert_eq!(at_once(app, &LIVE, "g in GMB 03-09 15:41 kci_pay").await, "open - 0");
        assert_eq!(at_once(app, &LIVE, "g in GMB 03-10 07:00 kci_pay").await, "deny - 0");
    }
}

#[tokio::test]
async fn a_tap_that_cannot_be_taken_does_not_lose_the_others() {
    for test in TestApp::each().await {
        let app = &test.app;
        let answers = send(
            app,
            &LIVE,
            "h in GMB 02-01 15:40
             h in GMB 03-08 15:00
             h in GMB 03-08 15:43:01
             h out MGR 03-08 15:20
             h out MGR 03-08 15:20",
        )
        .await;
        let told: Vec<_> = answers.iter().map(|answer| (answer.status, answer.reason)).collect();
        assert_eq!(
            told,
            [
                (TapStatus::Rejected, Some(TapReason::TooOld)),
                (TapStatus::Accepted, None),
                (TapStatus::Rejected, Some(TapReason::InFuture)),
                (TapStatus::Accepted, None),
                (TapStatus::Duplicate, None),
            ]
        );
        assert_eq!(answers[4].journey_id, answers[3].journey_id);
        assert_eq!((answers[3].fare, answers[4].fare), (Some(Rupiah(5_000)), Some(Rupiah(5_000))));
        assert_eq!(journeys(app, &LIVE).await, ["03-08 GMB>MGR completed 5000 5000"]);
        assert_eq!(record(app, &LIVE, Vec::new()).await.unwrap(), []);
    }
}

#[tokio::test]
async fn realms_do_not_touch_each_other() {
    for test in TestApp::each().await {
        let app = &test.app;
        let day = "i in GMB 03-08 07:00\ni out DPK 03-08 07:40\ni in DPK 03-08 09:00\ni out GMB 03-08 09:40";
        for realm in [LIVE, sandbox(1), sandbox(2)] {
            send(app, &realm, day).await;
        }
        send(app, &sandbox(1), "i in GMB 03-08 15:00").await;
        for realm in [LIVE, sandbox(2)] {
            assert_eq!(journeys(app, &realm).await.len(), 2);
            assert_eq!(accounts(app, &realm).await, ["fare_revenue -10000", "receivable:qris_tap 10000"]);
        }
        // One test clock closes its own journeys only.
        send(app, &sandbox(2), "i in GMB 03-08 15:00").await;
        realms::advance(app, &PartnerId::new(1, [1; 10]), std::time::Duration::from_secs(4 * 3600))
            .await
            .unwrap();
        assert_eq!(settle_due(app).await.unwrap(), 1);
        assert!(journeys(app, &sandbox(1)).await[2].contains("incomplete"));
        assert!(journeys(app, &sandbox(2)).await[2].contains("open"));
        // A reset leaves nothing there, and all elsewhere.
        app.sandbox
            .write::<_, DbError, _>(|tx| {
                Box::pin(async move { crate::journeys::erase(tx, &sandbox(1)).await })
            })
            .await
            .unwrap();
        assert_eq!(journeys(app, &sandbox(1)).await, [""; 0]);
        assert_eq!(journeys(app, &sandbox(2)).await.len(), 3);
    }
}

#[tokio::test]
async fn a_linked_medium_brings_its_taps_along_and_its_charges_go_back() {
    for test in TestApp::each().await {
        let app = &test.app;
        send(
            app,
            &LIVE,
            "j in GMB 03-07 07:00 kci_pay
             j out MGR 03-07 07:20 kci_pay
             j in GMB 03-08 07:00 kci_pay
             j out MGR 03-08 07:20 kci_pay",
        )
        .await;
        let jon = rider(app, &LIVE, "other", 20_000).await;
        link(app, &LIVE, "j", &jon, "2026-03-08T00:00").await;
        assert_eq!(balances(app, &LIVE, &jon).await, (15_000, 0));
        let wallet = format!("wallet:{jon} -15000");
        assert_eq!(
            accounts(app, &LIVE).await,
            ["fare_revenue -10000", "receivable:kci_pay 5000", "top_ups 20000", &wallet]
        );
        let journeys = latest_journeys(&app.live, &LIVE, 10).await.unwrap();
        assert_eq!(journeys.len(), 2);
        assert_eq!(journeys[0].payer, jon.as_str());
        assert_eq!(journeys[1].payer, MediaId::of_token("j").as_str());
        assert_eq!(told(app, &LIVE, "journey.completed").await, 2);
    }
}

#[tokio::test]
async fn a_journey_that_was_on_its_way_goes_over_to_the_rider_as_a_whole() {
    for test in TestApp::each().await {
        let app = &test.app;
        send(
            app,
            &LIVE,
            "m in GMB 03-07 22:00
             m out MGR 03-07 22:20
             m in MGR 03-07 23:50
             m out GMB 03-08 00:10",
        )
        .await;
        let rider = rider(app, &LIVE, "other", 20_000).await;
        link(app, &LIVE, "m", &rider, "2026-03-08T00:00").await;
        assert_eq!(
            journeys(app, &LIVE).await,
            ["03-07 GMB>MGR completed 5000 5000", "03-07 MGR>GMB completed 5000 5000"]
        );
        let journeys = latest_journeys(&app.live, &LIVE, 10).await.unwrap();
        assert_eq!(journeys[0].payer, rider.as_str());
        assert_eq!(journeys[1].payer, MediaId::of_token("m").as_str());
    }
}

#[tokio::test]
async fn a_finding_is_told_once_and_withdrawn_when_a_late_tap_explains_it() {
    for test in TestApp::each().await {
        let app = &test.app;
        // Two entries at one station within five minutes.
        send(app, &LIVE, "k in GMB 03-08 07:00\nk in GMB 03-08 07:04").await;
        let page = PageRequest::parse(None, None, 100).unwrap();
        let found = findings(&app.live, &LIVE, page).await.unwrap().data;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].rule.as_str(), found[0].score), ("pass_back", 40));
        assert_eq!((found[0].taps.len(), found[0].withdrawn_at), (2, None));
        // The rider had gone out between.
        send(app, &LIVE, "k out GMB 03-08 07:02").await;
        let found = findings(&app.live, &LIVE, page).await.unwrap().data;
        assert!(found[0].withdrawn_at.is_some());
        assert_eq!(told(app, &LIVE, "fraud.detected").await, 1);
    }
}

#[tokio::test]
async fn a_student_since_today_pays_half_of_today_and_gets_the_rest_back() {
    for test in TestApp::each().await {
        let app = &test.app;
        let sari = rider(app, &LIVE, "s", 20_000).await;
        for line in [
            "s in GMB 03-07 07:00 kci_pay",
            "s out MGR 03-07 07:20 kci_pay",
            "s in GMB 03-08 07:00 kci_pay",
            "s out MGR 03-08 07:20 kci_pay",
        ] {
            send(app, &LIVE, line).await;
        }
        assert_eq!(balances(app, &LIVE, &sari).await, (10_000, 0));
        let (at, of) = (app.clone(), sari.clone());
        let today = domain::time::jakarta_day(app.clock.now());
        app.live
            .write::<_, RecordError, _>(move |tx| {
                Box::pin(async move {
                    let day = domain::time::day_number(today);
                    tx.execute(&BECOME_STUDENT, params![&of, day]).await?;
                    let reason = TransferReason::UserTypeChanged;
                    resettle(tx, &at, &LIVE, &of, today, reason).await
                })
            })
            .await
            .unwrap();
        assert_eq!(
            journeys(app, &LIVE).await,
            ["03-07 GMB>MGR completed 5000 5000", "03-08 GMB>MGR completed 2500 2500"]
        );
        assert_eq!(balances(app, &LIVE, &sari).await, (12_500, 0));
        let back = format!("fare_adjustments wallet:{sari} 2500 user_type_changed");
        assert_eq!(transfers(app, &LIVE).await.iter().filter(|line| **line == back).count(), 1);
        assert_eq!(told(app, &LIVE, "journey.completed").await, 2);
    }
}

#[tokio::test]
async fn the_worker_closes_journeys_when_a_clock_is_moved() {
    for test in TestApp::each().await {
        let app = &test.app;
        send(app, &sandbox(1), "w in GMB 03-08 15:00").await;
        send(app, &LIVE, "w in GMB 03-08 15:00").await;
        crate::journeys::worker::spawn(app);
        let incomplete = |line: &String| line.contains("incomplete");
        realms::advance(app, &PartnerId::new(1, [1; 10]), std::time::Duration::from_secs(4 * 3600))
            .await
            .unwrap();
        until(async || journeys(app, &sandbox(1)).await.iter().all(incomplete)).await;
        assert!(!journeys(app, &LIVE).await.iter().any(incomplete));
        app.clock.advance_to(wib("2026-03-08T19:00"));
        until(async || journeys(app, &LIVE).await.iter().all(incomplete)).await;
        app.shutdown.cancel();
        app.tasks.close();
        app.tasks.wait().await;
    }
}

/// Looks again and again, for ten seconds at most.
async fn until(holds: impl AsyncFn() -> bool) {
    let looks = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), looks).await.expect("it comes to hold");
}

/// What a batch costs decides how many taps a second are kept up with.
#[tokio::test]
async fn an_ordinary_tap_takes_few_statements() {
    for test in TestApp::each().await {
        let app = &test.app;
        for number in 0..25 {
            rider(app, &LIVE, &format!("r{number}"), 20_000).await;
        }
        // Half of them riders who pay by wallet, half of them nobody.
        let batch = |direction: &str, station: &str, time: &str| -> String {
            let line = |number| {
                let (medium, method) = if number < 25 { ("r", "kci_pay") } else { ("n", "emv_visa") };
                format!("{medium}{number} {direction} {station} 03-08 {time} {method}\n")
            };
            (0..50).map(line).collect()
        };
        for (direction, station, time, most) in [("in", "GMB", "15:00", 6.5), ("out", "MGR", "15:20", 7.5)] {
            let lines = batch(direction, station, time);
            let before = app.live.statements_run();
            send(app, &LIVE, &lines).await;
            let each = (app.live.statements_run() - before) as f64 / 50.0;
            println!("{} {direction}: {each} statements a tap", app.live.engine_name());
            assert!(each <= most, "{} {direction}: {each} statements a tap", app.live.engine_name());
        }
        assert_eq!(journeys(app, &LIVE).await.len(), 50);
    }
}

#[tokio::test]
async fn a_payer_that_cannot_be_rated_keeps_its_taps_and_holds_up_nobody() {
    for test in TestApp::each().await {
        let app = &test.app;
        send(app, &LIVE, "x in GMB 03-08 15:00").await;
        // A station that the network does not have any more.
        let lost = MediaId::of_token("x");
        app.live
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(&LOSE_STATION, params![lost.as_str()]).await })
            })
            .await
            .unwrap();
        let answers = send(app, &LIVE, "x out MGR 03-08 15:20\ny in GMB 03-08 15:10").await;
        assert!(answers.iter().all(|answer| answer.status == TapStatus::Accepted));
        assert_eq!((&answers[0].journey_id, answers[0].fare), (&None, None));
        assert!(answers[1].journey_id.is_some());
        assert_eq!(rows(&app.live, &COUNT_TAPS, &LIVE).await[0].get::<i64>("taps").unwrap(), 3);
        // Both are due; the one of `x` comes first.
        app.clock.advance_to(wib("2026-03-08T20:00"));
        settle_due(app).await.unwrap();
        let statuses: Vec<_> = journeys(app, &LIVE).await.iter().map(|line| line[12..].to_owned()).collect();
        assert!(statuses[0].contains("open") && statuses[1].contains("incomplete"), "{statuses:?}");
    }
}
