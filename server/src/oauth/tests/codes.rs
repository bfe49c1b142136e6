//! Codes: once, for a minute, by whom and for what they were issued.

use std::time::Duration;

use domain::{keys::Environment, oauth::Scope};

use super::support::{ALL, REDIRECT, Stage, call, post, refusal, text, with};
use crate::{oauth, testing::TestApp};

const LIMITS: &str = "/open-api/v1/limits";

#[tokio::test]
async fn a_code_becomes_tokens_for_public_and_confidential_clients_live_and_sandbox() {
    for test in TestApp::each().await {
        for environment in Environment::ALL {
            for client_type in ["public", "confidential"] {
                let stage = Stage::new(&test.app, environment, client_type).await;
                let code = stage.consent(&test.app, ALL, "profile:read journey:read").await;
                let reply = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&code)).await;
                assert_eq!(reply.status, 200, "{:?}", reply.body);
                assert_eq!((reply.text("cache-control"), reply.text("pragma")), ("no-store", "no-cache"));
                let tokens = reply.json();
                assert!(text(&tokens, "access_token").starts_with("nfcg_at_"));
                assert!(text(&tokens, "refresh_token").starts_with("nfcg_rt_"));
                assert_eq!(text(&tokens, "token_type"), "Bearer");
                assert_eq!(
                    (tokens["expires_in"].as_i64(), text(&tokens, "scope")),
                    (Some(600), "journey:read profile:read")
                );
                assert_eq!(call(&test, LIMITS, text(&tokens, "access_token")).await.status, 200);
            }
        }
    }
}

/// O3: two hundred codes, each asked for by fifty at once.
#[tokio::test]
async fn of_many_exchanges_of_one_code_one_wins() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        for _ in 0..200 {
            let code = stage.consent(&test.app, ALL, ALL).await;
            let form = stage.exchange_form(&code);
            let tries = (0..50).map(|_| {
                let (client, form) = (test.anonymous(), form.clone());
                tokio::spawn(async move { post(&client, "/oauth/token", &form).await })
            });
            let mut won = Vec::new();
            for reply in futures_util::future::join_all(tries).await {
                let reply = reply.unwrap();
                if reply.status == 200 {
                    won.push(reply.json());
                } else {
                    assert_eq!(refusal(&reply), (400, "invalid_grant".to_owned()));
                }
            }
            assert_eq!(won.len(), 1);
            // The others were replays of the code: what came of it has ended.
            assert_eq!(call(&test, LIMITS, text(&won[0], "access_token")).await.status, 401);
            let again =
                post(&test.anonymous(), "/oauth/token", &stage.refresh_form(text(&won[0], "refresh_token")))
                    .await;
            assert_eq!(refusal(&again), (400, "invalid_grant".to_owned()));
        }
    }
}

/// O4.
#[tokio::test]
async fn a_code_lives_a_minute_and_is_its_clients_its_addresss_and_its_verifiers() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "confidential").await;
        let other = Stage::of(&test.app, stage.partner.clone(), Environment::Live, "confidential").await;
        let code = stage.consent(&test.app, ALL, ALL).await;
        let form = stage.exchange_form(&code);
        let stolen = with(&other.exchange_form(&code), "code", Some(&code.text));
        for (form, error) in [
            (stolen, "invalid_grant"),
            (with(&form, "redirect_uri", Some(&format!("{REDIRECT}/"))), "invalid_grant"),
            (with(&form, "redirect_uri", None), "invalid_request"),
            (with(&form, "code_verifier", Some(&"a".repeat(43))), "invalid_grant"),
            (with(&form, "code_verifier", None), "invalid_request"),
            (with(&form, "code_verifier", Some("short")), "invalid_request"),
            (
                with(&form, "code", Some("nfcg_ac_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")),
                "invalid_grant",
            ),
            (with(&form, "code", Some("nonsense")), "invalid_grant"),
            (with(&form, "code", None), "invalid_request"),
            (with(&form, "grant_type", Some("password")), "unsupported_grant_type"),
            (with(&form, "grant_type", None), "invalid_request"),
        ] {
            let reply = post(&test.anonymous(), "/oauth/token", &form).await;
            assert_eq!(refusal(&reply), (400, error.to_owned()), "{form:?}");
        }
        // None of that used it up.
        test.app.clock.advance(Duration::from_millis(59_999));
        assert_eq!(post(&test.anonymous(), "/oauth/token", &form).await.status, 200);
        let late = stage.consent(&test.app, ALL, ALL).await;
        test.app.clock.advance(Duration::from_secs(60));
        let reply = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&late)).await;
        assert_eq!(refusal(&reply), (400, "invalid_grant".to_owned()));
    }
}

/// A partner's test clock moves its codes, and nobody else's.
#[tokio::test]
async fn codes_and_tokens_of_the_sandbox_go_by_its_clock() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Test, "public").await;
        let neighbour = Stage::new(&test.app, Environment::Test, "public").await;
        let code = stage.consent(&test.app, ALL, ALL).await;
        let (tokens, theirs) = (stage.tokens(&test).await, neighbour.tokens(&test).await);
        crate::realms::advance(&test.app, &stage.partner.id, Duration::from_secs(600)).await.unwrap();
        let reply = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&code)).await;
        assert_eq!(refusal(&reply), (400, "invalid_grant".to_owned()));
        assert_eq!(
            call(&test, LIMITS, text(&tokens, "access_token")).await.code(),
            (401, "invalid_token".to_owned())
        );
        assert_eq!(call(&test, LIMITS, text(&theirs, "access_token")).await.status, 200);
    }
}

#[tokio::test]
async fn a_withdrawn_grant_and_a_disabled_application_leave_their_codes_worthless() {
    for test in TestApp::each().await {
        let app = &test.app;
        let stage = Stage::new(app, Environment::Live, "public").await;
        let code = stage.consent(app, ALL, ALL).await;
        let grants = oauth::grants_of(app, &stage.realm(), &stage.rider).await.unwrap();
        oauth::withdraw(app, &stage.realm(), &stage.rider, &grants[0].id).await.unwrap();
        let reply = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&code)).await;
        assert_eq!(refusal(&reply), (400, "invalid_grant".to_owned()));

        let code = stage.consent(app, ALL, ALL).await;
        let (id, now) = (stage.client_id.parse().unwrap(), app.clock.now());
        app.live
            .write::<_, crate::store::DbError, _>(move |tx| {
                Box::pin(async move { oauth::application_ended(tx, &id, now).await })
            })
            .await
            .unwrap();
        let reply = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&code)).await;
        assert_eq!(refusal(&reply), (400, "invalid_grant".to_owned()));
    }
}

#[tokio::test]
async fn what_was_not_asked_for_stays_allowed_and_what_was_unticked_does_not() {
    for test in TestApp::each().await {
        let app = &test.app;
        let stage = Stage::new(app, Environment::Live, "public").await;
        let held = async || oauth::grants_of(app, &stage.realm(), &stage.rider).await.unwrap();
        stage.consent(app, "journey:read profile:read", "journey:read profile:read").await;
        let first = held().await;
        test.app.clock.advance(Duration::from_secs(5));
        stage.consent(app, "balance:read", "balance:read").await;
        let second = held().await;
        assert_eq!(
            (second.len(), &second[0].id, second[0].scopes.to_string()),
            (1, &first[0].id, ALL.to_owned())
        );
        stage.consent(app, "journey:read profile:read", "profile:read").await;
        let third = held().await;
        assert_eq!(third[0].scopes.to_string(), "profile:read balance:read");
        let since =
            |grant: &oauth::GrantRecord| grant.allowed.span(Scope::JourneyRead).map(|span| span.since);
        assert_eq!((since(&second[0]), since(&third[0])), (Some(first[0].created_at), None));
    }
}
