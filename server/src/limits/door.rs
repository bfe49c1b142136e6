//! The decision about one call: let it in, refuse it, or ask the store first.
//!
//! Deciding never waits. Only when memory does not know enough (a key not seen for a while, a block
//! of quota spent) the layer asks the store and decides again.
//!
//! A call may bring a key, an access token, or both: an operation of a rider's data goes by the token,
//! all others by the key. The token's state is not remembered, so the store is asked for every one.
//!
//! The windows of a test key go by its partner's test clock, so that moving it brings a new minute
//! and a new day. Whether the key is good at all, and guesses, go by the product's clock.

use std::{net::IpAddr, sync::Arc};

use axum::http::{HeaderMap, HeaderValue, Method, header};
use domain::{
    keys::Environment,
    limits::{Standing, Standings, Take, day_of},
    operations::{Access, Operation},
    partners::PartnerStatus,
    problem::Code,
    tiers::Tier,
};
use jiff::Timestamp;

use super::{ANONYMOUS_TERMS, quota};
use crate::{
    app::App,
    http::problem::ApiError,
    keys::{self, Credential, LimitTexts, Lookup},
    oauth::{
        Access as Allowed,
        bearer::{self, TokenLookup},
        challenge,
    },
    store::DbError,
};

/// Times that the store is asked for one call before giving up.
const ROUNDS_MAX: u32 = 64;

/// What the door has to know of a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'r> {
    pub method: &'r Method,
    pub path: &'r str,
    pub headers: &'r HeaderMap,
    /// None where no operation fits: the answer will be 404 or 405.
    pub operation: Option<Operation>,
    pub ip: IpAddr,
    /// By the product's clock.
    pub now: Timestamp,
}

impl<'r> Call<'r> {
    fn bearing(&self) -> bearer::Call<'r> {
        let Self { method, path, headers, ip, now, .. } = *self;
        bearer::Call { method: method.as_str(), path, headers, ip, now }
    }
}

/// The time that a key's windows go by.
fn window_time(app: &App, credential: &Credential, now: Timestamp) -> Timestamp {
    match credential.environment {
        Environment::Live => now,
        Environment::Test => app.realms.test_time(&credential.partner_id, now),
    }
}

/// Who is answered, and how their windows stand.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    pub credential: Option<Arc<Credential>>,
    /// What the token of the call stands for.
    pub access: Option<Arc<Allowed>>,
    pub standings: Standings,
    /// The time that the windows go by.
    pub at: Timestamp,
}

impl Counted {
    pub fn texts(&self) -> &LimitTexts {
        self.credential.as_ref().map_or(&ANONYMOUS_TERMS.1, |credential| &credential.texts)
    }
}

/// The decision.
pub(super) enum Decision {
    Admit(Counted),
    Refuse(ApiError, Counted),
    /// Memory does not know enough.
    Ask(Question),
}

/// What the store is asked.
pub(super) enum Question {
    /// Which key this is.
    Key,
    /// Which token this is.
    Token,
    /// For another block of the partner's quota.
    Block { holder: Holder, limit: u64 },
    /// How the partner's day stands.
    Day { holder: Holder, limit: u64 },
}

/// A caller who was found good.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    credential: Arc<Credential>,
    /// With an access token.
    access: Option<Arc<Allowed>>,
}

impl Holder {
    fn counted(self, standings: Standings, at: Timestamp) -> Counted {
        Counted { credential: Some(self.credential), access: self.access, standings, at }
    }
}

/// Decides with what is in memory.
pub(super) fn decide(app: &App, call: &Call<'_>) -> Decision {
    if goes_by_token(call) {
        return Decision::Ask(Question::Token);
    }
    decide_for(app, call, keys::known(app, call.headers, call.ip, call.now))
}

/// Whether the token of the call counts, and not its key.
fn goes_by_token(call: &Call<'_>) -> bool {
    let by_token = match call.operation.map_or(Access::Open, Operation::access) {
        Access::Scope(_) => true,
        Access::Open => !keys::is_sent(call.headers),
        Access::Key | Access::TestKey => false,
    };
    by_token && bearer::is_sent(call.headers)
}

/// Decides, asking the store as often as need be.
///
/// # Errors
/// When the store fails.
pub(super) async fn decide_asking(app: &App, call: &Call<'_>) -> Result<Decision, DbError> {
    let mut decision = decide(app, call);
    for _ in 0..ROUNDS_MAX {
        let Decision::Ask(question) = decision else { return Ok(decision) };
        decision = match question {
            Question::Key => {
                let lookup = keys::look_up(app, call.headers, call.ip, call.now).await?;
                decide_for(app, call, lookup)
            }
            Question::Token => match bearer::look_up(app, call.bearing()).await? {
                TokenLookup::Refused => {
                    Decision::Refuse(challenge::invalid_token(call.headers), nobody(app, call))
                }
                TokenLookup::Unproven(fault) => {
                    Decision::Refuse(challenge::invalid_proof(fault), nobody(app, call))
                }
                TokenLookup::Throttled(wait_s) => throttled(app, call, wait_s),
                TokenLookup::Known(credential, access) => {
                    with_credential(app, call, Holder { credential, access: Some(access) })
                }
            },
            Question::Block { holder, limit } => {
                let credential = &holder.credential;
                let now_s = window_time(app, credential, call.now).as_second();
                quota::refill(app, credential, now_s, limit).await?;
                with_credential(app, call, holder)
            }
            Question::Day { holder, limit } => {
                let credential = &holder.credential;
                let now_s = window_time(app, credential, call.now).as_second();
                quota::standing(app, credential.environment, &credential.partner_id, now_s, limit).await?;
                with_credential(app, call, holder)
            }
        };
    }
    Ok(decision)
}

fn decide_for(app: &App, call: &Call<'_>, lookup: Lookup) -> Decision {
    match lookup {
        Lookup::Nothing => without_key(app, call),
        Lookup::Refused => Decision::Refuse(ApiError::new(Code::InvalidApiKey), nobody(app, call)),
        Lookup::Throttled(wait_s) => throttled(app, call, wait_s),
        Lookup::Unknown => Decision::Ask(Question::Key),
        Lookup::Known(credential) => with_credential(app, call, Holder { credential, access: None }),
    }
}

fn throttled(app: &App, call: &Call<'_>, wait_s: u64) -> Decision {
    Decision::Refuse(ApiError::new(Code::TooManyAttempts).retry_after_s(wait_s), nobody(app, call))
}

/// The windows of an address whose call is not counted.
pub(super) fn nobody(app: &App, call: &Call<'_>) -> Counted {
    let standings = app.limits.anonymous.standings(call.ip, call.now.as_second(), &ANONYMOUS_TERMS.0);
    Counted { credential: None, access: None, standings, at: call.now }
}

fn without_key(app: &App, call: &Call<'_>) -> Decision {
    match call.operation.map_or(Access::Open, Operation::access) {
        Access::Open => {}
        Access::Key | Access::TestKey => {
            return Decision::Refuse(ApiError::new(Code::MissingCredential), nobody(app, call));
        }
        Access::Scope(scope) => return Decision::Refuse(challenge::no_token(scope), nobody(app, call)),
    }
    if call.operation.is_some_and(Operation::is_free_of_charge) {
        return Decision::Admit(nobody(app, call));
    }
    let counted = |standings| Counted { credential: None, access: None, standings, at: call.now };
    match app.limits.anonymous.take(call.ip, call.now.as_second(), &ANONYMOUS_TERMS.0) {
        Ok(standings) => Decision::Admit(counted(standings)),
        Err(standings) => Decision::Refuse(exhausted(&standings, call.now), counted(standings)),
    }
}

fn with_credential(app: &App, call: &Call<'_>, holder: Holder) -> Decision {
    let credential = &holder.credential;
    if !credential.is_good_at(call.now.as_microsecond()) {
        // Expired, revoked and unknown keys are answered alike.
        return Decision::Refuse(ApiError::new(Code::InvalidApiKey), nobody(app, call));
    }
    let refusal = match &holder.access {
        None => refuse(call, credential),
        // A token is as good as its partner: one that is suspended has none.
        Some(_) if !may_act(credential) => {
            return Decision::Refuse(challenge::invalid_token(call.headers), nobody(app, call));
        }
        Some(access) => refuse_token(call, credential, access),
    };
    let at = window_time(app, credential, call.now);
    if let Some(refusal) = refusal {
        return uncounted(at, holder, |counted| Decision::Refuse(refusal, counted));
    }
    if call.operation.is_some_and(Operation::is_free_of_charge) {
        return uncounted(at, holder, Decision::Admit);
    }
    count(call, at, holder)
}

/// Whether the partner may call in this environment at all.
fn may_act(credential: &Credential) -> bool {
    match credential.partner_status {
        PartnerStatus::Active => true,
        PartnerStatus::InReview => credential.environment == Environment::Test,
        PartnerStatus::Registered | PartnerStatus::Rejected | PartnerStatus::Suspended => false,
    }
}

/// As [`refuse`], for a call with a token.
fn refuse_token(call: &Call<'_>, credential: &Credential, access: &Allowed) -> Option<ApiError> {
    let operation = call.operation?;
    if credential.tier < operation.tier_min() {
        return Some(tier_insufficient(operation.tier_min()));
    }
    let Access::Scope(wanted) = operation.access() else { return None };
    let is_allowed = wanted.parse().is_ok_and(|scope| access.scopes.contains(scope));
    (!is_allowed).then(|| challenge::scope_insufficient(call.headers, wanted))
}

/// Refusals that have nothing to do with how often somebody calls.
fn refuse(call: &Call<'_>, credential: &Credential) -> Option<ApiError> {
    if !credential.ip_allow.admits(call.ip) {
        return Some(ApiError::new(Code::IpNotAllowed));
    }
    if let Some(refusal) = refuse_origin(call.headers.get(header::ORIGIN), credential) {
        return Some(refusal);
    }
    match credential.partner_status {
        PartnerStatus::Suspended => return Some(ApiError::new(Code::PartnerSuspended)),
        PartnerStatus::Rejected | PartnerStatus::Registered => {
            return Some(ApiError::new(Code::PartnerNotActive));
        }
        PartnerStatus::InReview if credential.environment == Environment::Live => {
            return Some(ApiError::new(Code::PartnerNotActive));
        }
        PartnerStatus::InReview | PartnerStatus::Active => {}
    }
    if credential.read_only && !matches!(*call.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Some(
            ApiError::new(Code::NotAllowed)
                .detail("Key ini hanya boleh membaca (GET).", "This key may only read (GET)."),
        );
    }
    let operation = call.operation?;
    match operation.access() {
        Access::Scope(scope) => return Some(challenge::no_token(scope)),
        Access::TestKey if credential.environment == Environment::Live => {
            return Some(ApiError::new(Code::TestKeyRequired));
        }
        Access::Open | Access::Key | Access::TestKey => {}
    }
    (credential.tier < operation.tier_min()).then(|| tier_insufficient(operation.tier_min()))
}

fn refuse_origin(sent: Option<&HeaderValue>, credential: &Credential) -> Option<ApiError> {
    match (&credential.origin, sent) {
        (Some(locked), Some(sent)) if locked.as_bytes().eq_ignore_ascii_case(sent.as_bytes()) => None,
        (Some(_), _) => Some(ApiError::new(Code::BrowserKeyRefused).detail(
            "Key ini terkunci ke satu origin; permintaan ini tidak datang dari sana.",
            "This key is locked to one origin; the request does not come from there.",
        )),
        (None, Some(_)) if credential.environment == Environment::Live => {
            Some(ApiError::new(Code::BrowserKeyRefused))
        }
        (None, _) => None,
    }
}

fn tier_insufficient(tier_min: Tier) -> ApiError {
    let tier = tier_min.label();
    ApiError::new(Code::TierInsufficient).detail(
        format!("Fitur ini tersedia mulai tier {tier}."),
        format!("The feature begins with the {tier} tier."),
    )
}

/// Answers without counting, with the windows as they stand.
fn uncounted(at: Timestamp, holder: Holder, answer: impl FnOnce(Counted) -> Decision) -> Decision {
    let now_s = at.as_second();
    let credential = &holder.credential;
    let terms = &credential.terms;
    let day = match terms.requests_per_day {
        None => None,
        Some(limit) => match credential.quota.lease(|lease| lease.standing(day_of(now_s), limit)) {
            Some(day) => Some(day),
            None => return Decision::Ask(Question::Day { holder, limit }),
        },
    };
    let burst = credential.trail.burst(|burst| burst.standing(now_s, terms.burst_per_minute));
    answer(holder.counted(Standings { burst, day }, at))
}

/// Why a call was not counted.
enum NotCounted {
    BurstFull,
    DayExhausted(Standing, Standing),
    NoBlock,
}

/// Counts the call in both windows or in neither, so that nothing ever has to be put back.
fn count(call: &Call<'_>, at: Timestamp, holder: Holder) -> Decision {
    let now_s = at.as_second();
    let credential = &holder.credential;
    let terms = credential.terms;
    let taken = credential.trail.use_burst(call.now.as_microsecond(), call.ip, |burst| {
        let standing = burst.standing(now_s, terms.burst_per_minute);
        if standing.remaining == 0 {
            return Err(NotCounted::BurstFull);
        }
        let day = match terms.requests_per_day.map(|limit| quota::take(credential, now_s, limit)) {
            None => None,
            Some(Take::Taken(day)) => Some(day),
            Some(Take::Exhausted(day)) => return Err(NotCounted::DayExhausted(standing, day)),
            Some(Take::Empty) => return Err(NotCounted::NoBlock),
        };
        match burst.take(now_s, terms.burst_per_minute) {
            Ok(burst) => Ok(Standings { burst, day }),
            // There was room a moment ago, and the window is locked.
            Err(_) => Err(NotCounted::BurstFull),
        }
    });
    match (taken, terms.requests_per_day) {
        (Ok(standings), _) => Decision::Admit(holder.counted(standings, at)),
        (Err(NotCounted::NoBlock), Some(limit)) => Decision::Ask(Question::Block { holder, limit }),
        (Err(NotCounted::DayExhausted(burst, day)), _) => {
            let standings = Standings { burst, day: Some(day) };
            Decision::Refuse(exhausted(&standings, at), holder.counted(standings, at))
        }
        (Err(NotCounted::BurstFull | NotCounted::NoBlock), _) => {
            uncounted(at, holder, |counted| Decision::Refuse(exhausted(&counted.standings, at), counted))
        }
    }
}

/// 429 for the window that is used up; for the day, if both are: waiting for the other is no use.
fn exhausted(standings: &Standings, now: Timestamp) -> ApiError {
    let (code, window) = match &standings.day {
        Some(day) if day.remaining == 0 => (Code::QuotaExhausted, day),
        _ => (Code::RateLimited, &standings.burst),
    };
    let resets_at = Timestamp::from_second(window.resets_at_s).unwrap_or(Timestamp::MAX);
    ApiError::new(code).retry_at(now, resets_at)
}
