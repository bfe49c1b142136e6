//! Consents end by themselves, each scope for itself.

use std::time::Duration;

use domain::{keys::Environment, realm::Realm};

use super::support::{ALL, Stage, door, post, refusal, text};
use crate::{
    app::App,
    oauth::{self, GrantRecord},
    testing::TestApp,
};

const DAY: Duration = Duration::from_secs(24 * 3600);
const A_MOMENT: Duration = Duration::from_micros(1);

async fn held(app: &App, stage: &Stage) -> Vec<GrantRecord> {
    oauth::grants_of(app, &stage.realm(), &stage.rider).await.unwrap()
}

async fn status(app: &App, path: &str, access_token: &str) -> u16 {
    door(app, path, &[("authorization", &format!("Bearer {access_token}"))]).await.status
}

#[tokio::test]
async fn a_token_reads_nothing_once_the_consent_has_run_out_whatever_its_own_life() {
    for test in TestApp::each().await {
        let app = &test.app;
        let stage = Stage::new(app, Environment::Live, "public").await;
        let code = stage.consent(app, ALL, ALL).await;
        // Exchanged a little later, the family of tokens outlives the consent by as much.
        app.clock.advance(Duration::from_secs(30));
        let tokens = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&code)).await.json();
        app.clock.advance(30 * DAY - Duration::from_secs(60));
        let form = stage.refresh_form(text(&tokens, "refresh_token"));
        let fresh = post(&test.anonymous(), "/oauth/token", &form).await.json();
        let (access, refresh) = (text(&fresh, "access_token"), text(&fresh, "refresh_token"));
        app.clock.advance(Duration::from_secs(30) - A_MOMENT);
        assert_eq!(status(app, "/user/profile", access).await, 200);
        app.clock.advance(A_MOMENT);
        assert_eq!(status(app, "/user/profile", access).await, 401, "to the instant, before any worker");
        let again = post(&test.anonymous(), "/oauth/token", &stage.refresh_form(refresh)).await;
        assert_eq!(again.status, 400);
        assert!(held(app, &stage).await.is_empty());
        // Clearing away ends what is left; agreeing again is another grant.
        assert_eq!(oauth::clear_lapsed(app).await.unwrap(), 1);
        assert_eq!(oauth::clear_lapsed(app).await.unwrap(), 0);
        let again = post(&test.anonymous(), "/oauth/token", &stage.refresh_form(refresh)).await;
        assert_eq!(refusal(&again), (400, "invalid_grant".to_owned()));
        let anew = stage.tokens(&test).await;
        assert_eq!(status(app, "/user/profile", text(&anew, "access_token")).await, 200);
        assert_eq!(status(app, "/user/profile", access).await, 401);
    }
}

#[tokio::test]
async fn a_consent_to_the_profile_does_not_prolong_the_journeys() {
    for test in TestApp::each().await {
        let app = &test.app;
        let stage = Stage::new(app, Environment::Test, "public").await;
        stage.consent(app, "journey:read profile:read", "journey:read profile:read").await;
        app.clock.advance(20 * DAY);
        let code = stage.consent(app, "profile:read", "profile:read").await;
        let tokens = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&code)).await.json();
        let first = held(app, &stage).await;
        assert_eq!(first[0].scopes.to_string(), "journey:read profile:read");
        app.clock.advance(10 * DAY);
        assert_eq!(oauth::clear_lapsed(app).await.unwrap(), 1);
        let second = held(app, &stage).await;
        assert_eq!((&second[0].id, second[0].scopes.to_string()), (&first[0].id, "profile:read".to_owned()));
        let form = stage.refresh_form(text(&tokens, "refresh_token"));
        let fresh = post(&test.anonymous(), "/oauth/token", &form).await;
        assert_eq!(fresh.status, 200, "what came of the profile goes on");
        // Back among what is allowed it is new: what happened in between is not told.
        app.clock.advance(DAY);
        stage.consent(app, "journey:read", "journey:read").await;
        let third = held(app, &stage).await;
        let journeys = third[0].allowed.span(domain::oauth::Scope::JourneyRead).unwrap();
        assert_eq!((&third[0].id, journeys.since), (&first[0].id, app.clock.now()));
        app.clock.advance(19 * DAY);
        assert_eq!(oauth::clear_lapsed(app).await.unwrap(), 1);
        assert_eq!(held(app, &stage).await[0].scopes.to_string(), "journey:read");
        app.clock.advance(11 * DAY);
        assert_eq!(oauth::clear_lapsed(app).await.unwrap(), 1);
        assert!(held(app, &stage).await.is_empty());
    }
}

#[tokio::test]
async fn each_network_ends_consents_by_its_own_clock() {
    for test in TestApp::each().await {
        let app = &test.app;
        let here = Stage::new(app, Environment::Test, "public").await;
        let there = Stage::new(app, Environment::Test, "public").await;
        let live = Stage::new(app, Environment::Live, "public").await;
        for stage in [&here, &there, &live] {
            stage.consent(app, ALL, ALL).await;
        }
        crate::realms::advance(app, &here.partner.id, 30 * DAY).await.unwrap();
        assert_eq!(oauth::clear_lapsed(app).await.unwrap(), 1);
        assert!(held(app, &here).await.is_empty());
        assert_eq!((held(app, &there).await.len(), held(app, &live).await.len()), (1, 1));
        assert_eq!(live.realm(), Realm::Live);
    }
}
