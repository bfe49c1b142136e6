use domain::{
    fares::UserType,
    ids::{PartnerId, RiderId},
    journeys::UserTypeHistory,
    media::MediaId,
    page::PageRequest,
    realm::Realm,
    riders::{CreateRider, RiderView},
};
use jiff::civil::date;
use serde_json::json;

use super::{Place, RiderError, balance, create, find, links, list, profile, user_types};
use crate::{app::App, realms, store::DbError, testing::TestApp};

fn sandbox(number: u8) -> Realm {
    Realm::Sandbox(PartnerId::new(1, [number; 10]))
}

async fn made(app: &App, realm: &Realm, body: &str) -> Result<RiderView, RiderError> {
    let now = realms::now(app, realm);
    let place = Place { realm: realm.clone(), now, random: app.random.clone() };
    let new: CreateRider = serde_json::from_str(body).unwrap();
    let db = realms::store(app, realm);
    let id = db
        .write::<_, RiderError, _>(move |tx| Box::pin(async move { create(tx, &place, &new).await }))
        .await?;
    find(db, realm, &id, now).await
}

#[tokio::test]
async fn a_new_rider_has_an_empty_wallet_and_is_found_by_all_they_gave() {
    for test in TestApp::each().await {
        let app = &test.app;
        let ani = r#"{"name": "Ani 100%", "email": "Ani@Contoh.id", "phone": "0812-3456-7890",
            "user_type": "student", "kyc_status": "verified"}"#;
        let RiderView { rider: ani, media } = made(app, &Realm::Live, ani).await.unwrap();
        made(app, &Realm::Live, r#"{"name": "Budi"}"#).await.unwrap();
        assert_eq!(
            (ani.email.as_deref(), ani.phone.as_deref()),
            (Some("ani@contoh.id"), Some("+6281234567890"))
        );
        assert_eq!((ani.balance.0, ani.due.0, media.len()), (0, 0, 0));
        assert_eq!(ani.user_type, UserType::Student);
        let request = PageRequest::parse(None, None, 100).unwrap();
        for text in ["ani", "0%", "CONTOH.ID", "0812-3456", "+62 812", ani.id.as_str()] {
            let page = list(&app.live, &Realm::Live, Some(text), request, app.clock.now()).await.unwrap();
            assert_eq!((page.meta.total, page.data.first()), (1, Some(&ani)), "{text}");
        }
        for (text, total) in [("_", 0), ("0899", 0), (" ", 2)] {
            let page = list(&app.live, &Realm::Live, Some(text), request, app.clock.now()).await.unwrap();
            assert_eq!(page.meta.total, total, "{text:?}");
        }
    }
}

#[tokio::test]
async fn an_address_or_number_is_one_riders_in_each_realm() {
    for test in TestApp::each().await {
        let app = &test.app;
        let ani = r#"{"name": "Ani", "email": "ani@contoh.id", "phone": "+6281234567890"}"#;
        let first = made(app, &sandbox(1), ani).await.unwrap();
        for (again, field) in [
            (r#"{"name": "A", "email": "ANI@contoh.id"}"#, "email"),
            (r#"{"name": "A", "email": "b@contoh.id", "phone": "081234567890"}"#, "phone"),
        ] {
            let refused = made(app, &sandbox(1), again).await.unwrap_err();
            assert!(matches!(refused, RiderError::Taken { field: taken } if taken == field), "{refused:?}");
        }
        made(app, &sandbox(2), ani).await.unwrap();
        // And is absent elsewhere.
        let elsewhere = find(&app.sandbox, &sandbox(2), &first.rider.id, app.clock.now()).await;
        assert!(matches!(elsewhere, Err(RiderError::NotFound)));
    }
}

#[tokio::test]
async fn what_rating_asks_is_answered_for_as_many_as_it_likes() {
    for test in TestApp::each().await {
        let mut riders = Vec::new();
        for number in 0..20 {
            let kind = if number % 2 == 0 { "student" } else { "adult" };
            let body = format!(r#"{{"name": "{number}", "user_type": "{kind}"}}"#);
            riders.push(made(&test.app, &sandbox(1), &body).await.unwrap().rider.id);
        }
        let asked = riders.clone();
        let (types, links) = test
            .app
            .sandbox
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    let nobodys: Vec<_> = (0..20).map(|n| MediaId::of_token(&n.to_string())).collect();
                    Ok((user_types(tx, &asked).await?, links(tx, &sandbox(1), &nobodys).await?))
                })
            })
            .await
            .unwrap();
        assert!(links.is_empty());
        let on = |rider: &RiderId, day| types.get(rider).map(|history: &UserTypeHistory| history.on(day));
        for (number, rider) in riders.iter().enumerate() {
            let kind = if number % 2 == 0 { UserType::Student } else { UserType::Adult };
            assert_eq!(on(rider, date(2026, 3, 8)), Some(kind));
            assert_eq!(on(rider, date(2026, 3, 7)), Some(UserType::Adult));
        }
    }
}

#[tokio::test]
async fn staff_do_what_their_role_includes_and_it_is_on_record() {
    use domain::identity::OperatorRole;
    use serde_json::json;

    use crate::identity::tests::support::{Browser, operator, owner};

    for test in TestApp::each().await {
        let app = &test.app;
        let mut admin = operator(app, "admin@contoh.id", OperatorRole::Admin).await;
        let mut support = operator(app, "support@contoh.id", OperatorRole::Support).await;
        let mut finance = operator(app, "finance@contoh.id", OperatorRole::Finance).await;
        let ani = json!({"name": "Ani", "email": "ani.wulandari@contoh.id", "phone": "0812-3456-7890"});
        assert_eq!(finance.post("/admin/riders", ani.clone()).await.code, "not_allowed");
        let made = support.post("/admin/riders", ani).await;
        assert_eq!(made.status, 201, "{made:?}");
        assert_eq!(made.body["rider"]["email"], "a***@contoh.id");
        assert_eq!(made.body["rider"]["phone"], "+62 812-****-7890");
        let rider = format!("/admin/riders/{}", made.body["rider"]["id"].as_str().unwrap());
        assert_eq!(admin.get(&rider).await.body["rider"]["email"], "ani.wulandari@contoh.id");
        let listed = admin.get("/admin/riders?q=wulandari").await.body;
        assert_eq!(listed["data"][0]["email"], "a***@contoh.id");

        let (top_up, media) = (format!("{rider}/top-up"), format!("{rider}/media"));
        let kind = format!("{rider}/user-type");
        let amount = json!({"amount": 25_000, "reason": "Pengembalian dana"});
        assert_eq!(support.post(&top_up, amount.clone()).await.code, "not_allowed");
        let without_reason = finance.post(&top_up, json!({"amount": 25_000})).await;
        assert_eq!(without_reason.fault, Some(("reason".to_owned(), "required".to_owned())));
        assert_eq!(finance.post(&top_up, amount).await.body["rider"]["balance"], 25_000);
        let pay_out = format!("{rider}/pay-out");
        let pays = |amount: i64| json!({"amount": amount, "reason": "Dikembalikan di loket"});
        assert_eq!(support.post(&pay_out, pays(1)).await.code, "not_allowed");
        let too_much = finance.post(&pay_out, pays(25_001)).await;
        assert_eq!(too_much.fault, Some(("amount".to_owned(), "out_of_range".to_owned())));
        assert_eq!(finance.post(&pay_out, pays(25_000)).await.body["rider"]["balance"], 0);
        for (path, body) in [(&media, json!({"media": "kartu"})), (&kind, json!({"user_type": "student"}))] {
            assert_eq!(finance.post(path, body.clone()).await.code, "not_allowed");
            assert_eq!(support.post(path, body).await.status, 200);
        }
        let log = admin.get("/admin/audit?limit=100").await.body.to_string();
        for action in
            ["rider.create", "rider.top_up", "rider.pay_out", "rider.link_medium", "rider.set_user_type"]
        {
            assert!(log.contains(action), "{action} in {log}");
        }
        let mut member = owner(app, "rani@contoh.id").await;
        let mut stranger = Browser::new(app);
        for path in ["/admin/riders", rider.as_str()] {
            assert_eq!(member.get(path).await.status, 403, "{path}");
            assert_eq!(stranger.get(path).await.status, 401, "{path}");
        }
        assert_eq!(admin.get("/admin/riders/rdr_0").await.status, 404);
    }
}

#[tokio::test]
async fn an_application_is_shown_masks_and_the_caps_of_the_tariff_in_force() {
    for test in TestApp::each().await {
        let app = &test.app;
        let new = r#"{"name": "Ahmad Wibowo", "email": "ahmad.w@email.com", "phone": "0812 3456 7890"}"#;
        let rider = made(app, &Realm::Live, new).await.unwrap().rider.id;
        let shown = profile(app, &Realm::Live, &rider, "usr_28471".to_owned()).await.unwrap();
        assert_eq!((shown.id.as_str(), shown.name.as_str()), ("usr_28471", "Ahmad Wibowo"));
        assert_eq!(shown.email.as_deref(), Some("a***@email.com"));
        assert_eq!(shown.phone.as_deref(), Some("+62 812-****-7890"));
        let shown = serde_json::to_value(balance(app, &Realm::Live, &rider).await.unwrap()).unwrap();
        let caps = json!({
            "daily_spent": 0, "daily_limit": 10_000, "weekly_spent": 0, "weekly_limit": 50_000,
            "monthly_spent": 0, "monthly_limit": 150_000
        });
        let expected =
            json!({"balance": 0, "currency": "IDR", "fare_cap": caps, "transaction_limit": 2_000_000});
        assert_eq!(shown, expected);
    }
}
