//! A key as the path of every call needs it: one value with all that has to be known.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::HeaderValue;
use domain::{
    ids::{ApplicationId, KeyId, PartnerId},
    keys::{Environment, IpAllow},
    limits::{BurstWindow, Lease, Terms, rate_limit_policy, tier_in},
    partners::PartnerStatus,
    tiers::Tier,
};
use jiff::Timestamp;

use super::KeyRecord;
use crate::partners::PartnerRecord;

/// What calls are counted under.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CredentialId {
    Key(KeyId),
    /// For all of its access tokens together.
    Application(ApplicationId),
}

impl CredentialId {
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Key(id) => id.as_str(),
            Self::Application(id) => id.as_str(),
        }
    }
}

/// What is known of a key that exists, or of an application with tokens. Never changes; a change of the facts makes a new one.
#[derive(Debug)]
pub struct Credential {
    pub id: CredentialId,
    pub partner_id: PartnerId,
    pub environment: Environment,
    /// Tier whose features and limits hold in this environment.
    pub tier: Tier,
    pub terms: Terms,
    /// Header values that follow from the terms.
    pub texts: LimitTexts,
    pub partner_status: PartnerStatus,
    pub revoked: bool,
    /// Microseconds since 1970; `i64::MAX`: no end.
    pub ends_at_us: i64,
    pub ip_allow: IpAllow,
    pub origin: Option<HeaderValue>,
    pub read_only: bool,
    /// What the key's calls leave behind. Outlives a change of the facts.
    pub trail: Arc<Trail>,
    /// What the keys of a partner share.
    pub quota: Arc<Quota>,
}

impl Credential {
    pub(super) fn new(
        environment: Environment,
        key: KeyRecord,
        partner: &PartnerRecord,
        trail: Arc<Trail>,
        quota: Arc<Quota>,
    ) -> Self {
        let tier = tier_in(environment, partner.tier);
        let terms = Terms::of(tier.terms(), partner.quota_per_day, partner.burst_per_minute);
        let ends = [key.expires_at, key.overlap_until].into_iter().flatten().min();
        Self {
            id: CredentialId::Key(key.id),
            partner_id: key.partner_id,
            environment,
            tier,
            terms,
            texts: LimitTexts::new(&terms),
            partner_status: partner.status,
            revoked: key.revoked_at.is_some(),
            ends_at_us: ends.map_or(i64::MAX, Timestamp::as_microsecond),
            ip_allow: key.ip_allow,
            origin: key.origin.and_then(|origin| HeaderValue::try_from(origin).ok()),
            read_only: key.read_only,
            trail,
            quota,
        }
    }

    /// What the tokens of an application stand for. Whether a token is good is not known here.
    #[must_use]
    pub fn of_application(
        environment: Environment,
        application: ApplicationId,
        partner: &PartnerRecord,
        trail: Arc<Trail>,
        quota: Arc<Quota>,
    ) -> Self {
        let tier = tier_in(environment, partner.tier);
        let terms = Terms::of(tier.terms(), partner.quota_per_day, partner.burst_per_minute);
        Self {
            id: CredentialId::Application(application),
            partner_id: partner.id.clone(),
            environment,
            tier,
            terms,
            texts: LimitTexts::new(&terms),
            partner_status: partner.status,
            revoked: false,
            ends_at_us: i64::MAX,
            ip_allow: IpAllow::default(),
            origin: None,
            read_only: false,
            trail,
            quota,
        }
    }

    /// True while the key itself is good, whatever its partner's standing.
    #[must_use]
    pub fn is_good_at(&self, now_us: i64) -> bool {
        !self.revoked && now_us < self.ends_at_us
    }
}

/// Header values that stay the same while the terms do.
#[derive(Debug, Clone)]
pub struct LimitTexts {
    /// `RateLimit-Policy`.
    pub policy: HeaderValue,
    /// `X-RateLimit-Limit` when the burst window is tightest, and when the day is.
    pub burst: HeaderValue,
    pub day: HeaderValue,
}

impl LimitTexts {
    #[must_use]
    pub fn new(terms: &Terms) -> Self {
        Self {
            policy: HeaderValue::try_from(rate_limit_policy(terms))
                .expect("digits and quoted names are a valid header value"),
            burst: HeaderValue::from(terms.burst_per_minute),
            day: HeaderValue::from(terms.requests_per_day.unwrap_or(u64::MAX)),
        }
    }
}

/// A key's burst window and last use.
#[derive(Debug, Default)]
pub struct Trail(Mutex<Marks>);

#[derive(Debug, Default)]
struct Marks {
    burst: BurstWindow,
    last_used: Option<(i64, IpAddr)>,
}

impl Trail {
    /// Looks at the burst window, and may change it.
    pub fn burst<T>(&self, act: impl FnOnce(&mut BurstWindow) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).burst)
    }

    /// As [`Self::burst`], for a call that is let in if `act` says so.
    pub fn use_burst<T, E>(
        &self,
        now_us: i64,
        ip: IpAddr,
        act: impl FnOnce(&mut BurstWindow) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = act(&mut marks.burst)?;
        marks.last_used = Some((now_us, ip));
        Ok(taken)
    }

    /// When (microseconds) and from where the key was last used, as far as this node knows.
    #[must_use]
    pub fn last_used(&self) -> Option<(i64, IpAddr)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).last_used
    }
}

/// A partner's share of its daily quota in one environment, on this node.
#[derive(Debug, Default)]
pub struct Quota {
    lease: Mutex<Lease>,
    /// Held while the store is asked for more, so that one asks for all who wait.
    pub refill: tokio::sync::Mutex<()>,
}

impl Quota {
    /// Looks at the lease, and may change it.
    pub fn lease<T>(&self, act: impl FnOnce(&mut Lease) -> T) -> T {
        act(&mut self.lease.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
