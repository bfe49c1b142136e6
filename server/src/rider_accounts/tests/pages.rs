//! The account's pages and forms, as a browser with scripts off meets them.

use axum::http::StatusCode;
use domain::keys::Environment;

use super::support::{EMAIL, Web, html, id_of, link, rider, tap, top_up};
use crate::{
    identity::tests::support::{PASSWORD, owner},
    oauth::tests::support::Stage,
    testing::TestApp,
};

const PAGES: [&str; 6] = [
    "/account",
    "/account/rider",
    "/account/journeys",
    "/account/apps",
    "/account/access-log",
    "/account/data",
];

#[tokio::test]
async fn the_account_is_shown_to_whom_it_belongs() {
    let test = TestApp::one().await;
    let ayu = rider(&test.app, EMAIL).await;
    let member = owner(&test.app, "rani@contoh.id").await;
    for path in PAGES {
        let mine = Web::of(&test, &ayu).get(path).await;
        assert_eq!(mine.status, StatusCode::OK, "{path}");
        assert_eq!(html(&mine).matches("<h1").count(), 1, "{path}");
        let door = if path == "/account" { "/sign-in?next=" } else { "/rider/sign-in?next=" };
        let target = format!("{door}{}", path.replace('/', "%2F"));
        for cookie in ["", "__Host-nfcg_rider=none"] {
            let stranger = Web::stranger(&test).with("cookie", cookie).get(path).await;
            assert_eq!((stranger.status, stranger.text("location")), (StatusCode::SEE_OTHER, &*target));
        }
        let members = Web::of(&test, &member).get(path).await;
        if path == "/account" {
            assert!(html(&members).contains("id=\"members\"") || html(&members).contains("rani@contoh.id"));
        } else {
            assert_eq!(members.text("location"), target, "{path}");
        }
    }
    // Both at once: each has an address, and a way to the other.
    let both = format!("{}; {}", member.cookie.unwrap(), ayu.cookie.unwrap());
    let both = Web::stranger(&test).with("cookie", &both);
    let organisation = both.get("/account").await;
    assert!(html(&organisation).contains("href=\"/account/rider\""));
    assert!(html(&both.get("/account/rider").await).contains(EMAIL));
    assert_eq!(both.get("/keys").await.status, StatusCode::OK);
}

#[tokio::test]
async fn money_caps_and_journeys_are_there_without_scripts() {
    let test = TestApp::one().await;
    let app = &test.app;
    let mut ayu = rider(app, EMAIL).await;
    let id = id_of(&mut ayu).await;
    link(app, &id, "kartu").await;
    top_up(app, &id, 20_000).await.unwrap();
    tap(app, "kartu in GMB 08T15:45").await;
    tap(app, "kartu out DPK 08T15:55").await;
    let client = Web::of(&test, &ayu);
    let page = client.get("/account").await;
    let page = html(&page);
    for figure in ["Rp 12.000", "Rp 8.000", "dari Rp 10.000; sisa Rp 2.000", "Gambir", "Depok"] {
        assert!(page.contains(figure), "{figure} in {page}");
    }
    assert!(page.contains("<meter min=\"0\" max=\"10000\" value=\"8000\""), "{page}");
    assert!(!page.contains(domain::media::MediaId::of_token("kartu").as_str()), "cards are masked");
    assert!(html(&client.get("/account/journeys").await).contains("8.000"));
    let data = client.get("/account/data").await;
    assert!(html(&data).contains("Saldo Anda masih Rp 12.000"), "said before it is tried");
}

#[tokio::test]
async fn withdrawing_and_deleting_are_forms() {
    let test = TestApp::one().await;
    let app = &test.app;
    let mut ayu = rider(app, EMAIL).await;
    let mut stage = Stage::new(app, Environment::Live, "public").await;
    stage.rider = id_of(&mut ayu).await;
    let _ = stage.tokens(&test).await;
    let client = Web::of(&test, &ayu);
    let page = client.get("/account/apps").await;
    let action = html(&page).split("action=\"").find(|rest| rest.starts_with("/account/apps/grt_")).unwrap();
    let action = action.split('"').next().unwrap();
    for scope in ["journey:read", "profile:read", "balance:read", "Perjalanan Anda"] {
        assert!(html(&page).contains(scope), "{scope}");
    }
    let done = client.submit(action, &[]).await;
    assert_eq!((done.status, done.text("location")), (StatusCode::SEE_OTHER, "/account/apps?done=withdrawn"));
    let page = client.get("/account/apps?done=withdrawn").await;
    assert!(html(&page).contains("Izin dicabut.") && !html(&page).contains("grt_"));

    let wrong = client.submit("/account/delete", &[("password", "not-it")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html(&wrong).contains("Kata sandi salah") && !html(&wrong).contains("not-it"));
    let gone = client.submit("/account/delete", &[("password", PASSWORD)]).await;
    assert_eq!((gone.status, gone.text("location")), (StatusCode::SEE_OTHER, "/rider/deleted"));
    assert!(gone.text("set-cookie").starts_with("__Host-nfcg_rider=;"), "{}", gone.text("set-cookie"));
    assert_eq!(client.get("/account/data").await.status, StatusCode::SEE_OTHER);
    assert_eq!(Web::stranger(&test).get("/rider/deleted").await.status, StatusCode::OK);
}
