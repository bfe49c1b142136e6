//! Who is looking: language and preferences from cookies, the session from the API.

use app::visitor::{RiderVisitor, SampleLanguage, SessionKind, SessionView, Theme, Visitor};
use axum::http::{HeaderMap, Uri, header, request::Parts};
use domain::{
    identity,
    lang::Lang,
    rider_accounts::{RIDER_COOKIE, RiderSession},
};

use super::Portal;
use crate::{http::arrival::Arrival, identity::SESSION_COOKIE};

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The visitor behind a request.
pub async fn identify(portal: &Portal, request: &Parts, page: &Uri) -> Visitor {
    let (path, address) = (page.path(), page.path_and_query().map_or("/", |address| address.as_str()));
    let headers = &request.headers;
    Visitor {
        lang: Arrival::of(&request.extensions).map_or_else(Lang::default, |arrival| arrival.lang),
        theme: cookie(headers, "theme").and_then(Theme::parse).unwrap_or_default(),
        code: cookie(headers, "code").and_then(SampleLanguage::parse).unwrap_or_default(),
        session: session(portal, request).await,
        rider: rider(portal, request).await,
        path: path.to_owned(),
        address: address.to_owned(),
        demo: portal.app.config.is_demo(),
        now: portal.app.clock.now(),
        form_key: data_encoding::HEXLOWER.encode(&portal.app.random.bytes::<16>()),
    }
}

async fn session(portal: &Portal, request: &Parts) -> Option<SessionView> {
    cookie(&request.headers, SESSION_COOKIE)?;
    let session: identity::SessionView =
        portal.api.get(request, "/portal-api/v1/session").await.read().ok()?;
    let (kind, organisation, tier) = match session.partner {
        Some(partner) => (SessionKind::Partner, partner.name, Some(partner.tier)),
        None => (SessionKind::Admin, "KAI Commuter".to_owned(), None),
    };
    Some(SessionView { name: session.user.name, email: session.user.email, kind, organisation, tier })
}

async fn rider(portal: &Portal, request: &Parts) -> Option<RiderVisitor> {
    cookie(&request.headers, RIDER_COOKIE)?;
    let rider: RiderSession = portal.api.get(request, "/portal-api/v1/rider/session").await.read().ok()?;
    Some(RiderVisitor { login: rider.email.or(rider.phone).unwrap_or_default(), name: rider.name })
}
