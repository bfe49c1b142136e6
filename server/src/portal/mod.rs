//! The portal: what people see. It renders pages, takes their forms and serves the site's files.
//!
//! It is the first client of the product's own API: pages and forms reach everything through the
//! same router as other clients, in process ([`own_api`]), with the visitor's cookie. So it holds no
//! rule of its own: every check, error and type is the API's.

mod authorize;
mod bridge;
mod forms;
mod own_api;
mod pages;
mod preferences;
mod site;
#[cfg(test)]
mod tests;
mod visitor;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

use self::{own_api::OwnApi, site::Site};
use crate::{app::App, applications};

/// What the portal's handlers share.
#[derive(Clone)]
struct Portal {
    app: App,
    api: OwnApi,
    site: Arc<Site>,
}

/// Everything that is no API: pages, forms, files. `api` is the product's API with its edge (errors
/// and languages in place), as any client would meet it.
pub fn router(app: App, api: Router) -> Router {
    // What Leptos spawns with. It can be set once per process; tests come here many times.
    let _ = any_spawner::Executor::init_tokio();
    let logos = applications::logo_routes().with_state(app.clone());
    let portal = Portal { app, api: OwnApi::new(api), site: Arc::new(Site::load()) };
    let mut router = Router::new()
        .route("/assets/{*file}", get(site::serve))
        .route("/favicon.ico", get(site::favicon))
        .route("/robots.txt", get(site::robots))
        .route("/preferences", post(preferences::set))
        .route("/oauth/authorize", get(authorize::show).post(authorize::decide));
    for form in forms::FORMS {
        router = router.route(form.action, post(bridge::send).get(bridge::show));
    }
    router.fallback(pages::show).with_state(portal).merge(logos)
}
