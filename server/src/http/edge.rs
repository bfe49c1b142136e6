//! What every request and every answer have in common, in one layer around all routes.
//!
//! On the way in: an id for the request, the caller's language and address, and a look at the
//! address line itself. On the way out: a refusal becomes problem details (or a small page for
//! people), a panic becomes a 500, an unchanged answer a 304; then headers, metrics, log. It is one
//! hand-written service because it stands on the path of every call: no boxes of its own, and
//! header values that are made once.

use std::{
    any::Any,
    convert::Infallible,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version, header},
    response::{IntoResponse, Response},
};
use domain::{ids::RequestId, lang::Lang, problem::Code};
use tower::{Layer, Service};

use super::{
    arrival::{self, Arrival},
    client_ip, cors, headers, language,
    metrics::RouteMetrics,
    problem::ApiError,
    refusal,
    surface::Surface,
};
use crate::app::App;

/// Longest path and query that are looked at.
pub const URI_BYTES_MAX: usize = 8 * 1024;

/// The accept loop found the request unfit, for a reason that is no longer visible in its headers.
#[derive(Debug, Clone, Copy)]
pub struct Unfit(pub &'static str, pub &'static str);

/// Puts the edge around routes.
#[derive(Clone)]
pub struct EdgeLayer(Shared);

#[derive(Clone)]
struct Shared {
    app: App,
    /// The page that explains the codes.
    docs_url: Arc<str>,
    /// The portal is reached by https, so browsers may be told to insist on it.
    https: bool,
}

impl EdgeLayer {
    #[must_use]
    pub fn new(app: App) -> Self {
        let docs_url = format!("{}/docs/rate-limits", app.config.portal_url);
        let https = app.config.portal_url.starts_with("https://");
        Self(Shared { app, docs_url: docs_url.into(), https })
    }
}

impl<S> Layer<S> for EdgeLayer {
    type Service = Edge<S>;

    fn layer(&self, inner: S) -> Edge<S> {
        Edge { around: Arc::new(Around { shared: self.0.clone(), metrics: RouteMetrics::default() }), inner }
    }
}

/// A route with the edge around it.
#[derive(Clone)]
pub struct Edge<S> {
    /// One count of references for all of it: routes are cloned for every request.
    around: Arc<Around>,
    inner: S,
}

struct Around {
    shared: Shared,
    metrics: RouteMetrics,
}

impl<S> Service<Request> for Edge<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Unpin>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = EdgeFuture<S::Future>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let visit = Visit::begin(&self.around.shared.app, &mut request);
        let progress = match refuse(&request) {
            Some(refusal) => Progress::Answered(Some(refusal.into_response())),
            None if visit.surface.answers_options() && request.method() == Method::OPTIONS => {
                Progress::Answered(Some(cors::options(visit.route.as_ref())))
            }
            None => Progress::Running(self.inner.call(request)),
        };
        EdgeFuture { around: self.around.clone(), visit: Some(visit), progress }
    }
}

/// The answer in the making.
pub struct EdgeFuture<F> {
    around: Arc<Around>,
    /// Taken when the answer is ready.
    visit: Option<Visit>,
    progress: Progress<F>,
}

enum Progress<F> {
    /// Answered here; taken when polled.
    Answered(Option<Response>),
    Running(F),
}

impl<F: Future<Output = Result<Response, Infallible>> + Unpin> Future for EdgeFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let response = match &mut this.progress {
            Progress::Answered(response) => response.take(),
            Progress::Running(running) => {
                // After a panic the route's future is not polled again, so nothing half-done is seen.
                match std::panic::catch_unwind(AssertUnwindSafe(|| Pin::new(running).poll(cx))) {
                    Ok(Poll::Pending) => return Poll::Pending,
                    Ok(Poll::Ready(Ok(response))) => Some(response),
                    Err(panic) => Some(panicked(&*panic)),
                }
            }
        };
        let response = response.unwrap_or_else(|| ApiError::new(Code::Internal).into_response());
        Poll::Ready(Ok(match this.visit.take() {
            Some(visit) => visit.end(&this.around, response),
            None => response,
        }))
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    ::metrics::counter!("http_panics_total").increment(1);
    ApiError::internal(Panicked(message.to_owned())).into_response()
}

/// A handler panicked.
#[derive(Debug, thiserror::Error)]
#[error("the handler panicked: {0}")]
struct Panicked(String);

/// Address lines and heads that no handler should see.
fn refuse(request: &Request) -> Option<ApiError> {
    if let Some(&Unfit(id, en)) = request.extensions().get::<Unfit>() {
        return Some(
            ApiError::new(Code::MalformedRequest).detail(id, en).header(header::CONNECTION, headers::CLOSE),
        );
    }
    let text = request.uri().path_and_query()?.as_str();
    if text.len() > URI_BYTES_MAX {
        return Some(ApiError::new(Code::UriTooLong));
    }
    if text.as_bytes().contains(&b'%') && !decodes(text) {
        return Some(ApiError::new(Code::MalformedRequest).detail(
            "URL berisi urutan persen yang bukan UTF-8.",
            "The URL has percent-encoded bytes that are not UTF-8.",
        ));
    }
    None
}

/// Whether the percent-encoded bytes are UTF-8 without NUL. A lone `%` is left to whoever reads it.
fn decodes(text: &str) -> bool {
    let hex = |byte: u8| char::from(byte).to_digit(16);
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((&byte, rest)) = bytes.split_first() {
        bytes = rest;
        if let (b'%', [high, low, rest @ ..]) = (byte, rest)
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            decoded.push(u8::try_from(high * 16 + low).unwrap_or_default());
            bytes = rest;
        } else {
            decoded.push(byte);
        }
    }
    !decoded.contains(&0) && std::str::from_utf8(&decoded).is_ok()
}

/// One request, from the edge's point of view.
struct Visit {
    arrival: Arc<Arrival>,
    surface: Surface,
    method: Method,
    /// Template of the route; none where no route fits.
    route: Option<MatchedPath>,
    /// For the log, where there is no template.
    uri: Option<Uri>,
    /// The caller is a page of another origin.
    origin: bool,
    /// The caller is a browser that wants a page.
    wants_html: bool,
    if_none_match: Option<HeaderValue>,
    http_10: bool,
}

impl Visit {
    fn begin(app: &App, request: &mut Request) -> Self {
        let surface = Surface::of(request.uri().path());
        let arrival = match Arrival::of(request.extensions()) {
            Some(arrival) => arrival.clone(),
            None => {
                let arrival = Arc::new(note(app, request));
                request.extensions_mut().insert(arrival.clone());
                arrival
            }
        };
        let route = request.extensions().get::<MatchedPath>().cloned();
        let sent = request.headers();
        Self {
            arrival,
            surface,
            method: request.method().clone(),
            uri: route.is_none().then(|| request.uri().clone()),
            route,
            origin: sent.contains_key(header::ORIGIN),
            wants_html: surface == Surface::Page && wants_html(sent),
            if_none_match: sent.get(header::IF_NONE_MATCH).cloned(),
            http_10: request.version() == Version::HTTP_10,
        }
    }

    fn end(self, around: &Around, mut response: Response) -> Response {
        let Around { shared, metrics } = around;
        let mut refused = response.extensions_mut().remove::<ApiError>();
        if refused.is_none() && refusal::is_bare(&response, self.surface) {
            refused = refusal::named(response.status());
        }
        if let Some(error) = &refused {
            let lang = if self.surface == Surface::OAuth { Lang::En } else { self.arrival.lang };
            let problem = error.problem(lang, self.arrival.request_id.as_str(), &shared.docs_url);
            response = match self.surface {
                Surface::OAuth => refusal::oauth(response, &problem),
                _ if self.wants_html => refusal::page(response, &problem, lang),
                _ => refusal::problem(response, &problem, lang),
            };
        } else if let Some(wanted) = &self.if_none_match {
            response = headers::not_modified(response, wanted, &self.method);
        }
        headers::vary_etag_by_encoding(response.headers_mut());
        self.finish_headers(shared, response.headers_mut());
        let took = self.arrival.began.elapsed();
        metrics.record(self.route.as_ref(), &self.method, response.status(), took);
        self.log(response.status(), took, refused.as_ref());
        response
    }

    fn finish_headers(&self, shared: &Shared, sent: &mut HeaderMap) {
        // An id is ASCII letters, digits and an underscore; shared text, so nothing is escaped.
        if let Ok(id) = HeaderValue::try_from(self.arrival.request_id.as_str()) {
            sent.insert(headers::X_REQUEST_ID, id);
        }
        sent.insert(header::X_CONTENT_TYPE_OPTIONS, headers::NOSNIFF);
        if shared.https {
            sent.insert(header::STRICT_TRANSPORT_SECURITY, headers::TWO_YEARS);
        }
        headers::default(sent, header::CACHE_CONTROL, self.surface.cache_control());
        match self.surface {
            // Whoever asked: what a cache keeps of one caller's answer may be read by a page of another.
            Surface::PublicApi => {
                cors::open(sent);
                if self.origin {
                    cors::expose(sent);
                }
            }
            Surface::OAuth => {
                cors::open(sent);
                cors::expose(sent);
                // For HTTP/1.0 caches (RFC 6749 section 5.1), wherever nothing may be kept.
                if sent.get(header::CACHE_CONTROL).is_some_and(|kept| kept == "no-store") {
                    sent.insert(header::PRAGMA, headers::NO_CACHE);
                }
            }
            Surface::PortalApi | Surface::Gate | Surface::Machine => {
                sent.insert(headers::CROSS_ORIGIN_RESOURCE_POLICY, headers::SAME_ORIGIN);
            }
            Surface::Page => headers::for_pages(sent),
        }
        if self.http_10 {
            sent.insert(header::CONNECTION, headers::CLOSE);
        }
    }

    /// One line per request. Successes of the public API and of gates are everyday business: only at `debug`.
    /// Never the query or other headers: they may carry secrets.
    fn log(&self, status: StatusCode, took: Duration, refused: Option<&ApiError>) {
        let route = self.route.as_ref().map_or("", MatchedPath::as_str);
        let path = self.uri.as_ref().map_or("", Uri::path);
        let path = &path[..path.floor_char_boundary(200)];
        let duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let status = status.as_u16();
        let (method, request_id) = (self.method.as_str(), self.arrival.request_id.as_str());
        let code = refused.map_or("", |error| error.code().as_str());
        if status >= 500 {
            let cause = refused.and_then(ApiError::cause_chain).unwrap_or_default();
            tracing::error!(
                method,
                route,
                path,
                status,
                duration_us,
                request_id,
                code,
                cause,
                "request failed"
            );
        } else if matches!(self.surface, Surface::PublicApi | Surface::Gate) && status < 400 {
            tracing::debug!(method, route, path, status, duration_us, request_id, "request served");
        } else if let Some(cause) = refused.and_then(ApiError::cause_chain) {
            tracing::info!(
                method,
                route,
                path,
                status,
                duration_us,
                request_id,
                code,
                cause,
                "request refused"
            );
        } else {
            tracing::info!(method, route, path, status, duration_us, request_id, code, "request served");
        }
    }
}

fn note(app: &App, request: &Request) -> Arrival {
    let at = app.clock.now();
    Arrival {
        request_id: app.random.id(at, RequestId::new),
        lang: language::of(request.headers()),
        client: client_ip::of(
            arrival::peer(request.extensions()),
            request.headers(),
            &app.config.trusted_proxies,
        ),
        at,
        began: Instant::now(),
    }
}

fn wants_html(sent: &HeaderMap) -> bool {
    sent.get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().windows(9).any(|part| part == b"text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_utf_8_behind_percent_signs_is_seen() {
        for (text, sound) in [
            ("/stations?q=bogor", true),
            ("/stations?q=caf%C3%A9", true),
            ("/stations?q=100%", true),
            ("/stations?q=%zz%4", true),
            ("/stations/%FF", false),
            ("/stations?q=%C3%28", false),
            ("/stations?q=%C3", false),
            ("/stations?q=a%00b", false),
        ] {
            assert_eq!(decodes(text), sound, "{text}");
        }
    }
}
