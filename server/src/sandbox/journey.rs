//! "Send me a tap": one press makes a whole journey, and so the events that a partner's endpoints wait
//! for.
//!
//! The rider is a test rider whose grant one of the partner's sandbox applications holds, since events
//! about riders go only where their consent leads. Where nobody has given one yet, a test rider gives it
//! to the first application that may ask; riders of the live railway are never made to. The test clock
//! moves on before each tap: a journey takes its time, and the next one begins after it.

use std::time::Duration;

use axum::extract::State;
use domain::{
    fares::PaymentMethod,
    ids::RiderId,
    keys::Environment,
    media::MediaId,
    network::GateDirection,
    oauth::{Scope, Scopes},
    page::PageRequest,
    riders::{CreateRider, KycStatus, RiderView},
    sandbox::TestJourney,
    text::DisplayName,
};

use super::{
    Tester,
    clock::refusal,
    riders::create_rider_with_card,
    taps::{Place, tap_now},
};
use crate::{
    app::App,
    applications::{self, KnownClient},
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
    },
    oauth, realms, riders,
};

/// What the clock moves on before each of the two taps: as long as the ride, so that the way back to
/// the first station is no faster than a train.
const WAIT: Duration = Duration::from_secs(20 * 60);
/// Gambir to Manggarai, as on the pages.
const STATIONS: [&str; 2] = ["STN_GMB", "STN_MGR"];
/// Riders that are looked through for one with a grant, the newest ones.
const LOOKED_THROUGH: u32 = 20;
/// Applications that are asked for.
const APPLICATIONS_MAX: &str = "100";

/// The portal's: a journey, now.
pub(super) async fn send_journey(State(app): State<App>, tester: Tester) -> ApiResult<Json<TestJourney>> {
    let (rider, medium, application) = match rider_with_grant(&app, &tester).await? {
        Found::Granted { rider, medium, application } => (rider, medium, Some(application)),
        Found::Bare(found) => {
            let (rider, medium) = match found {
                Some(found) => found,
                None => example_rider(&app, &tester).await?,
            };
            let application = agree(&app, &tester, &rider.rider.id).await?;
            (rider, medium, application)
        }
    };
    let mut answers = Vec::with_capacity(STATIONS.len());
    for (station, direction) in STATIONS.into_iter().zip([GateDirection::In, GateDirection::Out]) {
        realms::advance(&app, &tester.partner, WAIT).await.map_err(|error| refusal(error, "to"))?;
        let place = Place { gate_id: None, station_id: Some(station.to_owned()), direction: Some(direction) };
        answers.push(tap_now(&app, &tester, medium.clone(), place, Some(PaymentMethod::QrisTap)).await?);
    }
    tester.record(&app, "sandbox.journey", rider.rider.id.to_string()).await?;
    Ok(Json(TestJourney { rider: rider.rider.name, application, answers, now: tester.now(&app) }))
}

/// Who may be sent on a journey.
enum Found {
    /// With the name of the application that may hear of it.
    Granted { rider: RiderView, medium: MediaId, application: String },
    /// Nobody has given a consent: the newest rider who has a card.
    Bare(Option<(RiderView, MediaId)>),
}

async fn rider_with_grant(app: &App, tester: &Tester) -> ApiResult<Found> {
    let (db, realm, now) = (tester.db(app), &tester.realm, tester.now(app));
    let request = PageRequest::parse(None, None, LOOKED_THROUGH.into())?;
    let mut bare = None;
    for row in riders::list(db, realm, None, request, now).await?.data {
        let rider = riders::find(db, realm, &row.id, now).await?;
        let Some(medium) = rider.media.first().and_then(|medium| MediaId::from_name(&medium.id)) else {
            continue;
        };
        for grant in oauth::grants_of(app, realm, &row.id).await? {
            if grant.partner_id != tester.partner || !grant.scopes.iter().any(is_of_journeys) {
                continue;
            }
            let client = applications::known(app, grant.application_id.as_str()).await?;
            if let Some(client) = client.filter(|client| client.may_act()) {
                let application = client.name.clone();
                return Ok(Found::Granted { rider, medium, application });
            }
        }
        bare.get_or_insert((rider, medium));
    }
    Ok(Found::Bare(bare))
}

fn is_of_journeys(scope: Scope) -> bool {
    scope == Scope::JourneyRead
}

/// A test rider for those who have none with a card.
async fn example_rider(app: &App, tester: &Tester) -> ApiResult<(RiderView, MediaId)> {
    let new = CreateRider {
        name: DisplayName::try_from("Penumpang Contoh".to_owned()).map_err(ApiError::internal)?,
        email: None,
        phone: None,
        user_type: domain::fares::UserType::Adult,
        kyc_status: KycStatus::None,
    };
    let rider = create_rider_with_card(app, tester, new).await?;
    let medium = rider.media.first().and_then(|medium| MediaId::from_name(&medium.id));
    let medium = medium.ok_or_else(|| ApiError::new(domain::problem::Code::Internal))?;
    Ok((rider, medium))
}

/// The test rider lets the first application see their journeys that may ask for it; says which one.
async fn agree(app: &App, tester: &Tester, rider: &RiderId) -> ApiResult<Option<String>> {
    let request = PageRequest::parse(None, Some(APPLICATIONS_MAX), 100)?;
    let list = applications::list(app, &tester.partner, Some(Environment::Test), request).await?;
    for view in list.data {
        let Some(client) = applications::known(app, view.id.as_str()).await? else { continue };
        if !may_hear(&client) {
            continue;
        }
        let scopes: Scopes = [Scope::JourneyRead].into_iter().collect();
        // What the consent gives is not needed here: only that it was given.
        if oauth::tokens_for_test_rider(app, &client, rider, scopes).await.is_ok() {
            return Ok(Some(client.name.clone()));
        }
    }
    Ok(None)
}

fn may_hear(client: &KnownClient) -> bool {
    client.may_act() && client.client.scopes.iter().any(is_of_journeys)
}
