//! Applications that the portal makes for a partner itself: one for the PKCE playground, one for the
//! try-it consoles. Both live in the partner's test network and are made when first asked for.

use domain::{
    applications::{CONSOLE_NAME, ConsoleToken, PLAYGROUND_NAME, Playground, TestRiderChoice},
    ids::ApplicationId,
    keys::Environment,
    oauth::Scope,
    operations::{BASE, Operation},
    page::PageRequest,
    problem::Code,
    realm::Realm,
    riders::CreateRider,
};
use serde_json::json;

use super::{ApplicationError, ApplicationRecord, Purpose, create_for, known, queries};
use crate::{
    app::App,
    http::problem::{ApiError, ApiResult},
    keys::Keeper,
    oauth::{self, OAuthError},
    realms,
    riders::{self, Place, RiderError},
    store::params,
};

/// Name of the test rider that is made where a partner has none.
const RIDER_NAME: &str = "Penumpang Uji";

/// Page that the playground's codes are sent to.
fn redirect_uri(app: &App) -> String {
    format!("{}/docs/authentication/callback", app.config.portal_url)
}

/// The application made for a purpose, made now if need be.
async fn ensured(app: &App, keeper: Keeper, purpose: Purpose) -> Result<ApplicationId, ApplicationError> {
    let find = params![&keeper.partner.id, purpose.as_str()].to_vec();
    if let Some(row) = app.sandbox.row(&queries::FIND_PURPOSE, &find).await? {
        return Ok(ApplicationRecord::read(&row)?.id);
    }
    let (name, description, auto_consent) = match purpose {
        Purpose::Playground => (PLAYGROUND_NAME, "Mencoba OAuth dengan PKCE di portal", false),
        Purpose::Console => (CONSOLE_NAME, "Mencoba endpoint ber-scope di portal", true),
    };
    let reason = "Mencoba dengan penumpang uji";
    let reasons: serde_json::Map<_, _> =
        Scope::ALL.into_iter().map(|scope| (scope.as_str().to_owned(), json!(reason))).collect();
    let wanted = json!({
        "environment": Environment::Test, "client_type": "public", "name": name, "description": description,
        "redirect_uris": [redirect_uri(app)], "scopes": reasons, "auto_consent": auto_consent,
    });
    let new = serde_json::from_value(wanted).map_err(|_| ApplicationError::NotFound)?;
    match create_for(app, keeper, new, Some(purpose)).await {
        Ok(created) => Ok(created.application.id),
        // Another page of the same partner was quicker.
        Err(ApplicationError::Db(error)) if error.is_unique_violation() => {
            let row = app.sandbox.row(&queries::FIND_PURPOSE, &find).await?;
            Ok(ApplicationRecord::read(&row.ok_or(ApplicationError::NotFound)?)?.id)
        }
        Err(error) => Err(error),
    }
}

/// The partner's newest test rider, made now if there is none.
async fn test_rider(app: &App, realm: &Realm) -> Result<TestRiderChoice, RiderError> {
    let now = realms::now(app, realm);
    let one = PageRequest::parse(None, Some("1"), 1).map_err(|_| RiderError::NotFound)?;
    if let Some(rider) = riders::list(&app.sandbox, realm, None, one, now).await?.data.into_iter().next() {
        return Ok(TestRiderChoice { id: rider.id, name: rider.name });
    }
    let place = Place { realm: realm.clone(), now, random: app.random.clone() };
    let new: CreateRider =
        serde_json::from_value(json!({"name": RIDER_NAME})).map_err(|_| RiderError::NotFound)?;
    let id = app
        .sandbox
        .write::<_, RiderError, _>(move |tx| Box::pin(async move { riders::create(tx, &place, &new).await }))
        .await?;
    Ok(TestRiderChoice { id, name: RIDER_NAME.to_owned() })
}

/// What the PKCE playground works with.
///
/// # Errors
/// As [`super::create`].
pub async fn playground(app: &App, keeper: Keeper) -> ApiResult<Playground> {
    let realm = realms::of(Environment::Test, &keeper.partner.id);
    let client_id = ensured(app, keeper, Purpose::Playground).await?;
    // Whom the consent page lets choose.
    test_rider(app, &realm).await?;
    let issuer = oauth::issuer(app);
    Ok(Playground {
        client_id,
        redirect_uri: redirect_uri(app),
        scope: Scope::ProfileRead.as_str().to_owned(),
        authorization_endpoint: format!("{issuer}/oauth/authorize"),
        token_endpoint: format!("{issuer}/oauth/token"),
        revocation_endpoint: format!("{issuer}/oauth/revoke"),
        profile_endpoint: format!("{}{BASE}{}", app.config.api_url, Operation::GetProfile.path()),
    })
}

/// An access token of a test rider, for the try-it console of a scoped operation.
///
/// # Errors
/// As [`super::create`].
pub async fn console_token(app: &App, keeper: Keeper) -> ApiResult<ConsoleToken> {
    let realm = realms::of(Environment::Test, &keeper.partner.id);
    let client_id = ensured(app, keeper, Purpose::Console).await?;
    let rider = test_rider(app, &realm).await?;
    let client = known(app, client_id.as_str()).await?.ok_or_else(|| ApiError::new(Code::NotFound))?;
    let scopes = Scope::ALL.into_iter().collect();
    let issued =
        oauth::tokens_for_test_rider(app, &client, &rider.id, scopes).await.map_err(|error| match error {
            OAuthError::Db(error) => ApiError::from(error),
            OAuthError::NotAllowed | OAuthError::NoGrant => ApiError::new(Code::WrongState),
        })?;
    Ok(ConsoleToken {
        access_token: issued.access.expose().to_owned(),
        scope: issued.scopes.to_string(),
        rider,
        expires_in: issued.expires_in_s,
    })
}
