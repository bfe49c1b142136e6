//! How long a client waits for new tokens, at a steady rate.
//!
//! The demo's application with automatic consent gets codes for its test rider by redirects, as any
//! client would, and exchanges them. Then every chain goes on: each refresh token is exchanged for the
//! next, which is a new access token, a new refresh token and the end of the one before in one durable
//! transaction. Waits are timed from when each exchange was due, so that a slow answer counts for
//! those that had to wait behind it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Figure;
use crate::console;
use crate::http::{self, Connection};
use crate::server::Server;

const RATE: u32 = 100;
const P99_MS_MAX: f64 = 10.0;
const SECONDS: u32 = 15;
/// Exchanged before the clock runs.
const WARM_UP: u32 = 100;
/// Chains of refresh tokens, each on a connection of its own.
const CHAINS: u32 = 20;
/// Of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What was measured on one engine.
pub struct Measured {
    engine: &'static str,
    /// Sorted.
    waits_ms: Vec<f64>,
}

/// The demo's application.
struct Application {
    client_id: String,
    client_secret: Option<String>,
    redirect_uri: String,
    login_hint: String,
}

/// Measures on a demo that is being served.
pub fn measure(engine: &'static str, server: &Server) -> Result<Measured> {
    console::step(format_args!("Measuring tokens on {engine}: {RATE} exchanges a second"));
    let application = application(&server.demo()?)?;
    let mut chains =
        (0..CHAINS).map(|_| Chain::begin(server.address, &application)).collect::<Result<Vec<_>>>()?;
    let started = Instant::now();
    let waits: Vec<Result<Vec<f64>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = chains
            .iter_mut()
            .zip(0..)
            .map(|(chain, place)| scope.spawn(move || chain.go_on(started, place)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| bail!("a thread of the measurement panicked")))
            .collect()
    });
    let mut waits_ms = Vec::new();
    for waits in waits {
        waits_ms.extend(waits?);
    }
    waits_ms.sort_by(f64::total_cmp);
    Ok(Measured { engine, waits_ms })
}

fn application(demo: &Value) -> Result<Application> {
    let all = demo["applications"].as_array().context("demo.json has no applications")?;
    let found = all
        .iter()
        .find(|application| application["auto_consent"] == true)
        .context("demo.json has no application with automatic consent")?;
    let text = |name: &str| {
        found[name].as_str().map(str::to_owned).with_context(|| format!("the application has no {name}"))
    };
    Ok(Application {
        client_id: text("client_id")?,
        client_secret: found["client_secret"].as_str().map(str::to_owned),
        redirect_uri: text("redirect_uri")?,
        login_hint: text("login_hint")?,
    })
}

/// One refresh token after the other.
struct Chain<'a> {
    application: &'a Application,
    address: SocketAddr,
    connection: Connection,
    refresh_token: String,
}

impl<'a> Chain<'a> {
    fn begin(address: SocketAddr, application: &'a Application) -> Result<Self> {
        let code = code(address, application)?;
        let connection = Connection::open(address)?;
        let mut chain = Self { application, address, connection, refresh_token: String::new() };
        chain.exchange(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &application.redirect_uri),
            ("code_verifier", VERIFIER),
        ])?;
        Ok(chain)
    }

    /// Takes its turn in the common rate; tells how long each exchange took from when it was due.
    fn go_on(&mut self, started: Instant, place: u32) -> Result<Vec<f64>> {
        let mut waits = Vec::new();
        for turn in (place..WARM_UP + RATE * SECONDS).step_by(CHAINS as usize) {
            let due = started + Duration::from_secs(1) * turn / RATE;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let token = self.refresh_token.clone();
            self.exchange(&[("grant_type", "refresh_token"), ("refresh_token", &token)])?;
            if turn >= WARM_UP {
                waits.push(due.elapsed().as_secs_f64() * 1e3);
            }
        }
        Ok(waits)
    }

    fn exchange(&mut self, fields: &[(&str, &str)]) -> Result<()> {
        let mut form = vec![("client_id", self.application.client_id.as_str())];
        form.extend(self.application.client_secret.as_deref().map(|secret| ("client_secret", secret)));
        form.extend(fields);
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let body = encoded(&form);
        let answer = self.connection.post(self.address, "/oauth/token", &headers, body.as_bytes())?;
        if answer.status != 200 {
            bail!("POST /oauth/token answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
        let tokens: Value = serde_json::from_slice(&answer.body)?;
        let token = tokens["refresh_token"].as_str().context("an answer without refresh_token")?;
        self.refresh_token = token.to_owned();
        Ok(())
    }
}

/// A code, as the application's browser would bring it back.
fn code(address: SocketAddr, application: &Application) -> Result<String> {
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(VERIFIER));
    let query = encoded(&[
        ("client_id", &application.client_id),
        ("response_type", "code"),
        ("redirect_uri", &application.redirect_uri),
        ("scope", "journey:read"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("login_hint", &application.login_hint),
    ]);
    let answer = http::get(address, &format!("/oauth/authorize?{query}"), &[])?;
    let location = answer.header("location").unwrap_or_default();
    let code = location.split(['?', '&']).find_map(|pair| pair.strip_prefix("code="));
    let Some(code) = code else {
        bail!("GET /oauth/authorize answered {} to {location:?}, without a code", answer.status)
    };
    Ok(code.to_owned())
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte.into()),
                _ => out.push_str(&format!("%{byte:02X}")),
            }
            out
        })
    };
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}

impl Measured {
    pub fn figure(&self) -> Figure {
        let p99 = self.quantile(99);
        Figure {
            name: format!("new tokens at {RATE}/s, p99, {}", self.engine),
            shown: format!("{p99:.1} ms"),
            target: format!("≤ {P99_MS_MAX} ms"),
            kept: p99 <= P99_MS_MAX,
        }
    }

    /// Nearest rank.
    fn quantile(&self, percent: usize) -> f64 {
        let rank = (self.waits_ms.len() * percent).div_ceil(100);
        self.waits_ms.get(rank.saturating_sub(1)).copied().unwrap_or(f64::INFINITY)
    }

    pub fn to_json(&self) -> Value {
        json!({
            "engine": self.engine,
            "exchanges": self.waits_ms.len(),
            "rate_per_s": RATE,
            "p50_ms": self.quantile(50),
            "p99_ms": self.quantile(99),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_p99_of_two_hundred_is_the_third_largest() {
        let measured = Measured { engine: "none", waits_ms: (1..=200).map(f64::from).collect() };
        assert_eq!((measured.quantile(50), measured.quantile(99)), (100.0, 198.0));
    }

    #[test]
    fn a_form_is_encoded_as_rfc_3986_says() {
        assert_eq!(
            encoded(&[("a", "x y"), ("b", "http://é?&=~")]),
            "a=x%20y&b=http%3A%2F%2F%C3%A9%3F%26%3D~"
        );
    }
}
