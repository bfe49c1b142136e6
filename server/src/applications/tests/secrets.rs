//! Client secrets over time.

use std::time::Duration;

use domain::oauth::{Token, TokenHash, TokenKind};
use serde_json::json;

use super::{RANI, client, register};
use crate::{
    app::App,
    identity::tests::support::{PASSWORD, owner},
    testing::TestApp,
};

fn hash(secret: &str) -> TokenHash {
    TokenHash::read(TokenKind::ClientSecret, secret).unwrap()
}

async fn works(app: &App, id: &str, secret: &str) -> bool {
    client(app, id).await.unwrap().secrets.contains(&hash(secret))
}

#[tokio::test]
async fn a_rotated_secret_works_on_through_the_overlap_and_no_longer() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let (id, first) = register(&mut rani, json!({})).await;
        let first = first.unwrap();
        let rotate = format!("/applications/{id}/secret/rotate");
        let reply = rani.post(&rotate, json!({"overlap_hours": 24})).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        let second = reply.body["client_secret"].as_str().unwrap().to_owned();
        assert!(works(app, &id, &first).await && works(app, &id, &second).await);
        assert_eq!(reply.body["application"]["secrets"].as_array().unwrap().len(), 2);
        app.clock.advance(Duration::from_secs(24 * 3600));
        assert!(!works(app, &id, &first).await && works(app, &id, &second).await);
        assert_eq!(rani.sign_in(RANI, PASSWORD).await.status, 200);
        assert_eq!(rani.post(&rotate, json!({"overlap_hours": 169})).await.status, 422);
        let reply = rani.post(&rotate, json!({"overlap_hours": 0})).await;
        let third = reply.body["client_secret"].as_str().unwrap().to_owned();
        assert!(!works(app, &id, &second).await && works(app, &id, &third).await);
    }
}

#[tokio::test]
async fn an_old_secret_can_be_ended_and_the_current_one_can_not() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let (id, first) = register(&mut rani, json!({})).await;
        rani.post(&format!("/applications/{id}/secret/rotate"), json!({"overlap_hours": 168})).await;
        assert_eq!(rani.post(&format!("/applications/{id}/secrets/2/end"), json!({})).await.status, 404);
        let reply = rani.post(&format!("/applications/{id}/secrets/1/end"), json!({})).await;
        assert_eq!(reply.status, 200);
        assert!(!works(app, &id, &first.unwrap()).await);
        assert_eq!(rani.post(&format!("/applications/{id}/secrets/1/end"), json!({})).await.status, 404);
        let (public, _) = register(&mut rani, json!({"client_type": "public"})).await;
        let reply =
            rani.post(&format!("/applications/{public}/secret/rotate"), json!({"overlap_hours": 1})).await;
        assert_eq!((reply.status, reply.code), (409, "wrong_state"));
    }
}

#[tokio::test]
async fn of_secrets_rotated_at_the_same_time_one_is_the_current_one() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let (id, _) = register(&mut rani, json!({})).await;
        let path = format!("/applications/{id}/secret/rotate");
        let tries = (0..8).map(|_| {
            let (mut rani, path) = (rani.clone(), path.clone());
            tokio::spawn(async move { rani.post(&path, json!({"overlap_hours": 24})).await.status })
        });
        for status in futures_util::future::join_all(tries).await {
            assert_eq!(status.unwrap(), 201);
        }
        let shown = rani.get(&format!("/applications/{id}")).await.body;
        let secrets = shown["secrets"].as_array().unwrap();
        assert_eq!(secrets.len(), 9, "{shown}");
        assert_eq!(secrets.iter().filter(|secret| secret["valid_until"].is_null()).count(), 1, "{shown}");
    }
}

/// RFC 6819 section 5.1.4.1.3: what the store has is no use to who steals it.
#[tokio::test]
async fn a_secret_of_another_application_is_not_ones_own() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, RANI).await;
        let (one, secret) = register(&mut rani, json!({})).await;
        let (other, _) = register(&mut rani, json!({})).await;
        let secret = secret.unwrap();
        assert!(works(app, &one, &secret).await && !works(app, &other, &secret).await);
        let made_up = Token::generate(TokenKind::ClientSecret, [9; 32]);
        assert!(!works(app, &one, made_up.expose()).await);
    }
}
