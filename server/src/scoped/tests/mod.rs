//! What applications read of riders, on both engines.

mod journeys;
mod whose;

use axum::http::StatusCode;
use domain::{
    applications::CreateApplication,
    ids::RiderId,
    keys::Environment,
    oauth::{
        Scopes,
        authorize::{Consented, ReplyTo},
        pkce::CodeVerifier,
    },
    tiers::Tier,
};
use serde_json::{Value, json};

use crate::{
    app::App,
    applications::{self, KnownClient},
    keys::tests::support::{keeper, key_with, partner},
    oauth::{self, NewCode, Presented},
    partners::PartnerRecord,
    testing::{
        TestApp,
        client::{Client, Reply},
    },
};

pub const ALL: &str = "journey:read profile:read balance:read";
pub const OPERATIONS: [(&str, &str); 3] = [
    ("/open-api/v1/journeys", "journey:read"),
    ("/open-api/v1/user/profile", "profile:read"),
    ("/open-api/v1/user/balance", "balance:read"),
];
const CALLBACK: &str = "https://travelku.example/cb";
const CARD: &str = "kartu-ani";

/// A partner's test network: a program with its key, an application, a rider with a card.
pub struct Lab {
    pub partner: PartnerRecord,
    pub key: Client,
    pub application: String,
    pub rider: RiderId,
}

impl Lab {
    pub async fn of(test: &TestApp) -> Self {
        let partner = partner(&test.app, Tier::Pro).await;
        let (_, key) = key_with(&test.app, &partner, Environment::Test, json!({})).await;
        let key = test.with_key(&key);
        let rider = json!({
            "name": "Ani Wulandari", "email": "ani.wulandari@email.com", "phone": "+62 812-3456-7890",
            "kyc_status": "verified",
        });
        let made: Value = key.post("/open-api/v1/sandbox/riders", rider).await.read();
        let rider: RiderId = made["id"].as_str().unwrap().parse().unwrap();
        let of_rider = format!("/open-api/v1/sandbox/riders/{rider}");
        key.post(&format!("{of_rider}/media"), json!({"media": CARD})).await;
        key.post(&format!("{of_rider}/top-up"), json!({"amount": 100_000})).await;
        let application = application(&test.app, &partner, "Satu").await;
        Self { partner, key, application, rider }
    }

    /// The rider lets an application see this much; its access token.
    pub async fn token_of(&self, app: &App, application: &str, scopes: &str) -> String {
        let client = client(app, application).await;
        let verifier = CodeVerifier::generate(app.random.bytes());
        let scopes: Scopes = scopes.parse().unwrap();
        let consented = Consented {
            client_id: client.client.id.clone(),
            reply: ReplyTo { redirect_uri: CALLBACK.to_owned(), state: None },
            asked: ALL.parse().unwrap(),
            scopes,
            challenge: verifier.challenge(),
            dpop_jkt: None,
        };
        let (realm, partner_id) = (client.realm.clone(), client.partner_id.clone());
        let new = NewCode { realm, partner_id, rider_id: self.rider.clone(), consented };
        let code = oauth::issue_code(app, new).await.unwrap();
        let presented =
            Presented { code: code.hash(), redirect_uri: CALLBACK.to_owned(), verifier, proof: None };
        oauth::exchange_code(app, &client, presented).await.unwrap().access.expose().to_owned()
    }

    pub async fn token(&self, app: &App, scopes: &str) -> String {
        self.token_of(app, &self.application, scopes).await
    }

    pub async fn advance(&self, seconds: u64) {
        let reply = self.key.post("/open-api/v1/sandbox/clock", json!({"advance_s": seconds})).await;
        assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    }

    /// Taps by the rider's card: station, direction, method, time.
    pub async fn taps(&self, taps: &[(&str, &str, &str, &str)]) {
        let taps: Vec<Value> = taps
            .iter()
            .map(|(station, direction, method, at)| {
                json!({
                    "station_id": station, "direction": direction, "payment_method": method, "media": CARD,
                    "tapped_at": at,
                })
            })
            .collect();
        let reply = self.key.post("/open-api/v1/sandbox/taps", json!({"taps": taps})).await;
        let body = reply.json().to_string();
        assert!(reply.status == StatusCode::OK && !body.contains("rejected"), "{body}");
    }
}

/// A sandbox application of a partner that may ask for everything.
pub async fn application(app: &App, partner: &PartnerRecord, name: &str) -> String {
    let wanted: CreateApplication = serde_json::from_value(json!({
        "environment": "test", "client_type": "public", "name": name, "description": "Uji",
        "redirect_uris": [CALLBACK],
        "scopes": {"journey:read": "Uji", "profile:read": "Uji", "balance:read": "Uji"},
    }))
    .unwrap();
    applications::create(app, keeper(app, partner), wanted).await.unwrap().application.id.to_string()
}

pub async fn client(app: &App, application: &str) -> KnownClient {
    (*applications::known(app, application).await.unwrap().unwrap()).clone()
}

pub async fn call(test: &TestApp, path: &str, token: &str) -> Reply {
    test.anonymous().header("authorization", &format!("Bearer {token}")).get(path).await
}
