//! What a rider allows an application: each scope from the consent that began it to its end, thirty
//! days after the rider's last consent to that very scope.

use jiff::{SignedDuration, Timestamp};

use super::scope::{Scope, Scopes};

/// How long a consent holds, in seconds.
pub const CONSENT_LIFETIME_S: i64 = 30 * 86_400;

/// When a consent ends that is given at `now`.
#[must_use]
pub fn consent_ends_at(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(CONSENT_LIFETIME_S)).unwrap_or(Timestamp::MAX)
}

/// For how long a scope is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub since: Timestamp,
    /// From then on it is not.
    pub until: Timestamp,
}

/// What is allowed, scope by scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allowed([Option<Span>; 3]);

impl Allowed {
    pub const NONE: Self = Self([None; 3]);

    #[must_use]
    pub fn of(mut spans: impl FnMut(Scope) -> Option<Span>) -> Self {
        Self(Scope::ALL.map(&mut spans))
    }

    #[must_use]
    pub fn span(self, scope: Scope) -> Option<Span> {
        Scope::ALL.into_iter().zip(self.0).find_map(|(other, span)| span.filter(|_| other == scope))
    }

    /// What may be seen at an instant.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Scopes {
        let holds = |scope: &Scope| self.span(*scope).is_some_and(|span| now < span.until);
        Scope::ALL.into_iter().filter(holds).collect()
    }

    /// After the rider was asked for `asked` and agreed to `agreed` of it: what was agreed to begins,
    /// or goes on for its whole time; what was unticked ends; what was not asked for ends when it
    /// would have, for nobody was asked.
    #[must_use]
    pub fn after_consent(self, asked: Scopes, agreed: Scopes, now: Timestamp) -> Self {
        let held = self.at(now);
        let scopes = held.after_consent(asked, agreed);
        Self::of(|scope| {
            let before = self.span(scope).filter(|_| held.contains(scope));
            match (scopes.contains(scope), agreed.contains(scope)) {
                (false, _) => None,
                (true, false) => before,
                (true, true) => {
                    let since = before.map_or(now, |span| span.since);
                    Some(Span { since, until: consent_ends_at(now) })
                }
            }
        })
    }

    /// When the last of it ends.
    #[must_use]
    pub fn ends_at(self) -> Option<Timestamp> {
        self.0.into_iter().flatten().map(|span| span.until).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 8 March 2026 and later, in days.
    fn day(days: i64) -> Timestamp {
        Timestamp::from_second(1_772_902_800 + days * 86_400).unwrap_or(Timestamp::MIN)
    }

    fn told(allowed: Allowed, now: i64) -> String {
        let told = allowed.at(day(now)).iter().filter_map(|scope| {
            let span = allowed.span(scope)?;
            let days = |at: Timestamp| at.duration_since(day(0)).as_hours() / 24;
            Some(format!("{} {}-{}", scope.as_str(), days(span.since), days(span.until)))
        });
        told.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_consent_prolongs_what_it_was_asked_for_and_nothing_else() {
        let of = |text: &str| text.parse::<Scopes>().unwrap_or(Scopes::NONE);
        let mut allowed = Allowed::NONE;
        for (on, asked, agreed, expected) in [
            (0, "journey:read", "journey:read", "journey:read 0-30"),
            (10, "profile:read", "profile:read", "journey:read 0-30, profile:read 10-40"),
            (20, "profile:read", "profile:read", "journey:read 0-30, profile:read 10-50"),
            // The last instant of the journeys has passed: to agree again is to begin anew.
            (30, "balance:read", "", "profile:read 10-50"),
            (31, "journey:read", "journey:read", "journey:read 31-61, profile:read 10-50"),
            (32, "journey:read profile:read", "profile:read", "profile:read 10-62"),
            (33, "profile:read", "", ""),
        ] {
            allowed = allowed.after_consent(of(asked), of(agreed), day(on));
            assert_eq!(told(allowed, on), expected, "day {on}");
        }
        assert_eq!(allowed, Allowed::NONE);
    }

    #[test]
    fn a_consent_ends_after_thirty_days_to_the_instant() {
        let all = Scope::ALL.into_iter().collect();
        let allowed = Allowed::NONE.after_consent(all, all, day(0));
        let end = day(30);
        assert_eq!(allowed.ends_at(), Some(end));
        assert_eq!(allowed.at(end - SignedDuration::from_micros(1)), all);
        assert!(allowed.at(end).is_empty());
    }
}
