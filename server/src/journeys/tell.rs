//! What is told of journeys and caps.

use domain::{
    events::{EventKind, FareCapReached, JourneyCompleted, TapAt, TappedIn},
    ids::{EventId, JourneyId},
    journeys::{CapReached, Course, Journey, Rated, RecordedStatus, Tap},
    money::Rupiah,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{payers::Payer, posted::journey_id, settle::Settling};
use crate::{
    events::{NewEvent, record},
    store::{DbError, Tx},
};

/// Tells of a journey that stands otherwise than it did (`was`; none: it was not there).
pub async fn of_journey(
    tx: &mut Tx,
    settling: &Settling<'_>,
    payer: &Payer,
    journey: &Journey<'_>,
    id: &JourneyId,
    was: Option<RecordedStatus>,
) -> Result<(), DbError> {
    if let (Some(tap_in), None) = (journey.course.tap_in(), was) {
        let data = TappedIn {
            journey_id: id.clone(),
            tap_in: settling.tap_at(tap_in),
            payment_method: tap_in.payment_method,
        };
        let about = About { payer, journey: id, fact: id.as_str(), at: tap_in.tapped_at };
        settling.tell(tx, EventKind::JourneyTapIn, &about, &data).await?;
    }
    if let Course::Completed { tap_in, tap_out } = journey.course
        && was != Some(RecordedStatus::Completed)
    {
        let data = JourneyCompleted {
            journey_id: id.clone(),
            tap_in: settling.tap_at(tap_in),
            tap_out: settling.tap_at(tap_out),
            fare: journey.charge,
            payment_method: tap_in.payment_method,
            fare_cap_applied: journey.limited_by.is_some(),
        };
        let about = About { payer, journey: id, fact: id.as_str(), at: tap_out.tapped_at };
        settling.tell(tx, EventKind::JourneyCompleted, &about, &data).await?;
    }
    Ok(())
}

/// Tells of caps that are used up, each once.
pub async fn of_caps(
    tx: &mut Tx,
    settling: &Settling<'_>,
    payer: &Payer,
    rated: &Rated<'_>,
) -> Result<(), DbError> {
    for reached in &rated.caps_reached {
        let &CapReached { period, start, limit, opening } = reached;
        let journey = journey_id(opening);
        let spent = rated
            .caps
            .iter()
            .find(|cap| cap.period == period && cap.start == start)
            .map_or(Rupiah::ZERO, |cap| cap.spent);
        let fact = format!("{}/{}/{start}/{}", payer.as_str(), period.as_str(), limit.0);
        let data = FareCapReached { period, start, limit, spent, journey_id: journey.clone() };
        let at = ended_at(rated, opening);
        let about = About { payer, journey: &journey, fact: &fact, at };
        settling.tell(tx, EventKind::FareCapReached, &about, &data).await?;
    }
    Ok(())
}

/// When the journey that a tap opened was charged, as far as taps tell.
fn ended_at(rated: &Rated<'_>, opening: &Tap) -> Timestamp {
    let journey = rated.journeys.iter().find(|journey| journey.course.opening().id == opening.id);
    journey.and_then(|journey| journey.course.tap_out()).map_or(opening.tapped_at, |tap| tap.tapped_at)
}

/// What an event about a payer is about.
struct About<'a> {
    payer: &'a Payer,
    journey: &'a JourneyId,
    fact: &'a str,
    at: Timestamp,
}

impl Settling<'_> {
    pub(super) fn tap_at(&self, tap: &Tap) -> TapAt {
        TapAt { station: self.app.network.station(tap.station).id, time: tap.tapped_at }
    }

    async fn tell(
        &self,
        tx: &mut Tx,
        kind: EventKind,
        about: &About<'_>,
        data: &(impl Serialize + Sync),
    ) -> Result<(), DbError> {
        let event = NewEvent {
            id: self.app.random.id(self.now, EventId::new),
            realm: self.realm,
            kind,
            fact: about.fact,
            rider_id: about.payer.rider(),
            journey_id: Some(about.journey),
            station_id: None,
            occurred_at: about.at,
            recorded_at: self.now,
            data: serde_json::to_value(data).unwrap_or_default(),
        };
        record(tx, &event).await.map(drop)
    }
}
