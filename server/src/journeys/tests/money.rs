//! Many at once on one wallet, and one tap many times.

use domain::ledger::Balances;
use futures_util::FutureExt;

use super::*;
use crate::testing::TestApp;

#[tokio::test]
async fn a_tap_sent_twenty_times_at_once_is_one_journey_one_charge_one_event() {
    for test in TestApp::each().await {
        let app = &test.app;
        rider(app, &LIVE, "a", 20_000).await;
        let lines = "a in GMB 03-08 07:00 kci_pay\na out MGR 03-08 07:20 kci_pay";
        let sent = (0..20).map(|_| {
            let app = app.clone();
            tokio::spawn(async move { send(&app, &LIVE, lines).await })
        });
        let mut accepted = 0;
        for answers in sent.collect::<Vec<_>>() {
            let answers = answers.await.unwrap();
            assert_eq!(answers[1].fare, Some(Rupiah(5_000)));
            assert_eq!(answers[1].balance, Some(Rupiah(15_000)));
            accepted +=
                answers.iter().filter(|answer| answer.status == domain::gates::TapStatus::Accepted).count();
        }
        assert_eq!(accepted, 2);
        assert_eq!(journeys(app, &LIVE).await, ["03-08 GMB>MGR completed 5000 5000"]);
        assert_eq!(transfers(app, &LIVE).await.len(), 2);
        assert_eq!(told(app, &LIVE, "journey.tap_in").await, 1);
        assert_eq!(told(app, &LIVE, "journey.completed").await, 1);
        let counted: i64 =
            rows(&app.live, &TRAFFIC, &LIVE).await.iter().map(|row| row.get::<i64>("taps").unwrap()).sum();
        assert_eq!(counted, 2);
    }
}

#[tokio::test]
async fn a_sender_who_hangs_up_leaves_all_or_nothing() {
    for test in TestApp::each().await {
        let app = &test.app;
        let lines = "a in GMB 03-08 07:00\na out MGR 03-08 07:20";
        for _ in 0..10 {
            // Asked once, then dropped.
            assert!(send(app, &LIVE, lines).now_or_never().is_none());
        }
        assert_eq!(send(app, &LIVE, lines).await[1].fare, Some(Rupiah(5_000)));
        assert_eq!(journeys(app, &LIVE).await, ["03-08 GMB>MGR completed 5000 5000"]);
        assert_eq!(accounts(app, &LIVE).await, ["fare_revenue -5000", "receivable:qris_tap 5000"]);
    }
}

/// A wallet of one rider with twenty cards, all used at once, while it is topped up.
#[tokio::test]
async fn parallel_tap_outs_and_top_ups_never_spend_twice() {
    for test in TestApp::each().await {
        let app = &test.app;
        let ani = rider(app, &LIVE, "card0", 0).await;
        for card in 1..20 {
            link(app, &LIVE, &format!("card{card}"), &ani, "2026-03-01T00:00").await;
        }
        // A card a day, so that no cap is met but the week's: 7 days of 5,000 are below 50,000.
        let mut sent = Vec::new();
        for card in 0..20 {
            let (app, ani) = (app.clone(), ani.clone());
            let day = 1 + card % 8;
            sent.push(tokio::spawn(async move {
                let tap = |direction, station, minute| {
                    format!(
                        "card{card} {direction} {station} 03-{day:02} {:02}:{minute} kci_pay",
                        6 + card / 8
                    )
                };
                send(&app, &LIVE, &tap("in", "GMB", "00")).await;
                top_up(&app, &LIVE, &ani, 1_000).await.unwrap();
                send(&app, &LIVE, &tap("out", "MGR", "20")).await;
                top_up(&app, &LIVE, &ani, 1_000).await.unwrap();
            }));
        }
        for one in sent {
            one.await.unwrap();
        }
        // 1 March is a Sunday; 2 to 8 March one week: 8 days with two journeys each of 5,000 (and, on
        // four days, a third one that the day's cap leaves nothing of) are 10,000 on 1 March and 50,000
        // of 70,000 by the week's cap.
        let charged: i64 = journeys(app, &LIVE).await.iter().map(|line| charge(line)).sum();
        assert_eq!(charged, 60_000);
        let Balances { balance, due } = ledger::balances(&app.live, &ani).await.unwrap().unwrap();
        assert_eq!((balance.0, due.0), (0, 60_000 - 40_000));
        let sums = accounts(app, &LIVE).await;
        assert!(sums.contains(&format!("due:{ani} 20000")), "{sums:?}");
        assert!(!sums.iter().any(|line| line.starts_with("wallet:")), "{sums:?}");
    }
}

/// Of a line of [`journeys`].
fn charge(line: &str) -> i64 {
    line.split(' ').nth(4).unwrap().parse().unwrap()
}

/// Batches of many riders at many stations, from several gates at once, in no common order, while
/// wallets are topped up and journeys are closed: nobody waits for ever for somebody else.
#[tokio::test]
async fn gates_that_report_the_same_riders_at_once_do_not_block_each_other() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut riders = Vec::new();
        for number in 0..6 {
            riders.push(rider(app, &LIVE, &format!("r{number}"), 1_000).await);
        }
        let gate = |gate: usize| {
            let (app, riders) = (app.clone(), riders.clone());
            async move {
                for round in 0..6 {
                    let line = |place: usize| {
                        // Each gate goes through the riders in an order of its own.
                        let medium = (place * [1, 5, 7, 11][gate % 4] + gate) % 12;
                        let medium = if medium < 6 { format!("r{medium}") } else { format!("n{medium}") };
                        let station = ["GMB", "MGR", "DPK", "BOO"][(place + gate) % 4];
                        let direction = ["in", "out"][(gate + round + place) % 2];
                        let (hour, minute) = (5 + round, 10 + gate);
                        format!(
                            "{medium} {direction} {station} 03-08 {hour:02}:{minute}:{place:02} kci_pay\n"
                        )
                    };
                    let lines: String = (0..12).map(line).collect();
                    send(&app, &LIVE, &lines).await;
                    top_up(&app, &LIVE, &riders[(gate + round) % 6], 1_000).await.unwrap();
                    crate::journeys::settle_due(&app).await.unwrap();
                }
            }
        };
        let gates: Vec<_> = (0..8).map(|number| tokio::spawn(gate(number))).collect();
        for gate in gates {
            gate.await.unwrap();
        }
        let charged: i64 = journeys(app, &LIVE).await.iter().map(|line| charge(line)).sum();
        let sums = accounts(app, &LIVE).await;
        let sum = |account: &str| -> i64 {
            let of = sums
                .iter()
                .filter_map(|line| line.split_once(' '))
                .filter(|(name, _)| name.starts_with(account));
            of.map(|(_, sum)| sum.parse::<i64>().unwrap()).sum()
        };
        assert_eq!(sum("fare_revenue") + sum("fare_adjustments"), -charged);
        assert_eq!(sum("top_ups"), 6_000 + 48_000);
        for rider in &riders {
            let (balance, due) = balances(app, &LIVE, rider).await;
            assert_eq!(sum(&format!("wallet:{rider}")), -balance);
            assert_eq!(sum(&format!("due:{rider}")), due);
            assert!(balance == 0 || due == 0);
        }
    }
}
