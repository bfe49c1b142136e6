//! What a rider is shown before anything is allowed: who asks, and for each scope the rider's own
//! data as the application would see it.

use domain::{
    journeys::RecordedJourney,
    oauth::{Scope, consent_ends_at},
    page::PageRequest,
    rider_accounts::{ApplicationCard, AskedScope, AuthorizeStep, ConsentView, Sample},
    sandbox::StationChoice,
    scoped::JourneyView,
};

use super::{
    authorize::{Sound, Subject},
    form_token::Shown,
};
use crate::{
    app::App,
    applications::KnownClient,
    http::problem::ApiResult,
    journeys,
    oauth::{self, GrantRecord},
    realms, riders,
};

/// An application as riders know it.
pub(super) fn card(client: &KnownClient) -> ApplicationCard {
    ApplicationCard {
        id: client.client.id.clone(),
        name: client.name.clone(),
        partner: client.partner_name.clone(),
        homepage: client.homepage.clone(),
        logo: client.logo.clone(),
    }
}

/// The consent page for a request. `rider_changed`: it was shown to somebody else before.
pub(super) async fn show(
    app: &App,
    sound: &Sound,
    subject: &Subject,
    query: &str,
    rider_changed: bool,
) -> ApiResult<AuthorizeStep> {
    let (client, realm) = (&sound.client, &sound.client.realm);
    let now = realms::now(app, realm);
    let grants = oauth::grants_of(app, realm, &subject.id).await?;
    let grant = grants.into_iter().find(|grant| grant.application_id == client.client.id);
    let latest = latest(app, sound, subject).await?;
    let mut scopes = Vec::new();
    for scope in sound.asked.scopes.iter() {
        let sample = sample(app, sound, subject, scope, latest.as_ref()).await?;
        scopes.push(AskedScope { scope, is_allowed: allows(grant.as_ref(), scope), sample });
    }
    let is_allowed = scopes.iter().all(|scope| scope.is_allowed);
    let shown = Shown::now(app, subject.id.clone(), subject.session.clone(), query);
    Ok(AuthorizeStep::Consent(Box::new(ConsentView {
        application: card(client),
        is_test: *realm != domain::realm::Realm::Live,
        rider_name: subject.name.clone(),
        rider_changed,
        scopes,
        stations: station_names(app, latest.iter()),
        allowed_since: grant.filter(|_| is_allowed).and_then(|grant| {
            let spans = sound.asked.scopes.iter().filter_map(|scope| grant.allowed.span(scope));
            spans.map(|span| span.since).max()
        }),
        until: consent_ends_at(now),
        request: query.to_owned(),
        form: shown.seal(app),
    })))
}

fn allows(grant: Option<&GrantRecord>, scope: Scope) -> bool {
    grant.is_some_and(|grant| grant.scopes.contains(scope))
}

/// The rider's latest journey, where journeys are asked for.
async fn latest(app: &App, sound: &Sound, subject: &Subject) -> ApiResult<Option<RecordedJourney>> {
    if !sound.asked.scopes.contains(Scope::JourneyRead) {
        return Ok(None);
    }
    let realm = &sound.client.realm;
    let one = PageRequest::parse(None, Some("1"), 1)?;
    let found = journeys::journeys_of(realms::store(app, realm), realm, subject.id.as_str(), one).await?;
    Ok(found.data.into_iter().next())
}

async fn sample(
    app: &App,
    sound: &Sound,
    subject: &Subject,
    scope: Scope,
    latest: Option<&RecordedJourney>,
) -> ApiResult<Sample> {
    let realm = &sound.client.realm;
    Ok(match scope {
        Scope::JourneyRead => Sample::Journey(latest.map(JourneyView::from)),
        Scope::ProfileRead => {
            let usr_id = oauth::usr_id(app, &sound.client.client.id, &subject.id).to_string();
            Sample::Profile(riders::profile(app, realm, &subject.id, usr_id).await?)
        }
        Scope::BalanceRead => Sample::Balance(riders::balance(app, realm, &subject.id).await?),
    })
}

/// Names of the stations that journeys begin and end at.
pub(super) fn station_names<'j>(
    app: &App,
    journeys: impl Iterator<Item = &'j RecordedJourney>,
) -> Vec<StationChoice> {
    let mut ids: Vec<_> =
        journeys.flat_map(|journey| [journey.from_station, journey.to_station]).flatten().collect();
    ids.sort_unstable_by_key(ToString::to_string);
    ids.dedup();
    let of = |id| app.network.stations().iter().find(|station| station.id == id);
    ids.into_iter()
        .filter_map(|id| of(id).map(|station| StationChoice { id, name: station.name.clone() }))
        .collect()
}
