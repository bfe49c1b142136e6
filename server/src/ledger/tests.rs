use domain::{
    fares::PaymentMethod,
    ids::{JourneyId, RiderId},
    ledger::{Balances, TransferReason},
    money::Rupiah,
    realm::Realm,
};

use super::{Charge, LedgerError, PayOut, TopUp, Wallet, balances, pay_out, post, top_up, transfers};
use crate::{
    app::App,
    store::{params, sql},
    testing::TestApp,
};

sql! {
    SUM = "select cast(coalesce(sum(amount), 0) as bigint) as total from ledger_entries where account = $1";
    TOTAL = "select cast(coalesce(sum(amount), 0) as bigint) as total from ledger_entries";
}

const LIMIT: Rupiah = Rupiah(2_000_000);

fn rider() -> RiderId {
    RiderId::new(1, [1; 10])
}

async fn put_in(app: &App, amount: i64) -> Result<Balances, LedgerError> {
    let (random, now) = (app.random.clone(), app.clock.now());
    app.live
        .write::<_, LedgerError, _>(move |tx| {
            Box::pin(async move {
                let rider_id = rider();
                let amount = Rupiah(amount);
                let realm = Realm::Live;
                let request = TopUp {
                    realm: &realm,
                    rider_id: &rider_id,
                    amount,
                    actor: "test",
                    now,
                    limit: LIMIT,
                    random: &random,
                };
                top_up(tx, &request).await
            })
        })
        .await
}

async fn charge(app: &App, difference: i64, reason: TransferReason) {
    let (random, at) = (app.random.clone(), app.clock.now());
    app.live
        .write::<_, LedgerError, _>(move |tx| {
            Box::pin(async move {
                let (realm, rider_id, journey_id) = (Realm::Live, rider(), JourneyId::new(1, [1; 10]));
                let mut wallet = Wallet::read(tx, &realm, &rider_id).await?;
                let charge = Charge {
                    realm: &realm,
                    payer: rider_id.as_str(),
                    method: PaymentMethod::KciPay,
                    journey_id: &journey_id,
                    difference: Rupiah(difference),
                    reason,
                    at,
                };
                post(tx, &random, &charge, Some(&mut wallet)).await?;
                wallet.keep(tx).await
            })
        })
        .await
        .unwrap();
}

async fn sum(app: &App, account: &str) -> i64 {
    app.live.row(&SUM, params![account]).await.unwrap().unwrap().get("total").unwrap()
}

#[tokio::test]
async fn what_a_wallet_cannot_pay_is_due_and_paid_first() {
    for test in TestApp::each().await {
        let app = &test.app;
        let both = |balance, due| Balances { balance: Rupiah(balance), due: Rupiah(due) };
        assert_eq!(balances(&app.live, &rider()).await.unwrap(), None);
        assert_eq!(put_in(app, 7_000).await.unwrap(), both(7_000, 0));
        charge(app, 5_000, TransferReason::Fare).await;
        charge(app, 5_000, TransferReason::Fare).await;
        assert_eq!(balances(&app.live, &rider()).await.unwrap(), Some(both(0, 3_000)));
        // A refund pays what is due first, and so does a top-up.
        charge(app, -1_000, TransferReason::LateTap).await;
        assert_eq!(balances(&app.live, &rider()).await.unwrap(), Some(both(0, 2_000)));
        assert_eq!(put_in(app, 10_000).await.unwrap(), both(8_000, 0));
        charge(app, -500, TransferReason::LateTap).await;
        assert_eq!(balances(&app.live, &rider()).await.unwrap(), Some(both(8_500, 0)));

        let wallet = format!("wallet:{}", rider());
        assert_eq!(sum(app, &wallet).await, -8_500);
        assert_eq!(sum(app, &format!("due:{}", rider())).await, 0);
        assert_eq!(sum(app, "fare_revenue").await, -10_000);
        assert_eq!(sum(app, "fare_adjustments").await, 1_500);
        assert_eq!(sum(app, "top_ups").await, 17_000);
        let total: i64 = app.live.row(&TOTAL, &[]).await.unwrap().unwrap().get("total").unwrap();
        assert_eq!(total, 0);
        assert_eq!(transfers(&app.live, &Realm::Live, rider().as_str(), 100).await.unwrap().len(), 8);
    }
}

#[tokio::test]
async fn a_top_up_must_be_more_than_nothing_and_within_the_limit() {
    for test in TestApp::each().await {
        let app = &test.app;
        for amount in [0, -1, i64::MIN] {
            assert!(matches!(put_in(app, amount).await, Err(LedgerError::NotPositive)), "{amount}");
        }
        put_in(app, 1_999_999).await.unwrap();
        for amount in [2, LIMIT.0] {
            let refused = put_in(app, amount).await;
            assert!(matches!(refused, Err(LedgerError::LimitPassed { .. })), "{amount}");
        }
        assert!(matches!(put_in(app, i64::MAX).await, Err(LedgerError::Overflow)));
        assert_eq!(put_in(app, 1).await.unwrap().balance, LIMIT);
        assert_eq!(sum(app, "top_ups").await, LIMIT.0);
    }
}

async fn take_out(app: &App, amount: i64) -> Result<Balances, LedgerError> {
    let (random, now) = (app.random.clone(), app.clock.now());
    app.live
        .write::<_, LedgerError, _>(move |tx| {
            Box::pin(async move {
                let (realm, rider_id, amount) = (Realm::Live, rider(), Rupiah(amount));
                let request = PayOut {
                    realm: &realm,
                    rider_id: &rider_id,
                    amount,
                    actor: "test",
                    now,
                    random: &random,
                };
                pay_out(tx, &request).await
            })
        })
        .await
}

#[tokio::test]
async fn no_more_is_paid_out_than_the_wallet_holds_however_many_ask_at_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        assert!(matches!(take_out(app, 1).await, Err(LedgerError::NotInWallet { .. })));
        put_in(app, 30_500).await.unwrap();
        for amount in [0, -1, i64::MIN] {
            assert!(matches!(take_out(app, amount).await, Err(LedgerError::NotPositive)), "{amount}");
        }
        let asked: Vec<_> = (0..50)
            .map(|_| {
                let app = app.clone();
                tokio::spawn(async move { take_out(&app, 1_000).await })
            })
            .collect();
        let mut paid = 0;
        for answer in asked {
            match answer.await.unwrap() {
                Ok(_) => paid += 1,
                Err(LedgerError::NotInWallet { balance }) => assert_eq!(balance, Rupiah(500)),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(paid, 30);
        let rest = take_out(app, 500).await.unwrap();
        assert_eq!(rest, Balances { balance: Rupiah::ZERO, due: Rupiah::ZERO });
        assert_eq!(
            (sum(app, &format!("wallet:{}", rider())).await, sum(app, "pay_outs").await),
            (0, -30_500)
        );
    }
}

#[tokio::test]
async fn parallel_top_ups_all_count() {
    for test in TestApp::each().await {
        let app = &test.app;
        let top_ups = (0..50).map(|_| {
            let app = app.clone();
            tokio::spawn(async move { put_in(&app, 1_000).await.unwrap() })
        });
        for top_up in top_ups.collect::<Vec<_>>() {
            top_up.await.unwrap();
        }
        let held = balances(&app.live, &rider()).await.unwrap().unwrap();
        assert_eq!(held, Balances { balance: Rupiah(50_000), due: Rupiah::ZERO });
        assert_eq!(sum(app, &format!("wallet:{}", rider())).await, -50_000);
    }
}
