//! What lies in the store, for whoever steals it.

use std::time::Duration;

use serde_json::json;

use super::support::{PASSWORD, mails_to, newest_token, owner};
use crate::testing::TestApp;

/// Every byte of the live database, its write-ahead log included.
fn stored(folder: &std::path::Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("live.db"))
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect()
}

#[tokio::test]
async fn no_password_token_or_code_can_be_read_from_the_store() {
    let test = TestApp::each().await.swap_remove(0);
    let (app, email) = (&test.app, "rani@travelku.example");
    let mut rani = owner(app, email).await;
    let verified_with = newest_token(app, email).await;
    let cookie = rani.cookie.clone().unwrap();
    let enrolment = rani.post("/totp/enrol", json!({})).await.body;
    let secret = enrolment["secret"].as_str().unwrap().to_owned();
    let raw = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(raw.clone()).build().unwrap();
    let code = totp.generate(app.clock.now().as_second().try_into().unwrap()).to_string();
    let codes = rani.post("/totp/confirm", json!({"code": code})).await.body["recovery_codes"].clone();
    // This one still waits in the outbox while the store is looked at.
    app.clock.advance(Duration::from_secs(1));
    rani.post("/members", json!({"name": "Budi", "email": "budi@travelku.example", "role": "viewer"})).await;
    let bytes = stored(&app.config.data_dir);
    let waiting = newest_token(app, "budi@travelku.example").await;
    assert_eq!(mails_to(app, "budi@travelku.example").await.len(), 1);

    let new_cookie = rani.cookie.clone().unwrap();
    let value = |cookie: &str| cookie.split_once('=').unwrap().1.to_owned();
    let mut secrets =
        vec![PASSWORD.to_owned(), verified_with, waiting, secret, value(&cookie), value(&new_cookie)];
    secrets.extend(codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()));
    secrets.extend(codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap().replace('-', "")));
    assert_eq!(secrets.len(), 6 + 16);
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    // The search would find something that is there.
    assert!(holds(email.as_bytes()));
    for secret in &secrets {
        assert!(!holds(secret.as_bytes()), "{secret}");
    }
    assert!(!holds(&raw));
}
