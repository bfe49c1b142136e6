//! What is over is deleted, and nothing else.

use std::time::Duration;

use domain::keys::Environment;

use super::support::{ALL, Stage, call, post, refusal, text};
use crate::{oauth::worker, store::sql, testing::TestApp};

sql! {
    ROWS = "select (select count(*) from oauth_codes) + (select count(*) from oauth_families)
            + (select count(*) from oauth_refresh_tokens) + (select count(*) from oauth_access_tokens) as total";
}

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn tokens_go_a_day_after_their_end_and_codes_stay_to_notice_a_replay() {
    for test in TestApp::each().await {
        let app = &test.app;
        let stage = Stage::new(app, Environment::Live, "public").await;
        let rows = async || app.live.row(&ROWS, &[]).await.unwrap().unwrap().get::<u64>("total").unwrap();
        let code = stage.consent(app, ALL, ALL).await;
        let tokens = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&code)).await.json();
        assert_eq!((rows().await, worker::purge(app).await.unwrap()), (4, 0));
        assert_eq!(call(&test, "/open-api/v1/limits", text(&tokens, "access_token")).await.status, 200);
        app.clock.advance(DAY + Duration::from_secs(601));
        assert_eq!((worker::purge(app).await.unwrap(), rows().await), (1, 3), "the access token");
        app.clock.advance(28 * DAY);
        assert_eq!(worker::purge(app).await.unwrap(), 0);
        // Late as it is, the replay of the code ends what came of it.
        let replay = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&code)).await;
        assert_eq!(refusal(&replay), (400, "invalid_grant".to_owned()));
        let refreshed =
            post(&test.anonymous(), "/oauth/token", &stage.refresh_form(text(&tokens, "refresh_token")))
                .await;
        assert_eq!(refusal(&refreshed), (400, "invalid_grant".to_owned()));
        app.clock.advance(3 * DAY);
        assert_eq!((worker::purge(app).await.unwrap(), rows().await), (3, 0));
    }
}
