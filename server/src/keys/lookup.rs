//! From what a caller sends to the key it is.

use std::{net::IpAddr, sync::Arc};

use axum::http::{HeaderMap, HeaderName};
use domain::keys::KeyText;
use jiff::Timestamp;

use super::{Credential, Found, KeyRecord, queries::FIND_BY_HASH};
use crate::{
    app::App,
    partners,
    store::{DbError, params},
};

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// What became of the key that was sent.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// None was sent.
    Nothing,
    /// What was sent is no key, or no key that exists.
    Refused,
    /// The client has guessed too often. Seconds until it may again.
    Throttled(u64),
    Known(Arc<Credential>),
    /// The store has to be asked: go through [`look_up`].
    Unknown,
}

/// The key of a request, as far as memory knows. Never waits.
#[must_use]
pub fn known(app: &App, headers: &HeaderMap, ip: IpAddr, now: Timestamp) -> Lookup {
    let text = match sent(headers) {
        Sent::Nothing => return Lookup::Nothing,
        // Costs us no more than reading it: not worth counting.
        Sent::Malformed => return Lookup::Refused,
        Sent::Text(text) => text,
    };
    match app.keys.find(&text.sha256(), now.as_microsecond()) {
        Found::Known(credential) => Lookup::Known(credential),
        Found::Absent => refused(app, ip, now),
        Found::Miss => match app.keys.attempts.check(ip, now.as_second()) {
            Ok(()) => Lookup::Unknown,
            Err(wait_s) => Lookup::Throttled(wait_s),
        },
    }
}

/// As [`known`], asking the store for what memory does not know.
///
/// # Errors
/// When a store fails.
pub async fn look_up(app: &App, headers: &HeaderMap, ip: IpAddr, now: Timestamp) -> Result<Lookup, DbError> {
    let lookup = known(app, headers, ip, now);
    let (Lookup::Unknown, Sent::Text(text)) = (&lookup, sent(headers)) else { return Ok(lookup) };
    let (hash, environment) = (text.sha256(), text.environment());
    let asked = app.keys.generation();
    let row = app.store(environment).row(&FIND_BY_HASH, params![&hash]).await?;
    let key = row.as_ref().map(KeyRecord::read).transpose()?;
    let partner = match &key {
        Some(key) => partners::find(&app.live, &key.partner_id).await?,
        None => None,
    };
    let (Some(key), Some(partner)) = (key, partner) else {
        app.keys.keep_absent(&hash, now.as_microsecond());
        return Ok(refused(app, ip, now));
    };
    let (trail, quota) = (app.keys.trail(&hash), app.keys.quota(environment, &partner.id));
    let credential = Credential::new(environment, key, &partner, trail, quota);
    Ok(Lookup::Known(app.keys.keep(asked, &hash, credential, now.as_second())))
}

/// Whether a request brings a key, or what was meant for one.
#[must_use]
pub fn is_sent(headers: &HeaderMap) -> bool {
    headers.contains_key(X_API_KEY)
}

/// Counts a guess.
fn refused(app: &App, ip: IpAddr, now: Timestamp) -> Lookup {
    match app.keys.attempts.count(ip, now.as_second()) {
        Ok(()) => Lookup::Refused,
        Err(wait_s) => Lookup::Throttled(wait_s),
    }
}

enum Sent<'h> {
    Nothing,
    Malformed,
    Text(KeyText<'h>),
}

fn sent(headers: &HeaderMap) -> Sent<'_> {
    let mut values = headers.get_all(X_API_KEY).iter();
    match (values.next(), values.next()) {
        (None, _) => Sent::Nothing,
        // Two keys: which one counts is not for us to choose.
        (Some(_), Some(_)) => Sent::Malformed,
        (Some(value), None) => match value.to_str().ok().and_then(|text| KeyText::parse(text).ok()) {
            Some(text) => Sent::Text(text),
            None => Sent::Malformed,
        },
    }
}
