//! Requests that were pushed (RFC 9126). The store gives one out once; from then on, over signing in
//! and over the form, it goes along in the address, sealed, so that nobody changes it on the way. So do
//! long ones that were not pushed, since sealing escapes nothing twice.

use data_encoding::BASE64URL_NOPAD;
use domain::oauth::authorize::PARAMETERS;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{app::App, oauth, store::DbError};

const PURPOSE: &str = "pushed request";
/// Carries the sealed request; ours, and no parameter of OAuth.
const PARAMETER: &str = "pushed";
/// From this length on, escaped, a request is carried sealed.
const LONG_BYTES: usize = 5_000;
/// Time to sign in and to decide.
const KEPT: SignedDuration = SignedDuration::from_mins(30);

/// The parameters of a request, in their order.
pub type Pairs = Vec<(String, String)>;

/// Where a request's parameters are.
pub enum Found {
    /// Here.
    Here(Pairs),
    /// Taken from the store just now: go on with this query.
    Taken(String),
    /// Nowhere: used before, too old, another application's, or made up.
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct Carried {
    client_id: String,
    pairs: Pairs,
    at_us: i64,
}

/// Finds the parameters that count. `own` is the name of a parameter of ours that may stand beside
/// pushed ones.
///
/// # Errors
/// When the store fails.
pub async fn find(app: &App, pairs: Pairs, own: &str) -> Result<Found, DbError> {
    let is_there = |name: &str| pairs.iter().any(|(other, _)| other == name);
    if !is_there("request_uri") && !is_there(PARAMETER) {
        return Ok(Found::Here(pairs));
    }
    let Some(client_id) = one(&pairs, "client_id") else { return Ok(Found::Unknown) };
    if is_there("request_uri") {
        let Some(request_uri) = one(&pairs, "request_uri") else { return Ok(Found::Unknown) };
        let Some(pushed) = oauth::pushed(app, client_id, request_uri).await? else {
            return Ok(Found::Unknown);
        };
        return Ok(Found::Taken(carry(app, client_id, pushed)));
    }
    let carried = one(&pairs, PARAMETER).and_then(|sealed| open(app, sealed));
    let Some(carried) = carried.filter(|carried| carried.client_id == client_id) else {
        return Ok(Found::Unknown);
    };
    let mut counting = carried.pairs;
    counting.retain(|(name, _)| name != own);
    counting.extend(pairs.iter().filter(|(name, _)| name == own).cloned());
    Ok(Found::Here(counting))
}

fn one<'p>(pairs: &'p Pairs, name: &str) -> Option<&'p str> {
    let mut values = pairs.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
    let first = values.next();
    first.filter(|_| values.next().is_none())
}

/// The query that carries the request of a `query` that is too long to be carried as it came; none where
/// it is not.
pub fn shortened(app: &App, query: &str) -> Option<String> {
    let escaped: usize = form_urlencoded::byte_serialize(query.as_bytes()).map(str::len).sum();
    let mut pairs: Pairs = serde_urlencoded::from_str(query).unwrap_or_default();
    if escaped < LONG_BYTES || pairs.iter().any(|(name, _)| name == PARAMETER) {
        return None;
    }
    pairs.retain(|(name, _)| PARAMETERS.contains(&name.as_str()));
    let client_id = one(&pairs, "client_id")?.to_owned();
    Some(carry(app, &client_id, pairs))
}

/// The query that carries a request.
fn carry(app: &App, client_id: &str, mut pairs: Pairs) -> String {
    // Of what is carried only a hint was not judged; one that would be escaped is none.
    pairs.retain(|(name, value)| name != "login_hint" || !value.contains(char::is_control));
    let at_us = app.clock.now().as_microsecond();
    let carried = Carried { client_id: client_id.to_owned(), pairs, at_us };
    let sealed = app.vault.seal(PURPOSE, &serde_json::to_vec(&carried).unwrap_or_default());
    let sealed = BASE64URL_NOPAD.encode(&sealed);
    let query = [("client_id", client_id), (PARAMETER, sealed.as_str())];
    serde_urlencoded::to_string(query).unwrap_or_default()
}

fn open(app: &App, sealed: &str) -> Option<Carried> {
    let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
    let carried: Carried = serde_json::from_slice(&app.vault.open_sealed(PURPOSE, &sealed).ok()?).ok()?;
    let at = Timestamp::from_microsecond(carried.at_us).ok()?;
    (app.clock.now().duration_since(at) <= KEPT).then_some(carried)
}
