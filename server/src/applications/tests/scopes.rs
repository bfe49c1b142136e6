//! A scope that an application loses is lost for the riders who had allowed it.

use axum::http::Method;
use domain::{
    ids::RiderId,
    oauth::{
        Scopes,
        authorize::{Consented, ReplyTo},
        pkce::CodeVerifier,
    },
};
use serde_json::json;

use super::{CALLBACK, active_owner, approve, client, register};
use crate::{
    app::App,
    oauth::{self, NewCode},
    testing::TestApp,
};

/// A rider who allows the application all that it may ask for.
async fn consent(app: &App, id: &str) -> RiderId {
    let known = client(app, id).await.unwrap();
    let rider_id = app.random.id(app.clock.now(), RiderId::new);
    let consented = Consented {
        client_id: known.client.id,
        reply: ReplyTo { redirect_uri: CALLBACK.to_owned(), state: None },
        asked: known.client.scopes,
        scopes: known.client.scopes,
        challenge: CodeVerifier::generate(app.random.bytes()).challenge(),
        dpop_jkt: None,
    };
    let new = NewCode { realm: known.realm, partner_id: known.partner_id, rider_id, consented };
    let rider = new.rider_id.clone();
    oauth::issue_code(app, new).await.unwrap();
    rider
}

async fn held(app: &App, id: &str, rider: &RiderId) -> Vec<Scopes> {
    let realm = client(app, id).await.unwrap().realm;
    let grants = oauth::grants_of(app, &realm, rider).await.unwrap();
    grants.into_iter().map(|grant| grant.scopes).collect()
}

#[tokio::test]
async fn a_scope_that_is_taken_out_of_an_application_ends_for_riders_who_allowed_it() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (mut rani, mut admin) = active_owner(app, "pro").await;
        let profile = json!({"scopes": {"profile:read": "Menyapa dengan nama"}});
        let both = json!({"scopes": {"profile:read": "Menyapa dengan nama", "journey:read": "Riwayat"}});
        let balance = json!({"scopes": {"balance:read": "Saldo"}});
        for environment in ["test", "live"] {
            let is_live = environment == "live";
            let (id, _) = register(&mut rani, json!({"environment": environment})).await;
            if is_live {
                approve(&mut admin, &id).await;
            }
            let rider = consent(app, &id).await;
            let page = format!("/applications/{id}");
            rani.send(Method::PATCH, &page, Some(profile.clone())).await;
            if is_live {
                assert_eq!(held(app, &id, &rider).await[0].to_string(), "journey:read profile:read");
                approve(&mut admin, &id).await;
            }
            assert_eq!(held(app, &id, &rider).await[0].to_string(), "profile:read", "{environment}");
            // Asked for again it is not allowed by itself.
            rani.send(Method::PATCH, &page, Some(both.clone())).await;
            if is_live {
                approve(&mut admin, &id).await;
            }
            assert_eq!(held(app, &id, &rider).await[0].to_string(), "profile:read", "{environment}");
            // What was all that a rider allowed ends the consent.
            rani.send(Method::PATCH, &page, Some(balance.clone())).await;
            if is_live {
                approve(&mut admin, &id).await;
            }
            assert!(held(app, &id, &rider).await.is_empty(), "{environment}");
        }
    }
}
