//! Partners with test networks.

use domain::{keys::Environment, tiers::Tier};
use serde_json::{Value, json};

use crate::{
    keys::tests::support::{key_with, live_key, partner},
    testing::{
        TestApp,
        client::{Client, Reply},
    },
};

/// A partner's program, as far as the sandbox is concerned.
pub struct Lab {
    pub client: Client,
    pub live: Client,
}

impl Lab {
    pub async fn of(test: &TestApp) -> Self {
        let partner = partner(&test.app, Tier::Free).await;
        let (_, key) = key_with(&test.app, &partner, Environment::Test, json!({})).await;
        let live = live_key(&test.app, &partner).await;
        Self { client: test.with_key(&key), live: test.with_key(&live) }
    }

    pub async fn get(&self, path: &str) -> Value {
        self.client.get(&at(path)).await.read()
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.client.post(&at(path), body).await
    }

    /// A new rider's id.
    pub async fn rider(&self, name: &str) -> String {
        let made: Value = self.post("/riders", json!({"name": name})).await.read();
        made["id"].as_str().expect("an id").to_owned()
    }
}

/// An address below the sandbox of the public API.
pub fn at(path: &str) -> String {
    format!("/open-api/v1/sandbox{path}")
}
