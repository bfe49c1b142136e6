//! `Idempotency-Key`: a POST that is sent again is done once.
//!
//! Within 24 hours the same caller's same key and body get the first answer again, marked
//! `Idempotency-Replayed: true`; another body is 422. Requests that come while the first still runs
//! wait for it. The handler runs in a task of its own, so a caller who hangs up does not kill it
//! half-way; if the server itself dies in the middle (or fails with a 5xx, when nobody can say what
//! was done), the key answers 409 from then on, and the caller has to look.
//!
//! Answers may hold secrets that are shown once (a new API key). So an answer is stored sealed under
//! a key derived from the caller's credential and the Idempotency-Key, neither of which is stored.
//! Cookies are never stored.

mod answer;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::problem::Code;
use tokio::sync::watch;

use self::answer::{Answer, Lookup, Seal};
use super::{
    arrival::Arrival,
    client_ip::ClientIp,
    cookie,
    json::{BODY_BYTES_MAX, read_body_up_to},
    problem::{ApiError, ApiResult},
    queries::{DELETE_ATTEMPT, DELETE_EXPIRED, INSERT_ATTEMPT, SELECT_ATTEMPT, UPDATE_ANSWER},
    refusal,
};
use crate::{
    app::App,
    identity::{AnySession, SESSION_COOKIE},
    rider_accounts::{RIDER_COOKIE, Rider},
    store::{Db, DbError, params},
};

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

const KEY_CHARS_MAX: usize = 255;
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const PRUNED_EVERY: Duration = Duration::from_secs(60 * 60);

/// What the layer shares between requests.
#[derive(Clone)]
pub struct Idempotency {
    app: App,
    running: Running,
    body_bytes_max: usize,
}

impl Idempotency {
    #[must_use]
    pub fn new(app: App) -> Self {
        Self { app, running: Running::default(), body_bytes_max: BODY_BYTES_MAX }
    }

    /// Around routes that take larger bodies than usual; each of them has its own bound inside.
    #[must_use]
    pub fn with_bodies_up_to(self, body_bytes_max: usize) -> Self {
        Self { body_bytes_max, ..self }
    }
}

/// The requests of this process that are being worked on. Their receivers see the sender go when it
/// is over.
type Running = Arc<Mutex<HashMap<Lookup, watch::Receiver<()>>>>;

/// For `axum::middleware::from_fn_with_state`.
pub async fn honour(State(this): State<Idempotency>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let Some(key) = request.headers().get(IDEMPOTENCY_KEY).cloned() else { return next.run(request).await };
    match once(this, &key, request, next).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    }
}

async fn once(this: Idempotency, key: &HeaderValue, request: Request, next: Next) -> ApiResult<Response> {
    let (parts, body) = request.into_parts();
    let body = read_body_up_to(body, this.body_bytes_max).await?;
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let ip = Arrival::of(&parts.extensions).map(|arrival| arrival.client);
    let scope = Scope::of(&parts.headers, path, ip);
    let seal = Seal::new(checked(key)?, &scope.bytes);
    let fingerprint = seal.fingerprint(path, &body);
    let db = store(&this.app, &parts.headers).clone();
    let session = scope.is_session.then(|| parts.headers.clone());
    let is_rider = session_cookie(path) == RIDER_COOKIE;
    let attempt = Attempt { app: this.app, db, seal, fingerprint, session, is_rider };
    loop {
        match enter(&this.running, attempt.seal.lookup) {
            Turn::Mine(guard) => {
                let request = Request::from_parts(parts, Body::from(body));
                let tasks = attempt.app.tasks.clone();
                let work = async move {
                    // Lives as long as the work: whoever waits is woken, even by a panic.
                    let _guard = guard;
                    attempt.run(request, next).await
                };
                return tasks.spawn(work).await.map_err(ApiError::internal)?;
            }
            Turn::Wait(mut running) => {
                while running.changed().await.is_ok() {}
                if let Some(answer) = attempt.replay().await? {
                    return Ok(answer);
                }
                // The first attempt was turned away without effect, so this one is first now.
            }
        }
    }
}

fn checked(key: &HeaderValue) -> ApiResult<&str> {
    let usable = |key: &&str| !key.is_empty() && key.len() <= KEY_CHARS_MAX;
    key.to_str().ok().filter(usable).ok_or_else(|| {
        ApiError::new(Code::InvalidParameter).fault(
            "Idempotency-Key",
            "unreadable",
            format!("Idempotency-Key berisi 1 sampai {KEY_CHARS_MAX} karakter ASCII"),
            format!("An Idempotency-Key has 1 to {KEY_CHARS_MAX} ASCII characters"),
        )
    })
}

/// Who asks: keys of different callers never meet.
struct Scope {
    bytes: Vec<u8>,
    /// Somebody at a browser, who may have been signed out since.
    is_session: bool,
}

impl Scope {
    fn of(headers: &HeaderMap, path: &str, ip: Option<ClientIp>) -> Self {
        for (label, name) in
            [("key", HeaderName::from_static("x-api-key")), ("bearer", header::AUTHORIZATION)]
        {
            if let Some(value) = headers.get(name) {
                return Self {
                    bytes: [label.as_bytes(), b" ", value.as_bytes()].concat(),
                    is_session: false,
                };
            }
        }
        let session = cookie::find(headers, session_cookie(path));
        let text = match (session, ip) {
            (Some(session), _) => format!("session {session}"),
            (None, Some(ClientIp(ip))) => format!("ip {ip}"),
            (None, None) => "ip".to_owned(),
        };
        Self { bytes: text.into_bytes(), is_session: session.is_some() }
    }
}

/// Which session a route goes by; `path` as it stands below the portal's API.
fn session_cookie(path: &str) -> &'static str {
    if path.starts_with("/rider/") { RIDER_COOKIE } else { SESSION_COOKIE }
}

/// What a test key does stays in the sandbox.
fn store<'a>(app: &'a App, headers: &HeaderMap) -> &'a Db {
    let test = headers.get("x-api-key").is_some_and(|key| key.as_bytes().starts_with(b"nfcg_test_"));
    if test { &app.sandbox } else { &app.live }
}

enum Turn {
    Mine(Guard),
    Wait(watch::Receiver<()>),
}

/// Ends a turn when dropped.
struct Guard {
    running: Running,
    lookup: Lookup,
    _done: watch::Sender<()>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.lookup);
    }
}

fn enter(running: &Running, lookup: Lookup) -> Turn {
    let mut turns = running.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(turn) = turns.get(&lookup) {
        return Turn::Wait(turn.clone());
    }
    let (done, turn) = watch::channel(());
    turns.insert(lookup, turn);
    Turn::Mine(Guard { running: running.clone(), lookup, _done: done })
}

/// A request whose turn it is.
struct Attempt {
    app: App,
    db: Db,
    seal: Seal,
    fingerprint: Lookup,
    /// The headers that show a session, if that is who asks.
    session: Option<HeaderMap>,
    /// It is a rider's session.
    is_rider: bool,
}

impl Attempt {
    async fn run(self, request: Request, next: Next) -> ApiResult<Response> {
        let now = self.app.clock.now();
        let expires_at = now.checked_add(KEPT).unwrap_or(now);
        let (lookup, fingerprint) = (self.seal.lookup, self.fingerprint);
        let first = self
            .db
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    tx.execute(&INSERT_ATTEMPT, params![&lookup, &fingerprint, now, expires_at]).await
                })
            })
            .await?;
        if first == 0 {
            let gone = || ApiError::new(Code::Unavailable).retry_after_s(1);
            return self.replay().await?.ok_or_else(gone);
        }
        let arrival = Arrival::of(request.extensions()).cloned();
        let response = next.run(request).await;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            // Turned away before anything was done: the key is still good.
            self.db
                .write::<_, DbError, _>(move |tx| {
                    Box::pin(async move { tx.execute(&DELETE_ATTEMPT, params![&lookup, now]).await })
                })
                .await?;
            return Ok(response);
        }
        if status.is_server_error() {
            return Ok(response);
        }
        let response = self.in_words(response, arrival.as_deref());
        let (response, answer) = Answer::take(response).await?;
        let Some(answer) = answer else { return Ok(response) };
        let sealed = self.seal.close(&self.app, &answer)?;
        self.db
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(&UPDATE_ANSWER, params![&lookup, sealed, now]).await })
            })
            .await?;
        Ok(response)
    }

    /// A refusal gets its body here, so that it can be given again to the letter.
    fn in_words(&self, mut response: Response, arrival: Option<&Arrival>) -> Response {
        match response.extensions_mut().remove::<ApiError>() {
            None => response,
            Some(error) => {
                let docs_url = format!("{}/docs/rate-limits", self.app.config.portal_url);
                let lang = arrival.map(|arrival| arrival.lang).unwrap_or_default();
                let request_id = arrival.map_or("", |arrival| arrival.request_id.as_str());
                refusal::problem(response, &error.problem(lang, request_id, &docs_url), lang)
            }
        }
    }

    /// The answer given before; none if the key is free.
    async fn replay(&self) -> ApiResult<Option<Response>> {
        let Some(row) = self.db.row(&SELECT_ATTEMPT, params![&self.seal.lookup]).await? else {
            return Ok(None);
        };
        if row.get::<[u8; 32]>("fingerprint")? != self.fingerprint {
            return Err(ApiError::new(Code::IdempotencyKeyReused));
        }
        let Some(sealed) = row.get::<Option<Vec<u8>>>("answer")? else {
            return Err(ApiError::new(Code::WrongState).detail(
                "Permintaan dengan Idempotency-Key ini terputus di tengah; periksa keadaannya, lalu pakai key baru.",
                "A request with this Idempotency-Key broke off in the middle; look at its effect, then use a new key.",
            ));
        };
        let answer = self.seal.open(&sealed)?;
        if answer.has_body() {
            self.still_signed_in().await?;
        }
        answer.respond().map(Some)
    }

    /// What a session was told is not told again once it has ended.
    async fn still_signed_in(&self) -> ApiResult<()> {
        let Some(headers) = &self.session else { return Ok(()) };
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.headers = headers.clone();
        let app = &self.app;
        match self.is_rider {
            true => <Rider as FromRequestParts<App>>::from_request_parts(&mut parts, app).await.map(drop),
            false => {
                <AnySession as FromRequestParts<App>>::from_request_parts(&mut parts, app).await.map(drop)
            }
        }
    }
}

/// Forgets what is older than a day, in both stores, until shutdown.
pub fn spawn(app: &App) {
    let app = app.clone();
    app.tasks.clone().spawn(async move {
        loop {
            tokio::select! {
                () = app.shutdown.cancelled() => return,
                () = app.clock.wait(PRUNED_EVERY) => {}
            }
            for db in [&app.live, &app.sandbox] {
                if let Err(error) = prune(&app, db).await {
                    tracing::warn!(%error, "old Idempotency-Keys could not be forgotten");
                }
            }
        }
    });
}

/// Forgets what has expired.
pub async fn prune(app: &App, db: &Db) -> Result<u64, DbError> {
    let now = app.clock.now();
    db.write(move |tx| Box::pin(async move { tx.execute(&DELETE_EXPIRED, params![now]).await })).await
}
