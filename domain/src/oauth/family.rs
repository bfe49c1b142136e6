//! A family of refresh tokens: one follows another, and only the last is good.
//!
//! | presented | then |
//! | --- | --- |
//! | the current one | **rotated**: a successor takes its place |
//! | the one before, within 10 s of its exchange, and neither successor was used | **reissued**: the answer was lost on its way; the successors are retired and new ones given |
//! | any other of the family | **replayed**: two hold it, so the family ends |
//! | anything after 30 days, or once the family has ended | refused |
//!
//! **Promise.** At no time can two tokens of a family both be exchanged for successors that live on:
//! whichever is taken first, the other is dead, or kills both. The server takes the decision and its
//! effects in one transaction with the family's row locked.

use jiff::{SignedDuration, Timestamp};

use super::token_text::{REFRESH_LIFETIME_S, TokenHash};

/// A lost answer is given again for so long, in seconds.
pub const LOST_ANSWER_S: i64 = 10;

/// The refresh tokens of one consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// Set when it began, and never moved.
    pub expires_at: Timestamp,
    pub standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Live(Live),
    Ended(Ending),
}

/// A family in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Live {
    /// The last refresh token given out.
    pub current: TokenHash,
    /// Whether the access token given out with it was used.
    pub access_used: bool,
    /// What `current` was given for; none for the first.
    pub previous: Option<Previous>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Previous {
    pub token: TokenHash,
    /// When it was first exchanged; giving the answer again does not move it.
    pub rotated_at: Timestamp,
}

/// Why a family ended. All of its tokens ended with it, access tokens too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Replayed,
    /// By the application (RFC 7009).
    Revoked,
    /// By the rider.
    Withdrawn,
}

impl Ending {
    pub const ALL: [Self; 3] = [Self::Replayed, Self::Revoked, Self::Withdrawn];

    /// Name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replayed => "replayed",
            Self::Revoked => "revoked",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The ending that is stored under this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.as_str() == name)
    }
}

/// What presenting a refresh token leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The successor, and a new access token, are to be stored and given out.
    Rotated,
    /// The same; and `retired` and the access token given out with it end.
    Reissued {
        retired: TokenHash,
    },
    Refused(RefreshRefusal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshRefusal {
    /// The family ended just now, because of this.
    Replayed,
    Expired,
    /// It had ended before.
    Ended,
}

impl Family {
    /// Begun by the exchange of a code at `now`.
    #[must_use]
    pub fn begin(first: TokenHash, now: Timestamp) -> Self {
        let lifetime = SignedDuration::from_secs(REFRESH_LIFETIME_S);
        Self {
            expires_at: now.saturating_add(lifetime).unwrap_or(Timestamp::MAX),
            standing: Standing::Live(Live { current: first, access_used: false, previous: None }),
        }
    }

    /// A token that was given out in this family is presented; `successor` is the one that would be
    /// given for it.
    #[must_use]
    pub fn present(self, presented: TokenHash, successor: TokenHash, now: Timestamp) -> (Self, Decision) {
        let live = match self.standing {
            Standing::Ended(_) => return (self, Decision::Refused(RefreshRefusal::Ended)),
            Standing::Live(_) if now >= self.expires_at => {
                return (self, Decision::Refused(RefreshRefusal::Expired));
            }
            Standing::Live(live) => live,
        };
        if presented == live.current {
            let previous = Some(Previous { token: presented, rotated_at: now });
            return (self.with(Live { current: successor, access_used: false, previous }), Decision::Rotated);
        }
        if live.has_lost_answer(presented, now) {
            let next = Live { current: successor, access_used: false, ..live };
            return (self.with(next), Decision::Reissued { retired: live.current });
        }
        (self.ended(Ending::Replayed), Decision::Refused(RefreshRefusal::Replayed))
    }

    /// The access token that was given out with `refresh` is used: its answer has arrived.
    #[must_use]
    pub fn access_used(self, refresh: TokenHash) -> Self {
        match self.standing {
            Standing::Live(live) if live.current == refresh => self.with(Live { access_used: true, ..live }),
            Standing::Live(_) | Standing::Ended(_) => self,
        }
    }

    /// Ends it. What ended it first is kept.
    #[must_use]
    pub fn ended(self, ending: Ending) -> Self {
        match self.standing {
            Standing::Live(_) => Self { standing: Standing::Ended(ending), ..self },
            Standing::Ended(_) => self,
        }
    }

    fn with(self, live: Live) -> Self {
        Self { standing: Standing::Live(live), ..self }
    }
}

impl Live {
    /// Whether `presented` was exchanged just now and nothing was heard of the answer since.
    fn has_lost_answer(&self, presented: TokenHash, now: Timestamp) -> bool {
        self.previous.is_some_and(|previous| {
            let lost_after = SignedDuration::from_secs(LOST_ANSWER_S);
            previous.token == presented
                && !self.access_used
                && now.duration_since(previous.rotated_at) <= lost_after
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(n: u16) -> TokenHash {
        let mut bytes = [0; 32];
        bytes[..2].copy_from_slice(&n.to_be_bytes());
        TokenHash(bytes)
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_772_900_000_000 + ms).unwrap()
    }

    /// A family with its tokens numbered as they are given out, beginning with 0.
    #[derive(Clone)]
    struct Issuer {
        family: Family,
        issued: u16,
    }

    impl Issuer {
        fn new() -> Self {
            Self { family: Family::begin(token(0), at(0)), issued: 1 }
        }

        fn present(&mut self, n: u16, ms: i64) -> Decision {
            let (family, decision) = self.family.present(token(n), token(self.issued), at(ms));
            self.family = family;
            if matches!(decision, Decision::Rotated | Decision::Reissued { .. }) {
                self.issued += 1;
            }
            decision
        }

        fn would(&self, n: u16, ms: i64) -> Decision {
            self.clone().present(n, ms)
        }
    }

    const REPLAYED: Decision = Decision::Refused(RefreshRefusal::Replayed);
    const ENDED: Decision = Decision::Refused(RefreshRefusal::Ended);
    const EXPIRED: Decision = Decision::Refused(RefreshRefusal::Expired);

    #[test]
    fn a_token_is_good_once_and_its_successor_after_it() {
        let mut issuer = Issuer::new();
        for n in 0..5 {
            assert_eq!(issuer.present(n, i64::from(n) * 60_000), Decision::Rotated);
        }
        assert_eq!(issuer.present(3, 400_000), REPLAYED);
        assert_eq!(issuer.present(5, 400_001), ENDED, "the thief's or the owner's, nobody knows");
    }

    #[test]
    fn a_lost_answer_is_given_again_for_ten_seconds() {
        let mut issuer = Issuer::new();
        assert_eq!(issuer.present(0, 0), Decision::Rotated);
        assert_eq!(issuer.present(0, 4_000), Decision::Reissued { retired: token(1) });
        assert_eq!(issuer.present(0, 10_000), Decision::Reissued { retired: token(2) });
        assert_eq!(issuer.would(0, 10_001), REPLAYED, "counted from the first exchange");
        assert_eq!(issuer.would(1, 10_000), REPLAYED, "the first answer did arrive somewhere");
        assert_eq!(issuer.present(3, 10_001), Decision::Rotated);
    }

    #[test]
    fn once_a_successor_was_used_the_old_token_ends_the_family() {
        let mut refreshed = Issuer::new();
        refreshed.present(0, 0);
        refreshed.present(1, 1_000);
        assert_eq!(refreshed.present(0, 2_000), REPLAYED);

        let mut used = Issuer::new();
        used.present(0, 0);
        used.family = used.family.access_used(token(1));
        assert_eq!(used.present(0, 1_000), REPLAYED);

        // An access token that was retired says nothing about the present one.
        let mut retired = Issuer::new();
        retired.present(0, 0);
        retired.present(0, 1_000);
        retired.family = retired.family.access_used(token(1));
        assert_eq!(retired.present(0, 2_000), Decision::Reissued { retired: token(2) });
    }

    #[test]
    fn thirty_days_are_the_end_however_often_it_is_rotated() {
        const DAY_MS: i64 = 86_400_000;
        let mut issuer = Issuer::new();
        for day in 0..30 {
            let n = issuer.issued - 1;
            assert_eq!(issuer.present(n, i64::from(day) * DAY_MS), Decision::Rotated, "day {day}");
        }
        assert_eq!(issuer.would(30, 30 * DAY_MS - 1), Decision::Rotated);
        assert_eq!(issuer.present(30, 30 * DAY_MS), EXPIRED);
    }

    #[test]
    fn what_ended_a_family_first_is_kept() {
        let family = Family::begin(token(0), at(0)).ended(Ending::Withdrawn).ended(Ending::Replayed);
        assert_eq!(family.standing, Standing::Ended(Ending::Withdrawn));
        assert_eq!(family.present(token(0), token(1), at(1)).1, ENDED);
        for ending in Ending::ALL {
            assert_eq!(Ending::from_name(ending.as_str()), Some(ending));
        }
    }

    #[test]
    fn fifty_at_once_leave_one_token_that_works() {
        let mut issuer = Issuer::new();
        for _ in 0..50 {
            assert!(!matches!(issuer.present(0, 5), Decision::Refused(_)));
        }
        let working = (0..issuer.issued).filter(|&n| issuer.would(n, 20_000) == Decision::Rotated);
        assert_eq!(working.collect::<Vec<_>>(), [50]);
    }

    #[derive(Debug, Clone)]
    enum Step {
        /// Anybody presents any token that was ever given out, counted from the last.
        Present {
            back: u16,
        },
        UseAccess {
            back: u16,
        },
        Wait {
            ms: i64,
        },
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0_u16..4).prop_map(|back| Step::Present { back }),
            1 => (0_u16..40).prop_map(|back| Step::Present { back }),
            1 => (0_u16..3).prop_map(|back| Step::UseAccess { back }),
            3 => (0_i64..12_000).prop_map(|ms| Step::Wait { ms }),
        ]
    }

    proptest! {
        #[test]
        fn never_two_live_branches(steps in proptest::collection::vec(step(), 0..80)) {
            let mut issuer = Issuer::new();
            let mut now = 0;
            let mut dead = std::collections::BTreeSet::new();
            for step in steps {
                let nth = |back: u16| (issuer.issued - 1).saturating_sub(back);
                match step {
                    Step::Wait { ms } => now += ms,
                    Step::UseAccess { back } => issuer.family = issuer.family.access_used(token(nth(back))),
                    Step::Present { back } => {
                        let n = nth(back);
                        let had_ended = matches!(issuer.family.standing, Standing::Ended(_));
                        let decision = issuer.present(n, now);
                        // Nothing comes back to life.
                        prop_assert!(!had_ended || decision == ENDED);
                        prop_assert!(!dead.contains(&n) || matches!(decision, Decision::Refused(_)));
                        if let Decision::Reissued { retired } = decision {
                            dead.insert((0..issuer.issued).find(|&n| token(n) == retired).unwrap());
                        }
                        if decision == REPLAYED {
                            dead.extend(0..issuer.issued);
                        }
                    }
                }
                let of = |wanted: fn(&Decision) -> bool| {
                    (0..issuer.issued).filter(|&n| wanted(&issuer.would(n, now))).collect::<Vec<_>>()
                };
                // One token, the last, can be exchanged; at most one more can have its answer again,
                // and that takes the other's place.
                let rotates = of(|decision| *decision == Decision::Rotated);
                let again = of(|decision| matches!(decision, Decision::Reissued { .. }));
                prop_assert!(rotates.len() <= 1 && again.len() <= 1);
                prop_assert!(rotates.iter().all(|&n| n == issuer.issued - 1));
                if let (Some(&last), Some(&first)) = (rotates.first(), again.first()) {
                    let mut taken = issuer.clone();
                    taken.present(first, now);
                    prop_assert_eq!(taken.would(last, now), REPLAYED);
                    let mut taken = issuer.clone();
                    taken.present(last, now);
                    prop_assert_eq!(taken.would(first, now), REPLAYED);
                }
            }
        }
    }
}
