//! Access tokens at the door of the public API.

use std::{collections::HashSet, time::Duration};

use domain::{keys::Environment, partners::PartnerStep, tiers::Tier};

use super::support::{ALL, Stage, call, door, post, text};
use crate::{
    keys::tests::support::{self, key_with, live_key},
    oauth,
    partners::Terms,
    testing::{TestApp, client::Reply},
    usage,
};

const STATIONS: &str = "/open-api/v1/stations";
const FARE: &str = "/open-api/v1/fare/calculate?from=STN_GMB&to=STN_DPK";

#[track_caller]
fn assert_invalid_token(reply: &Reply) {
    assert_eq!(reply.code(), (401, "invalid_token".to_owned()));
    assert!(reply.text("www-authenticate").starts_with("Bearer realm=\"nfcgate\", error=\"invalid_token\""));
}

#[tokio::test]
async fn a_token_counts_to_the_applications_partner() {
    for test in TestApp::each().await {
        let app = &test.app;
        let stage = Stage::new(app, Environment::Live, "public").await;
        let tokens = stage.tokens(&test).await;
        let (one, two) = (stage.tokens(&test).await, text(&tokens, "access_token"));
        let first = call(&test, STATIONS, text(&one, "access_token")).await;
        assert_eq!(
            (first.status.as_u16(), first.text("x-ratelimit-limit")),
            (200, "1000"),
            "Pro's burst window"
        );
        assert_eq!(first.text("x-ratelimit-remaining"), "999");
        // All tokens of an application share its window, and the partner's day with its keys.
        assert_eq!(call(&test, STATIONS, two).await.text("x-ratelimit-remaining"), "998");
        let key = live_key(app, &stage.partner).await;
        let with_key = test.with_key(&key).get(STATIONS).await;
        assert_eq!(with_key.text("x-ratelimit-remaining"), "999");
        assert!(with_key.text("ratelimit").contains("99997"), "{}", with_key.text("ratelimit"));
        let seen = usage::usage_of_partner(app, &stage.partner, Environment::Live, 1).await.unwrap();
        assert_eq!(seen.total.calls, 3);
    }
}

#[tokio::test]
async fn a_token_is_for_riders_data_and_a_key_for_the_rest() {
    for test in TestApp::each().await {
        let app = &test.app;
        let stage = Stage::new(app, Environment::Live, "public").await;
        let tokens = stage.tokens_for(&test, "profile:read").await;
        let token = text(&tokens, "access_token");
        assert_eq!(call(&test, FARE, token).await.code(), (401, "missing_credential".to_owned()));
        let (bearer, key) = (format!("Bearer {token}"), live_key(app, &stage.partner).await);
        for (path, scope, is_allowed) in [
            ("/journeys", "journey:read", false),
            ("/user/balance", "balance:read", false),
            ("/user/profile", "profile:read", true),
        ] {
            let reply = door(app, path, &[("authorization", &bearer)]).await;
            if is_allowed {
                assert_eq!(reply.status, 200, "{path}");
            } else {
                assert_eq!(reply.is(), (403, "scope_insufficient"), "{path}");
                let challenge =
                    format!("Bearer realm=\"nfcgate\", error=\"insufficient_scope\", scope=\"{scope}\"");
                assert_eq!(reply.text("www-authenticate"), challenge);
            }
            let bare = door(app, path, &[]).await;
            assert_eq!(bare.is(), (401, "missing_credential"));
            let challenges: Vec<_> = bare.headers.get_all("www-authenticate").iter().cloned().collect();
            let expected = [
                format!("Bearer realm=\"nfcgate\", scope=\"{scope}\""),
                format!("DPoP realm=\"nfcgate\", scope=\"{scope}\", algs=\"ES256 EdDSA Ed25519\""),
            ];
            assert_eq!(challenges, expected);
            // A key opens nobody's data, alone or beside a bad token.
            assert_eq!(door(app, path, &[("x-api-key", &key)]).await.is(), (401, "missing_credential"));
            let both = door(app, path, &[("x-api-key", &key), ("authorization", "Bearer nonsense")]).await;
            assert_eq!(both.is(), (401, "invalid_token"));
        }
        let (_, key) = key_with(app, &stage.partner, Environment::Live, serde_json::json!({})).await;
        let both = test.with_key(&key).header("authorization", &format!("Bearer {token}"));
        assert_eq!(both.get(FARE).await.status, 200, "each operation takes what it needs");
    }
}

#[tokio::test]
async fn bad_tokens_are_refused_alike_and_guessing_is_slowed() {
    for test in TestApp::each().await {
        let unknown = "nfcg_at_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        for _ in 0..29 {
            assert_invalid_token(&call(&test, STATIONS, unknown).await);
        }
        // What can't be a token is not looked for, so it is no guess.
        for nonsense in ["", "x", "nfcg_live_abc", "nfcg_rt_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"] {
            let asked = test.app.live.statements_run();
            assert_invalid_token(&call(&test, STATIONS, nonsense).await);
            assert_eq!(test.app.live.statements_run(), asked);
        }
        assert_invalid_token(&call(&test, STATIONS, unknown).await);
        assert_eq!(call(&test, STATIONS, unknown).await.code(), (429, "too_many_attempts".to_owned()));
        let dpop = test.anonymous().header("authorization", "DPoP nonsense").get(STATIONS).await;
        assert_eq!(dpop.code(), (401, "invalid_token".to_owned()));
        let challenge = dpop.text("www-authenticate");
        assert!(challenge.starts_with("DPoP realm=\"nfcgate\", error=\"invalid_token\""), "{challenge}");
        // Other schemes are not ours to judge.
        let basic = test.anonymous().header("authorization", "Basic eDp5");
        assert_eq!(basic.get(STATIONS).await.status, 200);
    }
}

/// A back end's tokens come from one address, the telephones behind one CGNAT do: what others present
/// there is held against nobody's good token.
#[tokio::test]
async fn a_good_token_is_let_in_however_many_bad_ones_its_address_sent() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        let tokens = stage.tokens(&test).await;
        let unknown = "nfcg_at_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        for _ in 0..30 {
            assert_invalid_token(&call(&test, STATIONS, unknown).await);
        }
        assert_eq!(call(&test, STATIONS, unknown).await.status, 429);
        assert_eq!(call(&test, STATIONS, text(&tokens, "access_token")).await.status, 200);
    }
}

#[tokio::test]
async fn an_access_token_ends_after_ten_minutes() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        let tokens = stage.tokens(&test).await;
        test.app.clock.advance(Duration::from_millis(599_999));
        assert_eq!(call(&test, STATIONS, text(&tokens, "access_token")).await.status, 200);
        test.app.clock.advance(Duration::from_millis(1));
        assert_invalid_token(&call(&test, STATIONS, text(&tokens, "access_token")).await);
    }
}

#[tokio::test]
async fn withdrawal_suspension_and_the_end_of_an_application_hold_at_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        let stage = Stage::new(app, Environment::Live, "public").await;
        let good = async |tokens: &serde_json::Value| {
            let reply = call(&test, STATIONS, text(tokens, "access_token")).await;
            if reply.status != 200 {
                assert_invalid_token(&reply);
            }
            reply.status == 200
        };
        let tokens = stage.tokens(&test).await;
        assert!(good(&tokens).await);
        let grants = oauth::grants_of(app, &stage.realm(), &stage.rider).await.unwrap();
        oauth::withdraw(app, &stage.realm(), &stage.rider, &grants[0].id).await.unwrap();
        assert!(!good(&tokens).await);
        assert!(oauth::withdraw(app, &stage.realm(), &stage.rider, &grants[0].id).await.is_err());
        // Agreeing again brings nothing old back.
        let anew = stage.tokens(&test).await;
        assert!(good(&anew).await && !good(&tokens).await);
        let again =
            post(&test.anonymous(), "/oauth/token", &stage.refresh_form(text(&tokens, "refresh_token")))
                .await;
        assert_eq!(again.status, 400);

        support::step(app, &stage.partner, PartnerStep::Suspend).await;
        assert!(!good(&anew).await);
        support::step(app, &stage.partner, PartnerStep::Reinstate).await;
        assert!(good(&anew).await);

        let (id, now) = (stage.client_id.parse().unwrap(), app.clock.now());
        app.live
            .write::<_, crate::store::DbError, _>(move |tx| {
                Box::pin(async move { oauth::application_ended(tx, &id, now).await })
            })
            .await
            .unwrap();
        assert!(!good(&anew).await);
    }
}

#[tokio::test]
async fn a_partner_that_went_back_to_free_has_no_riders_data() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        let tokens = stage.tokens(&test).await;
        let free = Terms { tier: Tier::Free, quota_per_day: None, burst_per_minute: None };
        support::set_terms(&test.app, &stage.partner, free).await;
        let bearer = format!("Bearer {}", text(&tokens, "access_token"));
        let reply = door(&test.app, "/user/profile", &[("authorization", &bearer)]).await;
        assert_eq!(reply.is(), (403, "tier_insufficient"));
    }
}

/// K1: of a thousand secrets that were handed out and used none stands in the stores.
#[tokio::test]
async fn no_token_stands_in_the_store() {
    let test = TestApp::one().await;
    let stage = Stage::new(&test.app, Environment::Live, "confidential").await;
    let mut secrets = vec![stage.secret.clone().unwrap()];
    for _ in 0..250 {
        let code = stage.consent(&test.app, ALL, ALL).await;
        let tokens = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&code)).await.json();
        call(&test, STATIONS, text(&tokens, "access_token")).await;
        secrets.extend(
            [&code.text, text(&tokens, "access_token"), text(&tokens, "refresh_token")].map(str::to_owned),
        );
        secrets.push(code.verifier.expose().to_owned());
    }
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(&test.app.config.data_dir).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
    assert!(
        bytes.windows(8).any(|part| part == b"grt_0000" || part.starts_with(b"grt_")),
        "the dump is whole"
    );
    let ends: HashSet<&[u8]> = secrets.iter().map(|secret| &secret.as_bytes()[secret.len() - 40..]).collect();
    assert_eq!(ends.len(), 1_001);
    let found = bytes.windows(40).find(|part| ends.contains(part));
    assert_eq!(found.map(String::from_utf8_lossy), None);
}

#[tokio::test]
async fn a_read_is_written_down_while_the_grant_stands_and_the_rider_sees_it() {
    for test in TestApp::each().await {
        let app = &test.app;
        let stage = Stage::new(app, Environment::Live, "public").await;
        let tokens = stage.tokens(&test).await;
        let mut headers = axum::http::HeaderMap::new();
        let bearer = format!("Bearer {}", text(&tokens, "access_token"));
        headers.insert("authorization", bearer.parse().unwrap());
        let (now, ip) = (app.clock.now(), "203.0.113.5".parse().unwrap());
        let sent = oauth::bearer::Call { method: "GET", path: "/", headers: &headers, ip, now };
        let Ok(oauth::bearer::TokenLookup::Known(_, access)) = oauth::bearer::look_up(app, sent).await else {
            panic!("the token is good")
        };
        let read = oauth::Read {
            operation: domain::operations::Operation::ListJourneys,
            scope: domain::oauth::Scope::JourneyRead,
            records: 7,
            ip,
            at: now,
        };
        let log = async || {
            let access = access.clone();
            app.live
                .write(move |tx| Box::pin(async move { oauth::log_access(tx, &access, read).await }))
                .await
        };
        log().await.unwrap();
        let page = domain::page::PageRequest::parse(None, None, 100).unwrap();
        let seen = oauth::access_log_of(&app.live, &stage.realm(), &stage.rider, None, page).await.unwrap();
        assert_eq!((seen.meta.total, seen.data[0].records, seen.data[0].ip.as_str()), (1, 7, "203.0.113.5"));
        assert_eq!(seen.data[0].operation, Some("list_journeys"));
        oauth::withdraw(app, &stage.realm(), &stage.rider, &access.grant_id).await.unwrap();
        assert!(matches!(log().await, Err(oauth::ReadRefused::Withdrawn)));
        let seen = oauth::access_log_of(&app.live, &stage.realm(), &stage.rider, None, page).await.unwrap();
        assert_eq!(seen.meta.total, 1);
    }
}
