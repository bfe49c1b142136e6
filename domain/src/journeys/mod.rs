//! Journeys: what one rider's taps amount to, and what each journey is charged.
//!
//! Owns the pure [`rate`]: (all taps of a rider, tariffs, network, kind of rider by day, now) →
//! (journeys with charges, cap states, fraud findings). Does not own taps as stored facts, the
//! ledger, events or who a medium belongs to: the server keeps those, calls [`rate`], compares the
//! answer with what it has posted, and posts the difference.
//!
//! **Promise.** The answer depends on the *set* of taps and on `now`, not on the order in which taps
//! arrived nor on how often: a late, doubled or shuffled log ends in the same state as a tidy one.
//! Money is whole rupiah; an amount that does not fit is an error and never wraps.
//!
//! **Order.** Taps stand in order of ([`tapped_at`](Tap::tapped_at) to the microsecond, gate,
//! sequence). A gate and sequence seen twice is one tap; should the copies differ, the earliest
//! counts.
//!
//! **Pairing**, for each medium by itself (a rider's two cards are two travellers on one bill):
//! - An *in* and the *out* that is the medium's next tap, at most the tariff's limit (4 h) after it:
//!   a **completed** journey.
//! - An *in* without such an *out*: **open** until the limit has passed, then **incomplete**. Another
//!   *in* before that makes it incomplete at once: who taps in again has left. A late-arriving *out*
//!   that was tapped within the limit completes it after all.
//! - An *out* without such an *in* is **unmatched**: a journey of its own, whose beginning is not
//!   known. So an *out* 5 h after the *in* makes two journeys, one incomplete and one unmatched;
//!   where a tariff has a daily cap, that bounds the two together.
//!
//! **Day.** A journey belongs to the service day (00:00 WIB) of its opening tap: the *in*, or the
//! *out* where unmatched. The tariff in force on that day, and what kind of rider it was on that
//! day, price it; an *out* after midnight changes neither.
//!
//! **Price**, before caps: the tariff's bands on the shortest way; its rule for one station (free
//! within 15 minutes, the 15th included); incomplete and unmatched journeys by its rule for
//! incomplete ones, the highest fare between that station and any other. Then the rider's discount,
//! which all of these get.
//!
//! **Caps** take journeys in order of their opening taps. A charge is the fare, or what is left of
//! the day, the week (Monday to Sunday) or the month in Jakarta, whichever is least. All media of a
//! rider count together, and money spent under an earlier tariff counts too. Open journeys are
//! charged nothing yet.
//!
//! **How far back.** [`window`] says which days a tap can change and which taps must be loaded to
//! re-rate them. The days before enter as two sums, so a live tap needs one or two days of taps.

mod caps;
mod fraud;
mod pairing;
mod rate;
mod recorded;
mod tap;
mod user_types;
pub mod window;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use self::caps::{CapReached, CapState};
pub use self::fraud::{
    CLOCK_ERROR_S, Finding, FraudRule, OVERLAP_S, PASS_BACK_S, Reason, SIMULTANEOUS_S, SPEED_KMH_MAX,
    VELOCITY_TAPS, VELOCITY_WINDOW_S,
};
pub use self::pairing::{Course, JourneyStatus, Unfinished};
pub use self::rate::{Journey, Rated, RatingError, Rider, Rules, rate};
pub use self::recorded::{RecordedFinding, RecordedJourney, RecordedStatus, TapRef};
pub use self::tap::{Tap, TapId};
pub use self::user_types::UserTypeHistory;
pub use self::window::Carried;
