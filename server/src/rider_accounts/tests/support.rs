//! Riders in tests, at their browsers.

use std::time::Duration;

use domain::{ids::RiderId, realm::Realm, riders::CreateRider};
use serde_json::{Value, json};

use crate::{
    app::App,
    identity::tests::support::{Browser, PASSWORD, newest_token},
    realms,
    riders::{self, Place, RiderError},
};

pub const EMAIL: &str = "ayu@riders.example";

pub fn sign_up_form(email: &str) -> Value {
    json!({"name": "Ayu Wulandari", "email": email, "password": PASSWORD, "accept_terms": true})
}

/// A rider whose address is confirmed, signed in.
pub async fn rider(app: &App, email: &str) -> Browser {
    // Mails of one instant come in no order.
    app.clock.advance(Duration::from_secs(1));
    let mut browser = Browser::new(app);
    let reply = browser.post("/rider/sign-up", sign_up_form(email)).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let token = newest_token(app, email).await;
    let reply = browser.post("/rider/confirm-email", json!({"token": token})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    browser
}

/// A rider whom the operator put on the books of a realm.
pub async fn made(app: &App, realm: &Realm, body: Value) -> RiderId {
    let place = Place { realm: realm.clone(), now: realms::now(app, realm), random: app.random.clone() };
    let new: CreateRider = serde_json::from_value(body).unwrap();
    let db = realms::store(app, realm);
    db.write::<_, RiderError, _>(move |tx| Box::pin(async move { riders::create(tx, &place, &new).await }))
        .await
        .unwrap()
}

/// What signing in with these comes to.
pub async fn sign_in(browser: &mut Browser, login: &str, password: &str) -> u16 {
    browser.post("/rider/sign-in", json!({"login": login, "password": password})).await.status
}

pub async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/rider/session").await.status == 200
}
