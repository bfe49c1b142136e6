//! Counters and times of requests, and `/metrics`.
//!
//! Labels are route templates and status classes: few, and nothing about partners. Each route keeps
//! its own handles, so recording is two atomic additions and no look-up.

use std::{sync::OnceLock, time::Duration};

use ::metrics::{Counter, Histogram};
use axum::{
    extract::{MatchedPath, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::problem::Code;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::problem::{ApiError, ApiResult};
use crate::app::App;

/// Upper bounds in seconds: the page promises under 500 ms, a steady-state call takes well under 1.
const BUCKETS_S: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The process's collector, installed when first asked for.
pub fn collector() -> &'static PrometheusHandle {
    static COLLECTOR: OnceLock<PrometheusHandle> = OnceLock::new();
    COLLECTOR.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets(&BUCKETS_S)
            .unwrap_or_else(|_| PrometheusBuilder::new())
            .build_recorder();
        let handle = recorder.handle();
        // Somebody else's recorder would mean that metrics go there; ours then stays empty.
        if ::metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("metrics are collected elsewhere; /metrics will be empty");
        }
        handle
    })
}

/// Handles of one route, made at its first request.
#[derive(Default)]
pub struct RouteMetrics(OnceLock<Handles>);

struct Handles {
    /// By first digit of the status, from 1.
    requests: [Counter; 5],
    duration: Histogram,
}

impl RouteMetrics {
    pub fn record(&self, route: Option<&MatchedPath>, method: &Method, status: StatusCode, took: Duration) {
        let handles = self.0.get_or_init(|| Handles::new(route, method));
        let class = usize::from(status.as_u16() / 100).clamp(1, 5);
        handles.requests[class - 1].increment(1);
        handles.duration.record(took.as_secs_f64());
    }
}

impl Handles {
    fn new(route: Option<&MatchedPath>, method: &Method) -> Self {
        // Whatever no route fits (pages, and addresses that strangers try) shares one label.
        let route = route.map_or("(other)", MatchedPath::as_str).to_owned();
        let method = match *method {
            Method::GET | Method::HEAD => "GET",
            Method::POST => "POST",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            _ => "(other)",
        };
        let counter = |class: &'static str| ::metrics::counter!("http_requests_total", "route" => route.clone(), "method" => method, "status" => class);
        Self {
            requests: ["1xx", "2xx", "3xx", "4xx", "5xx"].map(counter),
            duration: ::metrics::histogram!("http_request_duration_seconds", "route" => route.clone(), "method" => method),
        }
    }
}

/// `/metrics` on the public address: for whoever has the token; without one in the configuration it
/// is not there at all.
pub async fn show_with_token(State(app): State<App>, headers: HeaderMap) -> ApiResult<Response> {
    let Some(token) = &app.config.metrics_token else { return Err(ApiError::new(Code::NotFound)) };
    let shown = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
        .unwrap_or_default();
    if !bool::from(shown.ct_eq(token.expose_secret().as_bytes())) {
        return Err(ApiError::new(Code::MissingCredential).detail(
            "Kirim token metrik sebagai bearer token.",
            "Send the metrics token as a bearer token.",
        ));
    }
    Ok(text())
}

/// Everything collected so far, in Prometheus' text format.
pub fn text() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (headers, collector().render()).into_response()
}
