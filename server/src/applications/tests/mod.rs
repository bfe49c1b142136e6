//! What the folder promises, on both engines.

mod own;
mod review;
mod scopes;
mod secrets;
mod whose;

use domain::identity::OperatorRole;
use serde_json::{Value, json};

use crate::{
    app::App,
    applications::{KnownClient, known},
    identity::tests::support::{Browser, operator, owner, partner_id},
};

pub const RANI: &str = "rani@travelku.example";
pub const CALLBACK: &str = "https://travelku.example/callback";

/// What a form would send, with what a test wants otherwise.
pub fn wanted(more: Value) -> Value {
    let mut wanted = json!({
        "environment": "test", "client_type": "confidential", "name": "TravelKu",
        "description": "Riwayat perjalanan di satu tempat", "redirect_uris": [CALLBACK],
        "scopes": {"journey:read": "Menampilkan riwayat", "profile:read": "Menyapa dengan nama"},
    });
    wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    wanted
}

pub async fn admin(app: &App) -> Browser {
    operator(app, "admin@kci.example", OperatorRole::Admin).await
}

/// An owner whose partner is active, and the administrator who approved it.
pub async fn active_owner(app: &App, tier: &str) -> (Browser, Browser) {
    let mut rani = owner(app, RANI).await;
    let mut admin = admin(app).await;
    let id = partner_id(&mut rani).await;
    let reply = admin.post(&format!("/admin/partners/{id}/approve"), json!({"tier": tier})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    (rani, admin)
}

/// Registers an application; its id, and its secret if it has one.
pub async fn register(browser: &mut Browser, more: Value) -> (String, Option<String>) {
    let reply = browser.post("/applications", wanted(more)).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let secret = reply.body["client_secret"].as_str().map(str::to_owned);
    (reply.body["application"]["id"].as_str().unwrap().to_owned(), secret)
}

/// The operator decides (`approve`, `reject`) about what the page shows; the status of the answer.
pub async fn decide(admin: &mut Browser, id: &str, step: &str, more: Value) -> u16 {
    let page = admin.get(&format!("/admin/applications/{id}")).await.body;
    let mut body = json!({"seen": page["application"]["changed_at"]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    admin.post(&format!("/admin/applications/{id}/{step}"), body).await.status
}

pub async fn approve(admin: &mut Browser, id: &str) {
    assert_eq!(decide(admin, id, "approve", json!({})).await, 200);
}

pub async fn client(app: &App, id: &str) -> Option<KnownClient> {
    known(app, id).await.unwrap().map(|client| (*client).clone())
}
