//! Logos as browsers fetch them. They never change under their address, which names their hash.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderName, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{applications::LogoType, ids::ApplicationId, keys::Environment, problem::Code};

use super::queries;
use crate::{
    app::App,
    http::problem::{ApiError, ApiResult},
    store::params,
};

/// Below the portal's address, not below an API's: `<img>` fetches them.
pub fn logo_routes() -> Router<App> {
    Router::new().route("/logos/{application}/{hash}", get(show))
}

async fn show(State(app): State<App>, Path((id, hash)): Path<(String, String)>) -> ApiResult<Response> {
    let not_found = || ApiError::new(Code::NotFound);
    let id: ApplicationId = id.parse().map_err(|_| not_found())?;
    for environment in Environment::ALL {
        let found = app.store(environment).row(&queries::FIND_LOGO, params![&id, hash.as_str()]).await?;
        let Some(row) = found else { continue };
        let kind = LogoType::from_media_type(&row.get::<String>("media_type")?).ok_or_else(not_found)?;
        let headers: [(HeaderName, &'static str); 3] = [
            (header::CONTENT_TYPE, kind.media_type()),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            // Should a browser be talked into showing it as a page: nothing in it runs.
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        ];
        return Ok((headers, row.get::<Vec<u8>>("bytes")?).into_response());
    }
    Err(not_found())
}
