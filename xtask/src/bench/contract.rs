//! The bench's partner: the demo's enterprise one, with limits by contract that no machine reaches.
//!
//! An operator agrees them through the API, as for any partner; so every call is still counted
//! against a burst window and a leased daily quota.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::http::{self, Response};
use crate::server::Server;

/// The highest limits that a contract may name.
const LIMIT: u64 = 1_000_000_000;
/// New terms reach a running server's cache within a second.
const EFFECTIVE_WITHIN: Duration = Duration::from_secs(5);

/// Agrees the limits and returns the partner's live key.
pub fn live_key(server: &Server, path: &str) -> Result<String> {
    let demo = server.demo()?;
    let partners = demo["partners"].as_array().context("demo.json lists no partners")?;
    let partner = partners
        .iter()
        .find(|partner| partner["tier"] == "enterprise")
        .context("demo.json has no enterprise partner")?;
    let key = text(partner, "live_key")?;
    let session = sign_in(server, &demo["admin"])?;
    let terms = json!({ "tier": "enterprise", "quota_per_day": LIMIT, "burst_per_minute": LIMIT });
    let terms_path = format!("/portal-api/v1/admin/partners/{}/tier", text(partner, "id")?);
    accepted(&post(server, &terms_path, Some(&session), &terms)?, &terms_path)?;
    wait_until_effective(server, path, &key)?;
    Ok(key)
}

fn sign_in(server: &Server, admin: &Value) -> Result<String> {
    let path = "/portal-api/v1/sign-in";
    let credentials = json!({ "email": text(admin, "email")?, "password": text(admin, "password")? });
    let response = post(server, path, None, &credentials)?;
    accepted(&response, path)?;
    let cookie = response.header("set-cookie").context("signing in set no session cookie")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

fn wait_until_effective(server: &Server, path: &str, key: &str) -> Result<()> {
    let started = Instant::now();
    loop {
        let response = http::get(server.address, path, &[("X-API-Key", key)])?;
        let limit = response.header("x-ratelimit-limit").and_then(|limit| limit.parse::<u64>().ok());
        if limit == Some(LIMIT) {
            return Ok(());
        }
        if started.elapsed() > EFFECTIVE_WITHIN {
            bail!(
                "the agreed limits were not in force after {} s (X-RateLimit-Limit: {limit:?})",
                EFFECTIVE_WITHIN.as_secs()
            );
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn post(server: &Server, path: &str, session: Option<&str>, body: &Value) -> Result<Response> {
    let origin = server.base_url();
    let mut headers = vec![("Content-Type", "application/json"), ("Origin", origin.as_str())];
    headers.extend(session.map(|session| ("Cookie", session)));
    http::send(server.address, "POST", path, &headers, body.to_string().as_bytes())
}

fn accepted(response: &Response, path: &str) -> Result<()> {
    if !(200..300).contains(&response.status) {
        bail!("POST {path} answered {}: {}", response.status, String::from_utf8_lossy(&response.body));
    }
    Ok(())
}

fn text(object: &Value, member: &str) -> Result<String> {
    Ok(object[member].as_str().with_context(|| format!("demo.json has no {member} there"))?.to_owned())
}
