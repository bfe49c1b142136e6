//! Riders in tests, at their browsers.

use std::{collections::HashMap, time::Duration};

use axum::{
    body::Body,
    http::{Request, header},
};

use domain::{
    fares::PaymentMethod,
    ids::RiderId,
    media::MediaId,
    money::Rupiah,
    realm::Realm,
    riders::{CreateRider, TopUpAmount},
    time::JAKARTA,
};
use jiff::civil::DateTime;
use serde_json::{Value, json};

use crate::{
    app::App,
    applications::tests::{CALLBACK, active_owner, approve, register},
    identity::tests::support::{Browser, PASSWORD, newest_token},
    journeys::{self, NewTap},
    oauth, realms,
    riders::{self, Place, RiderError},
    testing::{
        TestApp,
        client::{Client, Reply},
    },
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

/// RFC 7636 appendix B.
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The query of a sound request of an application, with other values where a test wants them.
pub fn request(client_id: &str, changes: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", CALLBACK),
        ("scope", "journey:read profile:read"),
        ("state", "s/1 é"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for &(name, value) in changes {
        pairs.retain(|(other, _)| *other != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    serde_urlencoded::to_string(pairs).unwrap()
}

/// A live application of a partner on Pro, approved; its client id.
pub async fn application(app: &App) -> String {
    application_with_secret(app).await.0
}

/// As [`application`], with what it proves itself by.
pub async fn application_with_secret(app: &App) -> (String, String) {
    let (mut owner, mut admin) = active_owner(app, "pro").await;
    let (id, secret) = register(&mut owner, json!({"environment": "live"})).await;
    approve(&mut admin, &id).await;
    (id, secret.expect("a confidential application has a secret"))
}

/// A browser that goes through pages and forms, scripts off.
pub struct Web(Client);

impl Web {
    /// With the cookies of `browser`.
    pub fn of(test: &TestApp, browser: &Browser) -> Self {
        let client = test.anonymous().header("accept", "text/html");
        Self(match &browser.cookie {
            Some(cookie) => client.header("cookie", cookie),
            None => client,
        })
    }

    pub fn stranger(test: &TestApp) -> Self {
        Self(test.anonymous().header("accept", "text/html"))
    }

    #[must_use]
    pub fn with(self, name: &'static str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.0.get(path).await
    }

    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(serde_urlencoded::to_string(fields).unwrap()))
            .unwrap();
        self.0.send(request).await
    }
}

pub fn html(reply: &Reply) -> &str {
    std::str::from_utf8(&reply.body).unwrap()
}

/// The value of a hidden field of a page.
#[track_caller]
pub fn hidden(reply: &Reply, name: &str) -> String {
    let page = html(reply);
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("the field");
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

/// The parameters of an address.
pub fn parameters(address: &str) -> HashMap<String, String> {
    let (_, query) = address.split_once('?').unwrap_or_default();
    serde_urlencoded::from_str(query).unwrap()
}

/// What riders allow an application at present, as many grants as there are.
pub async fn grants(app: &App, realm: &Realm, browser: &mut Browser) -> Vec<String> {
    let id: RiderId = browser.get("/rider/session").await.body["id"].as_str().unwrap().parse().unwrap();
    let grants = oauth::grants_of(app, realm, &id).await.unwrap();
    grants.into_iter().map(|grant| grant.scopes.to_string()).collect()
}

/// Who is signed in there.
pub async fn id_of(browser: &mut Browser) -> RiderId {
    browser.get("/rider/session").await.body["id"].as_str().unwrap().parse().unwrap()
}

/// Links a card to a live rider.
pub async fn link(app: &App, rider: &RiderId, token: &str) {
    let place = Place { realm: Realm::Live, now: app.clock.now(), random: app.random.clone() };
    let medium = serde_json::from_value(json!({"media": token})).unwrap();
    let (rider, inner) = (rider.clone(), app.clone());
    app.live
        .write::<_, RiderError, _>(move |tx| {
            Box::pin(async move { riders::link(tx, &inner, &place, &rider, &medium).await })
        })
        .await
        .unwrap();
}

pub async fn top_up(app: &App, rider: &RiderId, amount: i64) -> Result<(), RiderError> {
    let place = Place { realm: Realm::Live, now: app.clock.now(), random: app.random.clone() };
    let (rider, amount) = (rider.clone(), TopUpAmount::try_from(Rupiah(amount)).unwrap());
    app.live
        .write::<_, RiderError, _>(move |tx| {
            Box::pin(async move { riders::top_up(tx, &place, &rider, amount, "usr_till").await.map(drop) })
        })
        .await
}

/// `card direction station time [method]`, each at the instant of the tap; times by the clock in
/// Jakarta, in March 2026: `08T16:00`.
pub async fn tap(app: &App, line: &str) {
    let words: Vec<_> = line.split_whitespace().collect();
    let at = JAKARTA.to_timestamp(format!("2026-03-{}", words[3]).parse::<DateTime>().unwrap()).unwrap();
    app.clock.advance_to(at);
    let tap = NewTap {
        gate: format!("GATE_{}_{}", words[2], words[1]).into(),
        station: app.network.find(words[2]).unwrap().ix,
        sequence: at.as_second(),
        direction: words[1].parse().unwrap(),
        media: MediaId::of_token(words[0]),
        payment_method: words.get(4).map_or(PaymentMethod::KciPay, |method| method.parse().unwrap()),
        tapped_at: at,
    };
    journeys::record(app, &Realm::Live, vec![tap]).await.unwrap();
}
