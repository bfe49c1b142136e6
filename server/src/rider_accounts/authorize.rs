//! `/oauth/authorize`: an application's request, as it comes to a rider.
//!
//! A request that can't be trusted ends on a page of ours; any other ends with a redirect to where
//! its application is registered, with a code or with the RFC's error. Where nobody answers for that
//! address and nobody has seen a page of ours yet, the way there is a link. Nothing is kept in between:
//! the form carries the request, and it is read and judged again when the form comes back.
//!
//! Riders of a test network are chosen and not signed in, for they are nobody. An application with
//! automatic consent gets its code at once for the test rider that `login_hint` names.

use std::sync::Arc;

use domain::{
    ids::RiderId,
    lang::Lang,
    oauth::{
        Scopes,
        authorize::{Answered, Asked, Consented, PageError, Received, Refusal},
    },
    page::PageRequest,
    realm::Realm,
    rider_accounts::{AnswerConsent, AuthorizeStep, ChooseRider, Decision, Leave, TestRider},
    riders::RiderRow,
};

use super::{
    AccountError, Rider, consent,
    form_token::Shown,
    pushed::{self, Found, Pairs},
};
use crate::{
    app::App,
    applications::{self, KnownClient},
    http::problem::ApiResult,
    oauth::{self, NewCode, OAuthError},
    realms, riders,
};

/// Test riders to choose from.
const TEST_RIDERS: &str = "50";
/// Names the test rider who was chosen; ours, and no parameter of OAuth.
const TEST_RIDER: &str = "test_rider";

/// Longest e-mail address that a hint may be (RFC 5321); a longer one is passed over.
const HINT_BYTES_MAX: usize = 254;

/// A request that passed all checks.
pub(super) struct Sound {
    pub asked: Asked,
    pub client: Arc<KnownClient>,
    login_hint: Option<String>,
    test_rider: Option<RiderId>,
}

/// Who is asked.
pub(super) struct Subject {
    pub id: RiderId,
    pub name: String,
    /// None for a test rider.
    pub session: Option<String>,
}

/// What comes next for a request; `query` as it stands in its address.
///
/// # Errors
/// When a store fails.
pub async fn begin(app: &App, rider: Option<&Rider>, lang: Lang, query: &str) -> ApiResult<AuthorizeStep> {
    let sound = match judge(app, lang, query).await? {
        Judged::Sound(sound) => *sound,
        Judged::Refused { leave, may_redirect: true } => {
            return Ok(AuthorizeStep::Redirect { to: leave.to });
        }
        Judged::Refused { leave, .. } => return Ok(AuthorizeStep::Leave(leave)),
        Judged::Other(step) => return Ok(step),
    };
    match subject(app, &sound, rider).await? {
        Ok(subject) => consent::show(app, &sound, &subject, query, false).await,
        Err(Unknown::Rider) => Ok(sign_in(app, sound, query)),
        Err(Unknown::TestRider) => match hinted(app, &sound).await? {
            Some(test_rider) => {
                let answered = sound.asked.clone().answered(sound.asked.scopes);
                conclude(app, &sound.client, test_rider, answered.map_err(|_| tampered())?).await
            }
            None => choose(app, &sound, query).await,
        },
    }
}

/// Takes the rider's answer.
///
/// # Errors
/// [`AccountError::FormRefused`] for a form that does not stand, or with scopes nobody asked for.
pub async fn answer(
    app: &App,
    rider: Option<&Rider>,
    lang: Lang,
    answer: AnswerConsent,
) -> ApiResult<AuthorizeStep> {
    let shown = Shown::open(app, &answer.form, &answer.request)?;
    let sound = match judge(app, lang, &answer.request).await? {
        Judged::Sound(sound) => *sound,
        // Whoever answers has seen our page, and who asks.
        Judged::Refused { leave, .. } => return Ok(AuthorizeStep::Redirect { to: leave.to }),
        Judged::Other(step) => return Ok(step),
    };
    let subject = match subject(app, &sound, rider).await? {
        Ok(subject) => subject,
        Err(Unknown::Rider) => return Ok(sign_in(app, sound, &answer.request)),
        Err(Unknown::TestRider) => return choose(app, &sound, &answer.request).await,
    };
    if shown.rider != subject.id || shown.session != subject.session {
        let is_other = shown.rider != subject.id;
        return consent::show(app, &sound, &subject, &answer.request, is_other).await;
    }
    let ticked = match answer.decision {
        Decision::Allow => scopes(&answer.scopes)?,
        Decision::Deny => Scopes::NONE,
    };
    if answer.decision == Decision::Allow && ticked.is_empty() {
        // What is unticked is taken back, also where nothing else is left.
        let asked = &sound.asked;
        oauth::take_back(app, &sound.client.realm, &asked.client_id, &subject.id, asked.scopes).await?;
    }
    let answered = sound.asked.answered(ticked).map_err(|_| tampered())?;
    conclude(app, &sound.client, subject.id, answered).await
}

fn tampered() -> AccountError {
    AccountError::FormRefused("scopes that were not asked for")
}

fn scopes(ticked: &[String]) -> Result<Scopes, AccountError> {
    ticked.iter().map(|scope| scope.parse().map_err(|_| tampered())).collect()
}

/// To sign in, and back to this request.
fn sign_in(app: &App, sound: Sound, query: &str) -> AuthorizeStep {
    let request = pushed::shortened(app, query);
    // What is carried has the hint in it, and its address no room for another.
    let login_hint = sound.login_hint.filter(|_| request.is_none());
    AuthorizeStep::SignIn { login_hint, request }
}

/// What a request turned out to be.
enum Judged {
    Sound(Box<Sound>),
    /// `leave`: where its application would hear that. `may_redirect`: before anybody saw a page of ours.
    Refused {
        leave: Box<Leave>,
        may_redirect: bool,
    },
    /// It can't be trusted, or goes on elsewhere.
    Other(AuthorizeStep),
}

/// Reads and checks a request.
async fn judge(app: &App, lang: Lang, query: &str) -> ApiResult<Judged> {
    let page = |error: PageError| {
        Judged::Other(AuthorizeStep::PageError {
            code: error.code().to_owned(),
            explanation: error.explain(lang).to_owned(),
        })
    };
    let sent: Pairs = serde_urlencoded::from_str(query).unwrap_or_default();
    let pairs = match pushed::find(app, sent, TEST_RIDER).await? {
        Found::Here(pairs) => pairs,
        Found::Taken(query) => {
            let to = format!("/oauth/authorize?{query}");
            return Ok(Judged::Other(AuthorizeStep::Redirect { to }));
        }
        Found::Unknown => return Ok(Judged::Other(pushed_unknown(lang))),
    };
    let one = |name: &str| {
        pairs.iter().find(|(other, value)| other == name && !value.is_empty()).map(|(_, value)| value.clone())
    };
    let login_hint = one("login_hint").filter(|hint| hint.len() <= HINT_BYTES_MAX);
    let test_rider = one(TEST_RIDER);
    let received = match Received::read(pairs) {
        Ok(received) => received,
        Err(error) => return Ok(page(error)),
    };
    let client = applications::known(app, received.client_id()).await?;
    let trusted = match received.trust(client.as_deref().map(|known| &known.client)) {
        Ok(trusted) => trusted,
        Err(error) => return Ok(page(error)),
    };
    let (may_redirect, checked) = (trusted.may_redirect_unasked(), trusted.check());
    let Some(client) = client.clone() else { return Ok(page(PageError::ClientUnknown)) };
    Ok(match checked {
        Ok(asked) => {
            let test_rider = test_rider.and_then(|id| id.parse().ok());
            Judged::Sound(Box::new(Sound { asked, client, login_hint, test_rider }))
        }
        Err((reply, refusal)) => {
            let leave = Leave {
                application: consent::card(&client),
                error: refusal.code().as_str().to_owned(),
                description: refusal.to_string(),
                to: reply.refused(refusal, oauth::issuer(app)),
            };
            Judged::Refused { leave: Box::new(leave), may_redirect }
        }
    })
}

fn pushed_unknown(lang: Lang) -> AuthorizeStep {
    AuthorizeStep::PageError {
        code: "request_uri_unknown".to_owned(),
        explanation: lang
            .pick(
                "Permintaan yang dikirim aplikasi ini sudah dipakai atau kedaluwarsa. Mulai lagi dari aplikasinya.",
                "The request that this application sent has been used or has expired. Start again from the application.",
            )
            .to_owned(),
    }
}

/// Who is not known yet.
enum Unknown {
    Rider,
    TestRider,
}

/// The rider a request is for: who is signed in, or the test rider who was chosen.
async fn subject(app: &App, sound: &Sound, rider: Option<&Rider>) -> ApiResult<Result<Subject, Unknown>> {
    let realm = &sound.client.realm;
    if *realm == Realm::Live {
        let subject = rider.map(|rider| Subject {
            id: rider.id.clone(),
            name: rider.name.clone(),
            session: Some(rider.session_id.to_string()),
        });
        return Ok(subject.ok_or(Unknown::Rider));
    }
    let Some(id) = &sound.test_rider else { return Ok(Err(Unknown::TestRider)) };
    match riders::find(&app.sandbox, realm, id, realms::now(app, realm)).await {
        Ok(view) => Ok(Ok(Subject { id: view.rider.id, name: view.rider.name, session: None })),
        Err(riders::RiderError::NotFound) => Ok(Err(Unknown::TestRider)),
        Err(error) => Err(error.into()),
    }
}

/// The test rider that `login_hint` names, for an application with automatic consent.
async fn hinted(app: &App, sound: &Sound) -> ApiResult<Option<RiderId>> {
    let (realm, Some(hint)) = (&sound.client.realm, &sound.login_hint) else { return Ok(None) };
    if !sound.client.auto_consent || *realm == Realm::Live {
        return Ok(None);
    }
    let hint = hint.to_lowercase();
    let request = PageRequest::parse(None, Some(TEST_RIDERS), u64::MAX)?;
    let found = riders::list(&app.sandbox, realm, Some(&hint), request, realms::now(app, realm)).await?;
    let is_named =
        |rider: &&RiderRow| rider.id.as_str() == hint || rider.email.as_deref() == Some(hint.as_str());
    Ok(found.data.iter().find(is_named).map(|rider| rider.id.clone()))
}

async fn choose(app: &App, sound: &Sound, query: &str) -> ApiResult<AuthorizeStep> {
    let realm = &sound.client.realm;
    let request = PageRequest::parse(None, Some(TEST_RIDERS), u64::MAX)?;
    let found = riders::list(&app.sandbox, realm, None, request, realms::now(app, realm)).await?;
    let riders = found.data.into_iter();
    let riders = riders.map(|rider| TestRider { id: rider.id, name: rider.name, email: rider.email });
    // One that was chosen before and is gone must not stand there twice.
    let others = query.split('&').filter(|pair| pair.split('=').next() != Some(TEST_RIDER));
    Ok(AuthorizeStep::ChooseRider(Box::new(ChooseRider {
        application: consent::card(&sound.client),
        riders: riders.collect(),
        request: others.collect::<Vec<_>>().join("&"),
    })))
}

/// Sends the rider back with what was answered.
async fn conclude(
    app: &App,
    client: &KnownClient,
    rider_id: RiderId,
    answered: Answered,
) -> ApiResult<AuthorizeStep> {
    let issuer = oauth::issuer(app);
    let consented: Consented = match answered {
        Answered::Denied(reply) => {
            return Ok(AuthorizeStep::Redirect { to: reply.refused(Refusal::Denied, issuer) });
        }
        Answered::Consented(consented) => consented,
    };
    let reply = consented.reply.clone();
    let (realm, partner_id) = (client.realm.clone(), client.partner_id.clone());
    let to = match oauth::issue_code(app, NewCode { realm, partner_id, rider_id, consented }).await {
        Ok(code) => reply.granted(&code, issuer),
        Err(OAuthError::NotAllowed | OAuthError::NoGrant) => reply.refused(Refusal::NotAllowed, issuer),
        // The rider is waiting, and the application can try again (RFC 6749 section 4.1.2.1).
        Err(OAuthError::Db(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a consent could not be written down");
            let refusal = if error.is_transient() { Refusal::Busy } else { Refusal::Internal };
            reply.refused(refusal, issuer)
        }
    };
    Ok(AuthorizeStep::Redirect { to })
}
