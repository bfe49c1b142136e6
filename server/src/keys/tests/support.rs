//! Partners with keys, and a public API small enough to be called a thousand times in a test.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode},
    routing::{get, post},
};
use domain::{
    ids::UserId,
    keys::{Environment, KeyCreated, KeyView},
    operations::BASE,
    partners::PartnerStep,
    tiers::Tier,
};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{
    app::App,
    audit::{Actor, AuditContext},
    http::problem::ApiError,
    keys::{self, Keeper, KeyError},
    limits,
    partners::{self, NewPartner, PartnerRecord, Terms},
};

pub const IP: &str = "203.0.113.5";

/// A partner that is in review.
pub async fn partner_in_review(app: &App) -> PartnerRecord {
    let context = AuditContext::local(app, Actor::System);
    app.live
        .write::<_, partners::PartnerError, _>(move |tx| {
            Box::pin(async move {
                let new = NewPartner {
                    name: "TravelKu App".to_owned(),
                    legal_name: "PT TravelKu Nusantara".to_owned(),
                    description: "Perencana perjalanan".to_owned(),
                    is_demo: false,
                };
                let id = partners::register(tx, &context, new).await?;
                partners::step(tx, &context, &id, PartnerStep::VerifyMail, None).await
            })
        })
        .await
        .unwrap()
}

/// An active partner.
pub async fn partner(app: &App, tier: Tier) -> PartnerRecord {
    let partner = partner_in_review(app).await;
    let partner = step(app, &partner, PartnerStep::Approve).await;
    set_terms(app, &partner, Terms { tier, quota_per_day: None, burst_per_minute: None }).await
}

/// An Enterprise partner whose limits were agreed in a contract.
pub async fn partner_with(
    app: &App,
    quota_per_day: Option<u64>,
    burst_per_minute: Option<u64>,
) -> PartnerRecord {
    let partner = partner(app, Tier::Enterprise).await;
    set_terms(app, &partner, Terms { tier: Tier::Enterprise, quota_per_day, burst_per_minute }).await
}

pub async fn step(app: &App, partner: &PartnerRecord, step: PartnerStep) -> PartnerRecord {
    let (context, id) = (AuditContext::local(app, Actor::System), partner.id.clone());
    let partner = app
        .live
        .write(move |tx| Box::pin(async move { partners::step(tx, &context, &id, step, None).await }))
        .await
        .unwrap();
    app.keys.forget_partner(&partner.id);
    partner
}

pub async fn set_terms(app: &App, partner: &PartnerRecord, terms: Terms) -> PartnerRecord {
    let (context, id) = (AuditContext::local(app, Actor::System), partner.id.clone());
    let partner = app
        .live
        .write(move |tx| Box::pin(async move { partners::set_terms(tx, &context, &id, terms).await }))
        .await
        .unwrap();
    app.keys.forget_partner(&partner.id);
    partner
}

pub fn keeper(app: &App, partner: &PartnerRecord) -> Keeper {
    Keeper {
        partner: partner.clone(),
        user_id: app.random.id(app.clock.now(), UserId::new),
        audit: AuditContext::local(app, Actor::System),
    }
}

/// Makes a key with the conditions in `more`.
pub async fn try_key(
    app: &App,
    partner: &PartnerRecord,
    environment: Environment,
    more: Value,
) -> Result<KeyCreated, KeyError> {
    let mut wanted = json!({"name": "Server", "environment": environment});
    wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    keys::create_key(app, keeper(app, partner), serde_json::from_value(wanted).unwrap()).await
}

/// A key and its secret.
pub async fn key_with(
    app: &App,
    partner: &PartnerRecord,
    environment: Environment,
    more: Value,
) -> (KeyView, String) {
    let made = try_key(app, partner, environment, more).await.unwrap();
    (made.key, made.secret.expose().to_owned())
}

/// The secret of a plain live key.
pub async fn live_key(app: &App, partner: &PartnerRecord) -> String {
    key_with(app, partner, Environment::Live, json!({})).await.1
}

/// The public API with handlers that do nothing, behind the real door.
#[derive(Clone)]
pub struct Api {
    router: Router,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// The refusal's code, `""` for a success.
    pub code: &'static str,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Reply {
    pub fn is(&self) -> (u16, &'static str) {
        (self.status, self.code)
    }

    pub fn text(&self, header: &str) -> &str {
        self.headers.get(header).unwrap_or_else(|| panic!("{header} in {self:?}")).to_str().unwrap()
    }

    pub fn number(&self, header: &str) -> i64 {
        self.text(header).parse().unwrap()
    }
}

impl Api {
    pub fn new(app: &App) -> Self {
        let (limits, _) = limits::routes().split_for_parts();
        let routes = Router::new()
            .route("/stations", get(async || "[]"))
            .route("/stations/{id}", get(async || StatusCode::NOT_FOUND))
            .route("/fare/calculate", get(async || "{}"))
            .route("/stats/traffic", get(async || StatusCode::SERVICE_UNAVAILABLE))
            .route("/journeys", get(async || "[]"))
            .route("/user/profile", get(async || "{}"))
            .route("/user/balance", get(async || "{}"))
            .route("/webhooks", post(async || StatusCode::CREATED))
            .fallback(async || StatusCode::NOT_FOUND);
        let router = Router::new().nest(BASE, routes).merge(limits).layer(limits::layer(app));
        Self { router: router.with_state(app.clone()) }
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let code = response.extensions().get::<ApiError>().map_or("", |error| error.code().as_str());
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Reply { status, code, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
    }

    pub fn request(method: Method, path: &str, key: Option<&str>, ip: &str) -> Request<Body> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{BASE}{path}"))
            .extension(ConnectInfo(SocketAddr::new(ip.parse::<IpAddr>().unwrap(), 4711)));
        if let Some(key) = key {
            request = request.header("x-api-key", key);
        }
        request.body(Body::empty()).unwrap()
    }

    /// `GET` with a key.
    pub async fn get(&self, path: &str, key: &str) -> Reply {
        self.send(Self::request(Method::GET, path, Some(key), IP)).await
    }

    /// `GET` without a key.
    pub async fn get_as_stranger(&self, path: &str, ip: &str) -> Reply {
        self.send(Self::request(Method::GET, path, None, ip)).await
    }

    /// A call that any good key may make.
    pub async fn fare(&self, key: &str) -> Reply {
        self.get("/fare/calculate", key).await
    }
}
