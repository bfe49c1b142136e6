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
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, Version, header},
    response::{IntoResponse, Response},
    routing::{Route, future::RouteFuture},
};
use domain::{ids::RequestId, lang::Lang, problem::Code};
use tower::{Layer, Service};

use super::{
    client_ip::{self, ClientIp},
    cors, headers, language,
    metrics::RouteMetrics,
    problem::ApiError,
    refusal,
    surface::Surface,
};
use crate::app::App;

/// Longest path and query that are looked at.
pub const URI_BYTES_MAX: usize = 8 * 1024;

/// What a page that calls the API in process hands on of its visitor: id, language, address. Not
/// everything the router left there, since the page's route is not the call's.
#[must_use]
pub fn handed_on(visitor: &Extensions) -> Extensions {
    let mut handed_on = Extensions::new();
    if let Some(request_id) = visitor.get::<RequestId>() {
        handed_on.insert(request_id.clone());
    }
    if let Some(lang) = visitor.get::<Lang>() {
        handed_on.insert(*lang);
    }
    if let Some(client_ip) = visitor.get::<ClientIp>() {
        handed_on.insert(*client_ip);
    }
    handed_on
}

/// The accept loop found the request unfit, for a reason that is no longer visible in its headers.
#[derive(Debug, Clone, Copy)]
pub struct Unfit(pub &'static str, pub &'static str);

/// Puts the edge around routes.
#[derive(Clone)]
pub struct EdgeLayer(Arc<Shared>);

struct Shared {
    app: App,
    /// The page that explains the codes.
    docs_url: String,
    /// The portal is reached by https, so browsers may be told to insist on it.
    https: bool,
}

impl EdgeLayer {
    #[must_use]
    pub fn new(app: App) -> Self {
        let docs_url = format!("{}/docs/rate-limits", app.config.portal_url);
        let https = app.config.portal_url.starts_with("https://");
        Self(Arc::new(Shared { app, docs_url, https }))
    }
}

impl Layer<Route> for EdgeLayer {
    type Service = Edge;

    fn layer(&self, inner: Route) -> Edge {
        Edge { shared: self.0.clone(), metrics: RouteMetrics::default(), inner }
    }
}

/// A route with the edge around it.
#[derive(Clone)]
pub struct Edge {
    shared: Arc<Shared>,
    metrics: RouteMetrics,
    inner: Route,
}

impl Service<Request> for Edge {
    type Response = Response;
    type Error = Infallible;
    type Future = EdgeFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> EdgeFuture {
        let visit = Visit::begin(&self.shared.app, &mut request);
        let progress = match refuse(&request) {
            Some(refusal) => Progress::Answered(Some(refusal.into_response())),
            None if visit.surface == Surface::PublicApi && request.method() == Method::OPTIONS => {
                Progress::Answered(Some(cors::options(visit.route.as_ref())))
            }
            None => Progress::Running(self.inner.call(request)),
        };
        EdgeFuture {
            shared: self.shared.clone(),
            metrics: self.metrics.clone(),
            visit: Some(visit),
            progress,
        }
    }
}

/// The answer in the making.
pub struct EdgeFuture {
    shared: Arc<Shared>,
    metrics: RouteMetrics,
    /// Taken when the answer is ready.
    visit: Option<Visit>,
    progress: Progress,
}

enum Progress {
    /// Answered here; taken when polled.
    Answered(Option<Response>),
    Running(RouteFuture<Infallible>),
}

impl Future for EdgeFuture {
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
            Some(visit) => visit.end(&this.shared, &this.metrics, response),
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
    began: Instant,
    request_id: RequestId,
    lang: Lang,
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
        let began = Instant::now();
        let surface = Surface::of(request.uri().path());
        let extensions = request.extensions();
        // A page that calls the API in process hands on its own id and language.
        let request_id = extensions
            .get::<RequestId>()
            .cloned()
            .unwrap_or_else(|| app.random.id(app.clock.now(), RequestId::new));
        let sent = request.headers();
        let lang = extensions.get::<Lang>().copied().unwrap_or_else(|| language::of(sent));
        let client_ip = client_ip::of(extensions, sent, &app.config.trusted_proxies);
        let route = extensions.get::<MatchedPath>().cloned();
        let visit = Self {
            began,
            lang,
            surface,
            method: request.method().clone(),
            uri: route.is_none().then(|| request.uri().clone()),
            route,
            origin: sent.contains_key(header::ORIGIN),
            wants_html: surface == Surface::Page && wants_html(sent),
            if_none_match: sent.get(header::IF_NONE_MATCH).cloned(),
            http_10: request.version() == Version::HTTP_10,
            request_id: request_id.clone(),
        };
        let extensions = request.extensions_mut();
        extensions.insert(request_id);
        extensions.insert(lang);
        extensions.insert(client_ip);
        visit
    }

    fn end(self, shared: &Shared, metrics: &RouteMetrics, mut response: Response) -> Response {
        let mut refused = response.extensions_mut().remove::<ApiError>();
        if refused.is_none() && refusal::is_bare(&response, self.surface) {
            refused = refusal::named(response.status());
        }
        if let Some(error) = &refused {
            let problem = error.problem(self.lang, self.request_id.as_str(), &shared.docs_url);
            response = match self.wants_html {
                true => refusal::page(response, &problem, self.lang),
                false => refusal::problem(response, &problem, self.lang),
            };
        } else if let Some(wanted) = &self.if_none_match {
            response = headers::not_modified(response, wanted, &self.method);
        }
        headers::vary_etag_by_encoding(response.headers_mut());
        self.finish_headers(shared, response.headers_mut());
        metrics.record(self.route.as_ref(), &self.method, response.status(), self.began.elapsed());
        self.log(response.status(), refused.as_ref());
        response
    }

    fn finish_headers(&self, shared: &Shared, sent: &mut HeaderMap) {
        // An id is ASCII letters, digits and an underscore; shared text, so nothing is escaped.
        if let Ok(id) = HeaderValue::try_from(self.request_id.as_str()) {
            sent.insert(headers::X_REQUEST_ID, id);
        }
        sent.insert(header::X_CONTENT_TYPE_OPTIONS, headers::NOSNIFF);
        if shared.https {
            sent.insert(header::STRICT_TRANSPORT_SECURITY, headers::TWO_YEARS);
        }
        headers::default(sent, header::CACHE_CONTROL, self.surface.cache_control());
        match self.surface {
            Surface::PublicApi => {
                if self.origin {
                    cors::open(sent);
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
    fn log(&self, status: StatusCode, refused: Option<&ApiError>) {
        let route = self.route.as_ref().map_or("", MatchedPath::as_str);
        let path = self.uri.as_ref().map_or("", Uri::path);
        let path = &path[..path.floor_char_boundary(200)];
        let duration_us = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let status = status.as_u16();
        let (method, request_id) = (self.method.as_str(), self.request_id.as_str());
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
