//! Gates in tests: one that signs what it sends.

mod life;
mod managed;
mod refused;
mod taps;

use axum::{body::Body, http::Request};
use data_encoding::HEXLOWER;
use domain::{gates::GateCreated, network::GateDirection};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{NewGate, create};
use crate::{
    app::App,
    audit::{Actor, AuditContext},
    testing::{TestApp, client::Reply},
};

/// A gate with its secret.
pub struct Device {
    pub id: String,
    pub secret: String,
}

pub fn console(app: &App) -> AuditContext {
    AuditContext::local(app, Actor::Console)
}

/// Makes a gate at a station.
pub async fn made(app: &App, station: &str, direction: GateDirection) -> GateCreated {
    create(app, console(app), NewGate { station: station.to_owned(), direction, id: None }).await.unwrap()
}

impl From<GateCreated> for Device {
    fn from(created: GateCreated) -> Self {
        Self { id: created.gate.id, secret: created.secret.expose().to_owned() }
    }
}

impl Device {
    /// A new gate at a station.
    pub async fn at(app: &App, station: &str, direction: GateDirection) -> Self {
        made(app, station, direction).await.into()
    }

    pub fn signature(&self, timestamp: &str, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).unwrap();
        mac.update(&[timestamp.as_bytes(), b".", body].concat());
        format!("sha256={}", HEXLOWER.encode(&mac.finalize().into_bytes()))
    }

    /// Sends a signed message.
    pub async fn send(&self, test: &TestApp, path: &str, body: &Value) -> Reply {
        let (timestamp, body) = (test.app.clock.now().as_second().to_string(), body.to_string());
        let signature = self.signature(&timestamp, body.as_bytes());
        self.send_as(test, path, &timestamp, &signature, body).await
    }

    pub async fn send_as(
        &self,
        test: &TestApp,
        path: &str,
        timestamp: &str,
        signature: &str,
        body: impl Into<Body>,
    ) -> Reply {
        let request = Request::post(format!("/gate/v1{path}"))
            .header("x-gate-id", &self.id)
            .header("x-gate-timestamp", timestamp)
            .header("x-gate-signature", signature)
            .body(body.into())
            .unwrap();
        test.anonymous().send(request).await
    }

    pub async fn heartbeat(&self, test: &TestApp) -> Reply {
        let body = json!({"firmware": "1.4.2", "sent_at": test.app.clock.now().to_string()});
        self.send(test, "/heartbeats", &body).await
    }
}
